/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A solve from the inside. The loop minimises phi: phi = f in descent, phi = -f in ascent. evaluate.c turns the sign
 * on the way in, report.c and monitor.c on the way out; no other file knows about it.
 */
#ifndef GR_SOLVER_STATE_H
#define GR_SOLVER_STATE_H

#include <stdbool.h>

#include "factor/tiled_cholesky.h"
#include "factor/tiled_lq.h"
#include "gradus/solver.h"
#include "model/linear.h"
#include "solver/coordinate.h"
#include "solver/record.h"

/* theta with phi, its gradient and the gradient's norm there */
typedef struct gr_point {
    double *theta;
    double *gradient;
    double value;
    double gradient_norm; /* with a lasso or constraints that of the gradient mapping */
    double penalty;       /* with a lasso its share of the value */
    double gap;           /* the duality gap there, NaN where none is known */
    bool estimated;       /* value and gradient are those of a batch */
} gr_point;

/* What an evaluation found, when the call itself could be carried out. */
typedef enum gr_outcome {
    GR_FINITE,    /* value and gradient are finite */
    GR_REJECTED,  /* GRADUS_REJECT, NaN or Inf */
    GR_UNBOUNDED, /* phi is -Inf */
    GR_CANCELLED  /* the caller's flag was seen */
} gr_outcome;

/* A method makes the direction: solver->direction from the gradient, the metric and its own memory. */
typedef struct gr_method {
    gradus_method id;
    const char *name;
    size_t vectors; /* of its own, beyond what every solve has: solver->own */
    bool unit_step; /* its direction has a length: a line search tries 1 first */
    bool exacting;  /* it wants a line search to come near the minimum along the direction */
    void (*direct)(gradus_solver *solver);
    /* remembers an accepted step; NULL without memory */
    void (*learn)(gradus_solver *solver, const gr_point *from, const gr_point *to);
    /* forgets and makes the direction anew, where a line search found no way along it; false when there was nothing to
     * forget; NULL without memory */
    bool (*restart)(gradus_solver *solver);
    /* makes the estimate from a batch, which is at the point, one of less variance; NULL where it is good as it is */
    gradus_status (*reduce)(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                            gr_outcome *outcome);
    /* takes its own memory into a checkpoint and out of it; NULL without memory */
    void (*remember)(gradus_solver *solver, gr_record *record);
} gr_method;

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

/*
 * A step rule goes along the direction: leaves the accepted point in solver->trial and its step in
 * solver->step_size, or sets solver->stop.
 */
typedef struct gr_step {
    gradus_step_rule id;
    const char *name;
    bool searches; /* a line search: no step that does not lower phi enough is taken */
    bool monotone; /* its last iterate is its best */
    gradus_status (*advance)(gradus_solver *solver);
    double (*schedule)(const gradus_step *step,
                       double k); /* alpha after k steps; NULL where it is not fixed beforehand */
    /* as a method's; NULL without memory of its own */
    void (*remember)(gradus_solver *solver, gr_record *record);
} gr_step;

extern const gr_method gr_method_gradient;
extern const gr_method gr_method_lbfgs;
extern const gr_method gr_method_heavy_ball;
extern const gr_method gr_method_nesterov;
extern const gr_method gr_method_conjugate_gradient;
extern const gr_method gr_method_adam;
extern const gr_method gr_method_svrg;
extern const gr_method gr_method_proximal_gradient;
extern const gr_method gr_method_fista;
extern const gr_method gr_method_coordinate;
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
extern const gr_step gr_step_fixed;
extern const gr_step gr_step_backtracking;
extern const gr_step gr_step_wolfe;
extern const gr_step gr_step_exact;
extern const gr_step gr_step_barzilai_borwein;
extern const gr_step gr_step_inverse_time;
extern const gr_step gr_step_inverse_square_root;
extern const gr_step gr_step_cosine;
extern const gr_step gr_step_decay;
extern const gr_step gr_step_proximal;
extern const gr_step gr_step_proximal_fixed;
extern const gr_step gr_step_coordinate;
extern const gr_step gr_step_coordinate_exact;
extern const gr_step gr_step_working;

