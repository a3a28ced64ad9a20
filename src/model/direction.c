/* SPDX-License-Identifier: BSD-3-Clause */
/* The direction along which classes that theta separates go to infinity. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/linear.h"
#include "model/options.h"
#include "model/recession.h"

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

static bool may_recede(const gradus_objective *f)
{
    if (gr_objective_has_outputs(f)) return f->model.several->minima != NULL;
    return gr_objective_is_model(f) && f->model.loss->side;
}

/* The direction that theta proves: its own, or of classes the means of its columns; otherwise one that is found beside it, with rows on it. */
static gradus_status point(const gradus_objective *f, gr_workspace *work, const double *theta,
                           double *direction, double *margin)
{
    const bool proved = work->sums.separation > 0.0 && work->sums.separation <= (double)INFINITY;
    double *memory = NULL;
    bool found = proved;
    if (!proved && gr_recession_doubles(f) > 0) {
        memory = gr_allocate_doubles(&f->allocator, gr_recession_doubles(f));
        if (!memory) return GRADUS_ERROR_MEMORY;
        found = gr_recession(f, work, memory, theta, direction);
        gr_release(&f->allocator, memory);
    }
    *margin = proved ? work->sums.separation : 0.0;
    if (proved) memcpy(direction, theta, f->size * sizeof *direction);
    if (!found) memset(direction, 0, f->size * sizeof *direction);
    if (proved && gr_objective_has_outputs(f)) average(&f->model, &work->proof, theta, direction);
    return GRADUS_OK;
}

gradus_status gradus_separating_direction(const gradus_objective *f, const double *theta, double *direction,
                                          double *margin)
{
    if (!f || !theta || !direction || !margin) return GRADUS_ERROR_NULL;
    if (!may_recede(f)) return GRADUS_ERROR_UNSUPPORTED;
    gr_workspace work;
    double *memory = gr_workspace_lend(f, &work);
    if (!memory) return GRADUS_ERROR_MEMORY;
    gradus_status status = look(f, &work, theta);
    if (!status) status = point(f, &work, theta, direction, margin);
    gr_release(&f->allocator, memory);
    return status;
}
