/* What Postfix's main.cf says of logins and their addresses, as postconf(1) tells it. */
#pragma once

#include "policy/ownership_keys.h"
#include "policy/settings.h"

typedef struct {
    OvAddressRules rules; /* points into what follows */
    char *delimiters;
    char **local_domains; /* of myorigin and mydestination: names, and those in /files; no tables */
    char *maps;           /* smtpd_sender_login_maps */
} OvPostfixRules;

/* Runs postconf, until deadline (monotonic microseconds). NULL with error. */
OvPostfixRules *ov_postfix_rules_read(const OvSettings *settings, gint64 deadline, GError **error);
/* The same of postconf's output: lines of `name = value`. Reads the files that it names. */
OvPostfixRules *ov_postfix_rules_parse(const char *output);
void ov_postfix_rules_free(OvPostfixRules *rules);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPostfixRules, ov_postfix_rules_free)
