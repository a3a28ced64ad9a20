/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference/exact.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"

/* A row of weight 0 is none; the others in the units of the columns. */
static void scale_columns(const gr_design *design, double *copy)
{
    const size_t m = design->model.X.rows;
    for (size_t j = 0; j < design->model.X.cols; j++) {
        double *column = copy + j * m;
        for (size_t i = 0; i < m; i++)
            column[i] = design->root[i] > 0.0 ? ldexp(column[i], -design->exponent[j]) : 0.0;
    }
}

static gradus_matrix copy_of(const gr_design *design, const gradus_matrix *X, double *to)
{
    gr_reader reader = gr_reader_open(X, 1, NULL, NULL);
    gr_pass_rows(&reader, 0, X->rows, to, X->rows);
    scale_columns(design, to);
    return gradus_col_major(X->rows, X->cols, to, X->rows);
}

static void fill_rows(const gr_design *design, gr_exact *exact)
{
    const gr_model *model = &design->model;
    for (size_t i = 0; i < model->X.rows; i++) {
        const bool present = design->root[i] > 0.0;
        exact->zeros[i] = 0.0;
        exact->y[i] = present ? ldexp(model->y[i], -design->response_exponent) : 0.0;
        exact->offset[i] = present && model->offset ? ldexp(model->offset[i], -design->response_exponent)
                                                    : 0.0;
        exact->weights[i] = ldexp(model->weights ? model->weights[i] : 1.0, -2 * design->row_exponent);
    }
}

static void fill_ridge(const gr_design *design, gr_exact *exact)
{
    const gr_pair whole = gr_pair_scale(design->model.ridge, gr_model_weight(&design->model));
    for (size_t j = 0; exact->ridge && j < design->model.X.cols; j++) {
        const int exponent = -2 * (design->row_exponent + design->exponent[j]);
        exact->ridge[j] = (gr_pair){ldexp(whole.high, exponent), ldexp(whole.low, exponent)};
    }
}

/* The doubles of each part: X, L, rows, columns, the reader, the pass. */
static bool take_memory(const gr_design *design, gr_exact *exact)
{
    const size_t m = design->model.X.rows, n = design->model.X.cols, p = design->cols;
    const size_t copies = design->model.low.data ? 2 : 1;
    const gradus_matrix shape = gradus_col_major(m, n, NULL, m);
    gr_reader reader = gr_reader_open(&shape, 1, NULL, NULL);
    size_t matrix, rows, read, pass, doubles;
    if (!gr_multiply(m, n, &matrix) || !gr_multiply(matrix, copies, &doubles) || !gr_multiply(m, 4, &rows) ||
        !gr_reader_doubles(&shape, 1, &read) || !gr_precise_doubles(&reader, &pass) ||
        !gr_add(doubles, rows, &doubles) || !gr_add(doubles, 5 * p, &doubles) ||
        !gr_add(doubles, read, &doubles) || !gr_add(doubles, pass, &doubles))
        return false;
    double *next = exact->memory = gr_allocate_doubles(&design->allocator, doubles);
    if (!next) return false;
    exact->columns = (gr_pair *)next;
    exact->ridge = design->model.ridge > 0.0 ? exact->columns + p : NULL;
    exact->work = next + 4 * p;
    exact->y = exact->work + p;
    exact->offset = exact->y + m;
    exact->weights = exact->offset + m;
    exact->zeros = exact->weights + m;
    double *copy = exact->zeros + m;
    exact->X = copy_of(design, &design->model.X, copy);
    if (design->model.low.data) exact->L = copy_of(design, &design->model.low, copy + matrix);
    exact->reader = gr_reader_open(&exact->X, 1, copy + copies * matrix, NULL);
    exact->pass = copy + copies * matrix + read;
    return true;
}

gradus_status gr_exact_open(const gr_design *design, gr_exact *exact, gradus_error *error)
{
    *exact = (gr_exact){.design = design};
    if (!take_memory(design, exact)) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    fill_rows(design, exact);
    fill_ridge(design, exact);
    return GRADUS_OK;
}

void gr_exact_free(gr_exact *exact)
{
    if (exact->design) gr_release(&exact->design->allocator, exact->memory);
}

