#include "rules/auth/early.h"

#include "rules/address.h"
#include "rules/auth/mail_domain.h"
#include "rules/header.h"
#include "rules/known_domains.h"

enum { MAX_FIELDS = 200 };

static const OvFieldId fields[] = {OV_FIELD_FROM, OV_FIELD_REPLY_TO};

typedef struct {
    guint n;
    char *domains[G_N_ELEMENTS(fields)];
} Early;

static void early_free(gpointer data) {
    Early *early = data;
    for (guint i = 0; i < early->n; i++)
        g_free(early->domains[i]);
    g_free(early);
}

static gboolean step(OvDnsBook *book, gpointer data) {
    const Early *early = data;
    gboolean pending = FALSE;
    for (guint i = 0; i < early->n; i++)
        if (ov_mail_domain_find(book, ov_slice(early->domains[i])) == OV_MAIL_DOMAIN_PENDING)
            pending = TRUE;
    return pending;
}

void ov_early_ask(OvDnsBook *book, OvSlice header) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvHeader *parsed = ov_header_parse(arena, header, MAX_FIELDS);
    Early *early = g_new0(Early, 1);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        const OvField *field = ov_header_find(parsed, fields[i]);
        const OvAddressList *list = field ? ov_address_list_parse(arena, field->value) : NULL;
        if (!list || list->n_mailboxes == 0 || (list->faults & OV_ADDRESS_INVALID))
            continue;
        OvSlice domain = list->mailboxes[0].domain;
        if (!ov_domain_is_reserved(domain))
            early->domains[early->n++] = g_strndup(domain.data, domain.length);
    }
    ov_resolver_follow(book, step, early, early_free);
}
