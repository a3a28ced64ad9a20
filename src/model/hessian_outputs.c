/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Hessian of a loss whose residuals of a row add up to 0, N x N. Between two outputs c and d there is a weight for each row, minus
 * the second derivative, and with G_cd = 1/W [X 1]'D_cd[X 1]
 *
 *   H = sum over c < d of (e_c - e_d)(e_c - e_d)' (x) G_cd,
 *
 * the Laplacian of a graph, so that whatever is left out of a G_cd leaves H as positive as it was. Along what all outputs have in
 * common it is 0 but for the ridge.
 */
#include "base/memory.h"
#include "base/size.h"
#include "model/linear.h"
#include "model/options.h"

/* The N x N matrix P, column-major, of which the upper triangle counts, and what it is made of. */
typedef struct assembly {
    double *P;
    size_t p, k, N;
} assembly;

/* Column d p + l of P from row c p on */
static double *column(const assembly *a, size_t c, size_t d, size_t l)
{
    return a->P + c * a->p + (d * a->p + l) * a->N;
}

/* G, an upper triangle, times share: added to the blocks (c, c) and (d, d), and taken from block (c, d) */
static void place_pair(const assembly *a, size_t c, size_t d, double share, const double *G)
{
    for (size_t l = 0; l < a->p; l++) {
        double *of_c = column(a, c, c, l), *of_d = column(a, d, d, l), *between = column(a, c, d, l);
        for (size_t j = 0; j <= l; j++) {
            const double g = share * G[j + l * a->p];
            of_c[j] += g;
            of_d[j] += g;
            between[j] = -g;
        }
        for (size_t j = l + 1; j < a->p; j++) between[j] = -share * G[l + j * a->p];
    }
}

static void place_all(const assembly *a, const double *blocks, double share)
{
    for (size_t i = 0; i < a->N * a->N; i++) a->P[i] = 0.0;
    for (size_t d = 1; d < a->k; d++) {
        for (size_t c = 0; c < d; c++, blocks += a->p * a->p) place_pair(a, c, d, share, blocks);
    }
}

/*
 * Along what the outputs have in common, 1 (x) u, the mean of the blocks' diagonals, from row `first` on, so that P is definite there: it is
 * added over k to every block, which changes nothing where the outputs' entries add up to 0.
 */
static void add_mean(const assembly *a, size_t first)
{
    for (size_t j = first; j < a->p; j++) {
        double mean = 0.0;
        for (size_t c = 0; c < a->k; c++) mean += column(a, c, c, j)[j] / (double)a->k;
        for (size_t d = 0; d < a->k; d++) {
            for (size_t c = 0; c <= d; c++) column(a, c, d, j)[j] += mean / (double)a->k;
        }
    }
}

static void add_ridge(const gr_model *model, const assembly *a)
{
    for (size_t c = 0; c < a->k; c++) {
        for (size_t j = 0; j < model->X.cols; j++) column(a, c, c, j)[j] += model->ridge;
    }
}

/* Outputs that have nothing to do with each other: G, which holds the ridge, for each of them */
static gradus_status repeat_bound(const gr_model *model, gr_workspace *work,
                                  const gradus_allocator *allocator, const assembly *a)
{
    size_t doubles;
    double *G = gr_multiply(a->p, a->p, &doubles) ? gr_allocate_doubles(allocator, doubles) : NULL;
    if (!G) return GRADUS_ERROR_MEMORY;
    const gradus_status status = gr_model_sampled_hessian(model, work, allocator, 0, G);
    for (size_t i = 0; i < a->N * a->N; i++) a->P[i] = 0.0;
    for (size_t c = 0; c < a->k; c++) {
        for (size_t l = 0; l < a->p; l++)
            for (size_t j = 0; j <= l; j++) column(a, c, c, l)[j] = G[j + l * a->p];
    }
    gr_release(allocator, G);
    return status;
}

gradus_status gr_model_outputs_hessian(const gr_model *model, gr_workspace *work,
                                       const gradus_allocator *allocator, const double *theta, bool definite,
                                       double *P)
{
    const gr_outputs_response response = gr_model_outputs_response(model);
    const gr_outputs_gram request = {.outputs = model->outputs,
                                     .theta = theta,
                                     .intercept = model->intercept,
                                     .curvatures = model->several->curvatures,
                                     .context = &response};
    const size_t p = gr_model_size(model);
    assembly a = {.p = p, .k = model->outputs, .N = p * model->outputs};
    a.P = P;
    if (model->several->quadratic) return repeat_bound(model, work, allocator, &a);
    size_t doubles;
    double *memory = NULL;
    if (gr_outputs_gram_doubles(&work->reader, &request, &doubles))
        memory = gr_allocate_doubles(allocator, doubles);
    if (!memory) return GRADUS_ERROR_MEMORY;
    place_all(&a, gr_pass_outputs_gram(&work->reader, &request, memory), 1.0 / model->total_weight);
    gr_release(allocator, memory);
    add_mean(&a, definite ? 0 : model->X.cols); /* intercepts have nothing else that holds their mean */
    add_ridge(model, &a);
    return GRADUS_OK;
}
