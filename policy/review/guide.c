#include "policy/review/guide.h"

#include <stdlib.h>

/* Rows that a message can offend against, by their number. */
static const char *const texts[] = {
    [5] = "the good name of each sending address and domain is kept",
    [6] = "an abuse address that somebody reads",
    [7] = "every sending address has the right reverse DNS",
    [8] = "no words that spammers use",
    [9] = "no capitals for emphasis",
    [10] = "no impersonal subjects",
    [11] = "no exclamation marks for emphasis",
    [12] = "no percentage discounts",
    [13] = "an unsubscribe link for whoever did not ask for the mail",
    [14] = "the sender's own address in the mail",
    [15] = "a subject that can be read",
    [16] = "much text in relation to images and links",
    [17] = "not overloaded with links",
    [18] = "no JavaScript",
    [19] = "conformance with the RFCs",
    [20] = "complaints of recipients are listened to",
    [21] = "Sender-ID fits",
    [22] = "SPF permits the address the mail leaves from",
    [23] = "reverse DNS identifies the sending address",
    [24] = "a valid DKIM signature",
};

const char *ov_guide_text(const char *guide) {
    if (!guide || guide[0] != 'G')
        return NULL;
    gulong row = strtoul(guide + 1, NULL, 10);
    return row < G_N_ELEMENTS(texts) ? texts[row] : NULL;
}
