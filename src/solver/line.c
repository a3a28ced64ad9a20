/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/line.h"

#include <float.h>
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/objective.h"
#include "pass/pass.h"
#include "solver/anchor.h"
#include "solver/batches.h"
#include "solver/compress.h"
#include "solver/evaluate.h"
#include "solver/point.h"
#include "solver/rounding.h"
#include "solver/state.h"
#include "solver/step.h"

/* trial->theta = theta + alpha direction; false when that is theta itself, bit for bit. Says whether it is finite. */
static bool move(gradus_solver *solver, double alpha, bool *finite)
{
    bool moved = false;
    *finite = true;
    for (size_t i = 0; i < solver->n; i++) {
        solver->trial.theta[i] = solver->current.theta[i] + alpha * solver->direction[i];
        moved = moved || solver->trial.theta[i] != solver->current.theta[i];
        *finite = *finite && fabs(solver->trial.theta[i]) <= DBL_MAX;
    }
    return moved;
}

bool gr_within_rounding(const gradus_solver *solver)
{
    const double change = solver->trial.value - solver->current.value;
    return fabs(change) <= GR_VALUE_ROUNDING * fabs(solver->current.value);
}

/*
 * c, where the caller has set none. Along a direction with a length of its own Hager and Zhang's 0.1: on the functions of More,
 * Garbow and Hillstrom L-BFGS takes 0.96 of the evaluations it takes with 0.3. Steepest descent, which zigzags from one exact
 * minimum to the next, gains from the shorter steps of 0.3: 7 to 10 digits of Longley's data, 5 to 7 with 0.1.
 * Hager and Zhang, ACM Trans. Math. Softw. 32 (2006) 113; Raydan and Svaiter, Comput. Optim. Appl. 21 (2002) 155.
 */
static double decrease_share(const gradus_solver *solver)
{
    const double asked = solver->options.step.sufficient_decrease;
    if (asked > 0.0) return asked;
    return solver->method->unit_step ? 0.1 : 0.3;
}

/*
 * Armijo:  phi(theta + alpha d) <= phi + c alpha g'd.
 *
 * Where the change of phi is within its rounding that test compares noise with noise and a run stalls at half its
 * digits. There the gradient decides, g(theta + alpha d)'d <= (2c - 1) g'd, which for a quadratic is the same
 * condition without the cancellation.
 * Armijo, Pacific J. Math. 16 (1966) 1; Hager and Zhang, SIAM J. Optim. 16 (2005) 170, the approximate Wolfe test.
 */
bool gr_sufficient(const gradus_solver *solver, double alpha)
{
    const double c = decrease_share(solver);
    const double change = solver->trial.value - solver->current.value;
    if (gr_within_rounding(solver)) {
        /* rounding may lift phi, but never above the best value by more than itself */
        const double ceiling = solver->best_value + GR_VALUE_ROUNDING * fabs(solver->best_value);
        if (!(solver->trial.value <= ceiling)) return false;
        return gr_trial_slope(solver) <= (2.0 * c - 1.0) * solver->slope;
    }
    return change <= c * alpha * solver->slope;
}

double gr_trial_slope(const gradus_solver *solver)
{
    if (solver->search.on_line) return solver->search.slope;
    return gr_dot(solver->n, solver->trial.gradient, solver->direction);
}

/* The minimum of the parabola through phi here, its slope here and phi at the trial; phi that is not finite has none. */
static double shorter(const gradus_solver *solver, double alpha, gr_outcome outcome)
{
    const double shrink = solver->options.step.shrink;
    if (outcome != GR_FINITE || gr_within_rounding(solver)) return shrink * alpha;
    const double change = solver->trial.value - solver->current.value;
    const double share = -0.5 * solver->slope * alpha / (change - solver->slope * alpha);
    return alpha * fmin(fmax(share, fmin(0.1, shrink)), shrink);
}

gradus_status gr_search_prepare(gradus_solver *solver)
{
    const bool along = solver->step->searches && solver->step != &gr_step_exact &&
                       gr_objective_is_model(solver->f) && !solver->proximal.active;
    if (!along || solver->search.memory) return GRADUS_OK;
    const size_t rows = solver->f->model.X.rows;
    size_t doubles;
    if (gr_multiply(2, rows, &doubles))
        solver->search.memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!solver->search.memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    solver->search.along.z = solver->search.memory;
    solver->search.along.q = solver->search.memory + rows;
    return GRADUS_OK;
}

