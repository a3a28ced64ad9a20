/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Hessian of a model with several outputs, N x N: the block of classes c and d is 1/W [X 1]'D_cd[X 1], D_cd the second
 * derivatives of the rows' losses. Where a row's residuals add up to 0 so do the blocks of a row of blocks, and those of the last
 * class need not be computed; along what all outputs have in common it is then 0 but for the ridge.
 */
#include "base/memory.h"
#include "base/size.h"
#include "model/linear.h"
#include "model/options.h"

/* The N x N matrix P and what it is made of. */
typedef struct assembly {
    double *P;
    size_t p, k, N;
} assembly;

static double *entry(const assembly *a, size_t c, size_t j, size_t d, size_t l)
{
    return a->P + (c * a->p + j) + (d * a->p + l) * a->N;
}

/* The blocks c <= d < k - 1, each an upper triangle, over W, both triangles filled */
static void place(const assembly *a, const double *blocks, double share)
{
    for (size_t d = 0; d + 1 < a->k; d++) {
        for (size_t c = 0; c <= d; c++, blocks += a->p * a->p) {
            for (size_t l = 0; l < a->p; l++) {
                for (size_t j = 0; j < a->p; j++)
                    *entry(a, c, j, d, l) = share * blocks[gr_min(j, l) + gr_max(j, l) * a->p];
            }
        }
    }
}

/* Of a row of blocks: block (c, d), whichever triangle it was placed in; every block is symmetric in itself */
static double placed(const assembly *a, size_t c, size_t d, size_t j, size_t l)
{
    return c <= d ? *entry(a, c, j, d, l) : *entry(a, d, j, c, l);
}

/* The last class's blocks are minus the sums of the others'. */
static void place_last(const assembly *a)
{
    const size_t last = a->k - 1;
    for (size_t c = 0; c <= last; c++) {
        for (size_t l = 0; l < a->p; l++) {
            for (size_t j = 0; j < a->p; j++) {
                double sum = 0.0;
                for (size_t d = 0; d < last; d++) sum += placed(a, c, d, j, l);
                *entry(a, c, j, last, l) = -sum;
            }
        }
    }
}

/*
 * lambda; and along what the outputs have in common, 1 (x) u, the mean of the blocks' diagonals, so that P is definite there: it is
 * added over k to every block, which changes nothing where the outputs' entries add up to 0.
 */
static void add_ridge_and_mean(const gr_model *model, const assembly *a)
{
    for (size_t j = 0; j < a->p; j++) {
        double mean = 0.0;
        for (size_t c = 0; c < a->k; c++) mean += *entry(a, c, j, c, j) / (double)a->k;
        for (size_t d = 0; d < a->k; d++) {
            for (size_t c = 0; c <= d; c++) *entry(a, c, j, d, j) += mean / (double)a->k;
            if (j < model->X.cols) *entry(a, d, j, d, j) += model->ridge;
        }
    }
}

gradus_status gr_model_outputs_hessian(const gr_model *model, gr_workspace *work,
                                       const gradus_allocator *allocator, const double *theta, double *P)
{
    const gr_outputs_response response = {
        .y = model->y, .weights = model->weights, .rows = model->X.rows, .outputs = model->outputs};
    const gr_outputs_gram request = {.outputs = model->outputs,
                                     .blocks = model->outputs - 1,
                                     .theta = theta,
                                     .intercept = model->intercept,
                                     .curvatures = model->several->curvatures,
                                     .context = &response};
    const size_t p = gr_model_size(model);
    assembly a = {.p = p, .k = model->outputs, .N = p * model->outputs};
    a.P = P;
    size_t doubles;
    double *memory = NULL;
    if (gr_outputs_gram_doubles(&work->reader, &request, &doubles))
        memory = gr_allocate_doubles(allocator, doubles);
    if (!memory) return GRADUS_ERROR_MEMORY;
    place(&a, gr_pass_outputs_gram(&work->reader, &request, memory), 1.0 / model->total_weight);
    gr_release(allocator, memory);
    place_last(&a);
    add_ridge_and_mean(model, &a);
    return GRADUS_OK;
}
