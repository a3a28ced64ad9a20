/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: the criteria, and what they remember. */
#ifndef GR_SOLVER_STOP_H
#define GR_SOLVER_STOP_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"

/* What the stopping criteria remember. */
typedef struct gr_history {
    double start_gradient_norm;
    double start_value;
    double least_value;         /* of phi, lowered only by more than its rounding */
    double least_norm;          /* of the gradient, in the metric */
    size_t progress_at;         /* the iteration that last lowered one of the two */
    double step_norm;           /* ||theta_new - theta|| */
    double previous_value;      /* phi before the last step */
    double previous_slope;      /* before the last step */
    double start_correction;    /* at the start */
    double previous_correction; /* before the last step */
    bool from_origin;           /* the run has gone on from 0 once */
} gr_history;

/* what progress is counted from, once method, metric and step rule are chosen and the start is evaluated */
void gr_stop_begin(gradus_solver *solver);
/* remembers a best value, and its point where a later one may be worse */
void gr_note_best(gradus_solver *solver);
/* what was measured so far no longer counts: it may lie below the truth by rounding, or in another metric */
void gr_forget_values(gradus_solver *solver);

/* squared_norm and correction, from steepest = -P^(-1) gradient */
void gr_measure(gradus_solver *solver, const double *gradient, const double *steepest);

/* has the run arrived, or can it go no further? Once for every iterate */
gradus_stop_reason gr_stop_check(gradus_solver *solver);
/* the budgets alone */
gradus_stop_reason gr_stop_budget(const gradus_solver *solver);
/* what an end for this reason is called: classes that are separated, and a step rule's failure far from the answer, are no convergence */
gradus_stop_reason gr_stop_judge(const gradus_solver *solver, gradus_stop_reason reason);
/* an estimate of the normwise backward error of current, as an answer of least squares */
double gr_backward_error(const gradus_solver *solver);

#endif
