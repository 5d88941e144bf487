/* JSON for programs: jansson, with the few forms that Outvet's answers have. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* Text that need not be valid UTF-8 (what is not becomes U+FFFD); NULL gives null. */
json_t *ov_json_text(const char *text);
/* An integer where number is one, so that counts have no ".0"; null where it is not finite. */
json_t *ov_json_number(double number);
/* Puts text where it is neither NULL nor empty. */
void ov_json_put_text(json_t *object, const char *name, const char *text);
/* RFC 3339, UTC. */
json_t *ov_json_time(gint64 microseconds);

/* One object on one line. */
void ov_json_append(GString *out, const json_t *object);
/* The same on standard output; takes the reference. */
void ov_json_print(json_t *object);
