/* Outvet's own id of a message: a 63-bit number that grows with time (41 bits of milliseconds since
 * 2020, 10 of the node's name, 12 of a counter), shown as 13 characters of Crockford's base 32. It
 * is the ledger's key, X-Outvet-Id, and what operators type. */
#pragma once

#include <glib.h>

typedef struct OvIdSource OvIdSource;
/* One source a process: two on one node could give the same id. */
OvIdSource *ov_id_source_new(const char *node);
void ov_id_source_free(OvIdSource *source);
/* Thread-safe; never 0. Greater than the last one, but where the clock was set back by more than
 * half a minute: then ids follow it, as what else tells of the message, the MTA's log above all,
 * does. An id that another message has already is very unlikely even then; the ledger refuses it.
 */
gint64 ov_id_next(OvIdSource *source);

/* The time that an id holds, and the smallest id of a time: microseconds since the epoch, exact to
 * the millisecond. Times before 2020 give 0, times after 2089 the greatest id. */
gint64 ov_id_time(gint64 id);
gint64 ov_id_first_at(gint64 time);

enum { OV_ID_TEXT_SIZE = 14 };
void ov_id_format(gint64 id, char text[OV_ID_TEXT_SIZE]);
/* Reads what people type: without case, O as 0, I and L as 1, hyphens and white space around it
 * ignored. FALSE for anything else; *id is then untouched. */
gboolean ov_id_parse(const char *text, gint64 *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvIdSource, ov_id_source_free)