/* What the standardising metric knows of the columns. */
typedef struct gr_columns {
    double *center, *scale;
} gr_columns;

/* What the metrics that factor a matrix know: P = share * LL' or G in equilibrated columns (the units are columns.scale). */
typedef struct gr_factored {
    double *matrix; /* an allocation of its own */
    bool exact;     /* P is the Hessian */
    double share;   /* b/W, where the factored matrix leaves it out */
    double trace;   /* of the equilibrated P; of a diagonal one that is not factored, too */
    gr_cholesky cholesky;
    gr_tiled_lq lq;
} gr_factored;

/* Where a random sample of the rows has its optimum: there goes the first step. */
typedef struct gr_leaping {
    double *memory;  /* NULL where there is none */
    double *hessian; /* the sample's, there */
    double *theta;   /* the optimum */
    double elements; /* of X that were read for it */
    double started;  /* when that began */
    bool found;      /* the sample has an optimum */
    bool waiting;    /* the step there is still to be tried */
    bool taken;      /* the step at hand is this one: too long for a method to learn from */
} gr_leaping;

/*
 * L-BFGS's memory: the last pairs, in a ring; s in the first vectors of solver->own, y in the others. GR_PAIRS is the most that
 * are ever kept; how many for so many variables, method_lbfgs.c decides.
 */
enum { GR_PAIRS = 30 };
size_t gr_pairs_kept(size_t n);
typedef struct gr_pairs {
    double curvature[GR_PAIRS]; /* s'y of each pair */
    double scale;               /* s'y / y'P^(-1)y of the youngest */
    size_t count, next;
} gr_pairs;

/*
 * A line search's trials. The first is a full evaluation. It leaves its margins X theta, as the one at the iterate has done,
 * so that for a model any further trial costs O(m); the one that is accepted is then evaluated in full.
 */
typedef struct gr_search {
    double *memory; /* 2 m doubles; NULL where every trial is a full evaluation */
    gr_along along; /* z: the margins at the iterate; q: first those at the full trial */
    bool known;     /* z holds them */
    size_t trials;  /* since the first full one that is finite, that included */
    double first;   /* alpha of the full trial */
    bool on_line;   /* the last trial knows value and slope only */
    double slope;   /* grad phi'd at such a trial */
} gr_search;

/* Barzilai and Borwein's values phi of the last steps, in a ring. */
enum { GR_RECENT = 10 };

/*
 * Least squares without its rows: phi(theta) = value + gradient'delta + delta'H delta / 2 around an anchor, with
 * delta = theta - anchor. Exact but for rounding, which a new anchor removes.
 */
typedef struct gr_compressed {
    double *memory;
    bool active;     /* evaluations do not read X */
    double *hessian; /* p x p, both triangles */
    double *delta;
    gr_point anchor;
    double squared_norm; /* of the gradient at the last end of a run, in the metric; 0 before the first */
} gr_compressed;

/* The gradient near the answer: that at an anchor, in twice the precision, and H times the way from there. */
typedef struct gr_anchor {
    double *memory; /* NULL: not needed */
    gr_point at;
    double *delta;
    gr_pair *pair; /* theta for the precise pass */
    double *pass;  /* and that pass's own memory */
    bool active;
} gr_anchor;

/* The answer's last digits: theta as pairs, the gradient in twice the precision. */
typedef struct gr_refinement {
    double *memory; /* NULL: not asked for */
    gr_pair *theta;
    double *pass;              /* the pass's own memory */
    bool active;               /* every step is now one of these */
    size_t steps, still;       /* taken; without progress */
    double least;              /* of the corrections so far */
    gradus_stop_reason reason; /* why the run before it ended */
} gr_refinement;

/* A run by batches. */
typedef struct gr_batches {
    bool active;
    bool whole;         /* a batch is all rows */
    size_t size, steps; /* rows of a batch; batches of an epoch */
    size_t *rows;  /* those of the batch at hand, an allocation of its own; NULL where they are consecutive */
    gr_point full; /* where phi was last evaluated on all rows and judged: SVRG's snapshot */
} gr_batches;

