/* The milter: libmilter's callbacks, from negotiation to the answer at the end of a message.
 *
 * libmilter may run one connection's callbacks on several threads in turn, one at a time; all state
 * of a connection is its OvSession. Nothing is answered before the end of the message, so every
 * callback before it asks the MTA not to wait for a reply. */
#pragma once

#include "milter/daemon.h"

/* Registers the callbacks for daemon, which must outlive libmilter's threads. Once. */
gboolean ov_milter_register(OvDaemon *daemon);
