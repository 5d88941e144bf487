/* What was found of a domain or an address, in words for whoever keeps its DNS, and the records
 * that mend it. */
#pragma once

#include "rules/arena.h"

typedef enum {
    OV_FINDING_MEND,    /* wrong: mail suffers for it */
    OV_FINDING_UNKNOWN, /* DNS failed, or the settings don't tell */
    OV_FINDING_NOTE,    /* right, and could be better */
    OV_FINDING_FINE,
} OvFindingKind;

typedef struct {
    OvFindingKind kind;
    const char *text; /* visible ASCII, without a full stop */
} OvFinding;

/* A record that is to be in the DNS. */
typedef struct {
    OvSlice name;       /* canonical, without final dot */
    const char *type;   /* "TXT", "A", "AAAA", "MX", "PTR" */
    OvSlice value;      /* as a web form takes it: without quotes, a host name without final dot */
    const char *remark; /* where, in place of what, what else is to be done; never NULL */
} OvWantedRecord;

enum { OV_FINDINGS_MAX = 48, OV_FINDINGS_MAX_RECORDS = 8 };

typedef struct {
    OvArena *arena;
    guint n_findings, n_left_out; /* those beyond OV_FINDINGS_MAX are counted */
    OvFinding findings[OV_FINDINGS_MAX];
    guint n_records;
    OvWantedRecord records[OV_FINDINGS_MAX_RECORDS];
} OvFindings;

/* Empty. The texts are the arena's. */
void ov_findings_init(OvFindings *findings, OvArena *arena);
void ov_find(OvFindings *findings, OvFindingKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Nothing where it is wanted already. */
void ov_findings_want(OvFindings *findings, OvSlice name, const char *type, OvSlice value,
                      const char *remark);
/* One of that kind is there. */
gboolean ov_findings_has(const OvFindings *findings, OvFindingKind kind);

/* The record as a line of a zone file (RFC 1035 5.1): a TXT in strings of at most 255 octets,
 * quotes and backslashes escaped, other octets than visible ASCII as \DDD. Arena. */
const char *ov_zone_line(OvArena *arena, const OvWantedRecord *record);
