/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One objective, many callers: several threads that solve with it at once, and the child of a process that has used many threads. The
 * bits are those of a caller who is alone, for every model.
 */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

enum { M = 20000, N = 8, CLASSES = 3, SIZE = (N + 1) * CLASSES, CALLERS = 4, TURNS = 2, MODELS = 14 };

/* X is long enough for two threads of the library's own. */
typedef struct models {
    test_data data;
    double *classes, *responses;
    gradus_objective *all[MODELS];
    const char *names[MODELS];
    gradus_options options[MODELS];
    size_t count;
    double answers[MODELS][SIZE];
} models;

/* Half the mean of the squared distances to rows of y. */
static gradus_status distances(void *context, size_t n, const double *theta, const gradus_batch *batch,
                               double *value, double *gradient)
{
    const double *y = (const double *)context;
    *value = 0.0;
    if (gradient) memset(gradient, 0, n * sizeof *gradient);
    for (size_t k = 0; k < batch->count; k++) {
        const size_t i = batch->rows ? batch->rows[k] : batch->first + k;
        for (size_t j = 0; j < n; j++) {
            const double r = theta[j] - y[(i + j) % M], share = 1.0 / (double)batch->count;
            *value += r * r / 2.0 * share;
            if (gradient) gradient[j] += r * share;
        }
    }
    return GRADUS_OK;
}

static gradus_options *add(models *m, const char *name, gradus_status status)
{
    cr_assert_eq(status, GRADUS_OK, "%s: %d", name, status);
    cr_assert_lt(m->count, MODELS);
    m->names[m->count] = name;
    m->options[m->count] = gradus_options_default();
    m->options[m->count].stop.max_iterations = 50;
    return &m->options[m->count++];
}

#define NEXT &m->all[m->count]

static void add_penalised(models *m, gradus_model_options plain)
{
    const gradus_matrix *X = &m->data.X;
    gradus_model_options lasso = plain, ball = plain;
    lasso.lasso = 0.01;
    ball.radius = 0.1;
    (void)add(m, "lasso", gradus_least_squares(X, m->data.y, &lasso, NEXT));
    (void)add(m, "logistic lasso", gradus_logistic(X, m->data.labels, &lasso, NEXT));
    (void)add(m, "ball", gradus_least_squares(X, m->data.y, &ball, NEXT));
}

static models *models_make(void)
{
    models *m = (models *)calloc(1, sizeof *m);
    cr_assert_not_null(m);
    m->data = test_data_make(61, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    m->classes = (double *)calloc(M, sizeof(double));
    m->responses = (double *)calloc(M * CLASSES, sizeof(double));
    cr_assert(m->classes && m->responses);
    for (size_t i = 0; i < M; i++) m->classes[i] = (double)((i * i + i / 5) % CLASSES);
    for (size_t i = 0; i < M * CLASSES; i++) m->responses[i] = m->data.y[(i * 7) % M];
    gradus_model_options plain = gradus_model_options_default(), whole = plain;
    plain.intercept = whole.intercept = 1;
    whole.weights = m->data.weights;
    const gradus_matrix *X = &m->data.X;
    (void)add(m, "least squares", gradus_least_squares(X, m->data.y, &whole, NEXT));
    (void)add(m, "logistic", gradus_logistic(X, m->data.labels, &whole, NEXT));
    (void)add(m, "Poisson", gradus_poisson(X, m->data.counts, &plain, NEXT));
    (void)add(m, "Huber", gradus_huber(X, m->data.y, &whole, NEXT));
    (void)add(m, "squared hinge", gradus_squared_hinge(X, m->data.labels, &plain, NEXT));
    (void)add(m, "responses", gradus_least_squares_multiple(X, m->responses, CLASSES, &whole, NEXT));
    (void)add(m, "softmax", gradus_softmax(X, m->classes, CLASSES, &whole, NEXT));
    (void)add(m, "function", gradus_function(2, test_rosenbrock, NULL, NEXT));
    add_penalised(m, plain);
    gradus_options *batched = add(m, "batches of a model", gradus_least_squares(X, m->data.y, &whole, NEXT));
    batched->batch.rows = 64;
    batched->stop.max_epochs = 1;
    batched->step = gradus_step_fixed(0.05);
    *add(m, "batches of a function", gradus_function_batched(N, M, distances, m->data.y, NEXT)) = *batched;
    gradus_options *refined = add(m, "refined", gradus_least_squares(X, m->data.y, &plain, NEXT));
    refined->refine = 1;
    return m;
}

static void models_free(models *m)
{
    for (size_t k = 0; k < m->count; k++) gradus_objective_free(m->all[k]);
    test_data_free(&m->data);
    free(m->classes);
    free(m->responses);
    free(m);
}

static bool solve(const models *m, size_t k, int threads, double *theta)
{
    gradus_options options = m->options[k];
    options.threads = threads;
    memset(theta, 0, SIZE * sizeof *theta);
    return gradus_descend(m->all[k], theta, &options, NULL) == GRADUS_OK;
}

static void solve_alone(models *m, int threads)
{
    for (size_t k = 0; k < m->count; k++) cr_assert(solve(m, k, threads, m->answers[k]), "%s", m->names[k]);
}

/* The first model with other bits than those of the answers; m->count where there is none. */
static size_t first_other(const models *m, int threads)
{
    double theta[SIZE];
    for (size_t k = 0; k < m->count; k++) {
        if (!solve(m, k, threads, theta) || !test_same_bits(SIZE, theta, m->answers[k])) return k;
    }
    return m->count;
}

typedef struct caller {
    const models *m;
    int threads;
    size_t other;
} caller;

static void *call(void *context)
{
    caller *c = (caller *)context;
    c->other = c->m->count;
    for (int turn = 0; turn < TURNS && c->other == c->m->count; turn++)
        c->other = first_other(c->m, c->threads);
    return NULL;
}

Test(together, threads_that_share_objectives_find_the_same_bits)
{
    models *m = models_make();
    pthread_t threads[CALLERS];
    caller callers[CALLERS];
    solve_alone(m, 1);
    for (int k = 0; k < CALLERS; k++) {
        callers[k] = (caller){m, 1 + k % 2, 0};
        cr_assert_eq(pthread_create(&threads[k], NULL, call, &callers[k]), 0);
    }
    for (int k = 0; k < CALLERS; k++) {
        cr_assert_eq(pthread_join(threads[k], NULL), 0);
        cr_assert_eq(callers[k].other, m->count, "caller %d: other bits of %s", k,
                     m->names[callers[k].other]);
    }
    models_free(m);
}

/* A child that hangs is ended by its alarm. */
Test(together, a_child_of_many_threads_solves_with_one)
{
    models *m = models_make();
    solve_alone(m, 4);
    const pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        (void)alarm(240);
        _exit((int)first_other(m, 1));
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "the child was ended by signal %d", WTERMSIG(status));
    cr_assert_eq((size_t)WEXITSTATUS(status), m->count, "other bits of %s",
                 m->names[WEXITSTATUS(status) % MODELS]);
    models_free(m);
}
