/* SPDX-License-Identifier: BSD-3-Clause */
/* A linear model on some of its rows. */
#include "base/size.h"
#include "model/linear.h"

/* Behind the reader's memory: responses, weights and offsets of the batch's rows. */
bool gr_model_batch_doubles(const gr_model *model, int threads, size_t rows, size_t *doubles)
{
    size_t response, reader;
    return gr_multiply(rows, 3, &response) && gr_selection_doubles(&model->X, threads, rows, &reader) &&
           gr_add(reader, response, doubles);
}

void gr_model_batch_open(const gr_model *model, gr_workspace *work, size_t rows, double *memory)
{
    work->response = memory;
    work->batch = gr_selection_open(&model->X, work->reader.threads, rows, memory + 3 * rows,
                                    work->reader.cancel);
}

/* Some rows' entries of a vector: where they are, or copied together. NULL stays NULL. */
static const double *gather(const double *vector, const gradus_batch *batch, double *copy)
{
    if (!vector || !batch->rows) return vector ? vector + batch->first : NULL;
    for (size_t i = 0; i < batch->count; i++) copy[i] = vector[batch->rows[i]];
    return copy;
}

static gr_response respond(const gr_model *model, const gradus_batch *batch, double *copy)
{
    gr_response response = gr_model_response(model);
    response.y = gather(model->y, batch, copy);
    response.weights = gather(model->weights, batch, copy + batch->count);
    response.offset = gather(model->offset, batch, copy + 2 * batch->count);
    return response;
}

/* The model of a batch: its W is the batch's share of all rows, W b/m, and not the sum of the batch's weights, so that the mean over
 * batches is the model. */
static gr_model share_of(const gr_model *model, size_t count)
{
    gr_model share = *model;
    share.total_weight = (double)count;
    if (model->weights) share.total_weight = model->total_weight * ((double)count / (double)model->X.rows);
    return share;
}

gradus_status gr_model_evaluate_batch(const gradus_objective *f, gr_workspace *work,
                                      const gradus_batch *batch, const double *theta, double *value,
                                      double *gradient)
{
    const gr_model *model = &f->model, share = share_of(model, batch->count);
    const gr_response response = respond(model, batch, work->response);
    gr_sums sums;
    const gr_evaluation at = {.theta = theta,
                              .intercept = gr_model_intercept(model, theta),
                              .pointwise = gr_response_pointwise,
                              .context = &response,
                              .sums = &sums,
                              .share = gr_model_share(&share),
                              .gradient = gradient,
                              .residual = model->intercept};
    gr_selection_aim(&work->batch, &model->X, batch->first, batch->count, batch->rows);
    gr_reader_take(&work->batch, &work->reader);
    gr_pass_gradient(&work->batch, &at);
    gr_reader_take(&work->reader, &work->batch);
    gr_model_finish(&share, &sums, theta, value, gradient);
    return GRADUS_OK;
}
