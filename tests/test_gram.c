/* SPDX-License-Identifier: BSD-3-Clause */
/* The Gram pass with an evaluation at the start, with curvatures, and from a sample of the rows. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/loss.h"
#include "pass/pass.h"
#include "shapes.h"
#include "support.h"

/* A request, what it is about, and its answers in one allocation. */
typedef struct gram_test {
    test_data data;
    gr_response response;
    gr_evaluation start;
    gr_gram request;
    gr_sums sums;
    size_t p;
    double *gram, *gradient, *curvatures;
} gram_test;

static void begin(gram_test *t, size_t m, size_t n, gradus_layout layout, bool weighted, bool intercept)
{
    memset(t, 0, sizeof *t);
    t->data = test_data_make(m * 1000 + n, m, n, layout, 2);
    t->response = (gr_response){
        .loss = &gr_loss_logistic, .y = t->data.labels, .weights = weighted ? t->data.weights : NULL};
    t->p = n + (intercept ? 1 : 0);
    t->gram = doubles(t->p * t->p + n + m);
    t->gradient = t->gram + t->p * t->p;
    t->curvatures = t->gradient + n;
    t->request = (gr_gram){.weights = t->response.weights, .intercept = intercept};
    t->start = (gr_evaluation){t->data.theta,
                               intercept ? 0.5 : 0.0,
                               gr_loss_logistic.pointwise,
                               &t->response,
                               &t->sums,
                               1.0,
                               t->gradient,
                               NULL,
                               intercept};
}

static void end(gram_test *t)
{
    free(t->gram);
    test_data_free(&t->data);
}

/* Runs the request; what share of X was read? */
static double run(gram_test *t, int threads)
{
    gr_reader reader = open_threaded(&t->data.X, threads, NULL);
    size_t count;
    cr_assert(gr_gram_doubles(&reader, &t->request, &count));
    double *memory = doubles(count);
    for (size_t k = 0; k < count; k++) memory[k] = (double)NAN;
    gr_pass_gram(&reader, &t->request, t->gram, memory);
    const double passes = gr_reader_passes(&reader);
    free(memory);
    free(reader.memory);
    return passes;
}

static long double element(gram_test *t, size_t i, size_t j)
{
    return j < t->data.X.cols ? *test_element(t->data.x, &t->data.X, i, j) : 1.0;
}

/* The upper triangle against plain loops with d_i as the weights of the rows. */
static void check_gram(gram_test *t, const double *d)
{
    for (size_t j = 0; j < t->p; j++) {
        for (size_t i = 0; i <= j; i++) {
            long double sum = 0, terms = 0;
            for (size_t r = 0; r < t->data.X.rows; r++) {
                const long double term = (d ? d[r] : 1.0) * element(t, r, i) * element(t, r, j);
                sum += term;
                terms += fabsl(term);
            }
            cr_assert(fabsl(t->gram[i + j * t->p] - sum) <= 40 * DBL_EPSILON * terms,
                      "gram[%zu][%zu] of %zux%zu", i, j, t->data.X.rows, t->data.X.cols);
        }
    }
}

/* What the start evaluation found is what the gradient pass finds, to the rounding of its terms. */
static void check_start(const gram_test *t)
{
    gradus_model_options options = gradus_model_options_default();
    options.weights = t->response.weights;
    options.intercept = t->request.intercept;
    double *theta = doubles(t->data.X.cols + 1), *gradient = doubles(t->data.X.cols + 1);
    memcpy(theta, t->data.theta, t->data.X.cols * sizeof *theta);
    theta[t->data.X.cols] = 0.5;
    test_oracle oracle = test_oracle_make(TEST_LOGISTIC, &t->data.X, t->data.labels, &options, theta);
    const double total = t->request.total;
    for (size_t j = 0; j < t->data.X.cols; j++) gradient[j] = t->gradient[j] / total;
    gradient[t->data.X.cols] = t->sums.residual / total;
    const double error = test_oracle_error(&oracle, t->sums.loss / total, gradient);
    cr_assert(error <= 40.0, "%zux%zu: %g units", t->data.X.rows, t->data.X.cols, error);
    test_oracle_free(&oracle);
    free(gradient);
    free(theta);
}

static double total_weight(const gram_test *t)
{
    double total = 0.0;
    for (size_t i = 0; i < t->data.X.rows; i++) total += t->response.weights ? t->response.weights[i] : 1.0;
    return total;
}

/* p(1 - p) w, by the textbook's formula; y is not needed */
static void logistic_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                                double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    for (size_t i = 0; i < rows; i++) {
        const double p = 1.0 / (1.0 + exp(-margins[i]));
        curvatures[i] = (response->weights ? response->weights[first + i] : 1.0) * p * (1.0 - p);
    }
}