/* A run with a lasso or constraints. Gradients of points are those of loss and ridge. */
typedef struct gr_proximal {
    bool active;
    gr_point ahead;  /* where the step begins: FISTA's y; its value without the penalty */
    double *mapping; /* the gradient mapping of the point measured last */
    double *weights; /* the diagonal of P */
    double *margins; /* of the last evaluation, m doubles */
    bool refused;    /* a step was once too long */
} gr_proximal;

/* A run by coordinates: its steps minimise a quadratic model with lasso and bounds. */
typedef struct gr_curved {
    double *memory;     /* an allocation of its own */
    size_t *chosen;     /* and another */
    gr_quadratic q;     /* H lies in factored.matrix */
    double *curvatures; /* of the rows */
    double promise;     /* of the last step's model; 0 before the first */
    bool fresh;         /* H was made at the iterate */
    bool strayed;       /* the last evaluation was that of a refused trial */
    size_t held;        /* columns of the last working set */
} gr_curved;

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
    double *doubt;  /* and one to look for a way to infinity with; NULL where there is none */
    size_t n;
    gr_point current, trial, best;
    double *direction;
    double slope;        /* gradient'direction at current */
    double squared_norm; /* of the gradient at current, in the metric: gradient'P^(-1)gradient */
    double
        correction; /* its root, also where the square underflows; of methods that are judged by it, see gr_measure */
    gr_columns columns;
    gr_factored factored;
    gr_leaping leap;
    double *own;             /* the method's vectors */
    gr_pairs pairs;          /* L-BFGS's */
    double inertia;          /* Nesterov's: FISTA's t */
    double conjugacy;        /* conjugate gradient's beta for the next direction */
    size_t moments;          /* gradients that Adam's means hold */
    double *clipped;         /* the gradient as the method sees it; there where a clip was asked for */
    double step_size;        /* the last accepted alpha */
    double first_trial;      /* the line search's next first trial */
    bool asked_for_step;     /* the caller set a step */
    bool asked_for_patience; /* the caller set a patience */
    bool asked_for_gradient; /* the caller set a gradient tolerance; refinement otherwise knows better */
    bool refines;            /* least squares in the Gram metric: every step is a refinement of the answer */
    gr_search search;
    double recent[GR_RECENT];
    gr_compressed compressed;
    gr_anchor anchor;
    gr_refinement refinement;
    gr_batches batches;
    gr_proximal proximal;
    gr_curved curved;
    bool asked_for_gap; /* the caller set a tolerance for the duality gap */
    double metric_passes;
    size_t renewed_at; /* the iteration at which the metric was made anew */
    double condition;  /* of X in the metric's columns, NaN where nothing was factored */
    char reason[256];  /* for the metric */
    double suspicion;  /* fixed steps on a quadratic: the squared gradient norm that calls for a proof */
    gr_history history;
    gradus_stop_reason stop;
    size_t iterations, evaluations;
    double started;
    double curvature;
    double best_value;
    size_t best_iteration;
    uint64_t options_mark; /* of the options as they were given */
    uint64_t data_mark;    /* of the objective, once `marked` */
    bool marked;
};

/*
 * Changes of the value below this, relative to the value, may be rounding. It is far above 1e-16 because a residual is a
 * difference: on Longley's data x_i'theta cancels from 4e6 to 3e2, so the value keeps 11 digits. Measured there, digits of
 * theta reached by backtracking with 1e-14: 3.1, 1e-12: 3.2, 1e-10: 9.7, 1e-8 and 1e-6: 9.8.
 */
#define GR_VALUE_ROUNDING 1e-10

/* What a good answer of least squares leaves of backward error is 1e-16, what a bad one stops at is 1e-8 or more. */
#define GR_ANSWER 1e-12

/* A run that can go no further has arrived only where its duality gap, if one is known, is at most this share of the value. */
#define GR_GAP_ARRIVED 1e-6

/* stop.c: squared_norm and correction, from steepest = -P^(-1) gradient */
void gr_measure(gradus_solver *solver, const double *gradient, const double *steepest);

/* iterate.c: one iteration of a run that has not ended */
gradus_status gr_iterate(gradus_solver *solver);
/* makes the direction, and looks whether that is the end; a run that has ended answers for it, and may go on */
gradus_status gr_look_around(gradus_solver *solver);
gradus_status gr_settle(gradus_solver *solver);

