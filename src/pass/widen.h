/* SPDX-License-Identifier: BSD-3-Clause */
/* Floats become doubles; private to this room. */
#ifndef GR_PASS_WIDEN_H
#define GR_PASS_WIDEN_H

#include <stddef.h>

/* `count` lines of floats, `stride` apart, become lines of doubles, `ld` apart. */
typedef struct gr_widening {
    const float *from;
    size_t count, length, stride;
    double *to;
    size_t ld;
} gr_widening;

void gr_widen(const gr_widening *lines);

#endif
