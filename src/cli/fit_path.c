/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/fit_path.h"

#include <math.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/heap.h"
#include "cli/interrupt.h"

static gradus_status open_path(const gr_fit_settings *settings, const gr_problem *problem, gr_fit_path *path,
                               gradus_error *error)
{
    size_t doubles;
    path->count = (size_t)settings->path;
    path->lambdas = gr_new_doubles(path->count);
    path->reports = (gradus_report *)gr_new(path->count, sizeof *path->reports);
    if (gr_multiply(path->count, problem->coefficients, &doubles)) path->thetas = gr_new_doubles(doubles);
    return path->lambdas && path->reports && path->thetas ? GRADUS_OK
                                                          : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

static gradus_status choose_lambdas(const gr_fit_settings *settings, const gr_problem *problem,
                                    const gradus_objective *objective, gr_fit_path *path, gradus_error *error)
{
    gradus_status status = gradus_lambda_max(objective, &path->largest);
    if (status) return gr_error_plain(error, status);
    if (!(path->largest > 0.0 && isfinite(path->largest)))
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(path->largest, 0.0),
                        "--path begins at the lasso that makes every coefficient 0, and that is %g here",
                        path->largest);
    const double usual = problem->X.rows > problem->X.cols ? 1e-4 : 1e-2;
    const double ratio = settings->path_ratio > 0.0 ? settings->path_ratio : usual;
    for (size_t k = 0; k < path->count; k++) {
        const double part = path->count > 1 ? (double)k / (double)(path->count - 1) : 0.0;
        path->lambdas[k] = path->largest * pow(ratio, part);
    }
    return GRADUS_OK;
}

/* A fit that was cancelled is the last: those behind it were not begun. */
static void leave_out_cancelled(gr_fit_path *path)
{
    for (size_t k = 0; k < path->count; k++) {
        if (path->reports[k].stop == GRADUS_STOP_CANCELLED) path->count = k + 1;
    }
}

gradus_status gr_fit_path_make(const gr_fit_settings *settings, const gr_problem *problem, gr_fit_path *path,
                               gr_trouble *trouble)
{
    gradus_objective *objective = NULL;
    gradus_error *error = &trouble->error;
    gradus_options options = gr_fit_solver_options(settings, error);
    gradus_status status = gr_fit_objective(settings, problem, (gradus_direction)settings->direction,
                                            &objective, trouble);
    if (status) return status;
    trouble->where = NULL;
    status = open_path(settings, problem, path, error);
    if (!status) status = choose_lambdas(settings, problem, objective, path, error);
    if (!status) {
        options.cancel = gr_interrupt_catch();
        status = gradus_path(objective, path->lambdas, path->count, &options, path->thetas, path->reports);
        gr_interrupt_release();
    }
    if (!status) leave_out_cancelled(path);
    gradus_objective_free(objective);
    return status;
}

void gr_fit_path_free(gr_fit_path *path)
{
    gr_delete(path->lambdas);
    gr_delete(path->thetas);
    gr_delete(path->reports);
    *path = (gr_fit_path){.count = 0};
}

size_t gr_fit_path_support(const gr_problem *problem, const gr_fit_path *path, size_t k)
{
    const double *theta = path->thetas + k * problem->coefficients;
    const size_t each = problem->X.cols + (problem->intercept ? 1 : 0);
    size_t support = 0;
    for (size_t j = 0; j < problem->coefficients; j++)
        support += j % each < problem->X.cols && theta[j] != 0.0 ? 1 : 0;
    return support;
}

bool gr_fit_path_converged(const gr_fit_settings *settings, const gr_fit_path *path)
{
    bool all = path->count == (size_t)settings->path;
    for (size_t k = 0; k < path->count; k++) all = all && gradus_stop_converged(path->reports[k].stop);
    return all;
}
