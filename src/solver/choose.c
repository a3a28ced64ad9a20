/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/choose.h"

#include "base/error.h"
#include "model/objective.h"
#include "model/options.h"
#include "pass/pass.h"
#include "solver/curvature.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/options.h"
#include "solver/pairs.h"
#include "solver/state.h"
#include "solver/step.h"

static const gr_metric *const metrics[] = {
    [GRADUS_METRIC_IDENTITY] = &gr_metric_identity,
    [GRADUS_METRIC_STANDARDIZED] = &gr_metric_standardized,
    [GRADUS_METRIC_GRAM] = &gr_metric_gram,
    [GRADUS_METRIC_SKETCH] = &gr_metric_sketch,
    [GRADUS_METRIC_DIAGONAL] = &gr_metric_diagonal,
    [GRADUS_METRIC_SAMPLED_GRAM] = &gr_metric_sampled_gram,
    [GRADUS_METRIC_HESSIAN] = &gr_metric_hessian,
    [GRADUS_METRIC_QR] = &gr_metric_qr,
    [GRADUS_METRIC_SAMPLED_HESSIAN] = &gr_metric_sampled_hessian,
};

/* Places of this list stand in checkpoints: a new metric goes to its end. */
const gr_metric *const gr_all_metrics[] = {
    &gr_metric_identity,
    &gr_metric_standardized,
    &gr_metric_gram,
    &gr_metric_sketch,
    &gr_metric_diagonal,
    &gr_metric_sampled_gram,
    &gr_metric_hessian,
    &gr_metric_qr,
    &gr_metric_sampled_hessian,
    &gr_metric_outputs,
    &gr_metric_outputs_exact,
    &gr_metric_renewed,
    &gr_metric_curvature,
    &gr_metric_curvature_gram,
    &gr_metric_curvature_sampled,
    &gr_metric_working,
    &gr_metric_working_gram,
    &gr_metric_curvature_outputs,
    &gr_metric_curvature_outputs_gram,
    NULL,
};

static const gr_method *const methods[] = {
    [GRADUS_METHOD_GRADIENT] = &gr_method_gradient,
    [GRADUS_METHOD_LBFGS] = &gr_method_lbfgs,
    [GRADUS_METHOD_HEAVY_BALL] = &gr_method_heavy_ball,
    [GRADUS_METHOD_NESTEROV] = &gr_method_nesterov,
    [GRADUS_METHOD_CONJUGATE_GRADIENT] = &gr_method_conjugate_gradient,
    [GRADUS_METHOD_ADAM] = &gr_method_adam,
    [GRADUS_METHOD_SVRG] = &gr_method_svrg,
};

static const gr_step *const steps[] = {
    [GRADUS_STEP_FIXED] = &gr_step_fixed,
    [GRADUS_STEP_BACKTRACKING] = &gr_step_backtracking,
    [GRADUS_STEP_WOLFE] = &gr_step_wolfe,
    [GRADUS_STEP_EXACT] = &gr_step_exact,
    [GRADUS_STEP_BARZILAI_BORWEIN] = &gr_step_barzilai_borwein,
    [GRADUS_STEP_INVERSE_TIME] = &gr_step_inverse_time,
    [GRADUS_STEP_INVERSE_SQUARE_ROOT] = &gr_step_inverse_square_root,
    [GRADUS_STEP_COSINE] = &gr_step_cosine,
    [GRADUS_STEP_DECAY] = &gr_step_decay,
};

/* One factorisation of p x p for all outputs; of more columns than rows it would be singular. */
static const gr_metric *choose_for_outputs(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    const bool automatic = gr_all_automatic(&solver->options);
    if (gr_curvature_applies(solver->f, &solver->options)) return gr_curvature_metric(solver);
    if (automatic && solver->proximal.active) {
        gr_because(solver, "proximal steps go coordinate by coordinate");
        return &gr_metric_diagonal;
    }
    if (automatic && gr_model_size(model) <= model->X.rows) return &gr_metric_outputs;
    gr_because(solver,
               automatic ? "X has more columns than rows" : "a method or a step rule was chosen by name");
    return &gr_metric_identity;
}

/* The metric that was asked for; several outputs have their own of two. */
static const gr_metric *named_metric(gradus_solver *solver)
{
    const gradus_metric name = solver->options.metric;
    const bool outputs = gr_objective_has_outputs(solver->f);
    gr_because(solver, "chosen by name");
    if (outputs && name == GRADUS_METRIC_GRAM) return &gr_metric_outputs;
    if (outputs && name == GRADUS_METRIC_HESSIAN && solver->f->model.several->curvatures)
        return &gr_metric_renewed;
    return metrics[name];
}

