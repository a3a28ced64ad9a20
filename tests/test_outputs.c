/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Models with several outputs: value and gradient against plain loops in extended precision and against a complex step, the pass
 * under them, and whole solves against answers that were computed with 60 digits.
 */
#include <cblas.h>
#include <complex.h>
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/linear.h"
#include "pass/ahead.h"
#include "pass/eight_outputs.h"
#include "support.h"

/* An evaluation may be off by this many units of rounding of the sum of the absolute terms. */
static const double roundings = 8.0;

/* ---- cblas_dgemm, watched: a product above 64 x 64 x 64 starts threads of OpenBLAS's own ---- */

static size_t largest_product, products;

void __real_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE a, CBLAS_TRANSPOSE b, blasint m, blasint n,
                        blasint k, double alpha, const double *A, blasint lda, const double *B, blasint ldb,
                        double beta, double *C, blasint ldc);
void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE a, CBLAS_TRANSPOSE b, blasint m, blasint n,
                        blasint k, double alpha, const double *A, blasint lda, const double *B, blasint ldb,
                        double beta, double *C, blasint ldc);

void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE a, CBLAS_TRANSPOSE b, blasint m, blasint n,
                        blasint k, double alpha, const double *A, blasint lda, const double *B, blasint ldb,
                        double beta, double *C, blasint ldc)
{
    const size_t product = (size_t)m * (size_t)n * (size_t)k;
#pragma omp critical(watch)
    {
        products++;
        if (product > largest_product) largest_product = product;
    }
    __real_cblas_dgemm(layout, a, b, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc);
}

/* ---- making ---- */

typedef struct problem {
    test_data data;
    size_t classes, size; /* k, and entries of theta */
    double *labels;       /* m of them, every class there where m >= k */
    double *theta;        /* size of them */
    double *offset;       /* m x k, response after response */
    gradus_model_options options;
    gradus_objective *f;
} problem;

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

static gradus_objective *softmax(const gradus_matrix *X, const double *labels, size_t classes,
                                 const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    const gradus_status status = gradus_softmax(X, labels, classes, options, &f);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    return f;
}

/* The c-th of sixteen combinations of weights, ridge, intercept and offset. */
static problem problem_make(const size_t shape[3], gradus_layout layout, size_t padding, int c)
{
    problem p = {.classes = shape[2], .options = gradus_model_options_default()};
    const size_t m = shape[0], n = shape[1], k = shape[2];
    p.data = test_data_make(m * 1000 + n * 10 + k, m, n, layout, padding);
    if (c & 1) p.options.weights = p.data.weights;
    if (c & 2) p.options.ridge = 0.37;
    if (c & 4) p.options.intercept = 1;
    p.size = (n + (c & 4 ? 1 : 0)) * k;
    p.labels = doubles(m);
    p.theta = doubles(p.size);
    p.offset = doubles(m * k);
    if (c & 8) p.options.offset = p.offset;
    test_random random = test_random_from(m + n + k);
    for (size_t i = 0; i < m; i++) p.labels[i] = (double)(i < k ? i : test_random_below(&random, k));
    for (size_t j = 0; j < p.size; j++) p.theta[j] = test_random_uniform(&random);
    for (size_t i = 0; i < m * k; i++) p.offset[i] = 2.0 * test_random_uniform(&random);
    p.f = softmax(&p.data.X, p.labels, k, &p.options);
    cr_assert_eq(gradus_objective_size(p.f), p.size);
    return p;
}

static void problem_free(problem *p)
{
    gradus_objective_free(p->f);
    test_data_free(&p->data);
    free(p->labels);
    free(p->theta);
    free(p->offset);
}

static double evaluate(const gradus_objective *f, const double *theta, double *gradient)
{
    double value = (double)NAN;
    cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
    return value;
}

/* ---- oracles: plain loops ---- */

static long double weight_of(const problem *p, size_t i)
{
    return p->options.weights ? p->options.weights[i] : 1.0L;
}

static long double offset_of(const problem *p, size_t i, size_t c)
{
    return p->options.offset ? p->options.offset[c * p->data.X.rows + i] : 0.0L;
}

static long double margin_of(const problem *p, size_t i, size_t c, long double *terms)
{
    const size_t n = p->data.X.cols, size = p->size / p->classes;
    const long double offset = offset_of(p, i, c), intercept = size > n ? p->theta[c * size + n] : 0.0L;
    long double z = offset + intercept;
    *terms = fabsl(offset) + fabsl(intercept);
    for (size_t j = 0; j < n; j++) {
        const long double term = (long double)*test_element(p->data.x, &p->data.X, i, j) *
                                 p->theta[c * size + j];
        z += term;
        *terms += fabsl(term);
    }
    return z;
}

/* Row i of the problem: its loss, and its residuals p_c - [c = y]; `terms`: of what its margins are made */
static long double row_of(const problem *p, size_t i, long double *residual, long double *terms)
{
    const size_t y = (size_t)p->labels[i];
    long double most = -INFINITY, sum = 0.0L, z[64];
    *terms = 0.0L;
    for (size_t c = 0; c < p->classes; c++) {
        long double of_margin;
        z[c] = margin_of(p, i, c, &of_margin);
        most = fmaxl(most, z[c]);
        *terms = fmaxl(*terms, of_margin);
    }
    for (size_t c = 0; c < p->classes; c++) sum += expl(z[c] - most);
    for (size_t c = 0; c < p->classes; c++) residual[c] = expl(z[c] - most) / sum - (c == y ? 1.0L : 0.0L);
    return logl(sum) + most - z[y];
}

static bool near(double computed, long double exact, long double terms)
{
    return fabsl(computed - exact) <= (long double)(roundings * DBL_EPSILON) * terms;
}

/* Adds a row to the gradient, and the absolute values to its terms. */
static void add_row(const problem *p, size_t i, long double *gradient, long double *gradient_terms,
                    long double *value, long double *value_terms)
{
    const size_t n = p->data.X.cols, size = p->size / p->classes;
    long double residual[64], terms;
    const long double w = weight_of(p, i), loss = row_of(p, i, residual, &terms);
    *value += w * loss;
    *value_terms += w * (loss + terms);
    for (size_t c = 0; c < p->classes; c++) {
        for (size_t j = 0; j < size; j++) {
            const long double x = j < n ? *test_element(p->data.x, &p->data.X, i, j) : 1.0L;
            gradient[c * size + j] += w * residual[c] * x;
            gradient_terms[c * size + j] += w * fabsl(x) * (fabsl(residual[c]) + terms);
        }
    }
}

static void against_plain_loops(const problem *p)
{
    const size_t n = p->data.X.cols, size = p->size / p->classes;
    long double *gradient = (long double *)calloc(2 * p->size, sizeof *gradient), *terms = gradient + p->size;
    cr_assert_not_null(gradient);
    long double value = 0.0L, value_terms = 0.0L, total = 0.0L;
    for (size_t i = 0; i < p->data.X.rows; i++) {
        total += weight_of(p, i);
        add_row(p, i, gradient, terms, &value, &value_terms);
    }
    value /= total;
    value_terms /= total;
    double *computed = doubles(p->size);
    const double found = evaluate(p->f, p->theta, computed), alone = evaluate(p->f, p->theta, NULL);
    cr_assert(test_same_bits(1, &found, &alone), "value without gradient");
    for (size_t j = 0; j < p->size; j++) {
        const long double penalty = j % size < n ? (long double)p->options.ridge * p->theta[j] : 0.0L;
        cr_assert(near(computed[j], gradient[j] / total + penalty, terms[j] / total + fabsl(penalty)),
                  "%zux%zu, %zu classes: gradient[%zu]", p->data.X.rows, n, p->classes, j);
        value += penalty * p->theta[j] / 2;
        value_terms += fabsl(penalty * p->theta[j]) / 2;
    }
    cr_assert(near(found, value, value_terms), "%zux%zu: %.17g, %.17Lg", p->data.X.rows, n, found, value);
    free(computed);
    free(gradient);
}

