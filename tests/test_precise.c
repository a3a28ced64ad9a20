/* SPDX-License-Identifier: BSD-3-Clause */
/* Double-double arithmetic, and the pass that uses it, against 113 bits. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "base/pair.h"
#include "base/target.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "shapes.h"
#include "support.h"

#ifdef __SIZEOF_FLOAT128__
typedef __float128 quad;
#else
typedef long double quad; /* 113 bits where there is no other name for them */
#endif

static quad absolute(quad x)
{
    return x < 0 ? -x : x;
}

static quad of_pair(gr_pair pair)
{
    return (quad)pair.high + pair.low;
}

/* 2^-104, in which the errors are measured */
static const double unit = 1.0 / (double)(1ULL << 52) / (double)(1ULL << 52);

/* A random pair whose low part is really there. */
static gr_pair random_pair(test_random *random)
{
    const double high = test_random_uniform(random);
    return gr_fast_two_sum(high, high * test_random_uniform(random) * 0x1p-54);
}

Test(precise, sums_and_products_are_exact)
{
    test_random random = test_random_from(1);
    for (int k = 0; k < 10000; k++) {
        const double a = test_random_uniform(&random), b = ldexp(test_random_uniform(&random), k % 50 - 25);
        cr_assert(of_pair(gr_two_sum(a, b)) == (quad)a + b);
        cr_assert(of_pair(gr_two_product(a, b)) == (quad)a * b);
        if (fabs(a) >= fabs(b)) cr_assert(of_pair(gr_fast_two_sum(a, b)) == (quad)a + b);
        const gr_pair p = random_pair(&random), q = random_pair(&random);
        cr_assert(absolute(of_pair(gr_pair_add(p, q)) - (of_pair(p) + of_pair(q))) <=
                  4 * unit * (absolute(of_pair(p)) + absolute(of_pair(q))));
        cr_assert(absolute(of_pair(gr_pair_scale(a, p)) - (quad)a * of_pair(p)) <=
                  4 * unit * absolute((quad)a * of_pair(p)));
    }
}

/* A least-squares problem in pairs, its residuals by 113 bits, and the gradient that was computed. */
typedef struct precise_test {
    test_data *data;
    const double *weights;
    const gradus_matrix *low; /* NULL: none */
    gr_pair *theta, *gradient;
    gr_pair intercept, residual;
    quad *r, *r_terms;
} precise_test;

static gr_pair *pairs(size_t count)
{
    return (gr_pair *)must(calloc(count, sizeof(gr_pair)));
}

static void begin(precise_test *t, test_data *data, const double *weights)
{
    test_random random = test_random_from(data->X.rows + 31 * data->X.cols);
    *t = (precise_test){.data = data, .weights = weights, .intercept = random_pair(&random)};
    t->theta = pairs(data->X.cols);
    t->gradient = pairs(data->X.cols);
    t->r = (quad *)must(calloc(data->X.rows, sizeof(quad)));
    t->r_terms = (quad *)must(calloc(data->X.rows, sizeof(quad)));
    for (size_t j = 0; j < data->X.cols; j++) t->theta[j] = random_pair(&random);
}

static void end(precise_test *t)
{
    free(t->theta);
    free(t->gradient);
    free(t->r);
    free(t->r_terms);
}

/* X[i][j], with what its double leaves out */
static quad element(const precise_test *t, size_t i, size_t j)
{
    const quad x = *test_element(t->data->x, &t->data->X, i, j);
    return t->low ? x + (quad)gr_matrix_at(t->low, i, j) : x;
}

static void oracle_residuals(precise_test *t)
{
    for (size_t i = 0; i < t->data->X.rows; i++) {
        quad z = of_pair(t->intercept) - t->data->y[i],
             terms = absolute(of_pair(t->intercept)) + fabs(t->data->y[i]);
        for (size_t j = 0; j < t->data->X.cols; j++) {
            const quad term = of_pair(t->theta[j]) * element(t, i, j);
            z += term;
            terms += absolute(term);
        }
        const double w = t->weights ? t->weights[i] : 1.0;
        t->r[i] = w * z;
        t->r_terms[i] = w * terms;
    }
}

static void run(precise_test *t, int threads)
{
    gr_precise precise = {.theta = t->theta,
                          .intercept = t->intercept,
                          .y = t->data->y,
                          .weights = t->weights,
                          .low = t->low,
                          .gradient = t->gradient,
                          .residual = {NAN, NAN}};
    gr_reader reader = open_threaded(&t->data->X, threads, NULL);
    size_t count;
    cr_assert(gr_precise_doubles(&reader, &count));
    double *memory = doubles(count);
    for (size_t k = 0; k < count; k++) memory[k] = (double)NAN;
    gr_pass_precise(&reader, &precise, memory);
    cr_assert(gr_reader_passes(&reader) == (t->low ? 2.0 : 1.0));
    t->residual = precise.residual;
    free(memory);
    free(reader.memory);
}

