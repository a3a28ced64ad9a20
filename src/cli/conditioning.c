/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far the worst coefficient moves when rounding moves the data. With A the design, a_k its columns,
 * G = (A'A)^(-1), t the coefficients, r the residual and N^2 = ||y||^2 + sum_k ||a_k||^2 t_k^2: when every
 * element of a_k and of y moves independently by eps times the root mean square of its column, t_j moves by
 * eps K_j |t_j| in the root mean square,
 *
 *   K_j  = sqrt(G_jj N^2 + ||r||^2 sum_k G_jk^2 ||a_k||^2) / (sqrt(m) |t_j|),
 *
 * and when the entries of A'A and A'y move by eps ||a_k|| ||a_l|| and eps ||a_k|| ||y||, by eps K'_j |t_j|,
 *
 *   K'_j = sqrt(sum_k G_jk^2 ||a_k||^2) N / |t_j|.
 *
 * First order of Bjorck, BIT 31 (1991) 238; the root mean square of Stewart, SIAM Review 32 (1990) 579. For
 * logistic regression A is weighted by the square roots of the Hessian's row weights, y is left out of N, and
 * r is p - y.
 */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "cli/heap.h"
#include "cli/promise.h"
#include "factor/equilibrate.h"
#include "factor/qr.h"

typedef struct sensitivity {
    size_t rows, cols;
    double *a; /* rows x cols, column-major, columns scaled by powers of two; then R and the reflectors */
    double *length; /* ||a_k|| of the scaled, weighted column */
    double *plain;  /* ||a_k|| without the Hessian's weights, in the same scale */
    double *t;      /* the coefficients of the scaled columns */
    double *s;      /* cols x cols, column-major: P R^(-1), so that G = S S' */
    double *work;   /* the larger of rows and cols */
    double residual, response;
} sensitivity;

static bool allocate(const gr_problem *problem, sensitivity *on)
{
    size_t elements, square;
    on->rows = problem->X.rows;
    on->cols = problem->coefficients;
    if (!gr_multiply(on->rows, on->cols, &elements) || !gr_multiply(on->cols, on->cols, &square))
        return false;
    on->a = gr_new_doubles(elements);
    on->length = gr_new_doubles(on->cols);
    on->plain = gr_new_doubles(on->cols);
    on->t = gr_new_doubles(on->cols);
    on->s = gr_new_doubles(square);
    on->work = gr_new_doubles(gr_max(on->rows, on->cols));
    return on->a && on->length && on->plain && on->t && on->s && on->work;
}

static void release(sensitivity *on)
{
    gr_delete(on->a);
    gr_delete(on->length);
    gr_delete(on->plain);
    gr_delete(on->t);
    gr_delete(on->s);
    gr_delete(on->work);
}

static double label_error(bool logistic, double prediction, double y)
{
    return (logistic ? 1.0 / (1.0 + exp(-prediction)) : prediction) - y;
}

/* Norms of residual and response; leaves the square roots of the Hessian's row weights in work. */
static void measure_rows(const gr_problem *problem, bool logistic, const double *theta, sensitivity *on)
{
    for (size_t i = 0; i < on->rows; i++)
        on->work[i] = label_error(logistic, gr_predict(problem, theta, i), problem->y[i]);
    on->residual = gr_norm(on->rows, on->work);
    on->response = logistic ? 0.0 : gr_norm(on->rows, problem->y);
    for (size_t i = 0; i < on->rows; i++)
        on->work[i] = sqrt(gr_row_curvature(logistic, gr_predict(problem, theta, i)));
}

static void fill_columns(const gr_problem *problem, const double *theta, sensitivity *on)
{
    for (size_t j = 0; j < on->cols; j++) {
        double *column = on->a + j * on->rows;
        for (size_t i = 0; i < on->rows; i++)
            column[i] = j < problem->X.cols ? ((const double *)problem->X.data)[i * problem->X.ld + j] : 1.0;
        const int exponent = gr_norm_exponent(on->rows, column);
        gr_scale(on->rows, column, -exponent);
        on->plain[j] = gr_norm(on->rows, column);
        for (size_t i = 0; i < on->rows; i++) column[i] *= on->work[i];
        on->length[j] = gr_norm(on->rows, column);
        on->t[j] = ldexp(theta[j], exponent);
    }
}

/* Column k of S is P R^(-1) e_k. */
static void invert(const gr_qr *qr, sensitivity *on)
{
    for (size_t k = 0; k < on->cols; k++) {
        for (size_t i = 0; i < on->cols; i++) on->work[i] = i == k ? 1.0 : 0.0;
        gr_qr_solve(qr, on->cols, on->work, on->s + k * on->cols);
    }
}

static double inverse_gram(const sensitivity *on, size_t j, size_t k)
{
    double sum = 0.0;
    for (size_t l = 0; l < on->cols; l++) sum += on->s[j + l * on->cols] * on->s[k + l * on->cols];
    return sum;
}

static double square(double x)
{
    return x * x;
}

static void judge(const sensitivity *on, gr_promise *promise)
{
    const size_t n = on->cols;
    double size = square(on->response);
    for (size_t k = 0; k < n; k++) size += square(on->length[k] * on->t[k]);
    promise->data = promise->normal = 0.0;
    for (size_t j = 0; j < n; j++) {
        double by_residual = 0.0, by_gram = 0.0;
        for (size_t k = 0; k < n; k++) {
            const double g = inverse_gram(on, j, k);
            by_residual += square(g * on->plain[k] * on->residual);
            by_gram += square(g * on->length[k]);
        }
        const double scale = on->t[j] == 0.0 ? 1.0 : fabs(on->t[j]);
        const double by_data = (inverse_gram(on, j, j) * size + by_residual) / (double)on->rows;
        promise->data = fmax(promise->data, sqrt(by_data) / scale);
        promise->normal = fmax(promise->normal, sqrt(by_gram * size) / scale);
    }
}

static gradus_status factor_and_judge(sensitivity *on, gr_promise *promise, gradus_error *error)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    gr_qr qr = {0};
    const gradus_status status = gr_qr_factor(&allocator, on->rows, on->cols, on->a, &qr, error);
    promise->data = promise->normal = (double)INFINITY; /* dependent columns promise nothing */
    if (!status && gr_qr_rank(&qr) == on->cols) {
        invert(&qr, on);
        judge(on, promise);
    }
    gr_qr_free(&qr);
    return status;
}

gradus_status gr_measure_conditioning(const gr_problem *problem, bool logistic, const double *theta,
                                      gr_promise *promise, gradus_error *error)
{
    sensitivity on = {.rows = 0};
    gradus_status status = GRADUS_ERROR_MEMORY;
    if (allocate(problem, &on)) {
        measure_rows(problem, logistic, theta, &on);
        fill_columns(problem, theta, &on);
        status = factor_and_judge(&on, promise, error);
    } else {
        (void)gr_error_plain(error, status);
    }
    release(&on);
    return status;
}
