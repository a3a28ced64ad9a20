/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what a metric is, all that there are, and what they do to a vector. */
#ifndef GR_SOLVER_METRIC_H
#define GR_SOLVER_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "solver/record.h"

/* A metric applies P^(-1). `prepare` (may be NULL) makes it before the first step, after the start was evaluated. */
typedef struct gr_metric {
    gradus_metric id;
    const char *name;
    bool needs_model;
    bool
        from_hessian; /* P is read together with the start, and lies in factored.matrix when `prepare` is called */
    bool reweighted; /* with the loss's curvature at the start */
    gradus_status (*prepare)(gradus_solver *solver);
    bool joint; /* P is that of all outputs together */
    /* direction = -P^(-1) gradient, of one output unless P is joint; direction may be gradient */
    void (*steepest)(const gradus_solver *solver, const double *gradient, double *direction);
    /* about P_jj of column j; NULL where P does not depend on the model */
    double (*diagonal)(const gradus_solver *solver, size_t j);
    /* ||v||_2 of one output where theta is in columns of about one length; NULL where the metric knows no columns */
    double (*length)(const gradus_solver *solver, const double *v);
    /* an estimate of the backward error of current as a least-squares answer, NULL where there is none */
    double (*backward_error)(const gradus_solver *solver);
    /* takes what `prepare` has made, beyond the columns, into a checkpoint and out of it, where it allocates; NULL where that is nothing */
    void (*remember)(gradus_solver *solver, gr_record *record);
} gr_metric;

extern const gr_metric gr_metric_identity;
extern const gr_metric gr_metric_standardized;
extern const gr_metric gr_metric_gram;
extern const gr_metric gr_metric_sketch;
extern const gr_metric gr_metric_diagonal;
extern const gr_metric gr_metric_sampled_gram;
extern const gr_metric gr_metric_hessian;
extern const gr_metric gr_metric_outputs;
extern const gr_metric gr_metric_outputs_exact;
extern const gr_metric gr_metric_renewed;
extern const gr_metric gr_metric_qr;
extern const gr_metric gr_metric_sampled_hessian;
extern const gr_metric gr_metric_curvature;
extern const gr_metric gr_metric_curvature_gram;
extern const gr_metric gr_metric_curvature_outputs;
extern const gr_metric gr_metric_curvature_outputs_gram;
extern const gr_metric gr_metric_curvature_sampled;
extern const gr_metric gr_metric_working;
extern const gr_metric gr_metric_working_gram;

/* choose.c: all metrics there are, NULL behind the last; places of the list stand in checkpoints */
extern const gr_metric *const gr_all_metrics[];

/* metric_outputs.c: direction = -P^(-1) gradient, of all outputs */
void gr_steepest(const gradus_solver *solver, const double *gradient, double *direction);
/* ... and the length of v, output by output likewise */
double gr_length(const gradus_solver *solver, const double *v);

/* the length in a metric whose units are columns.scale */
double gr_length_in_units(const gradus_solver *solver, const double *v);

/* metric_renewed.c: the Hessian at the iterate in the place of a metric that has been in use for long enough */
gradus_status gr_renew_metric(gradus_solver *solver);

/* reason.c: adds a clause to the sentence that says why this metric runs */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void gr_because(gradus_solver *solver, const char *format, ...);

#endif