/* begin.c: a solver that stands ready for its first step, and has taken over the leap. Where that fails it may be there nevertheless,
 * to be freed, and where the monitor aborted to be reported. */
gradus_status gr_solver_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gr_leaping *leap, gradus_solver **solver);
/* A solve that is over before its first step: the start, or another lasso's, is evaluated, and the monitor hears of it. */
gradus_status gr_cancelled_before_steps(gradus_solver *solver);
/* begin.c: its first half: what the options ask for is known and checked, and nothing was evaluated; `start` must be there. Then the
 * memory of the iteration. */
gradus_status gr_solver_open(const gradus_objective *f, gradus_direction direction, const void *start,
                             const gradus_options *given, gr_leaping *leap, gradus_solver **solver);
gradus_status gr_solver_take_memory(gradus_solver *solver);

/* evaluate.c: what phi and the size of its derivative say of a point */
gr_outcome gr_classify(const gradus_solver *solver, double value, double derivative);
/* phi, its gradient and norm at point->theta */
gradus_status gr_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome);
/* the same on the rows of a batch */
gradus_status gr_evaluate_batch(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                                gr_outcome *outcome);
/* phi and gradient at current, read from X once more; they stay as they are where that is cut short, and the run has then ended */
gradus_status gr_evaluate_again(gradus_solver *solver, gr_outcome *outcome);
/* the same at current, and P = H or its bound b X'DX/W + lambda I in the same read, its upper triangle */
gradus_status gr_evaluate_with_hessian(gradus_solver *solver, bool reweighted, double *P,
                                       gr_outcome *outcome);
/* value and slope of the trial at theta + alpha direction, from solver->search.along */
void gr_evaluate_along(gradus_solver *solver, double alpha, gr_outcome *outcome);

/* Is phi a convex quadratic? */
bool gr_convex_quadratic(const gradus_solver *solver);

/* line.c: once before the first step, and before each line search */
gradus_status gr_search_prepare(gradus_solver *solver);
void gr_search_begin(gradus_solver *solver);
/* line.c: the full trial becomes the iterate */
void gr_search_accept(gradus_solver *solver);
/* line.c: the trial at theta + alpha direction. Sets solver->stop where that is theta itself, bit for bit, where phi is
 * unbounded there, and where the caller cancelled. */
gradus_status gr_try(gradus_solver *solver, double alpha, gr_outcome *outcome);
/* line.c: makes the last trial, which is to be accepted, a full evaluation */
gradus_status gr_land(gradus_solver *solver);
/* line.c: grad phi'd at the last trial */
double gr_trial_slope(const gradus_solver *solver);
/* line.c: from the first trial on, shorter and shorter until one is acceptable */
typedef bool (*gr_acceptable)(const gradus_solver *solver, double alpha);
gradus_status gr_search_shorter(gradus_solver *solver, gr_acceptable acceptable);
/* line.c: v'Hv of phi, when phi is a quadratic of known curvature; NaN otherwise */
double gr_curvature_along(gradus_solver *solver, const double *v);
/* line.c: is the change of phi from the iterate to the trial so small that it may be rounding? */
bool gr_within_rounding(const gradus_solver *solver);
/* line.c: does the trial at theta + alpha direction decrease phi enough? */
bool gr_sufficient(const gradus_solver *solver, double alpha);

/* options.c: the caller's options with defaults, every field checked */
gradus_status gr_options_read(const gradus_options *given, gradus_options *options);
/* are method and step rule to be chosen by the library? */
bool gr_all_automatic(const gradus_options *options);

/* combine.c: refuses what means nothing together, by name */
gradus_status gr_combination_check(const gradus_solver *solver);

/* choose.c: first the metric, from the options and the objective; once it is prepared, and may have given way to another,
 * the method and the step rule that go with it */
gradus_status gr_choose_metric(gradus_solver *solver);
void gr_choose_travel(gradus_solver *solver);
size_t gr_choose_vectors(const gradus_solver *solver);

/* reason.c: adds a clause to the sentence that says why this metric runs */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void gr_because(gradus_solver *solver, const char *format, ...);

