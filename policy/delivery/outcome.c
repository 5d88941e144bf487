#include "policy/delivery/outcome.h"

#include "policy/delivery/log_scan.h"

enum { LOOKED_AT = 2000 /* octets of an answer that are searched for clues */ };

typedef struct {
    const char *codes, *words;
    OvReason reason;
    gboolean own; /* words of the MTA's own */
} Clue;

static const Clue CLUES[] = {
#define CLUE(reason, codes, words) {codes, words, OV_REASON_##reason, FALSE},
#define OWN(reason, words)         {"", words, OV_REASON_##reason, TRUE},
#include "policy/delivery/reasons.def"
#undef CLUE
#undef OWN
};

static const struct {
    const char *name, *text;
} REASONS[OV_N_REASONS] = {
#define REASON(id, name, text) [OV_REASON_##id] = {name, text},
#include "policy/delivery/reasons.def"
#undef REASON
};

const char *ov_reason_name(OvReason reason) {
    return REASONS[reason].name;
}

const char *ov_reason_text(OvReason reason) {
    return REASONS[reason].text;
}

gboolean ov_reason_from_name(const char *name, OvReason *reason) {
    for (guint i = 0; i < OV_N_REASONS; i++)
        if (g_str_equal(REASONS[i].name, name)) {
            *reason = (OvReason)i;
            return TRUE;
        }
    return FALSE;
}

gboolean ov_reason_is_block(OvReason reason) {
    return reason == OV_REASON_LISTED || reason == OV_REASON_BLOCKED || reason == OV_REASON_SPAM ||
           reason == OV_REASON_RATE;
}

/* Three digits of an SMTP reply, and the space or hyphen behind them. */
static gboolean take_code(OvSlice *text, guint *code) {
    const char *c = text->data;
    if (text->length < 3 || c[0] < '2' || c[0] > '5' || !g_ascii_isdigit(c[1]) ||
        !g_ascii_isdigit(c[2]) || (text->length > 3 && c[3] != ' ' && c[3] != '-'))
        return FALSE;
    *code = (guint)((c[0] - '0') * 100 + (c[1] - '0') * 10 + (c[2] - '0'));
    gsize taken = MIN(text->length, 4);
    *text = (OvSlice){c + taken, text->length - taken};
    return TRUE;
}

/* How long the enhanced code is that stands at the front; 0 for none. */
static gsize enhanced_length(OvSlice text) {
    gsize i = 1;
    if (text.length < 5 || (text.data[0] != '2' && text.data[0] != '4' && text.data[0] != '5'))
        return 0;
    for (guint part = 0; part < 2; part++) {
        gsize start = i + 1;
        if (i >= text.length || text.data[i] != '.')
            return 0;
        for (i = start; i < text.length && i < start + 3 && g_ascii_isdigit(text.data[i]);)
            i++;
        if (i == start)
            return 0;
    }
    return i < text.length && (g_ascii_isalnum(text.data[i]) || text.data[i] == '.') ? 0 : i;
}

static gboolean take_enhanced(OvSlice *text, char enhanced[OV_ENHANCED_SIZE]) {
    gsize length = enhanced_length(*text);
    if (length == 0)
        return FALSE;
    memcpy(enhanced, text->data, length);
    enhanced[length] = '\0';
    *text = ov_slice_trim((OvSlice){text->data + length, text->length - length});
    return TRUE;
}

/* "host mx[192.0.2.1] said: " and the like; the name of a host has no spaces. */
static gboolean take_host(OvSlice *text) {
    OvSlice rest = *text;
    OV_SCAN(&rest, "delivery temporarily suspended: ");
    if (!OV_SCAN(&rest, "host "))
        return FALSE;
    ov_scan_until(&rest, OV_SLICE_LITERAL(" "));
    if (!OV_SCAN(&rest, "said: ") && !OV_SCAN(&rest, "refused to talk to me: "))
        return FALSE;
    *text = rest;
    return TRUE;
}

OvRemoteAnswer ov_remote_answer(const OvLogEvent *event) {
    OvRemoteAnswer answer = {.text = event->answer};
    OvSlice own = event->enhanced;
    answer.remote = take_host(&answer.text);
    /* Sendmail: "Deferred: 450 4.7.1 ..." and "Sent (Ok ...)" */
    if (!answer.remote)
        OV_SCAN(&answer.text, "Deferred: ");
    if (take_code(&answer.text, &answer.code))
        answer.remote = TRUE;
    if (!answer.code || !take_enhanced(&answer.text, answer.enhanced))
        take_enhanced(&own, answer.enhanced);
    return answer;
}

static gboolean has_code(const char *codes, const char *enhanced) {
    gsize length = strlen(enhanced);
    for (const char *code = codes; *code && length > 0;) {
        gsize n = strcspn(code, " ");
        if (code[n - 1] == '*' ? length >= n - 1 && strncmp(code, enhanced, n - 1) == 0
                               : n == length && strncmp(code, enhanced, n) == 0)
            return TRUE;
        code += n + (code[n] == ' ');
    }
    return FALSE;
}

static gboolean fits(const Clue *clue, const OvRemoteAnswer *answer, const char *text,
                     gsize length) {
    if (*clue->codes && !has_code(clue->codes, answer->enhanced))
        return FALSE;
    return !*clue->words ||
           (clue->own == !answer->remote && memmem(text, length, clue->words, strlen(clue->words)));
}

OvReason ov_reason_of(const OvLogEvent *event, const OvRemoteAnswer *answer) {
    char text[LOOKED_AT];
    if (event->outcome == OV_OUTCOME_DELIVERED || event->outcome == OV_OUTCOME_DELETED)
        return OV_REASON_NONE;
    gsize length = MIN(answer->text.length, sizeof text);
    for (gsize i = 0; i < length; i++)
        text[i] = g_ascii_tolower(answer->text.data[i]);
    for (guint i = 0; i < G_N_ELEMENTS(CLUES); i++)
        if (fits(&CLUES[i], answer, text, length))
            return CLUES[i].reason;
    return OV_REASON_OTHER;
}