/* A few units for every term that is added to another. */
static void check(const precise_test *t)
{
    const size_t m = t->data->X.rows, n = t->data->X.cols;
    const double tolerance = unit * (double)(m + n + 8);
    quad residual = 0, residual_terms = 0;
    for (size_t i = 0; i < m; i++) {
        residual += t->r[i];
        residual_terms += t->r_terms[i];
    }
    cr_assert(absolute(of_pair(t->residual) - residual) <= tolerance * residual_terms, "%zux%zu", m, n);
    for (size_t j = 0; j < n; j++) {
        quad g = 0, terms = 0;
        for (size_t i = 0; i < m; i++) {
            const quad x = element(t, i, j);
            g += x * t->r[i];
            terms += absolute(x) * t->r_terms[i];
        }
        cr_assert(absolute(of_pair(t->gradient[j]) - g) <= tolerance * terms, "%zux%zu, column %zu: %g of %g",
                  m, n, j, (double)(of_pair(t->gradient[j]) - g), (double)terms);
        cr_assert(t->gradient[j].high + t->gradient[j].low == t->gradient[j].high);
    }
}

static void precise_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    for (int weighted = 0; weighted < 2; weighted++) {
        precise_test t;
        begin(&t, &data, weighted ? data.weights : NULL);
        oracle_residuals(&t);
        run(&t, 1);
        check(&t);
        end(&t);
    }
    test_data_free(&data);
}

Test(precise, the_pass_over_all_shapes)
{
    for_all_shapes(precise_of_shape);
}

/* X + L, where L is of rounding's size and may lie the other way round */
static void precise_with_low(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    test_random random = test_random_from(m + n);
    double *low = doubles(m * n);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++)
            low[i * n + j] = *test_element(data.x, &data.X, i, j) * test_random_uniform(&random) * 0x1p-52;
    }
    const gradus_matrix by_row = gradus_row_major(m, n, low, n);
    precise_test t;
    begin(&t, &data, data.weights);
    t.low = &by_row;
    oracle_residuals(&t);
    run(&t, 1);
    check(&t);
    end(&t);
    free(low);
    test_data_free(&data);
}

Test(precise, what_doubles_leave_out_over_all_shapes)
{
    for_all_shapes(precise_with_low);
}

/* x'theta cancels to its last bits against y: in double the residuals are rounding, in pairs they keep 15 digits. */
Test(precise, residuals_survive_cancellation)
{
    test_data data = test_data_make(5, 400, 30, GRADUS_LAYOUT_ROW_MAJOR, 0);
    precise_test t;
    begin(&t, &data, NULL);
    for (size_t i = 0; i < 400; i++) data.y[i] = 0.0;
    oracle_residuals(&t);
    for (size_t i = 0; i < 400; i++) data.y[i] = (double)t.r[i];
    oracle_residuals(&t);
    run(&t, 1);
    check(&t);
    quad sum = 0;
    for (size_t i = 0; i < 400; i++) sum += absolute(t.r[i]);
    cr_assert(sum > 0 && sum < 400 * 0x1p-50, "the residuals are smaller than a double's rounding");
    for (size_t j = 0; j < 30; j++) cr_assert(fabs(t.gradient[j].high) < 400 * 0x1p-50);
    end(&t);
    test_data_free(&data);
}

/* The same bits for any number of threads, over many leaves. */
Test(precise, threads_do_not_change_bits)
{
    for (int k = 0; k < 2; k++) {
        test_data data = test_data_make(6, 40000, 70, layouts[k], 1);
        cr_assert_geq(gr_partition_of(&data.X).leaves, 64);
        precise_test alone, together;
        begin(&alone, &data, data.weights);
        begin(&together, &data, data.weights);
        run(&alone, 1);
        run(&together, 5);
        cr_assert(test_same_bits(140, &alone.gradient->high, &together.gradient->high));
        cr_assert(test_same_bits(2, &alone.residual.high, &together.residual.high));
        end(&alone);
        end(&together);
        test_data_free(&data);
    }
}

/* ---- on every processor ---- */

/* The widest loops that may run; wider ones than this processor has never do. */
static gr_target widest = GR_TARGET_512;
gr_target __real_gr_target_here(void);
gr_target __wrap_gr_target_here(void);

gr_target __wrap_gr_target_here(void)
{
    const gr_target here = __real_gr_target_here();
    return here < widest ? here : widest;
}

/* The loops that are compiled for several processors give the same bits with each. */
Test(precise, every_processor_gives_the_same_bits)
{
    enum { ROWS = 307, COLS = 29 };
    for (int k = 0; k < 8; k++) {
        test_data data = test_data_make(7, ROWS, COLS, layouts[k % 2], 3);
        double *tiny = doubles((size_t)ROWS * COLS);
        test_random random = test_random_from(8);
        for (size_t e = 0; e < (size_t)ROWS * COLS; e++) tiny[e] = 0x1p-53 * test_random_uniform(&random);
        const gradus_matrix by_row = gradus_row_major(ROWS, COLS, tiny, COLS);
        const gradus_matrix by_column = gradus_col_major(ROWS, COLS, tiny, ROWS);
        precise_test first, other;
        const double *weights = k / 4 ? data.weights : NULL;
        begin(&first, &data, weights);
        if (k / 2 % 2) first.low = k % 2 ? &by_row : &by_column;
        oracle_residuals(&first);
        widest = GR_TARGET_PLAIN;
        run(&first, 1);
        check(&first);
        for (int target = GR_TARGET_256; target <= GR_TARGET_512; target++) {
            begin(&other, &data, weights);
            other.low = first.low;
            widest = (gr_target)target;
            run(&other, 1);
            cr_assert(test_same_bits(2 * COLS, &first.gradient->high, &other.gradient->high), "%d", target);
            cr_assert(test_same_bits(2, &first.residual.high, &other.residual.high), "%d", target);
            end(&other);
        }
        free(tiny);
        end(&first);
        test_data_free(&data);
    }
}
