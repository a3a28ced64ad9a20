/* SPDX-License-Identifier: BSD-3-Clause */
/* A caller's function that is a mean over rows. */
#include "base/memory.h"
#include "model/objective.h"

static gradus_status evaluate_batch(const gradus_objective *f, gr_workspace *work, const gradus_batch *batch,
                                    const double *theta, double *value, double *gradient)
{
    if (gr_workspace_cancelled(work)) return GRADUS_OK;
    work->rows_read += (double)batch->count;
    return f->function.batched(f->function.context, f->size, theta, batch, value, gradient);
}

static gradus_status evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                              double *value, double *gradient)
{
    const gradus_batch all = {0, f->function.rows, NULL};
    return evaluate_batch(f, work, &all, theta, value, gradient);
}

static const gr_objective_kind batched_function = {
    .name = "function over rows", .evaluate = evaluate, .evaluate_batch = evaluate_batch};

gradus_status gradus_function_batched(size_t n, size_t rows, gradus_batch_callback callback, void *context,
                                      gradus_objective **objective)
{
    if (!callback || !objective) return GRADUS_ERROR_NULL;
    if (n == 0 || rows == 0) return GRADUS_ERROR_EMPTY;
    const gradus_objective made = {.kind = &batched_function,
                                   .size = n,
                                   .allocator = gr_allocator(NULL),
                                   .function = {.context = context, .rows = rows, .batched = callback}};
    gradus_objective *f = gr_objective_new(&made);
    if (!f) return GRADUS_ERROR_MEMORY;
    *objective = f;
    return GRADUS_OK;
}
