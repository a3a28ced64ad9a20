/* SPDX-License-Identifier: BSD-3-Clause */
/* Combinations of options and objective that mean nothing: each is refused with a sentence of its own. */
#include "base/error.h"
#include "model/batch.h"
#include "model/dual.h"
#include "model/objective.h"
#include "solver/curvature.h"
#include "solver/evaluate.h"
#include "solver/metric.h"
#include "solver/options.h"
#include "solver/state.h"

/* The largest number of rows that are drawn at random: draws are made of doubles. */
#define DRAWN_ROWS ((uint64_t)1 << 53)

typedef struct gr_refusal {
    bool applies;
    const char *why;
} gr_refusal;

static gradus_status refuse(const gradus_solver *solver, const gr_refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (refusals[i].applies)
            return gr_error(solver->options.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(), "%s",
                            refusals[i].why);
    }
    return GRADUS_OK;
}

#define REFUSE(solver, refusals) refuse(solver, refusals, sizeof(refusals) / sizeof *(refusals))

static bool is_schedule(gradus_step_rule rule)
{
    return rule >= GRADUS_STEP_INVERSE_TIME && rule <= GRADUS_STEP_DECAY;
}

/* Steps whose length does not depend on what f says along them. */
static bool is_blind(const gradus_options *options)
{
    const gradus_step_rule rule = options->step.rule;
    const bool adams_own = options->method == GRADUS_METHOD_ADAM && rule == GRADUS_STEP_AUTOMATIC;
    return rule == GRADUS_STEP_FIXED || is_schedule(rule) || adams_own;
}

static bool is_quasi_newton(gradus_method method)
{
    return method == GRADUS_METHOD_LBFGS || method == GRADUS_METHOD_CONJUGATE_GRADIENT;
}

static gradus_status check_full(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const bool quadratic = gr_convex_quadratic(solver), automatic = gr_all_automatic(options);
    const bool borwein = options->step.rule == GRADUS_STEP_BARZILAI_BORWEIN;
    const bool factors = solver->metric->backward_error != NULL;
    const gr_refusal refusals[] = {
        {options->step.rule == GRADUS_STEP_EXACT && !quadratic,
         "the exact step is that of least squares, minimised"},
        {borwein && options->method != GRADUS_METHOD_AUTOMATIC && options->method != GRADUS_METHOD_GRADIENT,
         "Barzilai and Borwein's step goes with the method GRADIENT"},
        {options->compress && !quadratic,
         "only least squares, minimised, can be compressed to its Gram matrix"},
        {options->compress && solver->metric->reweighted,
         "the compressed form goes with the metric GRAM; HESSIAN is the same"},
        {options->refine && !(quadratic && factors && automatic),
         "refinement is for least squares, minimised, with method and step automatic and the metric GRAM, "
         "HESSIAN, SKETCH or QR"},
    };
    return REFUSE(solver, refusals);
}

/* What batches brought, and goes without them. */
static gradus_status check_adam_and_clip(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const bool adam = options->method == GRADUS_METHOD_ADAM, clip = options->clip > 0.0;
    const gr_refusal refusals[] = {
        {adam && !is_blind(options),
         "ADAM's steps have a length of their own: it goes with FIXED and the schedules"},
        {adam && solver->metric != &gr_metric_identity,
         "ADAM scales every coefficient by itself: it goes with the metric IDENTITY"},
        {clip && !is_blind(options),
         "a clip shortens steps of a given length: it goes with FIXED and the schedules"},
        {clip && is_quasi_newton(options->method),
         "LBFGS and CONJUGATE_GRADIENT compare gradients, which must not be clipped"},
    };
    return REFUSE(solver, refusals);
}

static gradus_status check_without_batches(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const gr_refusal refusals[] = {
        {options->method == GRADUS_METHOD_SVRG, "SVRG reduces the variance of batches: set batch.rows"},
        {options->batch.order != GRADUS_ORDER_AUTOMATIC,
         "batch.order is set, but batch.rows is 0: every step reads all rows"},
        {options->batch.check != 0, "batch.check is set, but batch.rows is 0: every step reads all rows"},
        {options->stop.max_epochs != 0,
         "stop.max_epochs is set, but batch.rows is 0: there are no epochs where every step reads all rows"},
    };
    return REFUSE(solver, refusals);
}

