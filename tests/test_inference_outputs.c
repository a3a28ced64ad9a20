/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inference for several outputs: softmax against logistic regression, the inverse of the information by plain loops, another reference
 * class; several responses against each by itself; and what is refused.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { WEIGHTS = 1, INTERCEPT = 2, OFFSET = 4, KINDS = 8 };
enum { MOST = 400 };

/* Data with labels of k classes that no theta separates, and k responses. */
typedef struct sample {
    test_data data;
    size_t k, p;
    double labels[MOST], Y[MOST * 4], offset[MOST * 4], weights[MOST];
    gradus_model_options options;
} sample;

static void sample_make(sample *s, size_t m, size_t n, size_t k, int kind)
{
    test_random random = test_random_from(m + n + k + (size_t)kind);
    s->data = test_data_make(m + n, m, n, kind % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, 0);
    s->k = k;
    s->p = n + (kind & INTERCEPT ? 1 : 0);
    for (size_t i = 0; i < m; i++) {
        s->labels[i] = (double)(i < k ? i : test_random_below(&random, k));
        s->weights[i] = (double)(i % 4) + (i % 3 ? 0.0 : 0.5);
        for (size_t c = 0; c < k; c++) {
            s->offset[c * m + i] = test_random_uniform(&random);
            s->Y[c * m + i] = test_random_uniform(&random) + (double)c * s->data.y[i];
        }
    }
    s->options = gradus_model_options_default();
    if (kind & WEIGHTS) s->options.weights = s->weights;
    if (kind & INTERCEPT) s->options.intercept = 1;
    if (kind & OFFSET) s->options.offset = s->offset;
}

static gradus_objective *softmax_of(const sample *s)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_softmax(&s->data.X, s->labels, s->k, &s->options, &f), 0);
    return f;
}

static gradus_objective *responses_of(const sample *s)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares_multiple(&s->data.X, s->Y, s->k, &s->options, &f), 0);
    return f;
}

static bool near(double a, double b, double digits)
{
    return fabs(a - b) <= digits * fmax(fabs(a), fabs(b));
}

Test(inference_outputs, two_classes_are_logistic_regression)
{
    enum { M = 150, N = 4, P = N + 1 };
    for (int kind = 0; kind < KINDS; kind++) {
        sample s;
        sample_make(&s, M, N, 2, kind);
        double theta[2 * P] = {0.0}, single[P] = {0.0}, difference[M], errors[2 * P], covariance[4 * P * P];
        double exact[P], inverse[P * P];
        gradus_objective *f = softmax_of(&s), *g = NULL;
        gradus_model_options logistic = s.options;
        for (size_t i = 0; i < M; i++) difference[i] = s.offset[M + i] - s.offset[i];
        if (kind & OFFSET) logistic.offset = difference;
        cr_assert_eq(gradus_logistic(&s.data.X, s.labels, &logistic, &g), 0);
        gradus_inference a, b;
        cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
        cr_assert_eq(gradus_descend(g, single, NULL, NULL), 0);
        cr_assert_eq(gradus_infer(f, theta, NULL, &a, errors, covariance), 0);
        cr_assert_eq(gradus_infer(g, single, NULL, &b, exact, inverse), 0);
        for (size_t j = 0; j < s.p; j++) {
            cr_assert(test_same(errors[j], 0.0) && near(errors[s.p + j], exact[j], 1e-8), "%.12g, %.12g",
                      errors[s.p + j], exact[j]);
            for (size_t l = 0; l < s.p; l++) {
                const double *own = covariance + (s.p + l) * 2 * s.p;
                cr_assert(test_same(own[j], 0.0));
                cr_assert(fabs(own[s.p + j] - inverse[j + l * s.p]) <= 1e-8 * exact[j] * exact[l]);
            }
        }
        cr_assert(near(a.log_likelihood, b.log_likelihood, 1e-11) && near(a.aic, b.aic, 1e-11) &&
                  near(a.bic, b.bic, 1e-11) && test_same(a.degrees_of_freedom, b.degrees_of_freedom) &&
                  a.student == 0 && test_same(a.quantile, b.quantile) && isnan(a.r_squared));
        gradus_objective_free(f);
        gradus_objective_free(g);
        test_data_free(&s.data);
    }
}

