/* Signals of the daemon, in a program that libmilter shares. */
#pragma once

#include <glib.h>

/* Blocks the signals that ov_signals_wait waits for. Before any other thread is started: all of
 * them inherit it. */
void ov_signals_block(void);

/* Waits for one of SIGHUP, SIGINT, SIGTERM and returns its number. */
int ov_signals_wait(void);
