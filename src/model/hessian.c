/* SPDX-License-Identifier: BSD-3-Clause */
/* The Hessian of a linear model, or a bound of it: P = b/W [X 1]'D[X 1] + lambda I. */
#include <math.h>

#include "base/memory.h"
#include "model/linear.h"
#include "model/options.h"

/* The Gram matrix of the request, in memory of its own for the leaves' sums. */
static gradus_status read_gram(gr_workspace *work, const gradus_allocator *allocator, gr_gram *request,
                               double *gram)
{
    size_t doubles;
    double *memory = NULL;
    if (gr_gram_doubles(&work->reader, request, &doubles)) memory = gr_allocate_doubles(allocator, doubles);
    if (!memory) return GRADUS_ERROR_MEMORY;
    gr_pass_gram(&work->reader, request, gram, memory);
    gr_release(allocator, memory);
    return GRADUS_OK;
}

/* P = share * P + lambda I, the intercept's diagonal entry excepted */
static void scale(const gr_model *model, size_t p, double share, double *P)
{
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) P[i + j * p] *= share;
        if (j < model->X.cols) P[j + j * p] += model->ridge;
    }
}

gradus_status gr_model_hessian(const gr_model *model, gr_workspace *work, const gradus_allocator *allocator,
                               const double *theta, bool reweighted, double *value, double *gradient,
                               double *P)
{
    const gr_response response = gr_model_response(model);
    const gr_evaluation start = {.theta = theta,
                                 .intercept = gr_model_intercept(model, theta),
                                 .pointwise = gr_response_pointwise,
                                 .context = &response,
                                 .sums = &work->sums,
                                 .share = gr_model_share(model),
                                 .gradient = gradient,
                                 .residual = model->intercept};
    gr_gram request = {.weights = model->weights, .intercept = model->intercept, .start = &start};
    if (model->loss->expected) request.curvatures = gr_response_expected;
    if (reweighted) request.curvatures = gr_response_curvatures;
    const gradus_status status = read_gram(work, allocator, &request, P);
    if (status) return status;
    gr_model_finish(model, &work->sums, theta, value, gradient);
    const double bound = request.curvatures ? 1.0 : model->bound;
    scale(model, gr_model_size(model), bound / model->total_weight, P);
    return GRADUS_OK;
}

gradus_status gr_model_sampled_hessian(const gr_model *model, gr_workspace *work,
                                       const gradus_allocator *allocator, size_t rows, double *P)
{
    gr_gram request = {.weights = model->weights, .intercept = model->intercept, .sample = rows};
    const gradus_status status = read_gram(work, allocator, &request, P);
    if (status) return status;
    /* a sample without any weight says nothing: P becomes that of the ridge alone, and does not hold */
    const double share = request.total > 0.0 ? model->bound / request.total : 0.0;
    scale(model, gr_model_size(model), share, P);
    return GRADUS_OK;
}

gradus_status gr_model_curved_hessian(const gr_model *model, gr_workspace *work,
                                      const gradus_allocator *allocator, const double *curvatures,
                                      size_t rows, double *P)
{
    gr_gram request = {.weights = curvatures, .intercept = model->intercept, .sample = rows};
    double total = 0.0;
    const gradus_status status = read_gram(work, allocator, &request, P);
    if (status) return status;
    for (size_t i = 0; i < model->X.rows; i++) total += curvatures[i];
    const double share = request.total > 0.0 ? total / request.total : 0.0;
    scale(model, gr_model_size(model), share / model->total_weight, P);
    return GRADUS_OK;
}

/* margins *= w; no classes to separate */
static void weigh(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const double *weights = (const double *)context;
    sums->separation = (double)-INFINITY;
    for (size_t i = 0; weights && i < rows; i++) margins[i] *= weights[first + i];
}

void gr_model_apply_hessian(const gr_model *model, gr_workspace *work, const double *v, double *Hv)
{
    double value;
    const gr_evaluation at = {.theta = v,
                              .intercept = gr_model_intercept(model, v),
                              .pointwise = weigh,
                              .context = model->weights,
                              .sums = &work->sums,
                              .share = gr_model_share(model),
                              .gradient = Hv,
                              .residual = model->intercept};
    gr_pass_gradient(&work->reader, &at);
    gr_model_finish(model, &work->sums, v, &value, Hv);
}