/* A <- its inverse, n x n, by Gauss and Jordan with row pivots */
static void invert(size_t n, long double *A)
{
    long double *B = (long double *)calloc(n * n, sizeof *B);
    cr_assert_not_null(B);
    for (size_t i = 0; i < n; i++) B[i * n + i] = 1.0L;
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t i = c + 1; i < n; i++) pivot = fabsl(A[i * n + c]) > fabsl(A[pivot * n + c]) ? i : pivot;
        for (size_t j = 0; j < n; j++) {
            const long double a = A[c * n + j], b = B[c * n + j];
            A[c * n + j] = A[pivot * n + j];
            A[pivot * n + j] = a;
            B[c * n + j] = B[pivot * n + j];
            B[pivot * n + j] = b;
        }
        for (size_t i = 0; i < n; i++) {
            const long double share = i == c ? 1.0L - 1.0L / A[c * n + c] : A[i * n + c] / A[c * n + c];
            for (size_t j = 0; j < n; j++) {
                const long double a = A[c * n + j], b = B[c * n + j];
                A[i * n + j] -= share * a;
                B[i * n + j] -= share * b;
            }
        }
    }
    memcpy(A, B, n * n * sizeof *A);
    free(B);
}

static double x_at(const sample *s, size_t i, size_t j)
{
    return j < s->data.X.cols ? *test_element(s->data.x, &s->data.X, i, j) : 1.0;
}

/* sum_i w_i (diag(p) - pp') (x) xx' over the classes 1 .. k - 1, and the log-likelihood */
static long double information(const sample *s, const double *theta, long double *A)
{
    const size_t m = s->data.X.rows, q = (s->k - 1) * s->p;
    long double likelihood = 0.0L;
    for (size_t i = 0; i < m; i++) {
        long double z[4], sum = 0.0L;
        const long double w = s->options.weights ? s->weights[i] : 1.0L;
        for (size_t c = 0; c < s->k; c++) {
            z[c] = s->options.offset ? s->offset[c * m + i] : 0.0L;
            for (size_t j = 0; j < s->p; j++) z[c] += (long double)theta[c * s->p + j] * x_at(s, i, j);
            sum += expl(z[c]);
        }
        likelihood += w * (z[(size_t)s->labels[i]] - logl(sum));
        for (size_t a = 0; a < q; a++) {
            for (size_t b = 0; b < q; b++) {
                const size_t c = a / s->p + 1, d = b / s->p + 1;
                const long double p = expl(z[c]) / sum, r = expl(z[d]) / sum;
                A[a * q + b] += w * ((c == d ? p : 0.0L) - p * r) * x_at(s, i, a % s->p) *
                                x_at(s, i, b % s->p);
            }
        }
    }
    return likelihood;
}

Test(inference_outputs, the_covariance_is_the_inverse_information)
{
    static const size_t shapes[][3] = {{90, 3, 3}, {200, 5, 4}, {60, 1, 2}};
    for (int kind = 0; kind < 3 * KINDS; kind++) {
        const size_t *shape = shapes[kind % 3];
        sample s;
        sample_make(&s, shape[0], shape[1], shape[2], kind / 3);
        const size_t size = s.k * s.p, q = size - s.p;
        double theta[24] = {0.0}, errors[24], covariance[24 * 24], weight = 0.0;
        gradus_objective *f = softmax_of(&s);
        gradus_inference out;
        long double A[18 * 18] = {0.0L};
        cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
        cr_assert_eq(gradus_infer(f, theta, NULL, &out, errors, covariance), 0);
        const long double likelihood = information(&s, theta, A);
        invert(q, A);
        for (size_t a = 0; a < size; a++) {
            for (size_t b = 0; b < size; b++) {
                const bool held = a < s.p || b < s.p;
                const double exact = held ? 0.0 : (double)A[(a - s.p) * q + b - s.p];
                cr_assert(fabs(covariance[a + b * size] - exact) <= 1e-12 * errors[a] * errors[b], "%zu, %zu",
                          a, b);
            }
            cr_assert(near(errors[a] * errors[a], covariance[a + a * size], 1e-14));
        }
        for (size_t i = 0; i < shape[0]; i++) weight += s.options.weights ? s.weights[i] : 1.0;
        cr_assert(near(out.log_likelihood, (double)likelihood, 1e-13));
        cr_assert(near(out.aic, 2.0 * (double)q - 2.0 * (double)likelihood, 1e-13));
        cr_assert(near(out.bic, (double)q * log(weight) - 2.0 * (double)likelihood, 1e-13));
        cr_assert(near(out.degrees_of_freedom, weight - (double)q, 1e-14));
        gradus_objective_free(f);
        test_data_free(&s.data);
    }
}