/* metric_gram.c: would the Gram matrix break down? Then the sketch takes its place. Memory for P */
gradus_status gr_gram_probe(gradus_solver *solver);
gradus_status gr_hessian_allocate(gradus_solver *solver);
/* metric_gram.c: -P^(-1) gradient, and P_jj to a factor of 4 */
void gr_gram_steepest(const gradus_solver *solver, const double *gradient, double *direction);
double gr_gram_diagonal(const gradus_solver *solver, size_t j);
/* metric_renewed.c: the Hessian at the iterate in the place of a metric that has been in use for long enough */
gradus_status gr_renew_metric(gradus_solver *solver);

/* metric_gram.c: equilibrates P, size x size, and factors it; a reciprocal condition of NaN says that P is not finite. And does that hold? */
gradus_status gr_gram_factor(gradus_solver *solver, size_t size);
bool gr_gram_holds(const gr_factored *factored);

/* metric_outputs.c: direction = -P^(-1) gradient, of all outputs */
void gr_steepest(const gradus_solver *solver, const double *gradient, double *direction);
/* ... and the length of v, output by output likewise */
double gr_length(const gradus_solver *solver, const double *v);

/* leap.c: a step to the sample's optimum, unless phi is higher there */
gradus_status gr_leap(gradus_solver *solver);

/* sample.c: as gr_solver_begin, after a sample of the rows was optimised where that is asked for or pays */
gradus_status gr_sample_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gradus_solver **solver);

/* origin.c: is the answer so small beside the start that the run should go on from 0? Then the trial is 0 */
bool gr_origin_is_due(const gradus_solver *solver);
gradus_status gr_origin(gradus_solver *solver);

/* metric_qr.c: memory for so many rows of P's factor and the ridge's below them; their factorisation; -P^(-1) gradient, and P_jj to
 * a factor of 4 */
gradus_status gr_rows_allocate(gradus_solver *solver, size_t rows);
gradus_status gr_rows_factor(gradus_solver *solver, size_t rows);
void gr_rows_steepest(const gradus_solver *solver, const double *gradient, double *direction);
double gr_rows_diagonal(const gradus_solver *solver, size_t j);

/* ladder.c: did the sketch not hold after all? Then the next rung, from the iterate at hand */
bool gr_rung_failed(const gradus_solver *solver);
gradus_status gr_climb(gradus_solver *solver);

/* evaluate.c: a quadratic from its value and gradient at an anchor, where point->gradient holds H delta, delta the way from there */
gr_outcome gr_expand(const gradus_solver *solver, const gr_point *anchor, const double *delta,
                     gr_point *point);

/* compress.c: keeps P, and the start as anchor; phi, its gradient and norm at point->theta; and at the end of such a run: evaluates
 * what it found on X, and lets the run go on from there where that is worth it */
gradus_status gr_compress_begin(gradus_solver *solver, const double *P);
void gr_compressed_evaluate(const gradus_solver *solver, gr_point *point, gr_outcome *outcome);
double gr_compressed_curvature(const gradus_solver *solver, const double *v);
gradus_status gr_compress_renew(gradus_solver *solver);
gradus_status gr_compress_settle(gradus_solver *solver);

/* anchor.c: memory, where it is needed; the iterate becomes the anchor as soon as it is near the answer; an evaluation around it */
gradus_status gr_anchor_prepare(gradus_solver *solver);
void gr_anchor_drop(gradus_solver *solver);
void gr_anchored_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome);

/* refine.c: memory, where it was asked for; the turn to it, at the end of a run; one step */
gradus_status gr_refine_prepare(gradus_solver *solver);
void gr_refine_turn(gradus_solver *solver);
gradus_status gr_refine_step(gradus_solver *solver);

/* proximal.c: the doubles to lend, and their taking into use; the start into the constraints; once the metric is prepared; penalty,
 * gradient mapping and gap of a point that was just evaluated */
bool gr_proximal_doubles(const gradus_solver *solver, size_t *doubles);
void gr_proximal_open(gradus_solver *solver, double *memory);
void gr_proximal_project(gradus_solver *solver);
void gr_proximal_prepare(gradus_solver *solver);
void gr_proximal_measure(gradus_solver *solver, gr_point *point);