static void oracle_curvatures(gram_test *t)
{
    for (size_t i = 0; i < t->data.X.rows; i++) {
        long double z = t->start.intercept;
        for (size_t j = 0; j < t->data.X.cols; j++) z += element(t, i, j) * t->data.theta[j];
        const long double p = 1 / (1 + expl(-z));
        t->curvatures[i] = (double)((t->response.weights ? t->response.weights[i] : 1.0) * p * (1 - p));
    }
}

static const size_t shapes[][2] = {{1, 1},   {5, 3},     {64, 64}, {65, 66},
                                   {300, 7}, {1000, 70}, {3, 130}, {1, 9}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Both layouts, with and without weights and intercept. */
static void for_all_requests(void (*test)(gram_test *t))
{
    for (size_t k = 0; k < 8 * SHAPES; k++) {
        gram_test t;
        begin(&t, shapes[k / 8][0], shapes[k / 8][1], layouts[k % 2], k / 2 % 2, k / 4 % 2);
        test(&t);
        end(&t);
    }
}

static void with_start(gram_test *t)
{
    t->request.start = &t->start;
    cr_assert(run(t, 1) == 1.0);
    check_gram(t, t->response.weights);
    cr_assert(fabs(t->request.total - total_weight(t)) <= 1e-13 * total_weight(t));
    if (t->request.intercept) check_start(t);
    double separation = (double)INFINITY;
    for (size_t i = 0; i < t->data.X.rows; i++) {
        long double z = t->start.intercept;
        for (size_t j = 0; j < t->data.X.cols; j++) z += element(t, i, j) * t->data.theta[j];
        const double margin = (double)(t->data.labels[i] > 0.5 ? z : -z);
        if (!t->response.weights || t->response.weights[i] > 0.0) separation = fmin(separation, margin);
    }
    cr_assert(fabs(t->sums.separation - separation) <= 1e-12, "%g instead of %g", t->sums.separation,
              separation);
}

Test(gram, the_start_is_evaluated_in_the_same_read)
{
    for_all_requests(with_start);
}

static void with_curvatures(gram_test *t)
{
    t->request.start = &t->start;
    t->request.curvatures = logistic_curvatures;
    cr_assert(run(t, 1) == 1.0);
    oracle_curvatures(t);
    check_gram(t, t->curvatures);
    cr_assert(fabs(t->request.total - total_weight(t)) <= 1e-13 * total_weight(t));
    if (t->request.intercept) check_start(t);
}

Test(gram, curvatures_weigh_the_rows)
{
    for_all_requests(with_curvatures);
}

static void without_gradient(gram_test *t)
{
    t->request.start = &t->start;
    t->start.gradient = NULL;
    for (size_t j = 0; j < t->data.X.cols; j++) t->gradient[j] = -7.0;
    cr_assert(run(t, 1) == 1.0);
    check_gram(t, t->response.weights);
    for (size_t j = 0; j < t->data.X.cols; j++) cr_assert(t->gradient[j] == -7.0);
}

Test(gram, a_gradient_that_is_not_wanted_is_not_written)
{
    for_all_requests(without_gradient);
}

/* ---- samples ---- */

/* The stratum of row i: `left` strata of share + 1 rows come first. */
static size_t stratum_of(size_t i, size_t m, size_t sample)
{
    const size_t share = m / sample, left = m % sample, long_rows = left * (share + 1);
    return i < long_rows ? i / (share + 1) : left + (i - long_rows) / share;
}

/* X[i][j] is i + 1 where j is i's stratum and 0 elsewhere: the diagonal tells which row was drawn from each. */
static void one_row_of_each_stratum(size_t m, size_t sample, gradus_layout layout)
{
    gram_test t;
    begin(&t, m, sample, layout, true, false);
    t.request.sample = sample;
    for (size_t i = 0; i < m; i++) {
        t.data.weights[i] = (double)(i % 5 + 1);
        for (size_t j = 0; j < sample; j++)
            *test_element(t.data.x, &t.data.X, i, j) = stratum_of(i, m, sample) == j ? (double)(i + 1) : 0.0;
    }
    const double passes = run(&t, 1);
    cr_assert(fabs(passes - (double)sample / (double)m) <= 1e-15, "%g passes", passes);
    double total = 0.0;
    size_t first = 0;
    for (size_t j = 0; j < sample; j++) {
        for (size_t i = 0; i < j; i++) cr_assert(t.gram[i + j * sample] == 0.0);
        size_t row = 0;
        while (row < m &&
               fabs(t.gram[j + j * sample] - (double)(row % 5 + 1) * (double)(row + 1) * (double)(row + 1)) >
                   1e-9 * t.gram[j + j * sample])
            row++;
        cr_assert(row < m && stratum_of(row, m, sample) == j, "stratum %zu", j);
        first += row == 0 || stratum_of(row - 1, m, sample) != j;
        total += t.data.weights[row];
    }
    cr_assert(t.request.total == total);
    cr_assert(m / sample < 10 || first < sample / 2, "the first row of its stratum is drawn too often");
    end(&t);
}

Test(gram, a_sample_takes_one_row_of_each_stratum)
{
    for (size_t k = 0; k < 2; k++) {
        one_row_of_each_stratum(2000, 40, layouts[k]);
        one_row_of_each_stratum(999, 100, layouts[k]);
        one_row_of_each_stratum(71, 70, layouts[k]);
        one_row_of_each_stratum(9, 1, layouts[k]);
    }
}

/* As many rows as there are, or more, and 0, all mean every row. */
Test(gram, a_sample_of_all_rows_is_the_whole)
{
    const size_t samples[] = {0, 300, 1000};
    for (size_t k = 0; k < 6; k++) {
        gram_test t;
        begin(&t, 300, 7, layouts[k / 3], false, true);
        t.request.sample = samples[k % 3];
        cr_assert(run(&t, 1) == 1.0);
        check_gram(&t, NULL);
        cr_assert(t.request.total == 300.0);
        end(&t);
    }
}

/* 1008 rows are cut into eight leaves, and the 1025 that they are drawn from into six: the sample's leaves have room. */
Test(gram, a_sample_may_be_cut_finer_than_the_whole)
{
    gram_test t;
    begin(&t, 1025, 63, GRADUS_LAYOUT_ROW_MAJOR, false, false);
    t.request.sample = 1008;
    gr_reader reader = open_threaded(&t.data.X, 1, NULL);
    const gradus_matrix drawn = gradus_row_major(t.request.sample, 63, t.data.x, 63);
    const size_t leaves = gr_partition_of_gram(&drawn).leaves, square = t.p * t.p;
    size_t count;
    cr_assert(leaves > gr_partition_of_gram(&t.data.X).leaves);
    cr_assert(gr_gram_doubles(&reader, &t.request, &count) && count >= leaves * square, "%zu doubles", count);
    free(reader.memory);
    cr_assert(fabs(run(&t, 1) - 1008.0 / 1025.0) <= 1e-15 && t.request.total == 1008.0);
    end(&t);
}

/* The Gram matrix of random rows, estimated from a tenth of them, with the column of ones. */
static void estimate(gradus_layout layout)
{
    gram_test whole, part;
    begin(&whole, 20000, 4, layout, false, true);
    begin(&part, 20000, 4, layout, false, true);
    part.request.sample = 2000;
    run(&whole, 1);
    cr_assert(fabs(run(&part, 1) - 0.1) <= 1e-15);
    cr_assert(part.request.total == 2000.0);
    for (size_t j = 0; j < 5; j++) {
        for (size_t i = 0; i <= j; i++)
            cr_assert(fabs(whole.gram[i + j * 5] / 20000.0 - part.gram[i + j * 5] / 2000.0) <= 0.06);
    }
    end(&whole);
    end(&part);
}

Test(gram, a_sample_estimates_the_whole)
{
    estimate(GRADUS_LAYOUT_ROW_MAJOR);
    estimate(GRADUS_LAYOUT_COL_MAJOR);
}

/* ---- threads ---- */

Test(gram, threads_do_not_change_bits)
{
    for (int k = 0; k < 6; k++) {
        gram_test alone, together;
        begin(&alone, 5000, 70, layouts[k % 2], true, true);
        begin(&together, 5000, 70, layouts[k % 2], true, true);
        alone.request.start = k / 2 == 2 ? NULL : &alone.start;
        together.request.start = k / 2 == 2 ? NULL : &together.start;
        alone.request.curvatures = together.request.curvatures = k / 2 == 1 ? logistic_curvatures : NULL;
        alone.request.sample = together.request.sample = k / 2 == 2 ? 1500 : 0;
        run(&alone, 1);
        run(&together, 5);
        cr_assert(test_same_bits(71 * 71 + 70, alone.gram, together.gram));
        cr_assert(test_same_bits(3, &alone.sums.loss, &together.sums.loss));
        cr_assert(alone.request.total == together.request.total);
        end(&alone);
        end(&together);
    }
}
