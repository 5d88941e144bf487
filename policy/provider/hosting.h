/* The provider that our addresses belong to, as far as its anti-spam protection speaks to programs:
 * which addresses are ours, which of them it blocks, the messages that it took for spam, and the
 * request to unblock (guide G25-G30). Variants: hosting_ovh.c, and hosting_command.c, which runs a
 * program. Calls block, at most for the time limits of the variant; the mail path makes none. One
 * object is used by one thread at a time. */
#pragma once

#include "policy/settings.h"

#define OV_HOSTING_ERROR (ov_hosting_error_quark())
GQuark ov_hosting_error_quark(void);
typedef enum {
    OV_HOSTING_ERROR_SETUP,  /* settings or credentials: wrong, missing, readable by others */
    OV_HOSTING_ERROR_DENIED, /* the credentials are refused, or lack a right; the message names it
                              */
    OV_HOSTING_ERROR_BUSY,   /* throttled; wait as ov_hosting_wait says */
    OV_HOSTING_ERROR_AWAY,   /* no answer, or trouble on its side: worth trying again later */
    OV_HOSTING_ERROR_ANSWER, /* an answer that can't be read */
    OV_HOSTING_ERROR_GONE,   /* the network or address is not ours any more, or its service expired:
                                go on with the others */
    OV_HOSTING_ERROR_STILL,  /* unblock alone: it is too early; ov_hosting_wait says how long */
    OV_HOSTING_ERROR_UNSURE, /* unblock alone: sent, and no answer came: ask for the state */
} OvHostingError;

typedef enum {
    OV_BLOCK_BLOCKED,
    OV_BLOCK_UNBLOCKING, /* the request was taken and takes minutes */
    OV_BLOCK_UNBLOCKED,
    OV_BLOCK_OTHER, /* a word that we don't know: neither blocked nor free for sure */
    OV_N_BLOCK_STATES
} OvBlockState;

/* "blocked", "unblocking", "unblocked", "other". */
const char *ov_block_state_name(OvBlockState state);
/* FALSE where it is none of these. */
gboolean ov_block_state_parse(const char *name, OvBlockState *state);

/* The provider's last block of one address. Texts live in the arena of the call. */
typedef struct {
    const char *network; /* as the provider lists it: "192.0.2.0/28" */
    const char *address; /* dotted quad */
    OvBlockState state;
    gint64 since;    /* when it began, microseconds since the epoch; 0: not told */
    gint64 duration; /* of the whole block from then, seconds; 0: not told, or over */
} OvBlock;

/* One message that it took for spam. */
typedef struct {
    const char *message_id; /* as told, without <>, made valid UTF-8, at most 1,000 octets; "" where
                               none is told */
    const char *destination; /* address that it was sent to; NULL where none is told */
    gint64 time;             /* microseconds since the epoch; 0: not told */
    gint64 score;            /* the provider's; G_MININT64: not told */
    gint64 period; /* start of the block in whose report it is, microseconds; 0: not told */
} OvDetected;

/* One report: what was seen of an address before it was blocked. */
typedef struct {
    gint64 period; /* when it was blocked, microseconds since the epoch; 0: not told */
    gint64 total, spams, average; /* messages, of them spam, mean score; -1: not told */
} OvReport;

typedef struct OvHosting OvHosting;

/* By [provider]; NULL without error where it names none. SETUP where the settings or the
 * credentials are of no use; asks nobody. Refers to settings. */
OvHosting *ov_hosting_new(OvSettings *settings, GError **error);
void ov_hosting_free(OvHosting *hosting);
/* From any thread, once and for all: what is under way ends soon, with AWAY or UNSURE, and so does
 * whatever is asked later. */
void ov_hosting_stop(OvHosting *hosting);
/* "ovh": for people and the ledger. */
const char *ov_hosting_name(const OvHosting *hosting);

/* One word in letters, digits and _, as providers name the types of their services. */
gboolean ov_hosting_type_valid(const char *type);
/* The networks that may be blocked for spam (IPv4), in the provider's own writing; of services of
 * that type alone, such as "failover" or "vps", where it is not NULL (guide G26). An empty array
 * for none, NULL with error. */
const char **ov_hosting_networks(OvHosting *hosting, const char *type, OvArena *arena, guint *n,
                                 GError **error);
/* The addresses of a network that are blocked now or being unblocked; with past also those that
 * once were. Those outside the network are passed over. An empty array for none, NULL with error.
 */
const char **ov_hosting_blocked(OvHosting *hosting, const char *network, gboolean past,
                                OvArena *arena, guint *n, GError **error);
/* How its last block stands. GONE where it has had none. */
gboolean ov_hosting_block(OvHosting *hosting, const char *network, const char *address,
                          OvBlock *block, OvArena *arena, GError **error);
/* What was taken for spam from from to to (microseconds), at most OV_HOSTING_MAX_DETECTED.
 * *reports (may be NULL) with n_reports. Either may be empty. */
enum { OV_HOSTING_MAX_DETECTED = 100000 };
OvDetected *ov_hosting_detected(OvHosting *hosting, const char *network, const char *address,
                                gint64 from, gint64 to, OvArena *arena, guint *n,
                                OvReport **reports, guint *n_reports, GError **error);
/* Asks for the unblock, once: never repeated by itself. *block: as it stands after it. */
gboolean ov_hosting_unblock(OvHosting *hosting, const char *network, const char *address,
                            OvBlock *block, OvArena *arena, GError **error);

/* After BUSY or STILL: how long to wait, microseconds; 0 where it was not told. */
gint64 ov_hosting_wait(const OvHosting *hosting);
/* The provider's clock, microseconds since the epoch: what it tells of times is compared with it.
 * Ours where it tells none. */
gint64 ov_hosting_now(const OvHosting *hosting);
/* The provider's own id of the last call, by which its support finds it: for the log and for
 * incidents. "" where it told none. Errors have it in their message. */
const char *ov_hosting_query_id(const OvHosting *hosting);

/* What works and what does not, for `outvet provider check`: each call with what it takes. */
typedef struct {
    const char *what; /* "GET /ip" or, for people, what it is for */
    gboolean ok;
    const char *note;    /* what was found, for people: "14 networks"; NULL for nothing */
    const char *trouble; /* with what to do; NULL where ok */
} OvHostingCheck;
OvHostingCheck *ov_hosting_check(OvHosting *hosting, OvArena *arena, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvHosting, ov_hosting_free)
