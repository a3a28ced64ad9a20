/* SPDX-License-Identifier: BSD-3-Clause */
/* A sequence of lasso penalties, each begun where the one before ended. */
#include "solver/path.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
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

void gr_path_set(gradus_objective *f, double lambda)
{
    f->model.penalty.lasso = lambda;
    f->model.proximal = !gr_penalty_is_nothing(&f->model.penalty, f->model.X.cols);
}

/* Solve after solve, on X. */
static gradus_status solve_in_turn(gradus_objective *f, const double *lambdas, size_t count,
                                   const gradus_options *options, double *thetas, gradus_report *reports)
{
    gradus_status status = GRADUS_OK;
    const double *before = NULL;
    for (size_t k = 0; k < count && !status; k++) {
        double *theta = thetas + k * f->size;
        for (size_t j = 0; j < f->size; j++) theta[j] = before ? before[j] : 0.0;
        gr_path_set(f, lambdas[k]);
        status = f->negated ? gradus_ascend(f, theta, options, reports + k)
                            : gradus_descend(f, theta, options, reports + k);
        before = theta;
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
    if (!gr_objective_is_model(f))
        return gr_error(read.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
                        "a path is one of lasso penalties, and this objective is a caller's function");
    status = check_lambdas(lambdas, count, read.error);
    if (status) return status;
    gradus_objective copy = *f;
    copy.model.penalty = f->model.penalty;
    bool done = false;
    status = gr_path_by_gram(&copy, lambdas, count, &read, thetas, reports, &done);
    if (status) return gr_error_plain(read.error, status);
    return done ? GRADUS_OK : solve_in_turn(&copy, lambdas, count, options, thetas, reports);
}
