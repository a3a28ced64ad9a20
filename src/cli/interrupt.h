/* SPDX-License-Identifier: BSD-3-Clause */
/* Ctrl-C: the first one asks a solve to end with what it has, a second one ends the program. */
#ifndef GR_CLI_INTERRUPT_H
#define GR_CLI_INTERRUPT_H

/* Catches SIGINT until gr_interrupt_release; the flag is what a solve's options take as `cancel`. */
const volatile int *gr_interrupt_catch(void);
void gr_interrupt_release(void);

#endif
