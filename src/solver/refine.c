/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last digits of least squares: theta is kept as a pair high + low, residual and gradient are accumulated in twice the
 * precision, and the steps go on in the metric at hand, whose P need not be more precise than double. Every step divides
 * the error by what P leaves of it, until theta's own rounding is all that is left.
 * Demmel, Hida, Riedy and Li, ACM Trans. Math. Softw. 35 (2009) 28.
 */
#include "solver/refine.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pair.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "solver/evaluate.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/stop.h"

/* A correction below this share of every entry of theta changes no bit of the rounded answer, but for ties. */
static const double negligible = 0x1p-60;

/* The heavy ball in a sketch does not fall evenly. */
enum { PATIENCE = 6 };

gradus_status gr_refine_prepare(gradus_solver *solver)
{
    if (!solver->options.refine || !solver->refines) return GRADUS_OK;
    gr_refinement *refinement = &solver->refinement;
    size_t pass, doubles;
    if (gr_model_precise_doubles(&solver->f->model, &solver->work, &pass) &&
        gr_add(pass, 2 * solver->n, &doubles))
        refinement->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!refinement->memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    refinement->theta = (gr_pair *)refinement->memory;
    refinement->pass = refinement->memory + 2 * solver->n;
    return GRADUS_OK;
}

/*
 * Gradient and norm at the pair, and the direction: steepest descent where P is the Hessian, otherwise the heavy ball. A pass that
 * was cut short ends the run, and its numbers go nowhere.
 */
static void look(gradus_solver *solver)
{
    gr_refinement *refinement = &solver->refinement;
    const size_t n = solver->n;
    double *steepest = solver->trial.gradient, *gradient = solver->trial.theta;
    gr_model_precise_gradient(&solver->f->model, &solver->work, refinement->theta, refinement->pass,
                              gradient);
    if (solver->work.reader.cancelled) {
        solver->stop = GRADUS_STOP_CANCELLED;
        return;
    }
    memcpy(solver->current.gradient, gradient, n * sizeof *gradient);
    solver->current.gradient_norm = gr_norm(n, solver->current.gradient);
    gr_steepest(solver, solver->current.gradient, steepest);
    gr_measure(solver, solver->current.gradient, steepest);
    const double beta = solver->factored.exact ? 0.0 : solver->options.momentum;
    for (size_t j = 0; j < n; j++) solver->direction[j] = steepest[j] + beta * solver->direction[j];
}

void gr_refine_turn(gradus_solver *solver)
{
    gr_refinement *refinement = &solver->refinement;
    const bool asked = refinement->memory && solver->refines;
    if (!asked || refinement->active || !gradus_stop_converged(solver->stop)) return;
    refinement->active = true;
    refinement->least = (double)INFINITY;
    refinement->reason = solver->stop;
    for (size_t j = 0; j < solver->n; j++) refinement->theta[j] = (gr_pair){solver->current.theta[j], 0.0};
    memset(solver->direction, 0, solver->n * sizeof(double));
    solver->stop = GRADUS_STOP_RUNNING;
    look(solver);
}

/* alpha direction_j */
static double change_of(const gradus_solver *solver, size_t j)
{
    return solver->options.step.size * solver->direction[j];
}

/* Is there an entry of theta + alpha direction that no double holds? */
static bool overflows(const gradus_solver *solver)
{
    for (size_t j = 0; j < solver->n; j++) {
        const gr_pair moved = gr_pair_add(solver->refinement.theta[j], (gr_pair){change_of(solver, j), 0.0});
        if (!isfinite(moved.high)) return true;
    }
    return false;
}

/* theta + alpha direction; true when that changed no entry by more than is negligible */
static bool move(gradus_solver *solver)
{
    gr_pair *theta = solver->refinement.theta;
    bool settled = true;
    for (size_t j = 0; j < solver->n; j++) {
        const double change = change_of(solver, j);
        theta[j] = gr_pair_add(theta[j], (gr_pair){change, 0.0});
        solver->current.theta[j] = theta[j].high;
        settled = settled && fabs(change) <= negligible * fabs(theta[j].high);
    }
    return settled;
}

/* Did the last step bring theta nearer? Steps in the exact metric must at least halve the error. */
static bool progresses(gradus_solver *solver)
{
    gr_refinement *refinement = &solver->refinement;
    const double share = solver->factored.exact ? 0.5 : 1.0;
    const bool nearer = solver->correction < share * refinement->least;
    if (nearer) refinement->least = solver->correction;
    refinement->still = nearer ? 0 : refinement->still + 1;
    return refinement->still < (solver->factored.exact ? 1 : PATIENCE);
}

/*
 * Has no step brought theta nearer, and the first one, which the others were to make good, led away? Then P is not that of the data: what
 * `low` adds to X is more than rounding has left out.
 */
static bool strays(const gradus_solver *solver)
{
    const gr_refinement *refinement = &solver->refinement;
    return refinement->still == refinement->steps && solver->correction > refinement->least;
}

/* theta is rounded to double, and evaluated there. */
static gradus_status end(gradus_solver *solver, gradus_stop_reason reason)
{
    gr_outcome outcome;
    solver->refinement.active = false;
    solver->stop = reason;
    return gr_evaluate_again(solver, &outcome);
}

gradus_status gr_refine_step(gradus_solver *solver)
{
    const gradus_stop_reason arrived = solver->refinement.reason;
    if (!(solver->correction > 0.0)) return end(solver, arrived);
    if (!progresses(solver)) return end(solver, strays(solver) ? GRADUS_STOP_STALLED : arrived);
    const gradus_stop_reason spent = gr_stop_budget(solver);
    if (spent != GRADUS_STOP_RUNNING) return end(solver, spent);
    if (overflows(solver)) return end(solver, GRADUS_STOP_DIVERGED);
    const bool settled = move(solver);
    solver->iterations++;
    solver->refinement.steps++;
    if (settled) return end(solver, arrived);
    look(solver);
    return GRADUS_OK;
}
