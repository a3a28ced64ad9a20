/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference/design.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "factor/equilibrate.h"
#include "model/options.h"
#include "pass/matrix.h"

/* A lasso or a constraint has no closed form. */
static gradus_status refuse_penalties(const gradus_matrix *X, const gradus_model_options *options)
{
    const gr_penalty h = {
        .lasso = options->lasso, .lower = options->lower, .upper = options->upper, .radius = options->radius};
    if (gr_penalty_is_nothing(&h, X->cols)) return GRADUS_OK;
    return gr_error(
        options->error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
        "least squares with a lasso, bounds or a radius has no closed form to compute or to hold an "
        "answer against; its certificate is the report's duality_gap");
}

gradus_status gr_design_measure(const gradus_matrix *X, const gradus_model_options *options,
                                gr_design *design)
{
    gradus_error *error = options->error;
    *design = (gr_design){.allocator = gr_allocator(options->allocator)};
    gradus_status status = gr_matrix_check(X, error);
    if (!status) status = refuse_penalties(X, options);
    if (status) return status;
    const size_t ridge_rows = options->ridge > 0.0 ? X->cols : 0;
    design->cols = X->cols + (options->intercept ? 1 : 0);
    if (!gr_add(X->rows, ridge_rows, &design->rows) || !gr_fits_int(design->rows) ||
        !gr_fits_int(design->cols)) {
        return gr_error(error, GRADUS_ERROR_TOO_LARGE,
                        gr_fault_limit((double)X->rows + (double)ridge_rows, (double)INT_MAX),
                        "the closed form needs a design of %zu rows and %zu columns; LAPACK counts to %d",
                        X->rows + ridge_rows, design->cols, INT_MAX);
    }
    return GRADUS_OK;
}

static gradus_status allocate(gr_design *design, gradus_error *error)
{
    const gradus_allocator *allocator = &design->allocator;
    size_t elements;
    if (!gr_multiply(design->rows, design->cols, &elements)) {
        return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW, gr_fault_none(),
                        "a copy of the design has %zu x %zu elements; that product overflows size_t",
                        design->rows, design->cols);
    }
    design->a = gr_allocate_doubles(allocator, elements);
    design->b = gr_allocate_doubles(allocator, design->rows);
    design->root = gr_allocate_doubles(allocator, design->model.X.rows);
    design->order = (int *)gr_allocate(allocator, design->rows, sizeof(int));
    design->exponent = (int *)gr_allocate(allocator, design->cols, sizeof(int));
    const bool complete = design->a && design->b && design->root && design->order && design->exponent;
    return complete ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

/* The first element by rows that is NaN or Inf, looked for in the copy so that X is read once. */
static gradus_status check_finite(const gr_design *design, gradus_error *error)
{
    const size_t rows = design->model.X.rows;
    size_t row = rows, column = 0;
    for (size_t j = 0; j < design->model.X.cols; j++) {
        const size_t first = gr_first_not_finite(row, design->a + j * design->rows);
        if (first >= row) continue;
        row = first;
        column = j;
    }
    if (row == rows) return GRADUS_OK;
    const double measured = design->a[row + column * design->rows];
    return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(row, column, measured),
                    "X[%zu][%zu] is %g; every element must be finite", row, column, measured);
}

static gradus_status copy(gr_design *design, gradus_error *error)
{
    const gr_model *model = &design->model;
    const size_t m = model->X.rows;
    gr_reader reader = gr_reader_open(&model->X, 1, NULL, NULL);
    gr_pass_rows(&reader, 0, m, design->a, design->rows);
    const gradus_status status = check_finite(design, error);
    if (status) return status;
    for (size_t i = 0; i < m; i++)
        design->b[i] = model->offset ? model->y[i] - model->offset[i] : model->y[i];
    double *ones = design->a + model->X.cols * design->rows;
    for (size_t i = 0; model->intercept && i < m; i++) ones[i] = 1.0;
    return GRADUS_OK;
}

static void take_roots(gr_design *design)
{
    const gr_model *model = &design->model;
    const size_t m = model->X.rows;
    for (size_t i = 0; i < m; i++) design->root[i] = model->weights ? sqrt(model->weights[i]) : 1.0;
    design->row_exponent = gr_exponent(m, design->root);
    gr_scale(m, design->root, -design->row_exponent);
}

/*
 * Scales one column (or the right-hand side): by its largest entry first, so that the products with the roots
 * cannot overflow, then by its norm. Rows of weight 0 have no say. Returns the exponent that was taken out.
 */
static int scale_column(const gr_design *design, double *column)
{
    const size_t m = design->model.X.rows;
    for (size_t i = 0; i < m; i++) {
        if (!(design->root[i] > 0.0)) column[i] = 0.0;
    }
    const int largest = gr_exponent(design->rows, column);
    gr_scale(design->rows, column, -largest);
    for (size_t i = 0; i < m; i++) column[i] *= design->root[i];
    const int norm = gr_norm_exponent(design->rows, column);
    gr_scale(design->rows, column, -norm);
    return largest + norm;
}

static void scale(gr_design *design)
{
    const gr_model *model = &design->model;
    const double ridge_root = ldexp(sqrt(model->total_weight), -design->row_exponent) * sqrt(model->ridge);
    for (size_t j = 0; j < design->cols; j++) {
        double *column = design->a + j * design->rows;
        if (model->ridge > 0.0 && j < model->X.cols) column[model->X.rows + j] = ridge_root;
        design->exponent[j] = scale_column(design, column);
    }
    design->response_exponent = scale_column(design, design->b);
}

gradus_status gr_design_make(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gr_design *design)
{
    gradus_status status = gr_design_measure(X, options, design);
    if (!status) status = gr_model_make(X, y, options, &gr_loss_squares, &design->model);
    if (!status) status = allocate(design, options->error);
    if (!status) status = copy(design, options->error);
    if (status) return status;
    take_roots(design);
    scale(design);
    return gr_design_sort_rows(design, options->error);
}

gradus_status gr_design_unscale(const gr_design *design, const double *phi, double *theta,
                                gradus_error *error)
{
    for (size_t j = 0; j < design->cols; j++) {
        theta[j] = ldexp(phi[j], design->response_exponent - design->exponent[j]);
        if (isfinite(theta[j])) continue;
        return gr_error(
            error, GRADUS_ERROR_LAPACK, gr_fault_at(GRADUS_NOWHERE, j, theta[j]),
            "coefficient %zu of the closed form is too large for a double; rescale its column or y", j);
    }
    return GRADUS_OK;
}

void gr_design_free(gr_design *design)
{
    gr_release(&design->allocator, design->a);
    gr_release(&design->allocator, design->b);
    gr_release(&design->allocator, design->root);
    gr_release(&design->allocator, design->order);
    gr_release(&design->allocator, design->exponent);
}
