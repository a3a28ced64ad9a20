/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/error.h"
#include "solver/line.h"
#include "solver/method.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/step.h"

/*
 * On a quadratic, fixed steps converge only while alpha * lambda_max(P^(-1)H) < 2, and a Rayleigh quotient bounds
 * lambda_max from below: with d = -P^(-1)g it is d'Hd / (d'Pd) = d'Hd / (-g'd). Returns alpha times that; NaN where
 * the curvature is unknown. Costs one pass.
 */
static double step_times_curvature(gradus_solver *solver)
{
    return solver->options.step.size * (gr_curvature_along(solver, solver->direction) / -solver->slope);
}

static gradus_status refuse(const gradus_solver *solver, double product)
{
    const double alpha = solver->options.step.size;
    return gr_error(
        solver->options.error, GRADUS_ERROR_STEP_TOO_LARGE, gr_fault_limit(product, 2.0),
        "the fixed step %g times the curvature %g is %g >= 2, so descent must diverge; take a step below %g",
        alpha, product / alpha, product, 2.0 * alpha / product);
}

/* Of a batch's gradient, of a clipped one and of momentum's direction nothing is proved. */
static bool proves(const gradus_solver *solver)
{
    return solver->method == &gr_method_gradient && !solver->batches.active && !(solver->options.clip > 0.0);
}

/*
 * The gradient norm (in the metric) of a convergent fixed-step run on a quadratic never rises above its start's. Where it
 * does, a pass is spent on the proof; where that fails (rounding, at the optimum), the next proof waits for ten times the norm.
 */
static gradus_status check_divergence(gradus_solver *solver)
{
    if (!proves(solver)) return GRADUS_OK;
    if (solver->iterations == 0) solver->suspicion = -solver->slope;
    if (-solver->slope <= solver->suspicion) return GRADUS_OK;
    solver->suspicion = -100.0 * solver->slope;
    const double product = step_times_curvature(solver);
    return product >= 2.0 ? refuse(solver, product) : GRADUS_OK;
}

static gradus_status end_diverged(gradus_solver *solver)
{
    const double product = proves(solver) ? step_times_curvature(solver) : (double)NAN;
    if (product >= 2.0) return refuse(solver, product);
    solver->stop = GRADUS_STOP_DIVERGED;
    return GRADUS_OK;
}

static gradus_status advance(gradus_solver *solver)
{
    gradus_status status = check_divergence(solver);
    if (status) return status;
    solver->step_size = solver->options.step.size;
    gr_outcome outcome;
    status = gr_try(solver, solver->step_size, &outcome);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    return outcome == GR_REJECTED ? end_diverged(solver) : GRADUS_OK;
}

const gr_step gr_step_fixed = {.id = GRADUS_STEP_FIXED, .name = "fixed", .advance = advance};

gradus_step gradus_step_fixed(double alpha)
{
    return (gradus_step){.rule = GRADUS_STEP_FIXED, .size = alpha};
}