static const size_t shapes[][3] = {{1, 1, 2},    {2, 1, 2},     {3, 5, 3},     {7, 3, 2},
                                   {40, 8, 5},   {61, 33, 3},   {130, 20, 10}, {1031, 2, 4},
                                   {300, 70, 7}, {17, 2100, 3}, {5, 300, 64},  {70, 65, 64}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Every second problem has an offset: with each of the other options, and without. */
static int with_offset(size_t s, int c)
{
    return (s + (size_t)c) % 2 ? c | 8 : c;
}

static void over_the_shapes(gradus_layout layout, size_t padding)
{
    for (size_t s = 0; s < SHAPES; s++) {
        for (int c = 0; c < 8; c++) {
            problem p = problem_make(shapes[s], layout, padding, with_offset(s, c));
            against_plain_loops(&p);
            problem_free(&p);
        }
    }
}

Test(softmax, row_major_against_plain_loops)
{
    over_the_shapes(GRADUS_LAYOUT_ROW_MAJOR, 0);
}

Test(softmax, row_major_padded_against_plain_loops)
{
    over_the_shapes(GRADUS_LAYOUT_ROW_MAJOR, 5);
}

Test(softmax, column_major_against_plain_loops)
{
    over_the_shapes(GRADUS_LAYOUT_COL_MAJOR, 0);
}

Test(softmax, column_major_padded_against_plain_loops)
{
    over_the_shapes(GRADUS_LAYOUT_COL_MAJOR, 5);
}

/* f at theta + i h e_j, by the definition: its imaginary part over h is the derivative, without any cancellation. Squire and Trapp,
 * SIAM Review 40 (1998) 110. */
static double complex_step(const problem *p, size_t entry)
{
    const size_t n = p->data.X.cols, size = p->size / p->classes;
    const double h = 1e-30;
    double complex value = 0.0;
    double total = 0.0;
    for (size_t i = 0; i < p->data.X.rows; i++) {
        double complex sum = 0.0, own = 0.0;
        for (size_t c = 0; c < p->classes; c++) {
            double complex z = (double)offset_of(p, i, c);
            for (size_t j = 0; j < size; j++) {
                const double x = j < n ? *test_element(p->data.x, &p->data.X, i, j) : 1.0;
                z += x * (p->theta[c * size + j] + (c * size + j == entry ? h * I : 0.0));
            }
            sum += cexp(z);
            if (c == (size_t)p->labels[i]) own = z;
        }
        value += (double)weight_of(p, i) * (clog(sum) - own);
        total += (double)weight_of(p, i);
    }
    const double penalty = entry % size < n ? p->options.ridge * p->theta[entry] : 0.0;
    return cimag(value) / h / total + penalty;
}

Test(softmax, gradient_is_the_complex_step)
{
    for (int c = 0; c < 16; c++) {
        problem p = problem_make((const size_t[]){47, 5, 4}, GRADUS_LAYOUT_ROW_MAJOR, 1, c);
        double gradient[24];
        (void)evaluate(p.f, p.theta, gradient);
        for (size_t j = 0; j < p.size; j++) {
            const double exact = complex_step(&p, j);
            cr_assert(fabs(gradient[j] - exact) <= 1e-14, "%zu: %.17g, %.17g", j, gradient[j], exact);
        }
        cr_assert_eq(gradus_check_gradient(p.f, p.theta, NULL, NULL), 0);
        problem_free(&p);
    }
}

/* theta_1 - theta_0 is logistic regression's theta, o_1 - o_0 its offset, and lambda/2 here is lambda there. */
Test(softmax, two_classes_are_logistic_regression)
{
    for (int c = 0; c < 16; c++) {
        problem p = problem_make((const size_t[]){90, 6, 2}, GRADUS_LAYOUT_COL_MAJOR, 0, c);
        const size_t size = p.size / 2;
        gradus_model_options options = p.options;
        double offset[90];
        options.ridge /= 2.0;
        for (size_t i = 0; i < 90; i++) offset[i] = p.offset[90 + i] - p.offset[i];
        if (options.offset) options.offset = offset;
        gradus_objective *logistic = NULL;
        cr_assert_eq(gradus_logistic(&p.data.X, p.labels, &options, &logistic), 0);
        double gradient[14], single[7], difference[7];
        for (size_t j = 0; j < size; j++) {
            p.theta[j] = -p.theta[size + j];
            difference[j] = p.theta[size + j] - p.theta[j];
        }
        const double a = evaluate(p.f, p.theta, gradient), b = evaluate(logistic, difference, single);
        cr_assert(fabs(a - b) <= 1e-14 * fabs(b), "%.17g, %.17g", a, b);
        for (size_t j = 0; j < size; j++)
            cr_assert(fabs(gradient[size + j] - single[j]) <= 1e-14 &&
                      fabs(gradient[j] + single[j]) <= 1e-14);
        gradus_objective_free(logistic);
        problem_free(&p);
    }
}

/* One row, X = [1], theta the margins: no overflow, and the small numbers are as good as the large ones. */
Test(softmax, is_accurate_at_every_margin)
{
    static const double at[][3] = {{0, 0, 0},       {700, -700, 3}, {-745, 0, 1},        {1e300, -1e300, 0},
                                   {40, 0.1, 0.2},  {1e-300, 0, 0}, {-1e16, 1e16, 1e16}, {36.7, 0, -36.7},
                                   {800, 801, 799}, {-50, -49, -1}};
    const double one = 1.0;
    const gradus_matrix X = gradus_row_major(1, 1, &one, 1);
    for (size_t k = 0; k < 3 * sizeof at / sizeof *at; k++) {
        const double label = (double)(k % 3), *z = at[k / 3];
        gradus_objective *f = softmax(&X, &label, 3, NULL);
        double slope[3];
        const double value = evaluate(f, z, slope);
        const long double most = fmaxl(z[0], fmaxl(z[1], z[2]));
        long double e[3], sum = 0.0L, others = 0.0L, rest = 0.0L;
        size_t top = 0;
        for (size_t c = 1; c < 3; c++) top = z[c] > z[top] ? c : top;
        for (size_t c = 0; c < 3; c++) {
            e[c] = expl(z[c] - most);
            sum += e[c];
            if (c != k % 3) others += e[c];
            if (c != top) rest += e[c];
        }
        /* exp's argument is a difference, and its rounding is the exponential's */
        const double rounding = DBL_EPSILON *
                                (8.0 + fmin((double)most - fmin(z[0], fmin(z[1], z[2])), 750.0));
        const long double loss = log1pl(rest) + (most - z[k % 3]);
        cr_assert(fabsl(value - loss) <= rounding * loss + DBL_TRUE_MIN, "%g, %Lg", value, loss);
        for (size_t c = 0; c < 3; c++) {
            const long double exact = c == k % 3 ? -others / sum : e[c] / sum;
            cr_assert(fabsl(slope[c] - exact) <= rounding * fabsl(exact) + DBL_TRUE_MIN, "%g, %Lg", slope[c],
                      exact);
        }
        gradus_objective_free(f);
    }
}

/* ---- the pass ---- */

/* Single precision is read as the same numbers in double. */
Test(softmax, floats_are_read_as_they_are)
{
    for (size_t s = 0; s < SHAPES; s++) {
        problem p = problem_make(shapes[s], s % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, 0, 4);
        const size_t m = p.data.X.rows, n = p.data.X.cols;
        float *single = (float *)malloc(m * n * sizeof *single);
        cr_assert_not_null(single);
        for (size_t i = 0; i < m * n; i++) single[i] = (float)p.data.x[i];
        for (size_t i = 0; i < m * n; i++) p.data.x[i] = (double)single[i];
        gradus_matrix X = p.data.X;
        X.element = GRADUS_ELEMENT_FLOAT;
        X.data = single;
        gradus_objective *f = softmax(&X, p.labels, p.classes, &p.options);
        double *a = doubles(2 * p.size), *b = a + p.size;
        const double v = evaluate(p.f, p.theta, a), w = evaluate(f, p.theta, b);
        cr_assert(fabs(v - w) <= 1e-14 * fabs(v), "%.17g, %.17g", v, w);
        for (size_t j = 0; j < p.size; j++) cr_assert(fabs(a[j] - b[j]) <= 1e-14, "%.17g, %.17g", a[j], b[j]);
        free(a);
        free(single);
        gradus_objective_free(f);
        problem_free(&p);
    }
}

static void evaluate_on(const problem *p, int threads, double *value, double *gradient, double *passes)
{
    size_t lent;
    cr_assert(gr_workspace_doubles(p->f, threads, &lent));
    double *memory = doubles(lent);
    gr_workspace work = gr_workspace_open(p->f, threads, memory, NULL);
    cr_assert_eq(gr_objective_evaluate(p->f, &work, p->theta, value, gradient), 0);
    *passes = gr_workspace_passes(p->f, &work);
    free(memory);
}

Test(softmax, same_bits_on_any_number_of_threads_in_one_read)
{
    for (int c = 0; c < 8; c++) {
        const gradus_layout layout = c & 1 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR;
        problem p = problem_make((const size_t[]){9001, 23, 9}, layout, 1, c);
        double *gradients = doubles(2 * p.size), *other = gradients + p.size, values[2], passes;
        evaluate_on(&p, 1, values, gradients, &passes);
        for (int threads = 1; threads <= 8; threads++) {
            evaluate_on(&p, threads, values + 1, other, &passes);
            cr_assert(test_same_bits(1, values, values + 1) && test_same_bits(p.size, gradients, other));
            cr_assert(passes == 1.0, "%g passes", passes);
        }
        free(gradients);
        problem_free(&p);
    }
}

/* Elements for which a second thread is worth it count once for every output. */
Test(softmax, threads_count_outputs)
{
    const gradus_matrix X = gradus_row_major(1200, 64, NULL, 64);
    cr_assert_eq(gr_reader_threads(&X, 4), 1);
    cr_assert_gt(gr_outputs_threads(&X, 10, 4), 1);
    cr_assert_eq(gr_outputs_threads(&X, 10, 1), 1);
}

Test(softmax, products_are_too_small_for_threads_of_openblas)
{
    static const size_t large[][3] = {
        {600, 100, 64}, {3000, 57, 40}, {300, 1200, 35}, {40, 5000, 33}, {700, 64, 200}};
    for (size_t s = 0; s < 2 * sizeof large / sizeof *large; s++) {
        problem p = problem_make(large[s / 2], s % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, 0,
                                 4);
        double *gradient = doubles(p.size);
        largest_product = products = 0;
        (void)evaluate(p.f, p.theta, gradient);
        cr_assert(products > 0 && largest_product <= 64 * 64 * 64, "%zu", largest_product);
        free(gradient);
        problem_free(&p);
    }
}

/* ---- the kernels for eight outputs, each that this processor has ---- */

enum { EIGHT_ROWS = 29, EIGHT_COLS = 41, EIGHT_GAP = 3 };

static double entry(const gr_block *block, size_t i, size_t j)
{
    return block->data[i * gr_block_down(block) + j * gr_block_across(block)];
}

static void check_eight(gr_target target, const gr_block *block, size_t cols, size_t outputs, bool intercept,
                        const double *theta, const double *residuals)
{
    const size_t p = cols + (intercept ? 1 : 0), rows = block->rows;
    static double packed[(EIGHT_COLS + 1) * GR_EIGHT], Z[EIGHT_ROWS * GR_EIGHT], R[EIGHT_ROWS * GR_EIGHT];
    static double gradient[(EIGHT_COLS + 1) * GR_EIGHT];
    for (size_t k = 0; k < p * outputs; k++) gradient[k] = 0.5;
    memset(R, 0, sizeof R);
    memcpy(R, residuals, rows * outputs * sizeof *R);
    gr_eight_pack(cols, outputs, intercept, theta, packed);
    gr_eight_multiply(target, block, cols, packed, Z, NULL);
    gr_ahead none = {.streams = 0};
    gr_eight_add_transposed(target, block, cols, outputs, R, gradient, p, &none);
    for (size_t c = 0; c < outputs; c++) {
        for (size_t i = 0; i < rows; i++) {
            double z = intercept ? theta[c * p + cols] : 0.0;
            for (size_t j = 0; j < cols; j++) z += entry(block, i, j) * theta[c * p + j];
            cr_assert_float_eq(Z[c * rows + i], z, 1e-13, "kernel %d, %zu x %zu, output %zu", (int)target,
                               rows, cols, c);
        }
        for (size_t j = 0; j < cols; j++) {
            double g = 0.5;
            for (size_t i = 0; i < rows; i++) g += entry(block, i, j) * residuals[c * rows + i];
            cr_assert_float_eq(gradient[c * p + j], g, 1e-13, "kernel %d, %zu x %zu, output %zu", (int)target,
                               rows, cols, c);
        }
        cr_assert(!intercept || gradient[c * p + cols] == 0.5, "the intercept's own entry");
    }
    for (size_t c = outputs; c < GR_EIGHT; c++) cr_assert_eq(Z[c * rows], 0.0);
}

Test(softmax, eight_outputs_at_once_are_the_products_of_plain_loops_with_every_kernel)
{
    static double x[(EIGHT_ROWS + EIGHT_GAP) * (EIGHT_COLS + EIGHT_GAP)];
    static double theta[(EIGHT_COLS + 1) * GR_EIGHT], residuals[EIGHT_ROWS * GR_EIGHT];
    test_random random = test_random_from(313);
    for (size_t k = 0; k < sizeof x / sizeof *x; k++) x[k] = test_random_uniform(&random);
    for (size_t k = 0; k < sizeof theta / sizeof *theta; k++) theta[k] = test_random_uniform(&random);
    for (size_t k = 0; k < sizeof residuals / sizeof *residuals; k++)
        residuals[k] = test_random_uniform(&random);
    for (int target = GR_TARGET_256; target <= (int)gr_target_here(); target++) {
        for (size_t trial = 0; trial < 200; trial++) {
            const size_t rows = 1 + test_random_below(&random, EIGHT_ROWS);
            const size_t cols = 1 + test_random_below(&random, EIGHT_COLS);
            const gr_block by_row = {0, rows, true, x, cols + EIGHT_GAP};
            const gr_block by_column = {0, rows, false, x, rows + EIGHT_GAP};
            const size_t outputs = 1 + test_random_below(&random, GR_EIGHT);
            check_eight((gr_target)target, &by_row, cols, outputs, trial % 2 == 0, theta, residuals);
            check_eight((gr_target)target, &by_column, cols, outputs, trial % 2 == 0, theta, residuals);
        }
    }
}

/* ---- the Hessian ---- */

/* P = the Hessian at p->theta, read on so many threads, in passes */
static void hessian_of(const problem *p, int threads, double *P, double *passes)
{
    size_t lent;
    const gradus_allocator allocator = gr_allocator(NULL);
    cr_assert(gr_workspace_doubles(p->f, threads, &lent));
    double *memory = doubles(lent);
    gr_workspace work = gr_workspace_open(p->f, threads, memory, NULL);
    cr_assert_eq(gr_model_outputs_hessian(&p->f->model, &work, &allocator, p->theta, true, P), 0);
    *passes = gr_workspace_passes(p->f, &work);
    free(memory);
}

static double symmetric_at(const double *P, size_t size, size_t i, size_t j)
{
    return i <= j ? P[i + j * size] : P[j + i * size];
}

/*
 * Along every coordinate less its mean over the classes the columns of P are differences of gradients; what is there along the mean
 * itself is ours to choose, and above 0.
 */
static void hessian_is_the_gradients_derivative(problem *p)
{
    const double h = 1e-5;
    const size_t size = p->size / p->classes, k = p->classes;
    double *P = doubles(p->size * p->size), *up = doubles(4 * p->size), *down = up + p->size,
           *v = down + p->size, *theta = v + p->size, passes;
    hessian_of(p, 2, P, &passes);
    cr_assert(passes == 1.0, "%g passes", passes);
    memcpy(theta, p->theta, p->size * sizeof *theta);
    for (size_t at = 0; at < p->size; at++) {
        for (size_t j = 0; j < p->size; j++)
            v[j] = (j == at ? 1.0 : 0.0) - (j % size == at % size ? 1.0 / (double)k : 0.0);
        for (size_t j = 0; j < p->size; j++) p->theta[j] = theta[j] + h * v[j];
        (void)evaluate(p->f, p->theta, up);
        for (size_t j = 0; j < p->size; j++) p->theta[j] = theta[j] - h * v[j];
        (void)evaluate(p->f, p->theta, down);
        double along_mean = 0.0;
        for (size_t i = 0; i < p->size; i++) {
            double product = 0.0;
            for (size_t j = 0; j < p->size; j++) product += symmetric_at(P, p->size, i, j) * v[j];
            const double difference = (up[i] - down[i]) / (2.0 * h);
            cr_assert(fabs(product - difference) <= 1e-8, "%zu, %zu: %.12g, %.12g", i, at, product,
                      difference);
            if (i % size == at % size) along_mean += symmetric_at(P, p->size, i, at);
        }
        cr_assert_gt(along_mean, 0.0);
    }
    memcpy(p->theta, theta, p->size * sizeof *theta);
    free(P);
    free(up);
}

Test(softmax, hessian_is_the_derivative_of_the_gradient)
{
    static const size_t small[][3] = {{7, 3, 2}, {40, 8, 5}, {61, 33, 3}, {130, 66, 2}, {300, 2, 4}};
    for (size_t s = 0; s < sizeof small / sizeof *small; s++) {
        for (int c = 0; c < 16; c++) {
            problem p = problem_make(small[s], c & 1 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                                     s % 3, c);
            hessian_is_the_gradients_derivative(&p);
            problem_free(&p);
        }
    }
}

Test(softmax, hessian_has_the_same_bits_on_any_number_of_threads)
{
    problem p = problem_make((const size_t[]){1500, 23, 9}, GRADUS_LAYOUT_ROW_MAJOR, 1, 5);
    double *P = doubles(2 * p.size * p.size), *other = P + p.size * p.size, passes;
    largest_product = 0;
    hessian_of(&p, 1, P, &passes);
    for (int threads = 2; threads <= 8; threads++) {
        hessian_of(&p, threads, other, &passes);
        cr_assert(test_same_bits(p.size * p.size, P, other));
    }
    cr_assert(largest_product <= 64 * 64 * 64, "%zu", largest_product);
    free(P);
    problem_free(&p);
}

/* ---- rows and weights ---- */

/* An offset that is not finite is named by row and output. */
Test(softmax, bad_offsets_are_refused)
{
    problem p = problem_make((const size_t[]){20, 2, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 8);
    gradus_error error = {.row = 0};
    gradus_objective *f = NULL;
    p.options.error = &error;
    p.offset[2 * 20 + 7] = (double)NAN;
    cr_assert_eq(gradus_softmax(&p.data.X, p.labels, 3, &p.options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && error.row == 7 && error.column == 2 && strstr(error.sentence, "offset"), "%s",
              error.sentence);
    double Y[60] = {0.0};
    p.offset[2 * 20 + 7] = (double)INFINITY;
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, 3, &p.options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && error.row == 7 && error.column == 2);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, 2, &p.options, &f), 0);
    gradus_objective_free(f);
    problem_free(&p);
}

