/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = b/W A'A + lambda I by a QR factorisation of the rows A, which never squares the condition number: it holds where the
 * Gram matrix breaks down. A is D^(1/2) [X 1] here, and a sketch of it in metric_sketch.c.
 * Golub and Van Loan, Matrix Computations, 4th ed., section 5.3.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "factor/tiled_lq.h"
#include "model/objective.h"
#include "model/options.h"
#include "pass/pass.h"
#include "solver/factored.h"
#include "solver/metric.h"
#include "solver/record.h"
#include "solver/state.h"
#include "solver/stop.h"

/* Below this reciprocal condition the columns are linearly dependent at working precision. */
static const double least_reciprocal = 16.0 * DBL_EPSILON;

static size_t ridge_rows(const gr_model *model)
{
    return model->ridge > 0.0 ? model->X.cols : 0;
}

gradus_status gr_rows_allocate(gradus_solver *solver, size_t rows)
{
    const gr_model *model = &solver->f->model;
    const size_t p = gr_model_size(model), extra = ridge_rows(model);
    size_t all, doubles;
    if (gr_add(rows, extra, &all) && gr_multiply(all, p, &doubles))
        solver->factored.matrix = gr_allocate_doubles(&solver->allocator, doubles);
    double *matrix = solver->factored.matrix;
    if (!matrix) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    const double root = sqrt(model->ridge * model->total_weight / model->bound);
    for (size_t j = 0; j < extra; j++) matrix[(rows + j) * p + j] = root;
    return GRADUS_OK;
}

/* Columns to norms in [1/2, 1), by powers of two, which are kept in columns.scale; the squared Frobenius norm after that */
static double equilibrate(gradus_solver *solver, size_t rows)
{
    const size_t p = gr_model_size(&solver->f->model);
    double *unit = solver->columns.scale, *matrix = solver->factored.matrix;
    memset(unit, 0, p * sizeof *unit);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < p; j++) unit[j] = fmax(unit[j], fabs(matrix[i * p + j]));
    }
    for (size_t j = 0; j < p; j++) {
        int exponent;
        (void)frexp(unit[j] * sqrt((double)rows), &exponent);
        unit[j] = ldexp(1.0, -exponent);
    }
    double square = 0.0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < p; j++) matrix[i * p + j] *= unit[j];
        square += gr_dot(p, matrix + i * p, matrix + i * p);
    }
    return square;
}

/* Where the columns are linearly dependent, standardised columns take over. */
static gradus_status give_way(gradus_solver *solver)
{
    gr_because(solver, "the %s breaks down, condition above %.1g", solver->metric->name,
               1.0 / least_reciprocal);
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){0};
    solver->metric = &gr_metric_standardized;
    return solver->metric->prepare(solver);
}

gradus_status gr_rows_factor(gradus_solver *solver, size_t model_rows)
{
    const gr_model *model = &solver->f->model;
    const size_t rows = model_rows + ridge_rows(model), p = gr_model_size(model);
    gr_factored *factored = &solver->factored;
    factored->share = model->bound / model->total_weight;
    factored->trace = factored->share * equilibrate(solver, rows);
    gradus_status status = GRADUS_OK;
    const bool usable = rows >= p && factored->trace > 0.0 && factored->trace <= DBL_MAX;
    if (usable)
        status = gr_tiled_lq_factor(&solver->allocator, rows, p, factored->matrix,
                                    solver->work.reader.threads, &factored->lq, solver->options.error);
    if (status) return status;
    if (!usable || !(factored->lq.reciprocal >= least_reciprocal)) return give_way(solver);
    solver->condition = 1.0 / factored->lq.reciprocal;
    gr_because(solver, "the %s holds, condition about %.1e", solver->metric->name, solver->condition);
    return GRADUS_OK;
}

static gradus_status prepare(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    const gradus_status status = gr_rows_allocate(solver, model->X.rows);
    if (status) return status;
    gr_pass_design(&solver->work.reader, model->weights, model->intercept, solver->factored.matrix);
    solver->factored.exact = gr_model_is_quadratic(model);
    return gr_rows_factor(solver, model->X.rows);
}

void gr_rows_steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const size_t p = gr_model_size(&solver->f->model);
    const double *unit = solver->columns.scale;
    for (size_t j = 0; j < p; j++) direction[j] = -unit[j] * gradient[j];
    gr_tiled_lq_solve(&solver->factored.lq, direction);
    for (size_t j = 0; j < p; j++) direction[j] *= unit[j] / solver->factored.share;
}

double gr_rows_diagonal(const gradus_solver *solver, size_t j)
{
    return solver->factored.share / solver->columns.scale[j] / solver->columns.scale[j];
}

/* L alone, p x p: what has been factored is no longer needed. */
void gr_remember_rows(gradus_solver *solver, gr_record *record)
{
    gr_factored *factored = &solver->factored;
    const size_t p = gr_model_size(&solver->f->model);
    if (gr_record_reads(record)) {
        record->status = gr_hessian_allocate(solver);
        factored->lq = (gr_tiled_lq){.size = p, .l = factored->matrix};
    }
    if (record->status) return;
    gr_record_double(record, &factored->share);
    gr_record_double(record, &factored->lq.reciprocal);
    gr_record_lower(record, p, factored->matrix);
}

const gr_metric gr_metric_qr = {.id = GRADUS_METRIC_QR,
                                .name = "QR factorisation",
                                .needs_model = true,
                                .prepare = prepare,
                                .steepest = gr_rows_steepest,
                                .diagonal = gr_rows_diagonal,
                                .length = gr_length_in_units,
                                .remember = gr_remember_rows,
                                .backward_error = gr_backward_error};
