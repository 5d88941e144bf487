/* Outvet's own id of a message: a 63-bit number that grows with time (41 bits of milliseconds, 10
 * of the node's name, 12 of a counter), shown as 13 characters of Crockford's base 32. It is the
 * ledger's key, X-Outvet-Id, and what operators type. */
#pragma once

#include <glib.h>

typedef struct OvIdSource OvIdSource;
OvIdSource *ov_id_source_new(const char *node);
void ov_id_source_free(OvIdSource *source);
gint64 ov_id_next(OvIdSource *source); /* thread-safe, never the same twice, never 0 */

enum { OV_ID_TEXT_SIZE = 14 };
void ov_id_format(gint64 id, char text[OV_ID_TEXT_SIZE]);
gboolean ov_id_parse(const char *text, gint64 *id);