/*
 * What offsets add to every margin, a further column of X adds, whose coefficients are held at 1: the solves' answers agree with those
 * of the same model whose theta is moved along X by hand, o = X A.
 */
Test(softmax, an_offset_in_the_span_of_x_moves_theta)
{
    enum { M = 120, N = 3, K = 3 };
    problem p = problem_make((const size_t[]){M, N, K}, GRADUS_LAYOUT_ROW_MAJOR, 0, 12);
    double shift[(N + 1) * K], plain[(N + 1) * K] = {0.0}, moved[(N + 1) * K] = {0.0};
    for (size_t j = 0; j < p.size; j++) shift[j] = p.theta[j];
    for (size_t c = 0; c < K; c++) {
        for (size_t i = 0; i < M; i++) {
            double o = shift[c * (N + 1) + N];
            for (size_t j = 0; j < N; j++)
                o += *test_element(p.data.x, &p.data.X, i, j) * shift[c * (N + 1) + j];
            p.offset[c * M + i] = o;
        }
    }
    gradus_model_options none = p.options;
    none.offset = NULL;
    gradus_objective *f = softmax(&p.data.X, p.labels, K, &none);
    cr_assert_eq(gradus_descend(f, plain, NULL, NULL), 0);
    cr_assert_eq(gradus_descend(p.f, moved, NULL, NULL), 0);
    for (size_t c = 1; c < K; c++) {
        for (size_t j = 0; j <= N; j++) {
            const size_t at = c * (N + 1) + j;
            const double contrast = moved[at] - moved[j] + shift[at] - shift[j];
            cr_assert(fabs(contrast - (plain[at] - plain[j])) <= 1e-9, "%.17g, %.17g", contrast,
                      plain[at] - plain[j]);
        }
    }
    gradus_objective_free(f);
    problem_free(&p);
}

