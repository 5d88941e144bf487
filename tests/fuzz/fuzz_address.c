/* The value of an address field, and one address of the envelope. */
#include "rules/address.h"
#include "rules/init.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(OvSlice text) {
    g_assert_true(text.length == 0 || g_utf8_validate(text.data, (gssize)text.length, NULL));
}

static void check_mailbox(const OvMailbox *mailbox) {
    check_text(mailbox->name);
    check_text(mailbox->address);
    check_text(mailbox->local);
    check_text(mailbox->domain);
    OvSlice organisation = ov_organisational_domain(mailbox->domain);
    g_assert_true(organisation.length <= mailbox->domain.length);
    if (organisation.length > 0)
        g_assert_true(organisation.data + organisation.length ==
                      mailbox->domain.data + mailbox->domain.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ov_rules_init();
    OvArena *arena = ov_arena_new();
    OvSlice value = {(const char *)data, size};
    OvAddressList *list = ov_address_list_parse(arena, value);
    guint faults = list->faults;
    for (guint i = 0; i < list->n_mailboxes; i++) {
        check_mailbox(&list->mailboxes[i]);
        faults |= list->mailboxes[i].faults;
    }
    g_assert_true(faults == list->faults);
    g_assert_true(list->n_empty_groups <= list->n_groups);
    OvMailbox mailbox;
    ov_address_parse(arena, value, &mailbox);
    check_mailbox(&mailbox);
    ov_arena_free(arena);
    return 0;
}