/* metric_curvature.c: does a run go by coordinates, and in which model? H made anew at the iterate; what a step teaches it */
bool gr_curvature_applies(const gradus_objective *f, const gradus_options *options);
const gr_metric *gr_curvature_metric(const gradus_solver *solver);
bool gr_curvature_runs(const gradus_solver *solver);
bool gr_curvature_is_whole(const gradus_objective *f);
gradus_status gr_curvature_renew(gradus_solver *solver);
void gr_curvature_learn(gradus_solver *solver, const gr_point *from, const gr_point *to);

/* method_nesterov.c: beta_k of FISTA, and t_(k+1) in solver->inertia */
double gr_next_inertia(gradus_solver *solver);

/* clip.c: the method's direction, and its new beginning, from the gradient that it is to see */
void gr_direct(gradus_solver *solver);
bool gr_restart(gradus_solver *solver);

/* batches.c: what the options make of the objective; the doubles to lend it, and their taking into use */
void gr_batches_shape(gradus_solver *solver);
bool gr_batches_doubles(const gradus_solver *solver, int threads, size_t *doubles);
bool gr_batches_open(gradus_solver *solver, double *memory);
/* batches.c: the start, and the trial, evaluated as is due; what is seen from the new iterate; the end of the run */
gradus_status gr_batches_start(gradus_solver *solver, gr_outcome *outcome);
gradus_status gr_batches_try(gradus_solver *solver, gr_outcome *outcome);
gradus_status gr_batches_look(gradus_solver *solver);
gradus_status gr_batches_settle(gradus_solver *solver);
/* epochs.c: epochs so far; is their budget spent after so many steps? Without batches 0, and never */
double gr_epochs(const gradus_solver *solver);
bool gr_epochs_spent(const gradus_solver *solver, size_t iterations);

/* stop.c */
void gr_stop_begin(gradus_solver *solver);
/* remembers a best value, and its point where a later one may be worse */
void gr_note_best(gradus_solver *solver);
/* what was measured so far no longer counts: it may lie below the truth by rounding, or in another metric */
void gr_forget_values(gradus_solver *solver);
gradus_stop_reason gr_stop_check(gradus_solver *solver);
/* the budgets alone */
gradus_stop_reason gr_stop_budget(const gradus_solver *solver);
gradus_stop_reason gr_stop_judge(const gradus_solver *solver, gradus_stop_reason reason);
double gr_backward_error(const gradus_solver *solver);
/* the length in a metric whose units are columns.scale */
double gr_length_in_units(const gradus_solver *solver, const double *v);

/* monitor.c: shows the iterate to the caller */
gradus_status gr_monitor_call(gradus_solver *solver);

/* remember.c: everything that a run goes on from; and of a run that has ended, what its report says. A reader has opened the solver
 * with the leap that gr_remember_leap has read. */
void gr_remember_leap(gr_leaping *leap, gr_record *record);
void gr_remember(gradus_solver *solver, gr_record *record);
/* ladder.c: can a run that began with one metric have come to the other? */
bool gr_metric_leads_to(const gr_metric *first, const gr_metric *last);
/* choose.c: all metrics there are, NULL behind the last; places of the list stand in checkpoints */
extern const gr_metric *const gr_all_metrics[];
/* metric_gram.c, metric_qr.c, compress.c: gr_metric.remember of P = LL' as gr_gram_factor leaves it, of one output or of all; and of
 * LL' as gr_rows_factor leaves it; the compressed form */
void gr_remember_gram(gradus_solver *solver, gr_record *record);
void gr_remember_rows(gradus_solver *solver, gr_record *record);
void gr_remember_compressed(gradus_solver *solver, gr_record *record);

/* marks.c: of the options, defaults filled in, as far as a run's bits depend on them */
uint64_t gr_options_mark(const gradus_solver *solver);

/* aim.c: the lasso of its objective has changed; the iterate becomes the start of another solve, by coordinates */
gradus_status gr_solver_aim(gradus_solver *solver);

/* report.c */
void gr_report_fill(const gradus_solver *solver, gradus_report *report);
gradus_report gr_report_empty(void);

#endif
