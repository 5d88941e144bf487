/* A provider's answers as our own types (guide G25-G30); the shape is that of OVH's API, the words
 * its own or ours. Pure. What is odd in a part of an answer - a word that we don't know, a number
 * of another type or beyond all measure - makes that part "not told"; an answer of the wrong shape
 * is refused with OV_HOSTING_ERROR_ANSWER. Texts live in the arena. */
#pragma once

#include "policy/provider/hosting.h"

#include <jansson.h>

/* The names of members, and the words for a state. */
typedef struct {
    const char *address, *state, *since, *duration;            /* of a block */
    const char *period, *total, *spams, *average, *detections; /* of a report */
    const char *message_id, *destination, *time, *score;       /* of a detection */
    const char *states[OV_N_BLOCK_STATES];
} OvAnswerWords;

extern const OvAnswerWords ov_answer_of_ovh;     /* ip.SpamIp, ip.SpamStats */
extern const OvAnswerWords ov_answer_of_command; /* outvet-provider(1) */

/* ["192.0.2.0/28", ...]: the IPv4 ones, each once. IPv6 is never blocked for spam. */
const char **ov_answer_networks(const json_t *root, OvArena *arena, guint *n, GError **error);
/* ["192.0.2.1", ...]: those of the network, each once, added to addresses (const char *). */
gboolean ov_answer_addresses(const json_t *root, const char *network, OvArena *arena,
                             GPtrArray *addresses, GError **error);
/* The same as an array in the arena. */
const char **ov_answer_list(const GPtrArray *texts, OvArena *arena, guint *n);
gboolean ov_answer_block(const OvAnswerWords *words, const json_t *root, const char *network,
                         const char *address, OvBlock *block, OvArena *arena, GError **error);
/* [report, ...], each with its detections (null for none), and, as the guide shows it, detections
 * alone; one of them may stand without the list. At most OV_HOSTING_MAX_DETECTED of either. */
OvDetected *ov_answer_detected(const OvAnswerWords *words, const json_t *root, OvArena *arena,
                               guint *n, OvReport **reports, guint *n_reports, GError **error);
