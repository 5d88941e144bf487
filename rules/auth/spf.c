#include "rules/auth/spf.h"
#include "rules/address.h"
#include "rules/auth/spf_record.h"

const char *ov_spf_result_name(OvSpfResult result) {
    static const char *const names[] = {
        [OV_SPF_PENDING] = "pending",     [OV_SPF_NONE] = "none",
        [OV_SPF_NEUTRAL] = "neutral",     [OV_SPF_PASS] = "pass",
        [OV_SPF_FAIL] = "fail",           [OV_SPF_SOFTFAIL] = "softfail",
        [OV_SPF_TEMPERROR] = "temperror", [OV_SPF_PERMERROR] = "permerror",
    };
    return names[result];
}

static OvSpfChoice choose_version_1(const OvDnsAnswer *txt) {
    OvSpfChoice choice = {.n = 0};
    for (guint i = 0; i < txt->n_records; i++)
        if (ov_spf_record_is(txt->records[i].data, &choice.terms)) {
            choice.n++;
            choice.whole = txt->records[i].data;
        }
    return choice;
}

/* The domain of a mail address, as A-labels where it is none of ASCII. */
static OvSlice domain_of(OvArena *arena, OvSlice sender) {
    const char *at = sender.length > 0 ? memrchr(sender.data, '@', sender.length) : NULL;
    gsize start = at ? (gsize)(at + 1 - sender.data) : 0;
    OvSlice domain = {sender.data + start, sender.length - start};
    for (gsize i = 0; i < domain.length; i++)
        if ((guchar)domain.data[i] >= 0x80)
            return ov_domain_canonical(arena, domain, NULL);
    return domain;
}

void ov_spf_check_mail_from(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question,
                            OvSpf *spf) {
    if (question->sender.length == 0) {
        ov_spf_check_helo(arena, book, question, spf);
        return;
    }
    ov_spf_check_host(arena, book, question, domain_of(arena, question->sender), choose_version_1,
                      spf);
}

void ov_spf_check_helo(OvArena *arena, OvDnsBook *book, const OvSpfQuestion *question, OvSpf *spf) {
    OvSpfQuestion helo = *question;
    helo.sender = ov_slice(
        ov_arena_printf(arena, "postmaster@%.*s", (int)question->helo.length, question->helo.data));
    ov_spf_check_host(arena, book, &helo, domain_of(arena, question->helo), choose_version_1, spf);
}
