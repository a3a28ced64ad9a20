/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory.h"
#include "model/objective.h"

static gradus_status evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                              double *value, double *gradient)
{
    if (gr_workspace_cancelled(work)) return GRADUS_OK;
    return f->function.callback(f->function.context, f->size, theta, value, gradient);
}

static const gr_objective_kind user_function = {.name = "function", .evaluate = evaluate};

gradus_status gradus_function(size_t n, gradus_callback callback, void *context, gradus_objective **objective)
{
    if (!callback || !objective) return GRADUS_ERROR_NULL;
    if (n == 0) return GRADUS_ERROR_EMPTY;
    const gradus_objective made = {.kind = &user_function,
                                   .size = n,
                                   .allocator = gr_allocator(NULL),
                                   .function = {.callback = callback, .context = context}};
    gradus_objective *f = gr_objective_new(&made);
    if (!f) return GRADUS_ERROR_MEMORY;
    *objective = f;
    return GRADUS_OK;
}
