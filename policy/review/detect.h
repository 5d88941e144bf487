/* The [egress] sections that Outvet should have, by what Postfix is set to and
 * which addresses this machine has: `outvet config detect`. Pure; everything is
 * the arena's. */
#pragma once

#include "policy/host_address.h"
#include "policy/postfix_config.h"
#include "policy/postfix_table.h"
#include "policy/settings.h"

typedef struct {
    const OvPostfixConfig *postfix;
    const OvPostfixTable *sender_transports; /* sender_dependent_default_transport_maps */
    const OvPostfixTable *sender_relays;     /* sender_dependent_relayhost_maps */
    const OvPostfixTable *transports;        /* transport_maps */
    const OvHostAddress *addresses;
    guint n_addresses;
    const char *milter_socket; /* Outvet's own, as libmilter takes it */
    const char *resolv_conf;   /* its text; NULL where there is none */
    const char *tcp, *tcp6;    /* who listens: the start of /proc/net/tcp, tcp6; NULL: not known */
} OvDetectInput;

/* The names of main.cf that detecting needs, NULL-terminated. */
extern const char *const ov_detect_names[];

typedef enum {
    OV_CERTAINTY_KNOWN,
    OV_CERTAINTY_OPEN,    /* a right value, though the administrator may know a
                             better one */
    OV_CERTAINTY_UNKNOWN, /* the value is no more than a hint */
} OvCertainty;

typedef struct {
    const char *name;  /* "addresses", "helo", "tls" ... */
    const char *value; /* as one would write it */
    OvCertainty certainty;
    const char *source; /* from where it is known, or why not */
    const char *now;    /* the value in force, where that is another; else NULL */
} OvDetectedSetting;

enum { OV_DETECTED_MAX_SETTINGS = 4 /* a section at most */ };

typedef struct {
    const char *name; /* "egress", "egress newsletters" */
    OvDetectedSetting settings[OV_DETECTED_MAX_SETTINGS];
    guint n_settings;
    gboolean missing; /* no section in force takes this mail */
} OvDetectedSection;

typedef struct {
    OvDetectedSection *sections; /* the first is [egress]; then [egress NAME]s in their order, and a
                                    [dns] that is but a hint */
    guint n_sections;
    const char *const *notes; /* sentences, NULL-terminated: what else matters for that */
    gboolean differs;         /* from what is in force */
} OvDetected;

OvDetected *ov_detect(const OvDetectInput *input, OvArena *arena);
/* Fills `now`, `missing` and `differs`, and notes sections in force that take
 * no such mail. What is not known for certain differs from nothing. */
void ov_detected_compare(OvDetected *detected, const OvSettings *settings, OvArena *arena);

/* For people: a settings file with comments. */
void ov_detected_append(GString *out, const OvDetected *detected, const char *file);
