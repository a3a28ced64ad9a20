/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of a solve out of a fuzzer's bytes, and a monitor that may stop, abort or cancel. */
#ifndef FUZZ_SOLVER_OPTIONS_H
#define FUZZ_SOLVER_OPTIONS_H

#include "input.h"

enum { FUZZ_MOST_ITERATIONS = 8 };

typedef struct fuzz_watch {
    size_t n;
    size_t act_at; /* the call of the monitor at which it acts; 0: never */
    size_t calls;
    gradus_verdict verdict;
    bool cancels;
    volatile int cancelled;
} fuzz_watch;

/* `watch` and what the options point to must outlive the solve. Budgets are small, one thread works. */
gradus_options fuzz_options_make(fuzz_input *in, bool tame, fuzz_watch *watch, gradus_error *error,
                                 const gradus_allocator *allocator);

#endif