/* Weight 2 is the row twice, weight 0 the row left out; the answer of a solve too. */
Test(softmax, weights_count_rows)
{
    enum { M = 60, N = 3, K = 3 };
    problem p = problem_make((const size_t[]){M, N, K}, GRADUS_LAYOUT_ROW_MAJOR, 0, 14);
    double weights[M], x[2 * M * N], labels[2 * M], offset[2 * M * K];
    size_t rows = 0, all = 0;
    for (size_t i = 0; i < M; i++) all += i % 3;
    for (size_t i = 0; i < M; i++) {
        weights[i] = (double)(i % 3);
        for (size_t copy = 0; copy < i % 3; copy++, rows++) {
            labels[rows] = p.labels[i];
            for (size_t c = 0; c < K; c++) offset[c * all + rows] = p.offset[c * M + i];
            for (size_t j = 0; j < N; j++) x[rows * N + j] = *test_element(p.data.x, &p.data.X, i, j);
        }
    }
    const gradus_matrix X = gradus_row_major(rows, N, x, N);
    p.options.offset = offset;
    gradus_objective *repeated = softmax(&X, labels, K, &p.options);
    p.options.offset = p.offset;
    p.options.weights = weights;
    gradus_objective *weighted = softmax(&p.data.X, p.labels, K, &p.options);
    double a[(N + 1) * K] = {0.0}, b[(N + 1) * K] = {0.0};
    cr_assert_eq(gradus_descend(repeated, a, NULL, NULL), 0);
    cr_assert_eq(gradus_descend(weighted, b, NULL, NULL), 0);
    for (size_t j = 0; j < (N + 1) * K; j++)
        cr_assert(fabs(a[j] - b[j]) <= 1e-10, "%.17g, %.17g", a[j], b[j]);
    gradus_objective_free(repeated);
    gradus_objective_free(weighted);
    problem_free(&p);
}