static const gr_metric *choose_metric(gradus_solver *solver)
{
    if (solver->options.metric != GRADUS_METRIC_AUTOMATIC) return named_metric(solver);
    if (gr_objective_has_outputs(solver->f)) return choose_for_outputs(solver);
    if (!gr_objective_is_model(solver->f)) {
        gr_because(solver, "a caller's function has no columns");
        return &gr_metric_identity;
    }
    if (gr_curvature_applies(solver->f, &solver->options)) return gr_curvature_metric(solver);
    if (solver->proximal.active && gr_all_automatic(&solver->options)) {
        gr_because(solver, "proximal steps go coordinate by coordinate");
        return &gr_metric_diagonal;
    }
    if (!gr_all_automatic(&solver->options)) {
        gr_because(solver, "a method or a step rule was chosen by name");
        return &gr_metric_identity;
    }
    if (solver->leap.found) return &gr_metric_sampled_hessian;
    if (solver->leap.elements > 0.0) gr_because(solver, "a random sample has no optimum");
    if (solver->n <= solver->f->model.X.rows || solver->options.refine) return &gr_metric_gram;
    gr_because(solver, "theta is longer than X has rows");
    return &gr_metric_standardized;
}

/*
 * Least squares in its own Hessian's metric needs no memory, its steps are exact; in the metric of a sketch it takes the
 * constant step and momentum that are best for the sketch's spectrum, and no line search that the value's rounding could lead
 * astray. Everything else learns its curvature.
 */
static const gr_method *choose_method(const gradus_solver *solver)
{
    if (solver->options.method != GRADUS_METHOD_AUTOMATIC) return methods[solver->options.method];
    if (!gr_all_automatic(&solver->options)) return &gr_method_gradient;
    if (!solver->refines) return &gr_method_lbfgs;
    return solver->factored.exact ? &gr_method_gradient : &gr_method_heavy_ball;
}

static const gr_step *choose_step(const gradus_solver *solver)
{
    if (solver->options.step.rule != GRADUS_STEP_AUTOMATIC) return steps[solver->options.step.rule];
    if (solver->refines || solver->method == &gr_method_adam) return &gr_step_fixed;
    if (solver->method == &gr_method_lbfgs) return &gr_step_wolfe;
    if (solver->method != &gr_method_conjugate_gradient) return &gr_step_backtracking;
    return gr_convex_quadratic(solver) ? &gr_step_exact : &gr_step_wolfe;
}

/* Is it made of a Hessian at some theta, not of a bound? */
static bool reweights(const gr_metric *metric)
{
    return metric == &gr_metric_hessian || metric == &gr_metric_sampled_hessian;
}

gradus_status gr_choose_metric(gradus_solver *solver)
{
    solver->metric = choose_metric(solver);
    const bool outputs = gr_objective_has_outputs(solver->f);
    const bool serves = outputs ? !reweights(solver->metric) : gr_objective_is_model(solver->f);
    if (!solver->metric->needs_model || serves) return gr_combination_check(solver);
    if (outputs)
        return gr_error(solver->options.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
                        "the metric %s reweights rows, which with several outputs is a matrix for each pair "
                        "of them; take GRAM",
                        solver->metric->name);
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

static void choose_proximal(gradus_solver *solver)
{
    if (gr_curvature_runs(solver)) {
        const bool exact = gr_model_is_quadratic(&solver->f->model);
        solver->method = &gr_method_coordinate;
        solver->step = exact ? &gr_step_coordinate_exact : &gr_step_coordinate;
        if (!gr_curvature_is_whole(solver->f)) solver->step = &gr_step_working;
        return;
    }
    const gradus_method method = solver->options.method;
    const bool named = method != GRADUS_METHOD_AUTOMATIC;
    const bool plain = named ? method == GRADUS_METHOD_GRADIENT : !gr_all_automatic(&solver->options);
    const bool fixed = solver->options.step.rule == GRADUS_STEP_FIXED;
    solver->method = plain ? &gr_method_proximal_gradient : &gr_method_fista;
    solver->step = fixed ? &gr_step_proximal_fixed : &gr_step_proximal;
}

void gr_choose_travel(gradus_solver *solver)
{
    if (solver->proximal.active) {
        choose_proximal(solver);
        return;
    }
    solver->refines = gr_convex_quadratic(solver) && solver->metric->backward_error &&
                      gr_all_automatic(&solver->options);
    solver->method = choose_method(solver);
    solver->step = choose_step(solver);
    const bool sketched = solver->metric == &gr_metric_sketch && solver->factored.matrix; /* it is prepared */
    if (solver->refines && sketched && !solver->factored.exact) set_sketch_constants(solver);
}

/* The most that any method needs that may yet be chosen. */
size_t gr_choose_vectors(const gradus_solver *solver)
{
    if (solver->proximal.active) return 0;
    const gr_method *most = gr_all_automatic(&solver->options) ? &gr_method_lbfgs : &gr_method_gradient;
    if (solver->options.method != GRADUS_METHOD_AUTOMATIC) most = methods[solver->options.method];
    return most == &gr_method_lbfgs ? 2 * gr_pairs_kept(solver->n) : most->vectors;
}
