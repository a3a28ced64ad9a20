/* SPDX-License-Identifier: BSD-3-Clause */
#include "problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool fuzz_is_function(const fuzz_problem *problem)
{
    return problem->kind == FUZZ_FUNCTION || problem->kind == FUZZ_FUNCTION_BATCHED;
}

/* ---- functions ---- */

static gradus_status evaluate(fuzz_function *function, size_t n, const double *theta, double weight,
                              double *value, double *gradient)
{
    const bool surprises = ++function->calls == function->surprise_at;
    claim(fuzz_all_finite(n, theta));
    *value = surprises ? function->value : 0.0;
    for (size_t j = 0; j < n; j++) {
        const double away = theta[j] - function->c[j];
        *value += weight * function->a[j] * away * away;
        if (gradient) gradient[j] = 2.0 * weight * function->a[j] * away;
        if (gradient && surprises) gradient[j] += function->slope;
    }
    return surprises ? function->surprise : 0;
}

static gradus_status call(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    return evaluate((fuzz_function *)context, n, theta, 1.0, value, gradient);
}

static gradus_status call_batch(void *context, size_t n, const double *theta, const gradus_batch *batch,
                                double *value, double *gradient)
{
    fuzz_function *function = (fuzz_function *)context;
    double sum = 0.0;
    claim(batch->count >= 1);
    for (size_t k = 0; k < batch->count; k++) {
        const size_t row = batch->rows ? batch->rows[k] : batch->first + k;
        claim(row < function->rows);
        sum += 1.0 + (double)row;
    }
    return evaluate(function, n, theta, sum / (double)batch->count, value, gradient);
}

static void make_function(fuzz_problem *problem, fuzz_input *in, bool steady)
{
    fuzz_function *function = &problem->function;
    const gradus_status surprises[] = {0, GRADUS_REJECT, 7, 0};
    function->rows = problem->rows;
    for (size_t j = 0; j < problem->cols; j++) {
        function->a[j] = fuzz_double(in, problem->tame);
        function->c[j] = fuzz_double(in, problem->tame);
    }
    const size_t at = fuzz_below(in, 32);
    function->surprise_at = steady ? 0 : at;
    function->surprise = surprises[fuzz_below(in, 4)];
    function->value = fuzz_double(in, problem->tame);
    function->slope = fuzz_double(in, problem->tame);
    if (problem->kind == FUZZ_FUNCTION)
        claim(gradus_function(problem->cols, call, function, &problem->f) == 0);
    else
        claim(gradus_function_batched(problem->cols, problem->rows, call_batch, function, &problem->f) == 0);
}

/* ---- data ---- */

static double *numbers(fuzz_problem *problem, fuzz_input *in, size_t count)
{
    double *made = (double *)malloc(count * sizeof *made);
    claim(made);
    for (size_t i = 0; i < count; i++) made[i] = fuzz_double(in, problem->tame);
    return made;
}

/* Many rows are few bytes repeated, each time a little different. */
static double element(fuzz_problem *problem, fuzz_input *in, double *known, size_t place)
{
    enum { KNOWN = 32 };
    if (place < KNOWN) return known[place] = fuzz_double(in, problem->tame);
    return known[place % KNOWN] * (1.0 + (double)(place * 7919 % 97) / 97.0);
}

/* What lies between the columns, or the rows, is read by nobody. */
static gradus_matrix matrix(fuzz_problem *problem, fuzz_input *in, void **memory)
{
    const size_t shape = fuzz_below(in, 8), gap = shape / 4;
    const bool row_major = shape % 2 == 0, is_float = shape / 2 % 2 == 1;
    const size_t rows = problem->rows, cols = problem->cols;
    const size_t lines = row_major ? rows : cols, ld = (row_major ? cols : rows) + gap,
                 count = lines * ld - gap;
    double *wide = (double *)malloc(count * sizeof *wide), known[32];
    float *narrow = (float *)malloc(count * sizeof *narrow);
    claim(wide && narrow);
    for (size_t i = 0; i < count; i++) wide[i] = (double)NAN;
    for (size_t k = 0; k < rows * cols; k++) {
        const size_t i = k / cols, j = k % cols;
        wide[row_major ? i * ld + j : i + j * ld] = element(problem, in, known, k);
    }
    for (size_t i = 0; i < count; i++) /* beyond float's range there is no value to convert to */
        narrow[i] = fabs(wide[i]) > 3e38 ? copysignf(INFINITY, wide[i] < 0.0 ? -1.0f : 1.0f) : (float)wide[i];
    *memory = is_float ? (void *)narrow : (void *)wide;
    free(is_float ? (void *)wide : (void *)narrow);
    if (is_float)
        return row_major ? gradus_row_major_float(rows, cols, narrow, ld)
                         : gradus_col_major_float(rows, cols, narrow, ld);
    return row_major ? gradus_row_major(rows, cols, wide, ld) : gradus_col_major(rows, cols, wide, ld);
}

