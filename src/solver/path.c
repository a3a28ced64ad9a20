/* SPDX-License-Identifier: BSD-3-Clause */
/* A sequence of lasso penalties, each begun where the one before ended. */
#include "solver/path.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/linear.h"
#include "model/objective.h"
#include "solver/begin.h"
#include "solver/curvature.h"
#include "solver/options.h"
#include "solver/state.h"

static gradus_status check_lambdas(const double *lambdas, size_t count, gradus_error *error)
{
    for (size_t k = 0; k < count; k++) {
        if (lambdas[k] >= 0.0 && lambdas[k] <= DBL_MAX) continue;
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_at(k, GRADUS_NOWHERE, lambdas[k]),
                        "lambda number %zu is %g; it must be finite and >= 0", k, lambdas[k]);
    }
    return GRADUS_OK;
}

/* Coefficients of 0 and the intercepts that are best then */
static void begin_at_nothing(const gradus_objective *f, double *theta)
{
    if (!gr_model_begin_at_nothing(&f->model, theta)) memset(theta, 0, f->size * sizeof *theta);
}

/* The solver's run to its end, unless it has failed already. */
static gradus_status finish(gradus_solver *solver, gradus_status status, double *theta, gradus_report *report)
{
    while (!status && solver->stop == GRADUS_STOP_RUNNING) status = gradus_solver_step(solver, NULL);
    gradus_solver_report(solver, theta, report);
    return status;
}

/*
 * Where runs go by coordinates: one solver, which is aimed at one lasso after another. `*done` of them are; a run that was
 * cancelled is the last.
 */
static gradus_status solve_by_aiming(gradus_objective *f, const double *lambdas, size_t count,
                                     const gradus_options *options, double *thetas, gradus_report *reports,
                                     size_t *done)
{
    gradus_solver *solver = NULL;
    const gradus_direction way = f->negated ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT;
    begin_at_nothing(f, thetas);
    gradus_status status = gr_sample_begin(f, way, thetas, options, &solver);
    if (!status || status == GRADUS_ERROR_ABORTED) status = finish(solver, status, thetas, reports);
    *done = 1;
    for (size_t k = 1; k < count && !status && solver->stop != GRADUS_STOP_CANCELLED; k++) {
        gr_model_set_lasso(&f->model, lambdas[k]);
        status = finish(solver, gr_solver_aim(solver), thetas + k * f->size, reports + k);
        *done = k + 1;
    }
    gradus_solver_free(solver);
    return status;
}

/* Solve after solve, on X, from number `first` on. */
static gradus_status solve_in_turn(gradus_objective *f, const double *lambdas, size_t first, size_t count,
                                   const gradus_options *options, double *thetas, gradus_report *reports)
{
    gradus_status status = GRADUS_OK;
    for (size_t k = first; k < count && !status; k++) {
        double *theta = thetas + k * f->size;
        if (k > 0)
            memcpy(theta, theta - f->size, f->size * sizeof *theta);
        else
            begin_at_nothing(f, theta);
        gr_model_set_lasso(&f->model, lambdas[k]);
        status = f->negated ? gradus_ascend(f, theta, options, reports + k)
                            : gradus_descend(f, theta, options, reports + k);
    }
    return status;
}

gradus_status gradus_path(const gradus_objective *f, const double *lambdas, size_t count,
                          const gradus_options *options, double *thetas, gradus_report *reports)
{
    gradus_options read;
    gradus_status status = gr_options_read(options, &read);
    if (status) return status;
    if (!f || !lambdas || !thetas || !reports) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    if (!gr_objective_is_model(f) && !gr_objective_has_outputs(f))
        return gr_error(read.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
                        "a path is one of lasso penalties, and this objective is a caller's function");
    status = check_lambdas(lambdas, count, read.error);
    if (status) return status;
    gradus_objective copy = *f;
    copy.model.penalty = f->model.penalty;
    const bool asked = options && options->stop.gradient_tolerance != 0.0;
    bool done = false;
    status = gr_path_by_gram(&copy, lambdas, count, &read, asked, thetas, reports, &done);
    if (status) return gr_error_plain(read.error, status);
    if (done || count == 0) return GRADUS_OK;
    size_t solved = 0;
    gr_model_set_lasso(&copy.model, lambdas[0]);
    if (gr_curvature_applies(&copy, &read))
        status = solve_by_aiming(&copy, lambdas, count, options, thetas, reports, &solved);
    return status ? status : solve_in_turn(&copy, lambdas, solved, count, options, thetas, reports);
}