/* With classes 0 and 1 exchanged the contrast of class 2 is theta_2 - theta_1: its variance is in the covariance already. */
Test(inference_outputs, another_class_of_reference)
{
    enum { M = 160, N = 2, K = 3, P = N + 1, SIZE = K * P };
    sample s;
    sample_make(&s, M, N, K, WEIGHTS | INTERCEPT);
    double theta[SIZE] = {0.0}, other[SIZE] = {0.0}, covariance[SIZE * SIZE], errors[SIZE];
    gradus_inference a, b;
    gradus_objective *f = softmax_of(&s);
    cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
    cr_assert_eq(gradus_infer(f, theta, NULL, &a, NULL, covariance), 0);
    gradus_objective_free(f);
    for (size_t i = 0; i < M; i++) s.labels[i] = s.labels[i] < 2.0 ? 1.0 - s.labels[i] : s.labels[i];
    f = softmax_of(&s);
    cr_assert_eq(gradus_descend(f, other, NULL, NULL), 0);
    cr_assert_eq(gradus_infer(f, other, NULL, &b, errors, NULL), 0);
    for (size_t j = 0; j < P; j++) {
        const size_t one = P + j, two = 2 * P + j;
        const double variance = covariance[two + two * SIZE] + covariance[one + one * SIZE] -
                                2.0 * covariance[one + two * SIZE];
        cr_assert(near(errors[two], sqrt(variance), 1e-9), "%.12g, %.12g", errors[two], sqrt(variance));
    }
    cr_assert(near(a.log_likelihood, b.log_likelihood, 1e-12));
    gradus_objective_free(f);
    test_data_free(&s.data);
}

