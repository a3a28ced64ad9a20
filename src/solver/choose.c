/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"
#include "solver/state.h"

static bool all_automatic(const gradus_options *options)
{
    return options->method == GRADUS_METHOD_AUTOMATIC && options->step.rule == GRADUS_STEP_AUTOMATIC;
}

static const gr_metric *choose_metric(const gradus_solver *solver)
{
    switch (solver->options.metric) {
    case GRADUS_METRIC_IDENTITY:
        return &gr_metric_identity;
    case GRADUS_METRIC_STANDARDIZED:
        return &gr_metric_standardized;
    case GRADUS_METRIC_GRAM:
        return &gr_metric_gram;
    case GRADUS_METRIC_SKETCH:
        return &gr_metric_sketch;
    default:
        if (!gr_objective_is_model(solver->f) || !all_automatic(&solver->options)) return &gr_metric_identity;
        return solver->n <= solver->f->model.X.rows ? &gr_metric_gram : &gr_metric_standardized;
    }
}

/* Does phi have the Hessian that the metric was made from? */
static bool is_convex_quadratic(const gradus_solver *solver)
{
    return solver->f->kind->curvature && solver->f->negated == solver->ascent;
}

/*
 * Least squares in its own Hessian's metric needs no memory, its steps are exact; in the metric of a sketch it takes the
 * constant step and momentum that are best for the sketch's spectrum, and no line search that the value's rounding could lead
 * astray. Everything else learns its curvature.
 */
static const gr_method *choose_method(const gradus_solver *solver)
{
    switch (solver->options.method) {
    case GRADUS_METHOD_GRADIENT:
        return &gr_method_gradient;
    case GRADUS_METHOD_LBFGS:
        return &gr_method_lbfgs;
    case GRADUS_METHOD_HEAVY_BALL:
        return &gr_method_heavy_ball;
    default:
        if (!all_automatic(&solver->options)) return &gr_method_gradient;
        if (!solver->refines) return &gr_method_lbfgs;
        return solver->factored.exact ? &gr_method_gradient : &gr_method_heavy_ball;
    }
}

static const gr_step *choose_step(const gradus_solver *solver)
{
    switch (solver->options.step.rule) {
    case GRADUS_STEP_FIXED:
        return &gr_step_fixed;
    case GRADUS_STEP_BACKTRACKING:
        return &gr_step_backtracking;
    case GRADUS_STEP_WOLFE:
        return &gr_step_wolfe;
    default:
        if (solver->refines) return &gr_step_fixed;
        return solver->method == &gr_method_lbfgs ? &gr_step_wolfe : &gr_step_backtracking;
    }
}

gradus_status gr_choose_metric(gradus_solver *solver)
{
    solver->metric = choose_metric(solver);
    if (!solver->metric->needs_model || gr_objective_is_model(solver->f)) return GRADUS_OK;
    return gr_error(solver->options.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
                    "the metric %s reads the columns of a model, and this objective is a caller's function",
                    solver->metric->name);
}

/* With d rows of a sketch of n columns and s = n/d: beta = s, alpha = (1 - s)^2. Epperly, arXiv:2311.04362, 2024. */
static void set_sketch_constants(gradus_solver *solver)
{
    const double share = 1.0 / GR_SKETCH_FACTOR;
    solver->options.momentum = share;
    solver->options.step.size = (1.0 - share) * (1.0 - share);
}

void gr_choose_travel(gradus_solver *solver)
{
    solver->refines = is_convex_quadratic(solver) && solver->metric->backward_error &&
                      all_automatic(&solver->options);
    solver->method = choose_method(solver);
    solver->step = choose_step(solver);
    const bool sketched = solver->metric == &gr_metric_sketch && solver->factored.matrix; /* it is prepared */
    if (solver->refines && sketched && !solver->factored.exact) set_sketch_constants(solver);
}

size_t gr_choose_vectors(const gradus_solver *solver)
{
    const bool may_remember = solver->options.method == GRADUS_METHOD_LBFGS ||
                              all_automatic(&solver->options);
    return may_remember ? gr_method_lbfgs.vectors : 0;
}