/* ---- solves ---- */

enum { ROWS = 178, COLUMNS = 14, MOST = 42 };

/* A carried set with three classes: its columns and last the class. */
typedef struct carried {
    double x[ROWS * COLUMNS], labels[ROWS];
    size_t rows, width;
} carried;

static carried read_carried(const char *name)
{
    carried set = {.width = 1};
    char path[256], line[1024];
    (void)snprintf(path, sizeof path, TEST_DATA "/classification/%s.csv", name);
    FILE *file = fopen(path, "r");
    cr_assert(file && fgets(line, sizeof line, file), "%s", path);
    for (const char *at = line; *at; at++) set.width += *at == ',';
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        for (size_t j = 0; j < set.width; j++, at++) set.x[set.rows * set.width + j] = strtod(at, &at);
        set.labels[set.rows] = set.x[set.rows * set.width + set.width - 1];
        set.rows++;
    }
    (void)fclose(file);
    return set;
}

/* The estimates of NAME.softmax.csv in theta's order, and behind them the log-likelihood; returns how many */
static size_t read_answer(const char *name, double *answer)
{
    char path[256], line[1024];
    size_t count = 0;
    (void)snprintf(path, sizeof path, TEST_DATA "/classification/%s.softmax.csv", name);
    FILE *file = fopen(path, "r");
    cr_assert(file && fgets(line, sizeof line, file), "%s", path);
    while (fgets(line, sizeof line, file) && count <= MOST)
        answer[count++] = strtod(strrchr(line, ',') + 1, NULL);
    (void)fclose(file);
    return count;
}

/* The log-likelihood: -W f without the penalty */
static double log_likelihood(const carried *set, const gradus_matrix *X, const double *theta)
{
    gradus_model_options plain = gradus_model_options_default();
    plain.intercept = 1;
    gradus_objective *f = softmax(X, set->labels, 3, &plain);
    const double value = evaluate(f, theta, NULL);
    gradus_objective_free(f);
    return -(double)set->rows * value;
}

static void reaches_the_answer(const char *name, size_t cols, double ridge)
{
    const carried set = read_carried(name);
    const gradus_matrix X = gradus_row_major(set.rows, cols, set.x, set.width);
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    options.ridge = ridge;
    gradus_objective *f = softmax(&X, set.labels, 3, &options);
    double answer[MOST + 1], theta[MOST] = {0.0};
    const size_t size = gradus_objective_size(f);
    cr_assert_eq(read_answer(name, answer), size + 1);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert(gradus_stop_converged(report.stop), "%s: %s", name, gradus_stop_sentence(report.stop));
    cr_assert(report.metric != GRADUS_METRIC_IDENTITY && report.method == GRADUS_METHOD_LBFGS);
    const double digits = test_worst_digits(size, theta, answer);
    cr_assert_geq(digits, 10.0, "%s: %.1f digits after %zu steps", name, digits, report.iterations);
    const double likely = test_digits(log_likelihood(&set, &X, theta), answer[size]);
    cr_assert_geq(likely, 12.0, "%s: %.1f digits of the log-likelihood", name, likely);
    gradus_objective_free(f);
}

Test(softmax, iris_to_ten_digits)
{
    reaches_the_answer("iris_3class", 4, 0.01);
}

Test(softmax, wine_without_a_ridge_to_ten_digits)
{
    reaches_the_answer("wine_3class", 2, 0.0);
}

static gradus_stop_reason stop_of(const gradus_objective *f, size_t size, const gradus_options *options)
{
    double *theta = doubles(size);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, options, &report), 0);
    free(theta);
    return report.stop;
}

/* Planes split the three wines without error; one plane cuts Iris setosa off, while the others overlap. With a ridge both have an
 * optimum. */
Test(softmax, separable_classes_are_not_converged)
{
    static const char *const names[] = {"wine_3class", "iris_3class"};
    for (size_t k = 0; k < 2; k++) {
        const carried set = read_carried(names[k]);
        const gradus_matrix X = gradus_row_major(set.rows, set.width - 1, set.x, set.width);
        gradus_model_options options = gradus_model_options_default();
        options.intercept = 1;
        gradus_objective *f = softmax(&X, set.labels, 3, &options);
        cr_assert_eq(stop_of(f, gradus_objective_size(f), NULL), GRADUS_STOP_SEPARABLE, "%s", names[k]);
        gradus_objective_free(f);
        options.ridge = 1e-3;
        f = softmax(&X, set.labels, 3, &options);
        cr_assert(gradus_stop_converged(stop_of(f, gradus_objective_size(f), NULL)), "%s", names[k]);
        gradus_objective_free(f);
    }
}

