/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A solve from the inside. The loop minimises phi: phi = f in descent, phi = -f in ascent. evaluate.c turns the sign
 * on the way in, report.c and monitor.c on the way out; no other file knows about it.
 */
#ifndef GR_SOLVER_STATE_H
#define GR_SOLVER_STATE_H

#include <stdbool.h>

#include "factor/cholesky.h"
#include "factor/lq.h"
#include "gradus/solver.h"
#include "model/objective.h"

/* theta with phi, its gradient and the gradient's norm there */
typedef struct gr_point {
    double *theta;
    double *gradient;
    double value;
    double gradient_norm;
} gr_point;

/* A method makes the direction: solver->direction from the gradient, the metric and its own memory. */
typedef struct gr_method {
    gradus_method id;
    const char *name;
    size_t vectors; /* of memory, beyond what every solve has */
    void (*direct)(gradus_solver *solver);
    /* remembers an accepted step; NULL without memory */
    void (*learn)(gradus_solver *solver, const gr_point *from, const gr_point *to);
    /* forgets and makes the direction anew, where a line search found no way along it; false when there was nothing to
     * forget; NULL without memory */
    bool (*restart)(gradus_solver *solver);
} gr_method;

/* A metric applies P^(-1). `prepare` (may be NULL) reads the data once, before the first step. */
typedef struct gr_metric {
    gradus_metric id;
    const char *name;
    bool needs_model;
    gradus_status (*prepare)(gradus_solver *solver);
    /* direction = -P^(-1) gradient */
    void (*steepest)(const gradus_solver *solver, const double *gradient, double *direction);
    /* an estimate of the backward error of current as a least-squares answer, NULL where there is none */
    double (*backward_error)(const gradus_solver *solver);
} gr_metric;

/*
 * A step rule goes along the direction: leaves the accepted point in solver->trial and its step in
 * solver->step_size, or sets solver->stop.
 */
typedef struct gr_step {
    gradus_step_rule id;
    const char *name;
    bool searches; /* a line search: its last iterate is its best */
    gradus_status (*advance)(gradus_solver *solver);
} gr_step;

extern const gr_method gr_method_gradient;
extern const gr_method gr_method_lbfgs;
extern const gr_method gr_method_heavy_ball;
extern const gr_metric gr_metric_identity;
extern const gr_metric gr_metric_standardized;
extern const gr_metric gr_metric_gram;
extern const gr_metric gr_metric_sketch;
extern const gr_step gr_step_fixed;
extern const gr_step gr_step_backtracking;
extern const gr_step gr_step_wolfe;

/* What the standardising metric knows of the columns. */
typedef struct gr_columns {
    double *center, *scale;
} gr_columns;

/* What the metrics that factor a matrix know: P = share * LL' or G in equilibrated columns (the units are columns.scale). */
typedef struct gr_factored {
    double *matrix; /* an allocation of its own */
    bool exact;     /* P is the Hessian */
    double share;   /* b/W, where the factored matrix leaves it out */
    double trace;   /* of the equilibrated P */
    gr_cholesky cholesky;
    gr_lq lq;
} gr_factored;

/* L-BFGS's memory: the last pairs, in a ring. */
enum { GR_PAIRS = 10 };
typedef struct gr_pairs {
    double *s, *y;              /* GR_PAIRS vectors each */
    double curvature[GR_PAIRS]; /* s'y of each pair */
    double scale;               /* s'y / y'P^(-1)y of the youngest */
    size_t count, next;
} gr_pairs;

/* What the stopping criteria remember. */
typedef struct gr_history {
    double start_gradient_norm;
    double start_value;
    double least_value;           /* of phi, lowered only by more than its rounding */
    double least_norm;            /* of the gradient, in the metric */
    size_t progress_at;           /* the iteration that last lowered one of the two */
    double step_norm;             /* ||theta_new - theta|| */
    double previous_value;        /* phi before the last step */
    double previous_squared_norm; /* squared_norm before the last step */
} gr_history;