/* Tame responses are such as the model takes. */
static void make_response(fuzz_problem *problem, fuzz_input *in)
{
    const size_t count = problem->rows * (problem->kind == FUZZ_MULTIPLE ? problem->outputs : 1);
    double known[32];
    problem->y = (double *)malloc(count * sizeof *problem->y);
    claim(problem->y);
    for (size_t i = 0; i < count; i++) {
        double *y = &problem->y[i];
        *y = element(problem, in, known, i);
        if (!problem->tame) continue;
        if (problem->kind == FUZZ_POISSON) *y = floor(fabs(*y));
        if (problem->kind == FUZZ_LOGISTIC || problem->kind == FUZZ_LOG_LIKELIHOOD ||
            problem->kind == FUZZ_SQUARED_HINGE)
            *y = *y > 0.0 ? 1.0 : 0.0;
        if (problem->kind == FUZZ_SOFTMAX) *y = fmod(floor(fabs(4.0 * *y)), (double)problem->outputs);
    }
}

/* ---- models ---- */

static double penalty(fuzz_problem *problem, fuzz_input *in)
{
    const double number = fuzz_double(in, problem->tame);
    return problem->tame ? fabs(number) : number;
}

static void make_vectors(fuzz_problem *problem, fuzz_input *in, unsigned has)
{
    gradus_model_options *options = &problem->options;
    const bool several = problem->kind == FUZZ_MULTIPLE || problem->kind == FUZZ_SOFTMAX;
    const size_t outputs = several ? problem->outputs : 1; /* each with offsets and bounds of its own */
    if (has & 1) options->weights = problem->weights = numbers(problem, in, problem->rows);
    if (has & 2) options->offset = problem->offset = numbers(problem, in, problem->rows * outputs);
    if (has & 4) options->lower = problem->lower = numbers(problem, in, problem->cols * outputs);
    if (has & 8) options->upper = problem->upper = numbers(problem, in, problem->cols * outputs);
    for (size_t i = 0; problem->tame && problem->weights && i < problem->rows; i++)
        problem->weights[i] = fabs(problem->weights[i]);
    for (size_t j = 0; problem->tame && j < problem->cols * outputs; j++) {
        if (problem->lower) problem->lower[j] = -fabs(problem->lower[j]);
        if (problem->upper) problem->upper[j] = fabs(problem->upper[j]);
    }
}

static void make_options(fuzz_problem *problem, fuzz_input *in, const gradus_allocator *allocator)
{
    gradus_model_options *options = &problem->options;
    const unsigned has = fuzz_byte(in), more = fuzz_byte(in);
    *options = gradus_model_options_default();
    options->allocator = allocator;
    options->intercept = (more & 1) != 0;
    make_vectors(problem, in, has);
    if (has & 16) options->ridge = penalty(problem, in);
    if (has & 32) options->lasso = penalty(problem, in);
    if ((has & 64) && (more & 8)) options->radius = penalty(problem, in); /* the slowest of all */
    if (has & 128) options->huber = penalty(problem, in);
    if ((more & 6) != 6) return;
    problem->low = matrix(problem, in, &problem->rest);
    options->low = &problem->low;
}

static gradus_status make_model(fuzz_problem *p)
{
    switch (p->kind) {
    case FUZZ_LEAST_SQUARES:
        return gradus_least_squares(&p->X, p->y, &p->options, &p->f);
    case FUZZ_LOGISTIC:
        return gradus_logistic(&p->X, p->y, &p->options, &p->f);
    case FUZZ_LOG_LIKELIHOOD:
        return gradus_log_likelihood(&p->X, p->y, &p->options, &p->f);
    case FUZZ_POISSON:
        return gradus_poisson(&p->X, p->y, &p->options, &p->f);
    case FUZZ_HUBER:
        return gradus_huber(&p->X, p->y, &p->options, &p->f);
    case FUZZ_SQUARED_HINGE:
        return gradus_squared_hinge(&p->X, p->y, &p->options, &p->f);
    case FUZZ_MULTIPLE:
        return gradus_least_squares_multiple(&p->X, p->y, p->outputs, &p->options, &p->f);
    default:
        return gradus_softmax(&p->X, p->y, p->outputs, &p->options, &p->f);
    }
}

static void make_shape(fuzz_problem *problem, fuzz_input *in, fuzz_sort sort)
{
    problem->rows = 1 + fuzz_below(in, 8);
    problem->cols = 1 + fuzz_below(in, 4);
    problem->outputs = 2 + fuzz_below(in, 2);
    if (sort != FUZZ_LONG) return;
    problem->rows += 511; /* for each of its columns */
    problem->cols = 1;
}

void fuzz_problem_make(fuzz_problem *problem, fuzz_input *in, const gradus_allocator *allocator,
                       fuzz_sort sort)
{
    *problem = (fuzz_problem){.kind = (fuzz_kind)fuzz_below(in, FUZZ_KINDS)};
    problem->tame = fuzz_flag(in);
    make_shape(problem, in, sort);
    if (fuzz_is_function(problem)) {
        make_function(problem, in, sort == FUZZ_STEADY);
        return;
    }
    problem->X = matrix(problem, in, &problem->data);
    make_response(problem, in);
    make_options(problem, in, allocator);
    gradus_error error = fuzz_error_blank();
    problem->options.error = &error;
    const gradus_status status = make_model(problem);
    problem->options.error = NULL;
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim((status == 0) == (problem->f != NULL));
    claim(!problem->tame || !problem->f || gradus_objective_size(problem->f) >= problem->cols);
}

void fuzz_problem_free(fuzz_problem *problem)
{
    gradus_objective_free(problem->f);
    free(problem->data);
    free(problem->rest);
    free(problem->y);
    free(problem->weights);
    free(problem->offset);
    free(problem->lower);
    free(problem->upper);
}
