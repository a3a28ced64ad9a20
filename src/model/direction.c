/* SPDX-License-Identifier: BSD-3-Clause */
/* The direction along which classes that theta separates go to infinity. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/linear.h"
#include "model/options.h"

/* direction's column for a class is the mean of theta's columns over the class's group. */
static void average(const gr_model *model, const gr_groups *groups, const double *theta, double *direction)
{
    const size_t p = gr_model_size(model), k = model->outputs;
    for (size_t c = 0; c < k; c++) {
        double *mean = direction + c * p, members = 0.0;
        for (size_t b = 0; b < k; b++) members += groups->of[b] == groups->of[c] ? 1.0 : 0.0;
        for (size_t j = 0; j < p; j++) mean[j] = 0.0;
        for (size_t b = 0; b < k; b++) {
            if (groups->of[b] != groups->of[c]) continue;
            for (size_t j = 0; j < p; j++) mean[j] += theta[b * p + j] / members;
        }
    }
}

/* What theta proves; of several classes only a second pass knows which groups of them to look at. */
static gradus_status look(const gradus_objective *f, gr_workspace *work, const double *theta)
{
    double value;
    work->looks = true;
    gradus_status status = f->kind->evaluate(f, work, theta, &value, NULL);
    if (!status && gr_objective_has_outputs(f)) status = f->kind->evaluate(f, work, theta, &value, NULL);
    return status;
}

static bool has_classes(const gradus_objective *f)
{
    if (gr_objective_has_outputs(f)) return f->model.several->minima != NULL;
    return gr_objective_is_model(f) && f->model.loss == &gr_loss_logistic;
}

gradus_status gradus_separating_direction(const gradus_objective *f, const double *theta, double *direction,
                                          double *margin)
{
    if (!f || !theta || !direction || !margin) return GRADUS_ERROR_NULL;
    if (!has_classes(f)) return GRADUS_ERROR_UNSUPPORTED;
    gr_workspace work;
    double *memory = gr_workspace_lend(f, &work);
    if (!memory) return GRADUS_ERROR_MEMORY;
    const gradus_status status = look(f, &work, theta);
    const bool proved = !status && work.sums.separation > 0.0 && work.sums.separation <= (double)INFINITY;
    if (!status) *margin = proved ? work.sums.separation : 0.0;
    for (size_t j = 0; !status && j < f->size; j++) direction[j] = proved ? theta[j] : 0.0;
    if (proved && gr_objective_has_outputs(f)) average(&f->model, &work.proof, theta, direction);
    gr_release(&f->allocator, memory);
    return status;
}
