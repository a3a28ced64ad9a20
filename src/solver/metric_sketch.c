/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = b/W (S D^(1/2) [X 1])'(S D^(1/2) [X 1]) + lambda I by a QR factorisation of a random sketch of X, which has so few rows
 * that this costs next to nothing, and whose P differs from the Hessian by a factor between 0.4 and 1.9 in any direction.
 * Avron, Maymounkov and Toledo, SIAM J. Sci. Comput. 32 (2010) 1217; Epperly, SIAM J. Matrix Anal. Appl. 45 (2024), arXiv:2311.04362.
 */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/objective.h"
#include "model/options.h"
#include "pass/pass.h"
#include "solver/factored.h"
#include "solver/metric.h"
#include "solver/state.h"
#include "solver/stop.h"

static gradus_status read_sketch(gradus_solver *solver, size_t rows)
{
    const gr_model *model = &solver->f->model;
    gr_reader *reader = &solver->work.reader;
    size_t doubles;
    double *memory = NULL;
    if (gr_sketch_doubles(reader, model->intercept, &doubles))
        memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    const gradus_status status = gr_rows_allocate(solver, rows);
    if (!status) {
        const double *sketch = gr_pass_sketch(reader, model->weights, model->intercept, memory);
        memcpy(solver->factored.matrix, sketch, rows * gr_model_size(model) * sizeof *sketch);
    }
    gr_release(&solver->allocator, memory);
    return status;
}

static gradus_status prepare(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    const size_t rows = gr_sketch_rows(&solver->work.reader, model->intercept);
    if (rows >= model->X.rows) {
        gr_because(solver, "fewer than %d rows a column, too few for a sketch", (int)GR_SKETCH_PAYS);
        solver->metric = &gr_metric_qr;
        return solver->metric->prepare(solver);
    }
    const gradus_status status = read_sketch(solver, rows);
    return status ? status : gr_rows_factor(solver, rows);
}

const gr_metric gr_metric_sketch = {.id = GRADUS_METRIC_SKETCH,
                                    .name = "sketch",
                                    .needs_model = true,
                                    .prepare = prepare,
                                    .steepest = gr_rows_steepest,
                                    .diagonal = gr_rows_diagonal,
                                    .length = gr_length_in_units,
                                    .remember = gr_remember_rows,
                                    .backward_error = gr_backward_error};