/* Weight 2 is the row twice, weight 0 the row left out. */
Test(inference_outputs, a_weight_counts_rows)
{
    enum { M = 90, N = 3, K = 3, P = N + 1, SIZE = K * P };
    sample s;
    double x[2 * M * N], labels[2 * M], Y[2 * M * K];
    sample_make(&s, M, N, K, INTERCEPT);
    size_t rows = 0, all = 0;
    for (size_t i = 0; i < M; i++) all += (size_t)(s.weights[i] = (double)(i % 3));
    for (size_t i = 0; i < M; i++) {
        for (size_t copy = 0; copy < i % 3; copy++, rows++) {
            labels[rows] = s.labels[i];
            for (size_t c = 0; c < K; c++) Y[c * all + rows] = s.Y[c * M + i];
            for (size_t j = 0; j < N; j++) x[rows * N + j] = x_at(&s, i, j);
        }
    }
    const gradus_matrix X = gradus_row_major(rows, N, x, N);
    for (int model = 0; model < 2; model++) {
        double a[SIZE] = {0.0}, b[SIZE] = {0.0}, of_a[SIZE], of_b[SIZE], cov_a[SIZE * SIZE],
               cov_b[SIZE * SIZE];
        gradus_objective *f = NULL, *g = NULL;
        gradus_inference one, other;
        gradus_model_options plain = s.options;
        s.options.weights = s.weights;
        f = model ? responses_of(&s) : softmax_of(&s);
        s.options = plain;
        cr_assert_eq(model ? gradus_least_squares_multiple(&X, Y, K, &plain, &g)
                           : gradus_softmax(&X, labels, K, &plain, &g),
                     0);
        cr_assert(!gradus_descend(f, a, NULL, NULL) && !gradus_descend(g, b, NULL, NULL));
        cr_assert_eq(gradus_infer(f, a, NULL, &one, of_a, cov_a), 0);
        cr_assert_eq(gradus_infer(g, b, NULL, &other, of_b, cov_b), 0);
        for (size_t j = 0; j < SIZE; j++) cr_assert(near(of_a[j], of_b[j], 1e-9));
        for (size_t j = 0; j < SIZE * SIZE; j++)
            cr_assert(fabs(cov_a[j] - cov_b[j]) <= 1e-9 * of_a[j % SIZE] * of_a[j / SIZE] + 1e-300);
        cr_assert(near(one.aic, other.aic, 1e-11) && near(one.bic, other.bic, 1e-11));
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
    test_data_free(&s.data);
}

/* S_cd (X'DX)^(-1), by plain loops */
static void against_plain_residuals(const sample *s, const double *theta, const double *covariance,
                                    const double *errors)
{
    const size_t m = s->data.X.rows, p = s->p, size = s->k * p;
    long double A[6 * 6] = {0.0L}, S[16] = {0.0L}, r[4], total = 0.0L;
    for (size_t i = 0; i < m; i++) {
        const long double w = s->options.weights ? s->weights[i] : 1.0L;
        total += w;
        for (size_t c = 0; c < s->k; c++) {
            r[c] = (s->options.offset ? s->offset[c * m + i] : 0.0L) - s->Y[c * m + i];
            for (size_t j = 0; j < p; j++) r[c] += (long double)theta[c * p + j] * x_at(s, i, j);
        }
        for (size_t c = 0; c < s->k * s->k; c++) S[c] += w * r[c / s->k] * r[c % s->k];
        for (size_t j = 0; j < p * p; j++) A[j] += w * x_at(s, i, j / p) * x_at(s, i, j % p);
    }
    invert(p, A);
    for (size_t a = 0; a < size; a++) {
        for (size_t b = 0; b < size; b++) {
            const long double exact = S[a / p * s->k + b / p] / (total - (long double)p) *
                                      A[a % p * p + b % p];
            cr_assert(fabsl(covariance[a + b * size] - exact) <= 1e-11L * errors[a] * errors[b], "%zu, %zu",
                      a, b);
        }
    }
}

Test(inference_outputs, responses_are_single_fits)
{
    enum { M = 120, N = 4, P = N + 1 };
    for (int kind = 0; kind < 2 * KINDS; kind++) {
        sample s;
        sample_make(&s, M, N, kind < KINDS ? 3 : 1, kind % KINDS);
        double theta[3 * P] = {0.0}, errors[3 * P], covariance[9 * P * P], exact[P], sums[3] = {0.0};
        gradus_objective *f = responses_of(&s);
        gradus_inference all, one;
        cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
        cr_assert_eq(gradus_infer(f, theta, NULL, &all, errors, covariance), 0);
        for (size_t c = 0; c < s.k; c++) {
            gradus_model_options single = s.options;
            gradus_objective *g = NULL;
            if (single.offset) single.offset += c * M;
            cr_assert_eq(gradus_least_squares(&s.data.X, s.Y + c * M, &single, &g), 0);
            cr_assert_eq(gradus_infer(g, theta + c * s.p, NULL, &one, exact, NULL), 0);
            for (size_t j = 0; j < s.p; j++) cr_assert(near(errors[c * s.p + j], exact[j], 1e-13));
            sums[0] += one.log_likelihood;
            sums[1] += one.aic;
            sums[2] += one.bic;
            gradus_objective_free(g);
        }
        cr_assert(near(all.log_likelihood, sums[0], 1e-13) && near(all.aic, sums[1], 1e-13) &&
                  near(all.bic, sums[2], 1e-13) && all.student == 1);
        cr_assert(test_same(all.degrees_of_freedom, one.degrees_of_freedom));
        cr_assert_eq(isnan(all.r_squared) && isnan(all.dispersion), s.k > 1);
        cr_assert(s.k > 1 || near(all.r_squared, one.r_squared, 1e-13));
        against_plain_residuals(&s, theta, covariance, errors);
        gradus_objective_free(f);
        test_data_free(&s.data);
    }
}

static void refused(const sample *s, const double *theta, gradus_status expected, const char *word)
{
    for (int model = 0; model < 2; model++) {
        gradus_objective *f = model ? responses_of(s) : softmax_of(s);
        gradus_error error = {.row = 0};
        gradus_infer_options options = gradus_infer_options_default();
        gradus_inference out = {.aic = 5.0};
        double errors[12] = {7.0}, covariance[144] = {8.0};
        options.error = &error;
        const gradus_status status = gradus_infer(f, theta, &options, &out, errors, covariance);
        cr_assert_eq(status, expected, "%d: %d", model, status);
        cr_assert(strstr(error.sentence, word), "%s", error.sentence);
        cr_assert(out.aic == 5.0 && errors[0] == 7.0 && covariance[0] == 8.0);
        gradus_objective_free(f);
    }
}

Test(inference_outputs, refused_by_name)
{
    sample s;
    double theta[12] = {0.0}, bounds[12];
    for (size_t j = 0; j < 12; j++) bounds[j] = -5.0;
    sample_make(&s, 60, 3, 3, INTERCEPT);
    refused(&s, theta, GRADUS_ERROR_NOT_OPTIMUM, "no optimum");
    s.options.ridge = 0.1;
    refused(&s, theta, GRADUS_ERROR_PENALISED, "ridge");
    s.options.ridge = 0.0;
    s.options.lasso = 0.1;
    refused(&s, theta, GRADUS_ERROR_PENALISED, "lasso");
    s.options.lasso = 0.0;
    s.options.lower = bounds;
    refused(&s, theta, GRADUS_ERROR_PENALISED, "constraints");
    s.options.lower = NULL;
    theta[5] = (double)NAN;
    refused(&s, theta, GRADUS_ERROR_START_NOT_FINITE, "entry 5");
    theta[5] = 0.0;
    for (size_t i = 0; i < 60; i++)
        *test_element(s.data.x, &s.data.X, i, 2) = *test_element(s.data.x, &s.data.X, i, 0);
    refused(&s, theta, GRADUS_ERROR_RANK_DEFICIENT, "rank");
    s.data.x[7] = (double)INFINITY;
    refused(&s, theta, GRADUS_ERROR_DATA_NOT_FINITE, "finite");
    test_data_free(&s.data);
}

Test(inference_outputs, separable_classes_have_no_errors)
{
    double x[9], labels[9];
    for (size_t i = 0; i < 9; i++) {
        x[i] = (double)i - 4.0;
        labels[i] = i < 4 ? 0.0 : (i < 7 && i != 5 ? 1.0 : 2.0);
    }
    const gradus_matrix X = gradus_row_major(9, 1, x, 1);
    gradus_model_options options = gradus_model_options_default();
    gradus_objective *f = NULL;
    gradus_inference out;
    gradus_report report;
    double theta[6] = {0.0};
    options.intercept = 1;
    cr_assert_eq(gradus_softmax(&X, labels, 3, &options, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_SEPARABLE);
    cr_assert_eq(gradus_infer(f, theta, NULL, &out, NULL, NULL), GRADUS_ERROR_NOT_OPTIMUM);
    gradus_objective_free(f);
}

Test(inference_outputs, every_allocation_may_fail)
{
    sample s;
    sample_make(&s, 60, 3, 3, INTERCEPT | OFFSET);
    for (int model = 0; model < 2; model++) {
        double theta[12] = {0.0}, errors[12], covariance[144];
        for (size_t refuse = 1;; refuse++) {
            test_allocator allocator;
            test_allocator_begin(&allocator, 0);
            s.options.allocator = &allocator.face;
            gradus_objective *f = model ? responses_of(&s) : softmax_of(&s);
            if (refuse == 1) cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
            allocator.refuse = allocator.requests + refuse;
            gradus_infer_options options = gradus_infer_options_default();
            gradus_inference out;
            options.allocator = &allocator.face;
            const gradus_status status = gradus_infer(f, theta, &options, &out, errors, covariance);
            gradus_objective_free(f);
            cr_assert_eq(allocator.alive, 0);
            if (!status) break;
            cr_assert_eq(status, GRADUS_ERROR_MEMORY, "%d", status);
            cr_assert_lt(refuse, 100);
        }
    }
    test_data_free(&s.data);
}

/* The objective has its own memory, and inference another: each gets back what it lent. */
Test(inference_outputs, two_allocators)
{
    sample s;
    sample_make(&s, 60, 3, 3, INTERCEPT | OFFSET);
    for (int model = 0; model < 2; model++) {
        double theta[12] = {0.0}, errors[12];
        test_allocator of_objective, of_inference;
        test_allocator_begin(&of_objective, 0);
        test_allocator_begin(&of_inference, 0);
        s.options.allocator = &of_objective.face;
        gradus_objective *f = model ? responses_of(&s) : softmax_of(&s);
        cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
        const size_t alive = of_objective.alive;
        gradus_infer_options options = gradus_infer_options_default();
        gradus_inference out;
        options.allocator = &of_inference.face;
        cr_assert_eq(gradus_infer(f, theta, &options, &out, errors, NULL), 0);
        cr_assert_eq(of_objective.alive, alive, "%zu, then %zu", alive, of_objective.alive);
        cr_assert_eq(of_inference.alive, 0, "%zu", of_inference.alive);
        gradus_objective_free(f);
        cr_assert_eq(of_objective.alive, 0);
    }
    test_data_free(&s.data);
}
