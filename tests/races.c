/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every pass on four threads, and whole solves by two callers at the same time, without a test framework: a program for
 * ThreadSanitizer, which stops it at the first data race. It fails by itself only where bits differ.
 */
#include <gradus.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/loss.h"
#include "pass/pass.h"

enum { ROWS = 20000, COLS = 30, THREADS = 4 };

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

static double *doubles(size_t count)
{
    return (double *)must(calloc(count, sizeof(double)));
}

/* X, y and theta; the numbers need only differ. */
typedef struct problem {
    gradus_matrix X;
    double *x, *y, *theta;
} problem;

static problem make(gradus_layout layout)
{
    problem p = {.x = doubles((size_t)ROWS * COLS), .y = doubles(ROWS), .theta = doubles(COLS + 1)};
    for (size_t k = 0; k < (size_t)ROWS * COLS; k++)
        p.x[k] = (double)((k * 2654435761U) % 1000003U) / 1e6 - 0.5;
    for (size_t i = 0; i < ROWS; i++) p.y[i] = i % 3 == 0 ? 1.0 : 0.0;
    for (size_t j = 0; j < COLS; j++) p.theta[j] = 0.01 * (double)j;
    p.X = layout == GRADUS_LAYOUT_ROW_MAJOR ? gradus_row_major(ROWS, COLS, p.x, COLS)
                                            : gradus_col_major(ROWS, COLS, p.x, ROWS);
    return p;
}

static void destroy(problem *p)
{
    free(p->x);
    free(p->y);
    free(p->theta);
}

static void run_gram(const problem *p, gr_reader *reader, const gr_evaluation *start, double *answers)
{
    size_t count;
    gr_gram request = {.intercept = true, .start = start, .weights = p->y};
    if (!gr_gram_doubles(reader, &request, &count)) abort();
    double *memory = doubles(count), *gram = doubles((COLS + 1) * (COLS + 1));
    gr_pass_gram(reader, &request, gram, memory);
    for (size_t j = 0; j <= COLS; j++) answers[j] = gram[j + j * (COLS + 1)];
    free(memory);
    free(gram);
}

static void run_sketch(gr_reader *reader, double *answers)
{
    size_t count;
    if (!gr_sketch_doubles(reader, false, &count)) abort();
    double *memory = doubles(count);
    memcpy(answers, gr_pass_sketch(reader, NULL, false, memory), COLS * sizeof(double));
    free(memory);
}

static void run_precise(const problem *p, gr_reader *reader, double *answers)
{
    gr_pair theta[COLS] = {{0.0, 0.0}}, gradient[COLS];
    gr_precise precise = {.theta = theta, .y = p->y, .gradient = gradient};
    size_t count;
    if (!gr_precise_doubles(reader, &count)) abort();
    double *memory = doubles(count);
    gr_pass_precise(reader, &precise, memory);
    for (size_t j = 0; j < COLS; j++) answers[j] = gradient[j].high;
    free(memory);
}

static void run_selection(const problem *p, int threads, gr_evaluation at, double *answers)
{
    size_t count, *chosen = (size_t *)must(calloc(ROWS, sizeof(size_t)));
    for (size_t i = 0; i < ROWS; i++) chosen[i] = i * 7919 % ROWS;
    if (!gr_selection_doubles(&p->X, threads, ROWS, &count)) abort();
    double *memory = doubles(count);
    gr_reader reader = gr_selection_open(&p->X, threads, ROWS, memory, NULL);
    gr_selection_aim(&reader, &p->X, 0, ROWS - 5, chosen);
    at.gradient = answers;
    at.margins = NULL;
    gr_pass_gradient(&reader, &at);
    free(chosen);
    free(memory);
}

static void run_passes(const problem *p, int threads, double *answers)
{
    size_t count, row, column;
    double measured, slope;
    if (!gr_reader_doubles(&p->X, threads, &count)) abort();
    double *memory = doubles(count);
    const volatile int cancel = 0;
    gr_reader reader = gr_reader_open(&p->X, threads, memory, &cancel);
    const gr_response response = {.loss = &gr_loss_logistic, .y = p->y};
    gr_sums sums;
    double *z = answers + 10 * COLS;
    const gr_evaluation at = {p->theta, 0.5, gr_loss_logistic.pointwise, &response, &sums, 1.0, answers,
                              z,        true};
    gr_pass_gradient(&reader, &at);
    run_gram(p, &reader, &at, answers + COLS);
    run_selection(p, threads, at, answers + 9 * COLS);
    run_sketch(&reader, answers + 3 * COLS);
    run_precise(p, &reader, answers + 4 * COLS);
    gr_pass_scales(&reader, p->y, true, answers + 5 * COLS, answers + 6 * COLS, answers + 7 * COLS);
    answers[8 * COLS] = gr_pass_product_norm(&reader, p->theta, 0.5, NULL);
    answers[8 * COLS + 1] = gr_pass_finite(&reader, &row, &column, &measured) ? 1.0 : 0.0;
    const gr_line line = {z, p->y, gr_loss_logistic.pointwise, &response};
    gr_pass_line(&reader, &line, 0.25, &sums, &slope);
    answers[8 * COLS + 2] = slope;
    free(memory);
}

static int passes_differ(gradus_layout layout)
{
    problem p = make(layout);
    double *alone = doubles(10 * COLS + ROWS), *together = doubles(10 * COLS + ROWS);
    run_passes(&p, 1, alone);
    run_passes(&p, THREADS, together);
    const int differ = memcmp(alone, together, (10 * COLS + ROWS) * sizeof(double));
    free(alone);
    free(together);
    destroy(&p);
    return differ;
}

/* One caller's solves. */
typedef struct caller {
    const gradus_objective *f;
    double theta[COLS];
    gradus_status status;
} caller;

static void *call(void *context)
{
    caller *c = (caller *)context;
    gradus_options options = gradus_options_default();
    options.threads = 2;
    c->status = gradus_descend(c->f, c->theta, &options, NULL);
    return NULL;
}

static int callers_differ(void)
{
    problem p = make(GRADUS_LAYOUT_ROW_MAJOR);
    gradus_objective *f = NULL;
    caller callers[2] = {{.status = 1}, {.status = 1}};
    pthread_t threads[2];
    if (gradus_logistic(&p.X, p.y, NULL, &f)) abort();
    for (int k = 0; k < 2; k++) {
        callers[k].f = f;
        if (pthread_create(&threads[k], NULL, call, &callers[k])) abort();
    }
    for (int k = 0; k < 2; k++) pthread_join(threads[k], NULL);
    gradus_objective_free(f);
    destroy(&p);
    return callers[0].status || callers[1].status ||
           memcmp(callers[0].theta, callers[1].theta, sizeof callers[0].theta);
}

/* One line of the Test Anything Protocol. */
static int tell(int number, int failed, const char *what)
{
    printf("%sok %d - %s\n", failed ? "not " : "", number, what);
    return failed;
}

int main(void)
{
    int failed = tell(1, passes_differ(GRADUS_LAYOUT_ROW_MAJOR), "every pass by rows: the same bits");
    failed |= tell(2, passes_differ(GRADUS_LAYOUT_COL_MAJOR), "every pass by columns: the same bits");
    failed |= tell(3, callers_differ(), "two callers at once: the same bits");
    puts("1..3");
    return failed;
}
