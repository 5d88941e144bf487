/* libunbound as the resolver uses it; its thread alone calls these. */
#pragma once

#include "rules/auth/dns_answer.h"
#include "rules/auth/resolver.h"

#include <unbound.h>

/* NULL with a sentence where a server or the trust anchor is none. Freed with ub_ctx_delete. */
struct ub_ctx *ov_unbound_new(const OvResolverSettings *settings, GError **error);

/* name: canonical. callback gets data from within ub_process. FALSE when it could not be asked. */
gboolean ov_unbound_ask(struct ub_ctx *context, OvSlice name, OvDnsType type,
                        ub_callback_type callback, gpointer data);

/* What the callback got. alive: somebody answered. ttl: seconds, as told. Frees result. */
const OvDnsAnswer *ov_unbound_answer(OvDnsType type, int error, struct ub_result *result,
                                     gboolean *alive, gint64 *ttl);