void gr_search_begin(gradus_solver *solver)
{
    solver->search.trials = 0;
}

void gr_search_accept(gradus_solver *solver)
{
    gr_along *along = &solver->search.along;
    double *before = along->z;
    along->z = along->q;
    along->q = before;
    /* only an evaluation of the model on X has left its margins in q */
    solver->search.known = solver->search.memory && !solver->compressed.active && !solver->anchor.active;
}

/* Value and slope at the trial. The first time in a search the margins of the iterate and of the full trial become a line. */
static void try_on_line(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    gr_search *search = &solver->search;
    const gr_model *model = &solver->f->model;
    if (!search->known) gr_model_margins(model, &solver->work, solver->current.theta, search->along.z);
    search->known = true;
    if (search->trials++ == 1)
        gr_model_along_begin(model, solver->current.theta, solver->direction, search->first, &search->along);
    search->on_line = true;
    gr_evaluate_along(solver, alpha, outcome);
}

static gradus_status try_in_full(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    solver->search.on_line = false;
    solver->search.first = alpha;
    if (solver->batches.active) return gr_batches_try(solver, outcome);
    if (solver->compressed.active) {
        gr_reader_heed(&solver->work.reader);
        gr_compressed_evaluate(solver, &solver->trial, outcome);
        return GRADUS_OK;
    }
    if (solver->anchor.active) {
        gr_anchored_evaluate(solver, &solver->trial, outcome);
        return GRADUS_OK;
    }
    solver->work.margins = solver->search.along.q;
    const gradus_status status = gr_evaluate(solver, &solver->trial, outcome);
    solver->work.margins = NULL;
    /* its margins span a line, unless their difference is only rounding */
    solver->search.trials = *outcome == GR_FINITE && !gr_within_rounding(solver) ? 1 : 0;
    return status;
}

/* What ends the run, wherever a trial finds it. */
static void notice(gradus_solver *solver, gr_outcome outcome)
{
    if (outcome == GR_UNBOUNDED) solver->stop = GRADUS_STOP_UNBOUNDED;
    if (outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
}

gradus_status gr_try(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    bool finite;
    *outcome = GR_REJECTED;
    /* the gradient of a batch may be 0 anywhere */
    if (!move(solver, alpha, &finite) && !solver->batches.active) solver->stop = GRADUS_STOP_NO_PROGRESS;
    if (!finite || solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
    gradus_status status = GRADUS_OK;
    const bool line = solver->search.memory && solver->search.trials > 0;
    if (line) try_on_line(solver, alpha, outcome);
    if (!line || (*outcome == GR_FINITE && gr_within_rounding(solver)))
        status = try_in_full(solver, alpha, outcome);
    if (!status) notice(solver, *outcome);
    return status;
}

gradus_status gr_land(gradus_solver *solver)
{
    if (!solver->search.on_line) return GRADUS_OK;
    gr_outcome outcome;
    const gradus_status status = try_in_full(solver, solver->step_size, &outcome);
    if (status) return status;
    notice(solver, outcome);
    /* finite on the line, but its gradient is not: there is no way on */
    if (outcome == GR_REJECTED) solver->stop = GRADUS_STOP_DIVERGED;
    return GRADUS_OK;
}

gradus_status gr_search_shorter(gradus_solver *solver, gr_acceptable acceptable)
{
    double alpha = solver->first_trial;
    gr_search_begin(solver);
    while (true) {
        gr_outcome outcome;
        const gradus_status status = gr_try(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
        if (outcome == GR_FINITE && acceptable(solver, alpha)) break;
        alpha = shorter(solver, alpha, outcome);
    }
    solver->step_size = alpha;
    return gr_land(solver);
}

double gr_curvature_along(gradus_solver *solver, const double *v)
{
    const gradus_objective *f = solver->f;
    if (!f->kind->curvature) return (double)NAN;
    if (solver->compressed.active) return gr_compressed_curvature(solver, v);
    const double curvature = f->kind->curvature(f, &solver->work, v);
    return f->negated == solver->ascent ? curvature : -curvature;
}