static gradus_status check_batches(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const size_t rows = gr_objective_rows(solver->f);
    const bool svrg = options->method == GRADUS_METHOD_SVRG;
    const bool drawn = options->batch.order != GRADUS_ORDER_CONSECUTIVE;
    const gr_refusal refusals[] = {
        {rows == 0,
         "this function cannot be evaluated on a batch of rows; make it by gradus_function_batched"},
        {is_quasi_newton(options->method),
         "LBFGS and CONJUGATE_GRADIENT compare gradients, which with batches "
         "are gradients of different functions"},
        {options->step.rule == GRADUS_STEP_EXACT,
         "the exact step is that of all rows; with batches take FIXED "
         "or a schedule"},
        {!is_blind(options) && options->step.rule != GRADUS_STEP_AUTOMATIC,
         "a line search compares values, which with batches are values of different functions; take FIXED or "
         "a schedule"},
        {options->compress, "the compressed form has no rows to make batches of"},
        {options->refine, "refinement reads all rows, and goes without batches"},
        {svrg && options->batch.check == GRADUS_OFF,
         "SVRG's snapshots are evaluated on all rows: batch.check cannot be off"},
        {drawn && rows > DRAWN_ROWS, "more than 2^53 rows are read in the order CONSECUTIVE alone"},
    };
    const gradus_status status = REFUSE(solver, refusals);
    if (status || is_blind(options)) return status;
    return gr_error(options->error, GRADUS_ERROR_STEP_SIZE, gr_fault_none(),
                    "with batches the step size must be given: FIXED or a schedule; only ADAM has a default");
}

/* Steps that go through the proximal operator of what has no gradient. */
static gradus_status check_proximal(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const gradus_method method = options->method;
    const gradus_step_rule rule = options->step.rule;
    const gr_refusal refusals[] = {
        {solver->f->negated != solver->ascent, "with a lasso or constraints a model is a cost to descend, or "
                                               "its negative to climb; the other way there is "
                                               "no proximal step"},
        {options->batch.rows > 0, "proximal steps read all rows: a lasso or constraints go without batches"},
        {method != GRADUS_METHOD_AUTOMATIC && method != GRADUS_METHOD_GRADIENT &&
             method != GRADUS_METHOD_NESTEROV,
         "with a lasso or constraints the methods are GRADIENT, the proximal gradient, and NESTEROV, FISTA"},
        {rule != GRADUS_STEP_AUTOMATIC && rule != GRADUS_STEP_FIXED && rule != GRADUS_STEP_BACKTRACKING,
         "proximal steps are FIXED or BACKTRACKING"},
        {solver->metric != &gr_metric_identity && solver->metric != &gr_metric_diagonal &&
             !gr_curvature_runs(solver),
         "the proximal operator of a lasso or of constraints is known in the metrics IDENTITY and DIAGONAL "
         "alone"},
        {options->compress, "the compressed form is that of least squares without a lasso or constraints"},
        {options->refine, "refinement is for least squares without a lasso or constraints"},
        {options->clip > 0.0, "a clip goes without a lasso or constraints"},
        {solver->asked_for_gap && !gr_model_has_gap(&solver->f->model),
         "stop.gap_tolerance is set, but no dual point is known: it needs a ridge, a lasso, a ball, or "
         "bounds on both "
         "sides of every coefficient"},
    };
    return REFUSE(solver, refusals);
}

static gradus_status check_without_penalty(const gradus_solver *solver)
{
    const gr_refusal refusals[] = {
        {solver->asked_for_gap,
         "stop.gap_tolerance is set, but the duality gap is that of a lasso or of constraints"},
    };
    return REFUSE(solver, refusals);
}

static gradus_status check_outputs(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const bool outputs = gr_objective_has_outputs(solver->f);
    const gr_refusal refusals[] = {
        {outputs && options->batch.rows > 0,
         "a model with several outputs is evaluated on all rows, not on batches"},
        {outputs && options->compress, "the compressed form is made for one output"},
        {outputs && options->refine, "refinement is made for one output"},
    };
    return REFUSE(solver, refusals);
}

gradus_status gr_combination_check(const gradus_solver *solver)
{
    const gradus_status penalty = solver->proximal.active ? check_proximal(solver)
                                                          : check_without_penalty(solver);
    if (penalty) return penalty;
    gradus_status status = check_outputs(solver);
    if (!status) status = solver->batches.active ? check_batches(solver) : check_without_batches(solver);
    if (!status) status = check_full(solver);
    return status ? status : check_adam_and_clip(solver);
}
