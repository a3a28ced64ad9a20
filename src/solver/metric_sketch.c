/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = b/W (S D^(1/2) [X 1])'(S D^(1/2) [X 1]) + lambda I by a QR factorisation of the sketch, which never squares the
 * condition number: it holds where the Gram matrix breaks down. With few rows S is the identity and P as in the Gram
 * metric, from a QR factorisation of X.
 * Avron, Maymounkov and Toledo, SIAM J. Sci. Comput. 32 (2010) 1217; Epperly, SIAM J. Matrix Anal. Appl. 45 (2024), arXiv:2311.04362.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "solver/state.h"

/* Below this reciprocal condition the columns are linearly dependent at working precision. */
static const double least_reciprocal = 16.0 * DBL_EPSILON;

static size_t ridge_rows(const gr_model *model)
{
    return model->ridge > 0.0 ? model->X.cols : 0;
}

/* The sketch, and below it the ridge's rows (lambda W / b)^(1/2) I, in memory of its own */
static double *copy_sketch(gradus_solver *solver, const double *sketch, size_t rows)
{
    const gr_model *model = &solver->f->model;
    const size_t p = solver->n, extra = ridge_rows(model);
    size_t doubles;
    if (!gr_multiply(rows + extra, p, &doubles)) return NULL;
    double *matrix = gr_allocate_doubles(&solver->allocator, doubles);
    if (!matrix) return NULL;
    memcpy(matrix, sketch, rows * p * sizeof *matrix);
    const double root = sqrt(model->ridge * model->total_weight / model->loss->curvature_bound);
    for (size_t j = 0; j < extra; j++) matrix[(rows + j) * p + j] = root;
    return matrix;
}

static gradus_status read_sketch(gradus_solver *solver, size_t rows)
{
    const gr_model *model = &solver->f->model;
    size_t doubles;
    double *memory = NULL;
    if (gr_sketch_doubles(&solver->work.reader, model->intercept, &doubles))
        memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (memory) {
        const double *sketch = gr_pass_sketch(&solver->work.reader, model->weights, model->intercept, memory);
        solver->factored.matrix = copy_sketch(solver, sketch, rows);
    }
    gr_release(&solver->allocator, memory);
    return solver->factored.matrix ? GRADUS_OK : gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
}

/* Columns to norms in [1/2, 1), by powers of two, which are kept in columns.scale; the squared Frobenius norm after that */
static double equilibrate(gradus_solver *solver, size_t rows)
{
    const size_t p = solver->n;
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

/* From a sketch of so many rows, as many as X has: from X itself. */
static gradus_status prepare_from(gradus_solver *solver, size_t sketch_rows)
{
    const gr_model *model = &solver->f->model;
    const size_t rows = sketch_rows + ridge_rows(model);
    gr_factored *factored = &solver->factored;
    gradus_status status = read_sketch(solver, sketch_rows);
    if (status) return status;
    factored->share = model->loss->curvature_bound / model->total_weight;
    factored->trace = factored->share * equilibrate(solver, rows);
    factored->exact = model->loss->quadratic && sketch_rows == model->X.rows;
    const bool usable = rows >= solver->n && factored->trace > 0.0 && factored->trace <= DBL_MAX;
    if (usable)
        status = gr_lq_factor(&solver->allocator, rows, solver->n, factored->matrix, &factored->lq,
                              solver->options.error);
    if (status) return status;
    if (!usable || !(factored->lq.reciprocal >= least_reciprocal)) return give_way(solver);
    solver->condition = 1.0 / factored->lq.reciprocal;
    gr_because(solver, "the %s holds, condition about %.1e", solver->metric->name, solver->condition);
    return GRADUS_OK;
}

static gradus_status prepare_sketch(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    const size_t rows = gr_sketch_rows(&solver->work.reader, model->intercept);
    if (rows < model->X.rows) return prepare_from(solver, rows);
    gr_because(solver, "X has fewer than %d rows a column, too few for a sketch", (int)GR_SKETCH_PAYS);
    solver->metric = &gr_metric_qr;
    return solver->metric->prepare(solver);
}

static gradus_status prepare_qr(gradus_solver *solver)
{
    return prepare_from(solver, solver->f->model.X.rows);
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const double *unit = solver->columns.scale;
    for (size_t j = 0; j < solver->n; j++) direction[j] = -unit[j] * gradient[j];
    gr_lq_solve(&solver->factored.lq, direction);
    for (size_t j = 0; j < solver->n; j++) direction[j] *= unit[j] / solver->factored.share;
}

const gr_metric gr_metric_sketch = {.id = GRADUS_METRIC_SKETCH,
                                    .name = "sketch",
                                    .needs_model = true,
                                    .prepare = prepare_sketch,
                                    .steepest = steepest,
                                    .backward_error = gr_backward_error};
const gr_metric gr_metric_qr = {.id = GRADUS_METRIC_QR,
                                .name = "QR factorisation",
                                .needs_model = true,
                                .prepare = prepare_qr,
                                .steepest = steepest,
                                .backward_error = gr_backward_error};
