#include "milter/signals.h"

#include <signal.h>
#include <unistd.h>

int sigwait(const sigset_t *set, int *number);

static void fill(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void ov_signals_block(void) {
    sigset_t set;

    fill(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int ov_signals_wait(void) {
    sigset_t set;
    int number;

    fill(&set);
    do
        number = sigwaitinfo(&set, NULL);
    while (number < 0);
    return number;
}

/* libmilter starts a thread that waits by sigwait(3) for the same signals, takes SIGHUP for "stop",
 * and frees connections that are still being served when it stops. There is no way to tell it not
 * to; but a function of the program goes before the C library's of the same name, so its thread
 * waits here for ever. Nothing else in outvetd calls sigwait. */
int sigwait(const sigset_t *set, int *number) {
    (void)set, (void)number;
    for (;;)
        pause();
}
