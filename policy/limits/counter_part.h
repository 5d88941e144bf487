/* What one node counted of one subject, as nodes tell it each other: its whole part of it, or news,
 * which is what came since it last told. Pure. */
#pragma once

#include "policy/limits/distinct.h"

/* Zeroed memory is an empty one. */
typedef struct {
    guint64 node;                  /* hash of its name */
    gint64 time;                   /* microseconds since the epoch, as all: when it was told */
    gint64 since;                  /* when the subject was counted first; 0 for never */
    OvMeter meter;                 /* what was counted */
    gint64 reserved[OV_N_AMOUNTS]; /* what is reserved; of news by how much more */
    OvDistinct *distinct;          /* NULL for nothing */
} OvCounterPart;

void ov_counter_part_clear(OvCounterPart *part);
/* Adds amounts and things that were counted. */
void ov_counter_part_count(OvCounterPart *part, const OvAmounts *amounts,
                           const OvThings things[OV_N_THINGS], gint64 now);
/* Adds what came later to it. */
void ov_counter_part_extend(OvCounterPart *part, const OvCounterPart *news);

/* As it is told; the first 8 octets are the node. */
GByteArray *ov_counter_part_write(const OvCounterPart *part);
/* FALSE where the octets are none; part is empty then. */
gboolean ov_counter_part_read(OvCounterPart *part, const guint8 *octets, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OvCounterPart, ov_counter_part_clear)
