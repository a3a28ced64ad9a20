/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a quadratic with a lasso, bounds and a ball, to its minimum by coordinates. */
#ifndef GR_SOLVER_COORDINATE_H
#define GR_SOLVER_COORDINATE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/penalty.h"

/*
 * minimise  g'd + d'Hd/2 + lasso sum |x_j| + mu/2 sum x_j^2  within the bounds, d = x minus the point where g was taken. Intercepts have
 * nothing of all this: entries from `cols` on, or where the penalty has a run that behind each of them. H is symmetric, without an
 * eigenvalue below 0.
 */
typedef struct gr_quadratic {
    size_t n, cols;  /* entries of x; before the intercept, of all outputs where there are several */
    const double *H; /* n x n, both triangles */
    const gr_penalty *penalty;
    double *x, *g;  /* the point, and the gradient of the quadratic there */
    double *factor; /* gr_quadratic_doubles of them: scratch */
    size_t *chosen; /* n of them: scratch */
    double solved;  /* gr_quadratic_solve: the change, in units of the first cycle's, that ends it */
    double mu;      /* 0 but inside gr_quadratic_solve, where it keeps x in the ball */
    double size;    /* of the largest coordinate, H_jj x_j^2; of the last whole round */
    size_t rounds;  /* so far */
    const volatile int *cancel; /* the caller's flag, which is looked at before every round; NULL: none */
    bool cancelled; /* it was set: there is no round any more, and x is wherever the last one has led */
} gr_quadratic;

/* Doubles of scratch; false when their number overflows. */
bool gr_quadratic_doubles(size_t n, size_t *doubles);

/* g += t H_j */
void gr_quadratic_add_column(const gr_quadratic *q, size_t j, double t);

/* Has the caller cancelled? */
bool gr_quadratic_cancelled(gr_quadratic *q);

/*
 * Once round all coordinates, then round those that are not 0 until these have settled. Returns the largest H_jj change^2 of the
 * round of all: how far from the minimum the cycle began.
 */
double gr_quadratic_cycle(gr_quadratic *q);

/* Did a round that changed this much still change anything but the last digit? */
bool gr_quadratic_moves(const gr_quadratic *q, double change);

/*
 * Cycle after cycle until the changes are those of rounding, or `solved` of the first. In a ball: with the mu that leads onto its
 * sphere, where that of 0 leads outside; g is then of no use any more.
 */
void gr_quadratic_solve(gr_quadratic *q);

#endif
