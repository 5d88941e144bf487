/* A list of what is in force now, kept up with a table of the ledger to which rows only come: a
 * thread looks once a second whether there is a new one, which may come from another process. Whose
 * list it is tells how it is read; suspensions and allowances are kept so. Thread-safe but for
 * start and stop. */
#pragma once

#include "policy/ledger/ledger.h"

/* A list is immutable, and shared by reference: it lies in a g_atomic_rc_box. */
typedef struct {
    const char *name; /* of the events in the log, and of the thread: one short word */
    /* The id of the last row, 0 where there is none. */
    gboolean (*last)(OvLedger *ledger, gint64 *id, GError **error);
    /* The list in force at now, with how long it is; NULL with error. Rows after `after` are new,
     * and may be told of; none is where that is below 0. Called by one thread at a time. */
    gpointer (*read)(gpointer owner, gint64 after, gint64 now, guint *length, GError **error);
    /* Tells of what of the list ended after one time and not after the other. */
    void (*ending)(gpointer list, gint64 after, gint64 until);
    /* The clock was set back by so many microseconds, a minute at least: what of the list has an
     * end lasts so much longer. NULL: nobody is told. */
    void (*set_back)(gpointer owner, gconstpointer list, gint64 by);
    GDestroyNotify unref;
} OvInForceKind;

typedef struct OvInForce OvInForce;

/* Reads the ledger before it returns; one that can't be read is logged, and tried again each
 * second. Borrows its arguments. owner: for read. */
OvInForce *ov_in_force_start(const OvInForceKind *kind, OvLedger *ledger, gpointer owner);
void ov_in_force_stop(OvInForce *in_force);

/* A reference; NULL where the list is empty. Waits for no disk. */
gpointer ov_in_force_list(OvInForce *in_force);
/* The id of the last row that it knows of; -1 before it could read any. */
gint64 ov_in_force_last(OvInForce *in_force);
/* Looks now. FALSE where the ledger can't be read. */
gboolean ov_in_force_refresh(OvInForce *in_force, GError **error);

/* Has change called while nobody else looks or changes, between two looks: it knows the list of
 * that moment, and what it adds to the ledger is in force when this returns. FALSE where it or the
 * ledger fails. */
typedef gboolean (*OvInForceChange)(gpointer owner, gpointer data, GError **error);
gboolean ov_in_force_change(OvInForce *in_force, OvInForceChange change, gpointer data,
                            GError **error);