static double with_ridge(const gr_exact *exact, size_t j, const gr_pair *t)
{
    gr_pair sum = exact->columns[j];
    if (exact->ridge) {
        gr_pair penalty = gr_pair_scale(exact->ridge[j].high, t[j]);
        penalty.low += exact->ridge[j].low * t[j].high;
        sum = gr_pair_add(sum, penalty);
    }
    return sum.high + sum.low;
}

void gr_exact_gradient(gr_exact *exact, const gr_pair *t, bool homogeneous, double *gradient)
{
    const gr_design *design = exact->design;
    const size_t n = exact->X.cols;
    gr_precise precise = {.theta = t,
                          .y = homogeneous ? exact->zeros : exact->y,
                          .weights = exact->weights,
                          .offset = homogeneous ? NULL : exact->offset,
                          .low = exact->L.data ? &exact->L : NULL,
                          .gradient = exact->columns};
    const int one = design->cols > n ? -design->exponent[n] : 0; /* the column of ones */
    if (design->cols > n) precise.intercept = (gr_pair){ldexp(t[n].high, one), ldexp(t[n].low, one)};
    gr_pass_precise(&exact->reader, &precise, exact->pass);
    for (size_t j = 0; j < n; j++) gradient[j] = with_ridge(exact, j, t);
    if (design->cols > n) gradient[n] = ldexp(precise.residual.high + precise.residual.low, one);
}

/* ||D^(1/2) A||_F of a copy */
static double weighted_size(const gr_exact *exact, const double *a)
{
    const size_t m = exact->X.rows, n = exact->X.cols;
    double size = 0.0;
    for (size_t j = 0; j < n; j++) {
        double square = 0.0;
        for (size_t i = 0; i < m; i++) square += exact->weights[i] * a[i + j * m] * a[i + j * m];
        size = hypot(size, sqrt(square));
    }
    return size;
}

double gr_exact_size(const gr_exact *exact)
{
    const double size = weighted_size(exact, (const double *)exact->X.data);
    const bool ones = exact->design->cols > exact->X.cols; /* a column whose norm is in [1/2, 1) */
    return ones ? hypot(size, 1.0) : size;
}

double gr_exact_low_size(const gr_exact *exact)
{
    return exact->L.data ? weighted_size(exact, (const double *)exact->L.data) : 0.0;
}

/* x_i't - y_i */
static gr_pair residual_of_row(const gr_exact *exact, const double *t, size_t i)
{
    const gr_design *design = exact->design;
    const size_t m = exact->X.rows, n = exact->X.cols;
    const double *x = (const double *)exact->X.data, *low = (const double *)exact->L.data;
    gr_pair r = gr_two_sum(exact->offset[i], -exact->y[i]);
    for (size_t j = 0; j < n; j++) {
        gr_pair term = gr_two_product(x[i + j * m], t[j]);
        if (low) term.low += low[i + j * m] * t[j];
        r = gr_pair_add(r, term);
    }
    if (design->cols > n) r = gr_pair_add(r, (gr_pair){ldexp(t[n], -design->exponent[n]), 0.0});
    return r;
}

double gr_exact_residual_square(const gr_exact *exact, const double *t)
{
    gr_pair square = {0.0, 0.0};
    for (size_t i = 0; i < exact->X.rows; i++) {
        const double r = residual_of_row(exact, t, i).high;
        if (exact->design->root[i] > 0.0)
            square = gr_pair_add(square, gr_two_product(exact->weights[i] * r, r));
    }
    return square.high;
}

double gr_exact_correct(gr_exact *exact, const gr_qr *qr, const double *gradient, gr_pair *t)
{
    const int p = (int)qr->cols, ld = (int)qr->rows;
    double *step = exact->work;
    for (size_t k = 0; k < qr->cols; k++) step[k] = -gradient[qr->pivot[k]];
    cblas_dtrsv(CblasColMajor, CblasUpper, CblasTrans, CblasNonUnit, p, qr->a, ld, step, 1);
    const double length = gr_norm(qr->cols, step);
    cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, p, qr->a, ld, step, 1);
    for (size_t k = 0; k < qr->cols; k++)
        t[qr->pivot[k]] = gr_pair_add(t[qr->pivot[k]], (gr_pair){step[k], 0.0});
    return length;
}
