/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = the Hessian of several outputs, N x N. Where classes are all but separated it is far below every bound of it, and another one
 * in every direction: on the digits of tests/data, lambda = 1/m, L-BFGS takes 690 passes to a relative gradient of 1e-5 in the
 * metric of Bohning's bound, 190 without a metric, and 30 where the Hessian at the iterate takes over after 10 steps, and again
 * after 20. So a run with everything automatic begins with the bound, and takes the Hessian as soon as the steps since the last
 * metric have cost about as much as the next: then no choice of the moment could have cost less than half.
 * Nocedal and Wright, Numerical Optimization, 2nd ed., section 7.2, on L-BFGS with a matrix of one's own.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/tiled_cholesky.h"
#include "model/linear.h"
#include "model/objective.h"
#include "solver/factored.h"
#include "solver/metric.h"
#include "solver/options.h"
#include "solver/state.h"
#include "solver/stop.h"

/* Added to the diagonal: what is linearly dependent, and what no row has any doubt of, must not break the factorisation. */
static const double damping = 1e-9;

/*
 * N up to which this is done: P is 8 MiB then. And after how many steps, at least, and as a share of N: each of them costs a pass.
 */
enum { MOST_COEFFICIENTS = 1024, FEWEST_STEPS = 8, STEP_COEFFICIENTS = 64 };

/* P_jj (1 + damping); where that is 0 the gradient is, too */
static void damp(size_t N, double *P)
{
    for (size_t j = 0; j < N; j++) P[j + j * N] = P[j + j * N] > 0.0 ? (1.0 + damping) * P[j + j * N] : 1.0;
}

/* The Hessian at the iterate, factored in memory of its own */
static gradus_status factor(gradus_solver *solver)
{
    const size_t N = solver->n;
    size_t doubles;
    double *P = NULL;
    if (gr_multiply(N, N, &doubles)) P = gr_allocate_doubles(&solver->allocator, doubles);
    if (!P) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){.matrix = P};
    const gradus_status status = gr_model_outputs_hessian(&solver->f->model, &solver->work,
                                                          &solver->allocator, solver->current.theta, true, P);
    if (status) return gr_error_plain(solver->options.error, status);
    damp(N, P);
    return gr_gram_factor(solver, N);
}

/* The bound again, damped, where even that breaks down */
static gradus_status give_way(gradus_solver *solver)
{
    gr_because(solver, "the Hessian breaks down");
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){0};
    solver->metric = &gr_metric_outputs;
    return solver->metric->prepare(solver);
}

static gradus_status prepare(gradus_solver *solver)
{
    const gradus_status status = factor(solver);
    if (status || solver->work.reader.cancelled) return status;
    if (!gr_gram_holds(&solver->factored)) return give_way(solver);
    solver->condition = 1.0 / sqrt(solver->factored.cholesky.reciprocal);
    return GRADUS_OK;
}

static bool is_due(const gradus_solver *solver)
{
    const bool automatic = solver->options.metric == GRADUS_METRIC_AUTOMATIC &&
                           gr_all_automatic(&solver->options);
    const bool renews = solver->metric == &gr_metric_outputs || solver->metric == &gr_metric_renewed;
    if (!automatic || !renews || solver->refines || !solver->f->model.several->curvatures) return false;
    const size_t steps = solver->iterations - solver->renewed_at;
    return solver->n <= MOST_COEFFICIENTS && steps >= gr_max(FEWEST_STEPS, solver->n / STEP_COEFFICIENTS);
}

gradus_status gr_renew_metric(gradus_solver *solver)
{
    if (!gr_objective_has_outputs(solver->f) || !is_due(solver)) return GRADUS_OK;
    const double before = gr_workspace_passes(solver->f, &solver->work);
    if (solver->renewed_at == 0) gr_because(solver, "the Hessian takes over at step %zu", solver->iterations);
    solver->renewed_at = solver->iterations;
    solver->metric = &gr_metric_renewed;
    const gradus_status status = solver->metric->prepare(solver);
    solver->metric_passes += gr_workspace_passes(solver->f, &solver->work) - before;
    if (solver->work.reader.cancelled) solver->stop = GRADUS_STOP_CANCELLED;
    if (status) solver->stop = GRADUS_STOP_FAILED;
    solver->pairs.count = 0;
    gr_forget_values(solver);
    return status;
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const double *unit = solver->columns.scale;
    for (size_t j = 0; j < solver->n; j++) direction[j] = -unit[j] * gradient[j];
    gr_tiled_cholesky_solve(&solver->factored.cholesky, direction);
    for (size_t j = 0; j < solver->n; j++) direction[j] *= unit[j];
}

const gr_metric gr_metric_renewed = {.id = GRADUS_METRIC_HESSIAN,
                                     .name = "Hessian",
                                     .joint = true,
                                     .prepare = prepare,
                                     .steepest = steepest,
                                     .diagonal = gr_gram_diagonal,
                                     .remember = gr_remember_gram};