/* A class that no row belongs to has no finite intercept. */
Test(softmax, a_class_without_rows_is_separable)
{
    problem p = problem_make((const size_t[]){200, 3, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 4);
    gradus_objective *f = softmax(&p.data.X, p.labels, 4, &p.options);
    cr_assert_eq(stop_of(p.f, 12, NULL), GRADUS_STOP_GRADIENT);
    cr_assert_eq(stop_of(f, 16, NULL), GRADUS_STOP_SEPARABLE);
    gradus_objective_free(f);
    problem_free(&p);
}

/* Without a ridge the mean over the classes stays where it starts: from 0 the answer is the shortest. With one it goes to 0. */
Test(softmax, the_mean_over_the_classes)
{
    enum { N = 4, K = 3 };
    for (int c = 0; c < 8; c++) {
        problem p = problem_make((const size_t[]){150, N, K}, GRADUS_LAYOUT_COL_MAJOR, 0, c & 6);
        const size_t size = p.size / K;
        double theta[(N + 1) * K] = {0.0}, mean[N + 1] = {0.0};
        if (c & 1) memcpy(theta, p.theta, p.size * sizeof *theta);
        for (size_t j = 0; j < p.size; j++) mean[j % size] += theta[j];
        for (size_t j = 0; p.options.ridge > 0.0 && j < N; j++) mean[j] = 0.0;
        cr_assert_eq(gradus_descend(p.f, theta, NULL, NULL), 0);
        for (size_t j = 0; j < p.size; j++) mean[j % size] -= theta[j];
        for (size_t j = 0; j < size; j++) cr_assert(fabs(mean[j]) <= 1e-9, "%d: %g", c, mean[j]);
        problem_free(&p);
    }
}

/* A column of zeros, and one twice: the Gram matrix breaks down, and the answer is found nevertheless. */
Test(softmax, dependent_columns)
{
    enum { M = 200, N = 5, K = 3 };
    problem p = problem_make((const size_t[]){M, N, K}, GRADUS_LAYOUT_ROW_MAJOR, 0, 4);
    for (size_t i = 0; i < M; i++) {
        p.data.x[i * N + 2] = 0.0;
        p.data.x[i * N + 4] = p.data.x[i * N + 1];
    }
    gradus_report report;
    double theta[(N + 1) * K] = {0.0};
    cr_assert_eq(gradus_descend(p.f, theta, NULL, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT, "%s", gradus_stop_sentence(report.stop));
    cr_assert(strstr(report.metric_reason, "breaks down"), "%s", report.metric_reason);
    for (size_t c = 0; c < K; c++) cr_assert(theta[c * (N + 1) + 2] == 0.0);
    problem_free(&p);
}

/* More columns than rows: no factorisation, and still an answer. */
Test(softmax, more_columns_than_rows)
{
    problem p = problem_make((const size_t[]){30, 50, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 2);
    gradus_report report;
    cr_assert_eq(gradus_descend(p.f, p.theta, NULL, &report), 0);
    cr_assert(report.metric == GRADUS_METRIC_IDENTITY && gradus_stop_converged(report.stop));
    problem_free(&p);
}

/* Columns of sizes 10^-3 to 10^3 */
static void spread_columns(problem *p)
{
    for (size_t i = 0; i < p->data.X.rows; i++) {
        for (size_t j = 0; j < p->data.X.cols; j++)
            *test_element(p->data.x, &p->data.X, i, j) *= pow(10.0, (double)(j % 7) - 3.0);
    }
}

/* By every metric there is, descending f or climbing -f, the largest gradient that is left in units of what there was at the start */
static void by_every_metric(const gradus_objective *f, const double *start, const double *exact, bool scaled)
{
    static const gradus_metric metrics[] = {
        GRADUS_METRIC_AUTOMATIC, GRADUS_METRIC_STANDARDIZED, GRADUS_METRIC_GRAM, GRADUS_METRIC_SKETCH,
        GRADUS_METRIC_DIAGONAL,  GRADUS_METRIC_SAMPLED_GRAM, GRADUS_METRIC_QR,   GRADUS_METRIC_HESSIAN};
    const size_t size = gradus_objective_size(f);
    gradus_objective *negative = NULL;
    cr_assert_eq(gradus_negate(f, &negative), 0);
    for (size_t k = 0; k < 2 * sizeof metrics / sizeof *metrics; k++) {
        gradus_options options = gradus_options_default();
        gradus_report report;
        double theta[64];
        options.metric = metrics[k / 2];
        options.stop.gradient_tolerance = 1e-14;
        memcpy(theta, start, size * sizeof *theta);
        const gradus_status status = k % 2 ? gradus_ascend(negative, theta, &options, &report)
                                           : gradus_descend(f, theta, &options, &report);
        if (status == GRADUS_ERROR_UNSUPPORTED && options.metric == GRADUS_METRIC_HESSIAN) continue;
        cr_assert_eq(status, 0, "%s", gradus_strerror(status));
        cr_assert(gradus_stop_converged(report.stop), "%d: %s", (int)options.metric,
                  gradus_stop_sentence(report.stop));
        for (size_t j = 0; j < size; j++)
            cr_assert(fabs(theta[j] - exact[j]) <= (scaled ? 1e-6 : 1e-8) * fabs(exact[j]) + 1e-12,
                      "metric %d, entry %zu: %.17g, %.17g", (int)options.metric, j, theta[j], exact[j]);
    }
    gradus_objective_free(negative);
}

/* Standardisation and every other change of variables is undone: the answer is one, in the caller's columns. */
Test(softmax, every_metric_finds_the_same_answer)
{
    enum { ROWS_OF_EACH = 700, N = 5, K = 3 };
    for (int c = 0; c < 16; c++) {
        problem p = problem_make((const size_t[]){ROWS_OF_EACH, N, K},
                                 c & 1 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR, 0, c % 8);
        double exact[(N + 1) * K] = {0.0};
        if (c & 8) spread_columns(&p);
        gradus_options options = gradus_options_default();
        options.stop.gradient_tolerance = 1e-15;
        cr_assert_eq(gradus_descend(p.f, exact, &options, NULL), 0);
        const double zeros[(N + 1) * K] = {0.0};
        by_every_metric(p.f, zeros, exact, (c & 8) != 0);
        if (c == 2) by_every_metric(p.f, p.theta, exact, false); /* with a ridge the start does not matter */
        problem_free(&p);
    }
}

/* All but separable: the Hessian at the iterate takes over from its bound, and the run arrives where the bound would need thousands. */
Test(softmax, the_hessian_takes_over)
{
    const carried set = read_carried("wine_3class");
    double x[ROWS * COLUMNS];
    for (size_t i = 0; i < set.rows * set.width; i++) x[i] = set.x[i] / (i % set.width == 12 ? 100.0 : 1.0);
    const gradus_matrix X = gradus_row_major(set.rows, set.width - 1, x, set.width);
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    options.ridge = 1e-4;
    gradus_objective *f = softmax(&X, set.labels, 3, &options);
    double theta[MOST] = {0.0}, again[MOST] = {0.0}, gradient[MOST];
    gradus_options how = gradus_options_default();
    gradus_report report, slow;
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT, "%s", gradus_stop_sentence(report.stop));
    cr_assert(report.metric == GRADUS_METRIC_HESSIAN && strstr(report.metric_reason, "takes over"), "%s",
              report.metric_reason);
    how.metric = GRADUS_METRIC_GRAM;
    cr_assert_eq(gradus_descend(f, again, &how, &slow), 0);
    cr_assert(slow.metric == GRADUS_METRIC_GRAM && slow.passes > 2.0 * report.passes, "%g, %g", slow.passes,
              report.passes);
    (void)evaluate(f, theta, gradient);
    for (size_t j = 0; j < gradus_objective_size(f); j++)
        cr_assert(fabs(gradient[j]) <= 1e-11, "%zu: %g", j, gradient[j]);
    gradus_objective_free(f);
}

/* ---- refusals ---- */

static void refused(const gradus_matrix *X, const double *labels, size_t classes, gradus_status expected)
{
    gradus_error error = {.row = 0};
    gradus_model_options options = gradus_model_options_default();
    options.error = &error;
    gradus_objective *f = NULL;
    const gradus_status status = gradus_softmax(X, labels, classes, &options, &f);
    cr_assert(status == expected && !f, "%d: %s", status, error.sentence);
    cr_assert(strlen(error.sentence) > 10);
}

Test(softmax, what_is_no_class_is_refused)
{
    static const double wrong[] = {-1.0, 3.0, 0.5, (double)NAN, (double)INFINITY, -(double)INFINITY, 1e300};
    problem p = problem_make((const size_t[]){20, 2, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 0);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        const double before = p.labels[7];
        p.labels[7] = wrong[k];
        refused(&p.data.X, p.labels, 3, GRADUS_ERROR_LABEL);
        p.labels[7] = before;
    }
    refused(&p.data.X, p.labels, 1, GRADUS_ERROR_OPTION);
    refused(&p.data.X, p.labels, (size_t)-1, GRADUS_ERROR_TOO_LARGE);
    refused(&p.data.X, NULL, 3, GRADUS_ERROR_NULL);
    refused(NULL, p.labels, 3, GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_softmax(&p.data.X, p.labels, 3, NULL, NULL), GRADUS_ERROR_NULL);
    problem_free(&p);
}

/* 0 classes: as many as the largest label says, and two at least. */
Test(softmax, classes_are_counted)
{
    problem p = problem_make((const size_t[]){30, 2, 5}, GRADUS_LAYOUT_ROW_MAJOR, 0, 4);
    gradus_objective *f = softmax(&p.data.X, p.labels, 0, &p.options), *two = NULL;
    double *a = doubles(2 * p.size), *b = a + p.size;
    cr_assert_eq(gradus_objective_outputs(f), 5);
    cr_assert_eq(gradus_objective_size(f), 15);
    const double counted = evaluate(f, p.theta, a), given = evaluate(p.f, p.theta, b);
    cr_assert(counted == given && test_same_bits(p.size, a, b));
    for (size_t i = 0; i < 30; i++) p.labels[i] = 0.0;
    two = softmax(&p.data.X, p.labels, 0, NULL);
    cr_assert_eq(gradus_objective_outputs(two), 2);
    p.labels[3] = 1.5;
    refused(&p.data.X, p.labels, 0, GRADUS_ERROR_LABEL);
    gradus_objective_free(f);
    gradus_objective_free(two);
    free(a);
    problem_free(&p);
}

/* What every objective says of its outputs. */
Test(softmax, outputs_are_told)
{
    problem p = problem_make((const size_t[]){30, 2, 5}, GRADUS_LAYOUT_ROW_MAJOR, 0, 4);
    gradus_objective *single = NULL, *function = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, NULL, &single), 0);
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &function), 0);
    cr_assert_eq(gradus_objective_outputs(p.f), 5);
    cr_assert_eq(gradus_objective_outputs(single), 1);
    cr_assert_eq(gradus_objective_outputs(function), 1);
    cr_assert_eq(gradus_objective_outputs(NULL), 0);
    gradus_objective_free(single);
    gradus_objective_free(function);
    problem_free(&p);
}

