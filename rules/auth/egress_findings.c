#include "rules/auth/egress_findings.h"

#include "rules/auth/show.h"

/* The name under which the address has its PTR: 7.2.0.192.in-addr.arpa. */
static OvSlice reverse_name(OvArena *arena, const OvIpAddress *address) {
    GString *name = g_string_new(NULL);
    for (guint i = address->length; i > 0; i--) {
        guint octet = address->octets[i - 1];
        if (address->length == 4)
            g_string_append_printf(name, "%u.", octet);
        else
            g_string_append_printf(name, "%x.%x.", octet & 15, octet >> 4);
    }
    g_string_append(name, address->length == 4 ? "in-addr.arpa" : "ip6.arpa");
    OvSlice kept = ov_arena_dup(arena, (OvSlice){name->str, name->len});
    g_string_free(name, TRUE);
    return kept;
}

static void want_address(const OvEgressCheck *check, OvSlice name, OvFindings *findings) {
    ov_findings_want(findings, name, check->address.length == 4 ? "A" : "AAAA",
                     ov_slice(ov_ip_address_text(findings->arena, &check->address)), "");
}

/* The name that the address should have: the one that the MTA says. */
static void want_reverse(const OvEgressCheck *check, OvFindings *findings) {
    if (check->helo_form != OV_HELO_QUALIFIED) {
        ov_find(
            findings, OV_FINDING_NOTE,
            "name the MTA's HELO name in [egress] helo, and the record to publish is told here");
        return;
    }
    ov_findings_want(findings, reverse_name(findings->arena, &check->address), "PTR", check->helo,
                     "Set where the address is rented: in the provider's manager, as its reverse.");
    if (check->helo_state != OV_HELO_HAS_ADDRESS)
        want_address(check, check->helo, findings);
}

static void tell_of_kind(const OvEgressCheck *check, OvFindings *findings) {
    static const char *const words[] = {
        [OV_HOST_NAME_GENERIC] = "is made of the address, as providers name rented machines",
        [OV_HOST_NAME_DYNAMIC] = "says that the address is a customer's line: many refuse its mail",
    };
    const char *name = ov_show(findings->arena, check->reverse.name);
    if (check->kind == OV_HOST_NAME_GENERIC || check->kind == OV_HOST_NAME_DYNAMIC) {
        ov_find(findings, OV_FINDING_MEND, "the name %s %s", name, words[check->kind]);
        want_reverse(check, findings);
    } else if (check->kind == OV_HOST_NAME_STATIC) {
        ov_find(findings, OV_FINDING_NOTE,
                "the name %s is made of the address; one of your own is better", name);
    }
}

static void tell_of_reverse(const OvEgressCheck *check, OvFindings *findings) {
    const char *name = ov_show(findings->arena, check->reverse.name);
    switch (check->reverse.state) {
    case OV_REVERSE_NONE:
        ov_find(findings, OV_FINDING_MEND,
                "the address has no name: Gmail and others refuse its mail");
        want_reverse(check, findings);
        return;
    case OV_REVERSE_UNCONFIRMED:
        ov_find(findings, OV_FINDING_MEND, "its name %s does not lead back to it", name);
        /* A provider's name is not ours to lead back. */
        if (check->kind != OV_HOST_NAME_GENERIC && check->kind != OV_HOST_NAME_DYNAMIC)
            want_address(check, check->reverse.name, findings);
        break;
    case OV_REVERSE_CONFIRMED:
        ov_find(findings, OV_FINDING_FINE, "its name %s leads back to it", name);
        break;
    case OV_REVERSE_PENDING:
    case OV_REVERSE_UNKNOWN:
        ov_find(findings, OV_FINDING_UNKNOWN, "the DNS did not tell its name");
        return;
    }
    if (check->reverse.n_names > 1)
        ov_find(findings, OV_FINDING_NOTE, "it has %u names; receivers look at one, so keep one",
                check->reverse.n_names);
    tell_of_kind(check, findings);
}

static void tell_of_form(const OvEgressCheck *check, OvFindings *findings) {
    static const char *const words[] = {
        [OV_HELO_ADDRESS] = "is an IP address",    [OV_HELO_LOCALHOST] = "is the loopback's name",
        [OV_HELO_PRIVATE] = "is in no public DNS", [OV_HELO_UNQUALIFIED] = "is not fully qualified",
        [OV_HELO_MALFORMED] = "is no host name",   [OV_HELO_QUALIFIED] = "",
    };
    ov_find(findings, OV_FINDING_MEND,
            "the HELO name %s %s: set smtp_helo_name to a name that has the address",
            ov_show(findings->arena, check->helo), words[check->helo_form]);
}

static void tell_of_helo(const OvEgressCheck *check, OvFindings *findings) {
    const char *helo = ov_show(findings->arena, check->helo);
    if (check->helo_form == OV_HELO_NOT_TOLD) {
        ov_find(findings, OV_FINDING_UNKNOWN, "the HELO name is not known: set [egress] helo");
        return;
    }
    switch (check->helo_state) {
    case OV_HELO_UNASKED:
        tell_of_form(check, findings);
        return;
    case OV_HELO_PENDING:
    case OV_HELO_UNKNOWN:
        ov_find(findings, OV_FINDING_UNKNOWN, "the DNS did not tell of the HELO name %s", helo);
        return;
    case OV_HELO_NO_NAME:
    case OV_HELO_NO_ADDRESS:
        ov_find(findings, OV_FINDING_MEND, "the HELO name %s has no address", helo);
        want_address(check, check->helo, findings);
        return;
    case OV_HELO_OTHER_ADDRESS:
        ov_find(findings, OV_FINDING_MEND, "the HELO name %s has other addresses, not this one",
                helo);
        want_address(check, check->helo, findings);
        return;
    case OV_HELO_HAS_ADDRESS:
        ov_find(findings, OV_FINDING_FINE, "the HELO name %s has the address", helo);
    }
    if (!check->helo_is_reverse && check->reverse.state == OV_REVERSE_CONFIRMED)
        ov_find(findings, OV_FINDING_NOTE,
                "HELO name and reverse name differ; the same name for both is best");
}

void ov_egress_findings(const OvEgressCheck *check, OvFindings *findings) {
    tell_of_reverse(check, findings);
    tell_of_helo(check, findings);
}
