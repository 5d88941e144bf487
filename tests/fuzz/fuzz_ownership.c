/* Reads any octets as a text file of addresses and logins, as one of accounts and plans, as one of
 * addresses alone, and as the reply of a socketmap server. What is read answers any question; what
 * is not gives one line of error. */
#include "policy/ownership_table.h"
#include "policy/ownership_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_error(const GError *error) {
    g_assert(!strchr(error->message, '\n'));
}

static void read_text(const char *text, gsize size, OvOwnerTextKind kind) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvOwnerText) owners = ov_owner_text_parse(text, size, "owners", kind, &error);
    g_assert((owners == NULL) == (error != NULL));
    if (!owners) {
        check_error(error);
        return;
    }
    /* The file's own first word is asked for, too. */
    g_autofree char *word = g_strndup(text, MIN(size, 100));
    word[strcspn(word, " \t\r\n")] = '\0';
    const char *const keys[] = {word, "ann@example.org", "@example.org"};
    ov_owner_text_listed(owners, "shop", keys, G_N_ELEMENTS(keys));
    ov_owner_text_listed(owners, word, keys, G_N_ELEMENTS(keys));
    ov_owner_text_value(owners, word);
}

static void read_reply(const char *text, gsize size) {
    g_autoptr(GError) error = NULL;
    g_autofree char *owners = NULL;
    gboolean read = ov_socketmap_reply(text, size, &owners, &error);
    g_assert(read == (error == NULL));
    g_assert(read || !owners);
    if (error)
        check_error(error);
    g_assert(!owners || strlen(owners) <= size);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    read_text((const char *)data, size, OV_OWNER_TEXT_LOGINS);
    read_text((const char *)data, size, OV_OWNER_TEXT_PLANS);
    read_text((const char *)data, size, OV_OWNER_TEXT_ADDRESSES);
    read_reply((const char *)data, size);
    return 0;
}
