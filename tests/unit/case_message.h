/* Messages for tests of rules, written as changes to one base message; the form stands at the head
 * of tests/data/rules/header.cases. */
#pragma once

#include "rules/message.h"
#include "tests/unit/case_dns.h"

typedef enum { CASE_BASE, CASE_HIT, CASE_NEAR, CASE_HAZARD } CaseKind;

typedef struct {
    char *name;
    char *value;
} CaseFact;

/* What earlier mail was like. */
typedef struct {
    OvSeen shape, unsubscribe;
    OvLogins logins;
    gboolean other_body;
    guint streams;
    OvVolume volume; /* to every provider */
    OvEgressMail egress;
    char *suppressed; /* a recipient, or NULL */
    gint64 suppressed_since;
} CaseHistory;

/* Whose addresses are whose; an address that is in none of them is unknown. */
typedef struct {
    const char *owned[32], *foreign[32]; /* of strings, NULL-terminated */
} CaseOwnership;

typedef struct {
    CaseKind kind;
    guint line; /* in the file */
    char *rule;
    char *name;         /* "HDR_FROM_DUP hit: two From fields" */
    GPtrArray *fields;  /* lines of the header, unescaped */
    GPtrArray *body;    /* lines of the body, unescaped */
    GPtrArray *parts;   /* attachments as MIME parts, lines ended by \n */
    GPtrArray *strings; /* what the envelope points to */
    GArray *facts;      /* CaseFact */
    double score;       /* below 0 where any will do */
    gboolean mixed_line_ends;
    OvEnvelope envelope;
    CaseDns *dns;          /* what the envelope's book, egress and standing are made of */
    gint64 watched_before; /* microseconds: how old the standing is */
    CaseHistory earlier;
    OvRecent recent;   /* of the envelope, where the case has one */
    OvHistory history; /* of the envelope, where the case has one; its answers are earlier */
    CaseOwnership owners;
    OvOwnership ownership; /* the same of owners */
} Case;

/* All cases of a file, the base first. Freed with g_ptr_array_unref. */
GPtrArray *cases_load(const char *file, GError **error);

/* The whole message; each line ends with end. */
GString *case_message(const Case *c, const char *end);
