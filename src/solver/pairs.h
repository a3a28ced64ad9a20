/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what L-BFGS remembers. */
#ifndef GR_SOLVER_PAIRS_H
#define GR_SOLVER_PAIRS_H

#include <stddef.h>

/*
 * The last pairs, in a ring; s in the first vectors of solver->own, y in the others. GR_PAIRS is the most that are ever kept; how many for
 * so many variables, method_lbfgs.c decides.
 */
enum { GR_PAIRS = 30 };
size_t gr_pairs_kept(size_t n);

typedef struct gr_pairs {
    double curvature[GR_PAIRS]; /* s'y of each pair */
    double scale;               /* s'y / y'P^(-1)y of the youngest */
    size_t count, next;
} gr_pairs;

#endif
