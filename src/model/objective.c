/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/objective.h"

#include "base/cancel.h"
#include "base/memory.h"
#include "base/vector.h"
#include "model/options.h"

int gr_workspace_threads(const gradus_objective *f, int limit)
{
    return f->kind->threads ? f->kind->threads(&f->model, limit) : 1;
}

bool gr_workspace_doubles(const gradus_objective *f, int threads, size_t *doubles)
{
    *doubles = 0;
    return !f->kind->doubles || f->kind->doubles(&f->model, threads, doubles);
}

gr_workspace gr_workspace_open(const gradus_objective *f, int threads, double *memory,
                               const volatile int *cancel)
{
    if (f->kind->open) return f->kind->open(&f->model, threads, memory, cancel);
    return (gr_workspace){.reader = {.cancel = cancel}};
}

double *gr_workspace_lend(const gradus_objective *f, gr_workspace *work)
{
    const int threads = gr_workspace_threads(f, 0);
    size_t doubles;
    if (!gr_workspace_doubles(f, threads, &doubles)) return NULL;
    double *memory = gr_allocate_doubles(&f->allocator, doubles);
    if (memory) *work = gr_workspace_open(f, threads, memory, NULL);
    return memory;
}

double gr_workspace_passes(const gradus_objective *f, const gr_workspace *work)
{
    if (gr_objective_is_model(f) || gr_objective_has_outputs(f)) return gr_reader_passes(&work->reader);
    return f->function.rows > 0 ? work->rows_read / (double)f->function.rows : 0.0;
}

bool gr_workspace_cancelled(gr_workspace *work)
{
    const bool cancelled = gr_is_cancelled(work->reader.cancel);
    work->reader.cancelled |= cancelled;
    return cancelled;
}

void gr_objective_turn_sign(const gradus_objective *f, double *value, double *gradient)
{
    if (!f->negated) return;
    *value = -*value;
    if (gradient) gr_negate(f->size, gradient);
}

gradus_status gr_objective_evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                                    double *value, double *gradient)
{
    const gradus_status status = f->kind->evaluate(f, work, theta, value, gradient);
    if (!status) gr_objective_turn_sign(f, value, gradient);
    return status;
}

bool gr_objective_is_proximal(const gradus_objective *f)
{
    return f->model.proximal;
}

/* What a lasso adds, in the sign of f */
static void add_subgradient(const gradus_objective *f, const double *theta, double *value, double *gradient)
{
    const gr_penalty *h = &f->model.penalty;
    const size_t n = gr_model_penalised(&f->model);
    const double share = f->negated ? -h->lasso : h->lasso, sum = gr_penalty_value(h, n, theta);
    *value += f->negated ? -sum : sum;
    for (size_t j = 0; gradient && j < n; j++) {
        const size_t at = gr_penalty_place(h, j);
        if (theta[at] > 0.0) gradient[at] += share;
        if (theta[at] < 0.0) gradient[at] -= share;
    }
}

gradus_objective *gr_objective_new(const gradus_objective *made)
{
    gradus_objective *objective = (gradus_objective *)gr_allocate(&made->allocator, 1, sizeof *objective);
    if (objective) *objective = *made;
    return objective;
}

bool gr_objective_is_model(const gradus_objective *f)
{
    return f->model.loss != NULL;
}

bool gr_objective_has_outputs(const gradus_objective *f)
{
    return f->model.several != NULL;
}

gradus_status gradus_negate(const gradus_objective *f, gradus_objective **g)
{
    if (!f || !g) return GRADUS_ERROR_NULL;
    gradus_objective *copy = gr_objective_new(f);
    if (!copy) return GRADUS_ERROR_MEMORY;
    copy->negated = !f->negated;
    *g = copy;
    return GRADUS_OK;
}

size_t gradus_objective_size(const gradus_objective *f)
{
    return f ? f->size : 0;
}

size_t gradus_objective_outputs(const gradus_objective *f)
{
    if (!f) return 0;
    return gr_objective_has_outputs(f) ? f->model.outputs : 1;
}

gradus_status gradus_objective_evaluate(const gradus_objective *f, const double *theta, double *value,
                                        double *gradient)
{
    if (!f || !theta || !value) return GRADUS_ERROR_NULL;
    gr_workspace work;
    double *memory = gr_workspace_lend(f, &work);
    if (!memory) return GRADUS_ERROR_MEMORY;
    const gradus_status status = gr_objective_evaluate(f, &work, theta, value, gradient);
    gr_release(&f->allocator, memory);
    if (!status && gr_objective_is_proximal(f)) add_subgradient(f, theta, value, gradient);
    return status;
}

void gradus_objective_free(gradus_objective *objective)
{
    if (!objective) return;
    const gradus_allocator allocator = objective->allocator;
    gr_release(&allocator, objective);
}