struct gradus_solver {
    const gradus_objective *f;
    bool ascent;
    gradus_options options; /* with defaults filled in */
    gradus_allocator allocator;
    const gr_method *method;
    const gr_metric *metric;
    const gr_step *step;
    gr_workspace work;
    double *memory; /* one allocation, carved into all the vectors below */
    size_t n;
    gr_point current, trial, best;
    double *direction;
    double slope;        /* gradient'direction at current */
    double squared_norm; /* of the gradient at current, in the metric: gradient'P^(-1)gradient */
    gr_columns columns;
    gr_factored factored;
    gr_pairs pairs;
    double step_size;        /* the last accepted alpha */
    double first_trial;      /* the line search's next first trial */
    bool asked_for_patience; /* the caller set a patience */
    bool asked_for_gradient; /* the caller set a gradient tolerance; refinement otherwise knows better */
    bool refines;            /* least squares in the Gram metric: every step is a refinement of the answer */
    double suspicion; /* fixed steps on a quadratic: the squared gradient norm that calls for a proof */
    gr_history history;
    gradus_stop_reason stop;
    size_t iterations, evaluations;
    double started;
    double curvature;
    double best_value;
    size_t best_iteration;
};

/*
 * Changes of the value below this, relative to the value, may be rounding. It is far above 1e-16 because a residual is a
 * difference: on Longley's data x_i'theta cancels from 4e6 to 3e2, so the value keeps 11 digits. Measured there, digits of
 * theta reached by backtracking with 1e-14: 3.0, 1e-12: 9.5, 1e-10: 9.8, 1e-6: 9.7.
 */
#define GR_VALUE_ROUNDING 1e-10

/* What an evaluation found, when the call itself could be carried out. */
typedef enum gr_outcome {
    GR_FINITE,    /* value and gradient are finite */
    GR_REJECTED,  /* GRADUS_REJECT, NaN or Inf */
    GR_UNBOUNDED, /* phi is -Inf */
    GR_CANCELLED  /* the caller's flag was seen */
} gr_outcome;

/* evaluate.c: phi, its gradient and norm at point->theta */
gradus_status gr_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome);
/* v'Hv of phi, when phi is a quadratic of known curvature; NaN otherwise */
double gr_curvature_along(gradus_solver *solver, const double *v);

/* line.c: the trial at theta + alpha direction. Sets solver->stop where that is theta itself, bit for bit, where phi is
 * unbounded there, and where the caller cancelled. */
gradus_status gr_try(gradus_solver *solver, double alpha, gr_outcome *outcome);
/* line.c: is the change of phi from the iterate to the trial so small that it may be rounding? */
bool gr_within_rounding(const gradus_solver *solver);
/* line.c: does the trial at theta + alpha direction decrease phi enough? */
bool gr_sufficient(const gradus_solver *solver, double alpha);

/* options.c: the caller's options with defaults, every field checked */
gradus_status gr_options_read(const gradus_options *given, gradus_options *options);

/* choose.c: first the metric, from the options and the objective; once it is prepared, and may have given way to another,
 * the method and the step rule that go with it */
gradus_status gr_choose_metric(gradus_solver *solver);
void gr_choose_travel(gradus_solver *solver);
size_t gr_choose_vectors(const gradus_solver *solver);

/* stop.c */
void gr_stop_begin(gradus_solver *solver);
gradus_stop_reason gr_stop_check(gradus_solver *solver);
gradus_stop_reason gr_stop_judge(const gradus_solver *solver, gradus_stop_reason reason);
double gr_backward_error(const gradus_solver *solver);

/* monitor.c: shows the iterate to the caller */
gradus_status gr_monitor_call(gradus_solver *solver);

/* report.c */
void gr_report_fill(const gradus_solver *solver, gradus_report *report);
gradus_report gr_report_empty(void);

#endif