/* What X's doubles leave out is known to least squares with one output. */
Test(softmax, options_of_a_single_output_are_refused)
{
    problem p = problem_make((const size_t[]){20, 2, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 0);
    gradus_error error = {.row = 0};
    gradus_model_options options = gradus_model_options_default();
    gradus_objective *f = NULL;
    options.error = &error;
    options.low = &p.data.X;
    cr_assert_eq(gradus_softmax(&p.data.X, p.labels, 3, &options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && strstr(error.sentence, "low"), "%s", error.sentence);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, p.labels, 1, &options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && strstr(error.sentence, "low"), "%s", error.sentence);
    problem_free(&p);
}

Test(softmax, what_needs_a_single_output_is_refused)
{
    problem p = problem_make((const size_t[]){50, 2, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 4);
    for (int k = 0; k <= (int)GRADUS_METRIC_SAMPLED_HESSIAN + 3; k++) {
        gradus_error error = {.row = 0};
        gradus_options options = gradus_options_default();
        options.error = &error;
        if (k <= (int)GRADUS_METRIC_SAMPLED_HESSIAN) options.metric = (gradus_metric)k;
        if (k == (int)GRADUS_METRIC_SAMPLED_HESSIAN + 1) options.compress = 1;
        if (k == (int)GRADUS_METRIC_SAMPLED_HESSIAN + 2) options.refine = 1;
        if (k == (int)GRADUS_METRIC_SAMPLED_HESSIAN + 3) {
            options.batch.rows = 8;
            options.step = gradus_step_fixed(0.1);
        }
        const bool fine = k < (int)GRADUS_METRIC_SAMPLED_HESSIAN;
        double theta[9] = {0.0};
        const gradus_status status = gradus_descend(p.f, theta, &options, NULL);
        cr_assert_eq(status, fine ? GRADUS_OK : GRADUS_ERROR_UNSUPPORTED, "%d: %d", k, status);
        if (!fine) cr_assert(strstr(error.sentence, "output"), "%s", error.sentence);
    }
    problem_free(&p);
}

/* X that holds NaN is named; a start that is too far away too. */
Test(softmax, bad_data_are_named)
{
    problem p = problem_make((const size_t[]){80, 4, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 0);
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    p.data.x[17 * 4 + 2] = (double)NAN;
    cr_assert_eq(gradus_descend(p.f, p.theta, &options, NULL), GRADUS_ERROR_DATA_NOT_FINITE);
    cr_assert(error.row == 17 && error.column == 2);
    problem_free(&p);
}

/* ---- least squares with several responses ---- */

/* k responses of data's rows, response after response */
static double *responses_of(const test_data *data, size_t k)
{
    const size_t m = data->X.rows;
    double *Y = doubles(m * k);
    test_random random = test_random_from(m + k);
    for (size_t i = 0; i < m * k; i++) Y[i] = data->y[i % m] + test_random_uniform(&random);
    return Y;
}

/* Those of the problem with response r alone */
static gradus_model_options options_of_response(const problem *p, size_t r)
{
    gradus_model_options options = p->options;
    if (options.offset) options.offset = p->offset + r * p->data.X.rows;
    return options;
}

/* Value, gradient and curvature are the sums and the columns of k problems with one response, whose oracle is a plain loop. */
static void sum_of_single_problems(const size_t shape[3], gradus_layout layout, size_t padding, int c)
{
    problem p = problem_make(shape, layout, padding, c);
    const size_t m = shape[0], k = shape[2], size = p.size / k;
    double *Y = responses_of(&p.data, k), *gradient = doubles(p.size);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, k, &p.options, &f), 0);
    cr_assert_eq(gradus_objective_size(f), p.size);
    const double found = evaluate(f, p.theta, gradient);
    long double value = 0.0L, terms = 0.0L;
    for (size_t r = 0; r < k; r++) {
        const gradus_model_options single = options_of_response(&p, r);
        test_oracle oracle = test_oracle_make(TEST_SQUARES, &p.data.X, Y + r * m, &single,
                                              p.theta + r * size);
        const double error = test_oracle_error(&oracle, (double)oracle.value, gradient + r * size);
        cr_assert(error <= roundings, "%zux%zu, %zu responses: off by %g roundings", m, shape[1], k, error);
        value += oracle.value;
        terms += oracle.value_terms;
        test_oracle_free(&oracle);
    }
    cr_assert(near(found, value, terms), "%.17g, %.17Lg", found, value);
    gradus_objective_free(f);
    free(gradient);
    free(Y);
    problem_free(&p);
}

Test(least_squares_multiple, is_the_sum_of_single_problems)
{
    for (size_t s = 0; s < SHAPES; s++) {
        for (int c = 0; c < 8; c++) {
            sum_of_single_problems(shapes[s], GRADUS_LAYOUT_ROW_MAJOR, s % 3, with_offset(s, c));
            sum_of_single_problems(shapes[s], GRADUS_LAYOUT_COL_MAJOR, s % 3, with_offset(s + 1, c));
        }
    }
}

/* The answers of one solve are those of k closed forms, in a handful of passes. */
Test(least_squares_multiple, answers_are_those_of_the_closed_form)
{
    enum { M = 500, N = 12, K = 5 };
    for (int c = 0; c < 16; c++) {
        problem p = problem_make((const size_t[]){M, N, K}, GRADUS_LAYOUT_ROW_MAJOR, 0, c);
        const size_t size = p.size / K;
        double *Y = responses_of(&p.data, K), theta[(N + 1) * K] = {0.0}, exact[N + 1];
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, K, &p.options, &f), 0);
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && report.metric == GRADUS_METRIC_GRAM);
        cr_assert_leq(report.passes, 6.0, "%g passes", report.passes);
        for (size_t r = 0; r < K; r++) {
            const gradus_model_options single = options_of_response(&p, r);
            cr_assert_eq(gradus_reference_least_squares(&p.data.X, Y + r * M, &single, GRADUS_REFERENCE_QR,
                                                        exact, NULL),
                         0);
            const double digits = test_worst_digits(size, theta + r * size, exact);
            cr_assert_geq(digits, 11.0, "%d: response %zu: %.1f digits", c, r, digits);
        }
        gradus_objective_free(f);
        free(Y);
        problem_free(&p);
    }
}

