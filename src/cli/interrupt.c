/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A solve reads its cancel flag as an int. */
_Static_assert(sizeof(sig_atomic_t) == sizeof(int), "a signal handler must be able to write the cancel flag");

static volatile sig_atomic_t interrupted;
static struct sigaction before;

static void note(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

const volatile int *gr_interrupt_catch(void)
{
    /*
     * reset: the second Ctrl-C meets the default, which ends the program; restart: writes are not cut short
     */
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    (void)sigemptyset(&action.sa_mask);
    interrupted = 0;
    (void)sigaction(SIGINT, NULL, &before);
    if (before.sa_handler != SIG_IGN) (void)sigaction(SIGINT, &action, NULL); /* nohup stays nohup */
    return &interrupted;
}

void gr_interrupt_release(void)
{
    (void)sigaction(SIGINT, &before, NULL);
}
