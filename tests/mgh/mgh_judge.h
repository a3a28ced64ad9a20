/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts the evaluations of a run, whoever runs, and sees when it is at a minimum.
 *
 * Solved is a run at the first evaluation with
 *
 *   |f(x) - f*| <= 1e-8 min(max(1, |f*|), f(x_0) - f*)
 *
 * for a known local minimum f*, x_0 the standard start whichever the run began from. That is the test of More and Wild, SIAM J.
 * Optim. 20 (2009) 172, f - f* <= tau (f(x_0) - f*), held to 1e-8 of the minimum where the start is far above it. A stopping rule
 * of the solver's own has no part in it.
 */
#ifndef MGH_JUDGE_H
#define MGH_JUDGE_H

#include <stdbool.h>

#include "mgh.h"

enum { MGH_BUDGET = 10000 };
#define MGH_ACCURACY 1e-8

typedef struct mgh_judge {
    const mgh_problem *problem;
    double at_start; /* f at the standard start */
    size_t evaluations;
    size_t solved_at; /* the evaluation that solved it; 0: none yet */
    double lowest;    /* f */
    double point[MGH_MOST_VARIABLES], gradient[MGH_MOST_VARIABLES], value; /* of the last evaluation */
} mgh_judge;

mgh_judge mgh_judge_begin(const mgh_problem *problem);

/* f(x) and, unless NULL, its gradient. Both at one point, whether asked for at once or one after the other, are one evaluation. */
double mgh_judge_evaluate(mgh_judge *judge, const double *x, double *gradient);

/* Solved, or out of evaluations. */
bool mgh_judge_ended(const mgh_judge *judge);

#endif