Test(least_squares_multiple, every_metric_finds_the_same_answer)
{
    enum { ROWS_OF_EACH = 700, N = 5, K = 3 };
    for (int c = 0; c < 16; c++) {
        problem p = problem_make((const size_t[]){ROWS_OF_EACH, N, K},
                                 c & 1 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR, 0, c % 8);
        if (c & 8) spread_columns(&p);
        double *Y = responses_of(&p.data, K), exact[(N + 1) * K] = {0.0};
        const double zeros[(N + 1) * K] = {0.0};
        const size_t size = p.size / K;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, K, &p.options, &f), 0);
        for (size_t r = 0; r < K; r++)
            cr_assert_eq(gradus_reference_least_squares(&p.data.X, Y + r * ROWS_OF_EACH, &p.options,
                                                        GRADUS_REFERENCE_QR, exact + r * size, NULL),
                         0);
        by_every_metric(f, zeros, exact, (c & 8) != 0);
        gradus_objective_free(f);
        free(Y);
        problem_free(&p);
    }
}

/* Weight 2 is the row twice, weight 0 the row left out, for every response. */
Test(least_squares_multiple, weights_count_rows)
{
    enum { ROWS_OF_EACH = 90, N = 4, K = 3 };
    problem p = problem_make((const size_t[]){ROWS_OF_EACH, N, K}, GRADUS_LAYOUT_COL_MAJOR, 0, 14);
    double weights[ROWS_OF_EACH], x[2 * ROWS_OF_EACH * N], repeated[2 * ROWS_OF_EACH * K],
        offset[2 * ROWS_OF_EACH * K];
    double *Y = responses_of(&p.data, K), a[(N + 1) * K] = {0.0}, b[(N + 1) * K] = {0.0};
    size_t rows = 0, at = 0;
    for (size_t i = 0; i < ROWS_OF_EACH; i++) rows += (size_t)(weights[i] = (double)(i % 3));
    for (size_t i = 0; i < ROWS_OF_EACH; i++) {
        for (size_t copy = 0; copy < i % 3; copy++, at++) {
            for (size_t r = 0; r < K; r++) repeated[r * rows + at] = Y[r * ROWS_OF_EACH + i];
            for (size_t r = 0; r < K; r++) offset[r * rows + at] = p.offset[r * ROWS_OF_EACH + i];
            for (size_t j = 0; j < N; j++) x[at * N + j] = *test_element(p.data.x, &p.data.X, i, j);
        }
        if (i % 3 == 0) Y[i] = 1e9; /* a row without weight may say what it likes */
    }
    const gradus_matrix X = gradus_row_major(rows, N, x, N);
    gradus_objective *plain = NULL, *weighted = NULL;
    p.options.offset = offset;
    cr_assert_eq(gradus_least_squares_multiple(&X, repeated, K, &p.options, &plain), 0);
    p.options.offset = p.offset;
    p.options.weights = weights;
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, K, &p.options, &weighted), 0);
    const double one = evaluate(plain, p.theta, a), other = evaluate(weighted, p.theta, b);
    cr_assert(fabs(one - other) <= 1e-13 * one, "%.17g, %.17g", one, other);
    for (size_t j = 0; j < p.size; j++) cr_assert(fabs(a[j] - b[j]) <= 1e-13, "%.17g, %.17g", a[j], b[j]);
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    cr_assert_eq(gradus_descend(plain, a, NULL, NULL), 0);
    cr_assert_eq(gradus_descend(weighted, b, NULL, NULL), 0);
    cr_assert_geq(test_worst_digits(p.size, a, b), 12.0);
    gradus_objective_free(plain);
    gradus_objective_free(weighted);
    free(Y);
    problem_free(&p);
}

/* Exact steps read v'Hv; dependent columns leave the minimum as it is. */
Test(least_squares_multiple, exact_steps_and_dependent_columns)
{
    enum { M = 120, N = 4, K = 3 };
    problem p = problem_make((const size_t[]){M, N, K}, GRADUS_LAYOUT_COL_MAJOR, 0, 5);
    double *Y = responses_of(&p.data, K), theta[(N + 1) * K] = {0.0}, other[(N + 1) * K] = {0.0};
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, K, &p.options, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_CONJUGATE_GRADIENT;
    options.step = gradus_step_exact();
    cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0);
    cr_assert_eq(gradus_descend(f, other, &options, NULL), 0);
    for (size_t j = 0; j < p.size; j++)
        cr_assert(fabs(theta[j] - other[j]) <= 1e-10, "%g", theta[j] - other[j]);
    const double least = evaluate(f, theta, NULL);
    memcpy(p.data.x + 3 * M, p.data.x + M, M * sizeof(double));
    memset(theta, 0, sizeof theta);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert(gradus_stop_converged(report.stop) && report.value >= least, "%s",
              gradus_stop_sentence(report.stop));
    cr_assert(strstr(report.metric_reason, "breaks down"), "%s", report.metric_reason);
    gradus_objective_free(f);
    free(Y);
    problem_free(&p);
}

Test(least_squares_multiple, bad_responses_are_refused)
{
    problem p = problem_make((const size_t[]){20, 2, 3}, GRADUS_LAYOUT_ROW_MAJOR, 0, 0);
    double *Y = responses_of(&p.data, 3);
    gradus_objective *f = NULL;
    gradus_error error;
    p.options.error = &error;
    Y[2 * 20 + 7] = (double)NAN;
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, 3, &p.options, &f),
                 GRADUS_ERROR_RESPONSE_NOT_FINITE);
    cr_assert(error.row == 7 && error.column == 2 && !f);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, 0, &p.options, &f), GRADUS_ERROR_OPTION);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, (size_t)-1, &p.options, &f),
                 GRADUS_ERROR_SIZE_OVERFLOW);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, NULL, 3, &p.options, &f), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_least_squares_multiple(&p.data.X, Y, 3, &p.options, NULL), GRADUS_ERROR_NULL);
    free(Y);
    problem_free(&p);
}
