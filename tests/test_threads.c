/* SPDX-License-Identifier: BSD-3-Clause */
/* The same bits for any number of threads, oversubscribed on a small machine; and that the threads really run. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pass/pass.h"
#include "support.h"

enum { M = 40000, N = 70 }; /* 86 leaves */

static const int counts[] = {1, 2, 3, 8};
enum { COUNTS = sizeof counts / sizeof *counts };

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

static gr_reader open_reader(const gradus_matrix *X, int threads)
{
    size_t count;
    cr_assert(gr_reader_doubles(X, threads, &count));
    return gr_reader_open(X, threads, doubles(count), NULL);
}

/*
 * Residuals are the responses. When they are to meet, no thread leaves its first block before every thread has come, and the one
 * that has the first rows waits for all the others' rows, so that the first leaf finishes last. No clock decides, however busy the
 * machine is; patience only ends what would wait forever.
 */
typedef struct meeting {
    const double *y;
    size_t leaf_rows;
    int threads, number; /* of the meeting: a thread is new to each */
    atomic_int came;
    atomic_size_t rows_done;
} meeting;

enum { PATIENCE = 60000 }; /* milliseconds */

static void wait_a_little(void)
{
    const struct timespec millisecond = {0, 1000000};
    (void)nanosleep(&millisecond, NULL);
}

static void meet(meeting *m)
{
    static _Thread_local int last;
    if (last == m->number) return;
    last = m->number;
    atomic_fetch_add(&m->came, 1);
    for (int waited = 0; waited < PATIENCE && atomic_load(&m->came) < m->threads; waited++) wait_a_little();
}

static void meeting_pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    meeting *m = *(meeting *const *)context;
    if (m->threads > 1) meet(m);
    for (int waited = 0;
         m->threads > 1 && first == 0 && waited < PATIENCE && atomic_load(&m->rows_done) < M - m->leaf_rows;
         waited++)
        wait_a_little();
    for (size_t i = 0; i < rows; i++) {
        sums->loss += margins[i] * m->y[first + i];
        margins[i] = m->y[first + i];
    }
    sums->separation = fmin(sums->separation, -1.0);
    if (first >= m->leaf_rows) atomic_fetch_add(&m->rows_done, rows);
}

static void gradient_with(const test_data *data, int threads, bool together, double *out)
{
    static int meetings;
    gr_reader reader = open_reader(&data->X, threads);
    cr_assert_geq(reader.cut.leaves, 64);
    meeting m = {.y = data->y, .leaf_rows = reader.cut.leaf_rows, .threads = together ? threads : 1};
    m.number = ++meetings;
    meeting *context = &m;
    gr_sums sums;
    gr_pass_gradient(&reader, &(gr_evaluation){data->theta, 0.5, meeting_pointwise, &context, &sums, 1.0, out,
                                               NULL, true});
    out[N] = sums.loss;
    out[N + 1] = sums.residual;
    cr_assert(gr_reader_passes(&reader) == 1.0);
    cr_assert(!together || reader.threads_seen == threads, "%d threads took part of %d", reader.threads_seen,
              threads);
    free(reader.memory);
}

static void gradient_of_layout(gradus_layout layout)
{
    test_data data = test_data_make(1, M, N, layout, 3);
    double alone[N + 2], together[N + 2];
    gradient_with(&data, 1, false, alone);
    for (int k = 0; k < COUNTS; k++) {
        gradient_with(&data, counts[k], counts[k] > 1, together);
        cr_assert(test_same_bits(N + 2, alone, together), "%d threads", counts[k]);
    }
    test_data_free(&data);
}

Test(threads, gradient_by_rows)
{
    gradient_of_layout(GRADUS_LAYOUT_ROW_MAJOR);
}

Test(threads, gradient_by_columns)
{
    gradient_of_layout(GRADUS_LAYOUT_COL_MAJOR);
}

/* The tree is not the order of the rows: a sum in order would have other bits, so that equality above means something. */
Test(threads, the_order_of_the_leaves_matters)
{
    test_data data = test_data_make(1, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double tree[N + 2];
    gradient_with(&data, 1, false, tree);
    const gr_partition cut = gr_partition_of(&data.X);
    size_t different = 0;
    for (size_t j = 0; j < N; j++) {
        double in_order = 0.0;
        for (size_t leaf = 0; leaf < cut.leaves; leaf++) {
            double sum = 0.0;
            for (size_t i = leaf * cut.leaf_rows; i < M && i < (leaf + 1) * cut.leaf_rows; i++)
                sum += data.y[i] * data.x[i * N + j];
            in_order += sum;
        }
        different += in_order != tree[j];
    }
    cr_assert_gt(different, N / 2);
    test_data_free(&data);
}

/* Everything else that reads X in parallel, into one vector. */
static size_t other_passes(const test_data *data, int threads, double **out)
{
    gr_reader reader = open_reader(&data->X, threads);
    const size_t p = N + 1;
    size_t gram, sketch;
    gr_gram request = {.weights = data->weights, .intercept = true};
    cr_assert(gr_gram_doubles(&reader, &request, &gram) && gr_sketch_doubles(&reader, true, &sketch));
    double *memory = doubles(gram + sketch);
    const size_t rows = gr_sketch_rows(&reader, true), count = 1 + 3 * N + p * p + rows * p;
    *out = doubles(count);
    (*out)[0] = gr_pass_product_norm(&reader, data->theta, 0.5, data->weights);
    gr_pass_scales(&reader, data->weights, true, *out + 1, *out + 1 + N, *out + 1 + 2 * N);
    gr_pass_gram(&reader, &request, *out + 1 + 3 * N, memory);
    memcpy(*out + 1 + 3 * N + p * p, gr_pass_sketch(&reader, data->weights, true, memory),
           rows * p * sizeof(double));
    cr_assert(gr_reader_passes(&reader) == 5.0);
    free(memory);
    free(reader.memory);
    return count;
}

Test(threads, the_other_passes)
{
    test_data data = test_data_make(2, M, N, GRADUS_LAYOUT_ROW_MAJOR, 1);
    double *alone, *together;
    const size_t count = other_passes(&data, 1, &alone);
    for (int k = 1; k < COUNTS; k++) {
        cr_assert_eq(other_passes(&data, counts[k], &together), count);
        cr_assert(test_same_bits(count, alone, together), "%d threads", counts[k]);
        free(together);
    }
    free(alone);
    test_data_free(&data);
}

/* Whole solves, by the options: theta and report. */
Test(threads, whole_solves)
{
    test_data data = test_data_make(3, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    model.ridge = 1e-3;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &model, &f), 0);
    double alone[N + 1] = {0.0};
    gradus_options options = gradus_options_default();
    options.threads = 1;
    cr_assert_eq(gradus_descend(f, alone, &options, NULL), 0);
    for (int k = 1; k < COUNTS; k++) {
        double together[N + 1] = {0.0};
        options.threads = counts[k];
        cr_assert_eq(gradus_descend(f, together, &options, NULL), 0);
        cr_assert(test_same_bits(N + 1, alone, together), "%d threads", counts[k]);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* A small problem, or a limit of 1, never starts a thread. */
Test(threads, small_problems_run_alone)
{
    const gradus_matrix small = gradus_row_major(100, 10, NULL, 10), large = gradus_row_major(M, N, NULL, N);
    cr_assert_eq(gr_reader_threads(&small, 8), 1);
    cr_assert_eq(gr_reader_threads(&large, 1), 1);
    cr_assert_eq(gr_reader_threads(&large, 8), 8);
}
