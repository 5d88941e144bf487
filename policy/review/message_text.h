/* A message shown to a person: the header fields that matter and every text part, decoded, with
 * nothing in it that could steer a terminal. */
#pragma once

#include "policy/review/json.h"
#include "rules/message.h"

/* The field is one of those that people look at. */
gboolean ov_message_text_shows(const OvField *field);

void ov_message_text_append(GString *out, const OvMessage *message, OvArena *arena,
                            gboolean colour);
/* {"header":[{"name","value"}],"parts":[{"type","name","octets","text"}]} */
json_t *ov_message_text_json(const OvMessage *message, OvArena *arena);
