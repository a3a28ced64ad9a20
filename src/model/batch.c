/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/batch.h"

#include "model/linear.h"

size_t gr_objective_rows(const gradus_objective *f)
{
    return gr_objective_is_model(f) ? f->model.X.rows : f->function.rows;
}

bool gr_batch_doubles(const gradus_objective *f, int threads, size_t rows, size_t *doubles)
{
    *doubles = 0;
    return !gr_objective_is_model(f) || gr_model_batch_doubles(&f->model, threads, rows, doubles);
}

void gr_batch_open(const gradus_objective *f, gr_workspace *work, size_t rows, double *memory)
{
    if (gr_objective_is_model(f)) gr_model_batch_open(&f->model, work, rows, memory);
}

gradus_status gr_objective_evaluate_batch(const gradus_objective *f, gr_workspace *work,
                                          const gradus_batch *batch, const double *theta, double *value,
                                          double *gradient)
{
    const gradus_status status = f->kind->evaluate_batch(f, work, batch, theta, value, gradient);
    if (!status) gr_objective_turn_sign(f, value, gradient);
    return status;
}
