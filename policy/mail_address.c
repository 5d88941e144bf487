#include "policy/mail_address.h"

#include "rules/address.h"

#include <string.h>

enum { LONGEST = 254 /* octets; RFC 5321 4.5.3.1.3, without <> */ };

const char *ov_mail_address_domain(const char *address) {
    const char *at = address ? strrchr(address, '@') : NULL;
    return at ? at + 1 : NULL;
}

gboolean ov_mail_address_is_plain(const char *address) {
    /* What an atom may have (RFC 5322 3.2.3), and what joins atoms. */
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "!#$%&'*+-/=?^_`{|}~.@";
    if (address[0] == '-' || address[strspn(address, ALLOWED)] || strlen(address) > LONGEST)
        return FALSE;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvMailbox mailbox;
    ov_address_parse(arena, ov_slice(address), &mailbox);
    /* One label is a host of this network. */
    return (mailbox.faults & OV_ADDRESS_INVALID & ~(guint)OV_ADDRESS_NO_DOT) == 0;
}
