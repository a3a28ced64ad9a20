/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every status of the library, provoked: that the call names the cause, carries the measured number, and writes
 * nothing else. One table says which test provokes what; a status that no row provokes fails.
 */
#include <cblas.h>
#include <criterion/criterion.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* ---- what OpenBLAS says of its integers, watched ---- */

static const char *blas_config; /* NULL: the truth */

char *__real_openblas_get_config(void);
char *__wrap_openblas_get_config(void);

char *__wrap_openblas_get_config(void)
{
    static char answer[64];
    if (!blas_config) return __real_openblas_get_config();
    strncpy(answer, blas_config, sizeof answer - 1);
    return answer;
}

/* ---- refused calls ---- */

enum { M = 20, N = 3 };

static const double zeros[N + 1] = {0.0};

/* A problem that is right in every respect, for a test to spoil. */
typedef struct problem {
    test_data data;
    gradus_error error;
    gradus_model_options model;
    gradus_options options;
} problem;

static void problem_make(problem *p)
{
    p->data = test_data_make(1, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    memset(&p->error, 0x5A, sizeof p->error);
    p->model = gradus_model_options_default();
    p->model.error = &p->error;
    p->options = gradus_options_default();
    p->options.error = &p->error;
}

static bool untouched(const gradus_error *error)
{
    gradus_error before;
    memset(&before, 0x5A, sizeof before);
    return memcmp(error, &before, sizeof before) == 0;
}

/* A sentence that is ready to print: present, ended, and not cut short. */
static void readable(const gradus_error *error)
{
    cr_assert_not(untouched(error), "the error was not written");
    const size_t length = strnlen(error->sentence, sizeof error->sentence);
    cr_assert(length > 10 && length < sizeof error->sentence - 1, "%.256s", error->sentence);
    for (size_t k = 0; k < 4; k++) cr_assert(error->reserved[k] == 0.0);
}

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);
static const maker makers[] = {gradus_least_squares, gradus_logistic, gradus_log_likelihood};

/* The status that every maker of a model gives, the same for all; the objective stays unwritten. */
static gradus_status refused_model(problem *p)
{
    static char nowhere;
    gradus_status first = 0;
    for (size_t k = 0; k < 3; k++) {
        gradus_objective *f = (gradus_objective *)(void *)&nowhere;
        memset(&p->error, 0x5A, sizeof p->error);
        const gradus_status status = makers[k](&p->data.X, p->data.labels, &p->model, &f);
        cr_assert_neq(status, 0);
        cr_assert((void *)f == &nowhere, "a failing call wrote the objective");
        readable(&p->error);
        if (k) cr_assert_eq(status, first);
        first = status;
    }
    test_data_free(&p->data);
    return first;
}

/* The status of all three entrances to a solve; theta, report and handle say that nothing happened. */
static gradus_status refused_solve(const gradus_objective *f, const double *start,
                                   const gradus_options *options, gradus_error *error)
{
    const size_t n = gradus_objective_size(f) < N + 1 ? gradus_objective_size(f) : N + 1;
    static char nowhere;
    gradus_status first = 0;
    for (int k = 0; k < 4; k++) {
        gradus_solver *solver = (gradus_solver *)(void *)&nowhere;
        double theta[N + 1] = {0.0};
        memcpy(theta, start, n * sizeof *theta);
        gradus_report report;
        memset(&report, 0x5A, sizeof report);
        memset(error, 0x5A, sizeof *error);
        const gradus_direction direction = k % 2 ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT;
        const gradus_status status = k >= 2   ? gradus_solver_create(f, direction, theta, options, &solver)
                                     : k == 1 ? gradus_ascend(f, theta, options, &report)
                                              : gradus_descend(f, theta, options, &report);
        cr_assert(status != 0 && (void *)solver == &nowhere);
        cr_assert(test_same_bits(n, theta, start), "theta was touched");
        if (k < 2)
            cr_assert(report.stop == GRADUS_STOP_FAILED && isnan(report.value) && report.iterations == 0);
        if (k) cr_assert_eq(status, first);
        first = status;
    }
    return first;
}

/* Refused with these options on a right problem. */
static gradus_status refused_options(problem *p)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &f), 0);
    const gradus_status status = refused_solve(f, p->data.theta, &p->options, &p->error);
    gradus_objective_free(f);
    test_data_free(&p->data);
    return status;
}

static gradus_status quadratic(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        *value += 0.5 * theta[j] * theta[j];
        if (gradient) gradient[j] = theta[j];
    }
    return 0;
}

static gradus_objective *function_of(size_t n, gradus_callback callback, void *context)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(n, callback, context, &f), 0);
    return f;
}

/* ---- REJECT, NULL, EMPTY ---- */

static gradus_status rejecting(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n, (void)theta, (void)value, (void)gradient;
    return GRADUS_REJECT;
}

static gradus_status a_callback_rejects(void)
{
    gradus_objective *f = function_of(N, rejecting, NULL);
    double value, gradient[N];
    const gradus_status status = gradus_objective_evaluate(f, zeros, &value, gradient);
    gradus_objective_free(f);
    return status;
}

static gradus_status null_matrix_data_and_response(void)
{
    problem p;
    problem_make(&p);
    const gradus_matrix X = p.data.X;
    double *const y = p.data.labels;
    for (size_t k = 0; k < 3; k++) {
        gradus_objective *f = NULL;
        cr_assert_eq(makers[k](NULL, y, &p.model, &f), GRADUS_ERROR_NULL);
        cr_assert_eq(makers[k](&X, NULL, &p.model, &f), GRADUS_ERROR_NULL);
        cr_assert_eq(makers[k](&X, y, &p.model, NULL), GRADUS_ERROR_NULL);
        cr_assert_eq(makers[k](&X, y, NULL, NULL), GRADUS_ERROR_NULL);
        readable(&p.error);
        cr_assert_null(f);
    }
    p.data.X.data = NULL;
    return refused_model(&p);
}

static gradus_status null_pointers_of_objectives(void)
{
    gradus_objective *f = function_of(N, quadratic, NULL), *g = NULL;
    double value;
    gradus_error error;
    cr_assert_eq(gradus_function(N, NULL, NULL, &g), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_function(N, quadratic, NULL, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_negate(NULL, &g), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_negate(f, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_objective_evaluate(NULL, zeros, &value, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_objective_evaluate(f, NULL, &value, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_objective_evaluate(f, zeros, NULL, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_check_gradient(NULL, zeros, NULL, &error), GRADUS_ERROR_NULL);
    readable(&error);
    cr_assert_null(g);
    const gradus_status status = gradus_check_gradient(f, NULL, NULL, &error);
    gradus_objective_free(f);
    return status;
}

static gradus_status null_pointers_of_solves(void)
{
    gradus_objective *f = function_of(N, quadratic, NULL);
    double theta[N] = {1.0, 2.0, 3.0};
    gradus_report report;
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    gradus_solver *solver = NULL;
    gradus_stop_reason reason;
    cr_assert_eq(gradus_descend(f, NULL, &options, &report), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_ascend(NULL, theta, &options, &report), GRADUS_ERROR_NULL);
    cr_assert_eq(report.stop, GRADUS_STOP_FAILED);
    cr_assert_eq(gradus_solver_create(NULL, GRADUS_DIRECTION_DESCENT, theta, &options, &solver),
                 GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, NULL, NULL, &solver), GRADUS_ERROR_NULL);
    memset(&error, 0x5A, sizeof error);
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, theta, &options, NULL), GRADUS_ERROR_NULL);
    readable(&error);
    cr_assert_eq(gradus_solver_step(NULL, &reason), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_solver_report(NULL, theta, &report), GRADUS_ERROR_NULL);
    cr_assert(solver == NULL && theta[2] == 3.0);
    const gradus_status status = refused_solve(NULL, zeros, &options, &error);
    gradus_objective_free(f);
    return status;
}

static gradus_status no_rows(void)
{
    problem p;
    problem_make(&p);
    p.data.X.rows = 0;
    return refused_model(&p);
}

static gradus_status no_columns(void)
{
    problem p;
    problem_make(&p);
    p.data.X.cols = 0;
    return refused_model(&p);
}

static gradus_status no_variables(void)
{
    gradus_objective *f = NULL;
    const gradus_status status = gradus_function(0, quadratic, NULL, &f);
    cr_assert_null(f);
    return status;
}

/* ---- the matrix ---- */

static gradus_status leading_dimension_below_the_columns(void)
{
    problem p;
    problem_make(&p);
    p.data.X.ld = N - 1;
    const gradus_status status = refused_model(&p);
    cr_assert(p.error.measured == N - 1 && p.error.limit == N);
    return status;
}

static gradus_status leading_dimension_below_the_rows(void)
{
    problem p;
    problem_make(&p);
    p.data.X = gradus_col_major(M, N, p.data.x, M - 1);
    const gradus_status status = refused_model(&p);
    cr_assert(p.error.measured == M - 1 && p.error.limit == M);
    return status;
}

static gradus_status rows_times_columns_overflow(void)
{
    problem p;
    problem_make(&p);
    p.data.X = gradus_row_major(SIZE_MAX / 4, 5, p.data.x, 5);
    return refused_model(&p);
}

static gradus_status more_columns_than_an_int(void)
{
    problem p;
    problem_make(&p);
    p.data.X = gradus_row_major(1, (size_t)INT_MAX + 1, p.data.x, (size_t)INT_MAX + 1);
    const gradus_status status = refused_model(&p);
    cr_assert(p.error.measured == (double)INT_MAX + 1 && p.error.limit == (double)INT_MAX);
    return status;
}

static gradus_status sixty_four_bit_integers_in_blas(void)
{
    problem p;
    problem_make(&p);
    blas_config = "OpenBLAS 0.3.21 USE64BITINT DYNAMIC_ARCH";
    const gradus_status status = refused_model(&p);
    blas_config = NULL;
    return status;
}

/* ---- structs ---- */

static gradus_status matrix_of_another_size(void)
{
    problem p;
    problem_make(&p);
    p.data.X.size = 0;
    const gradus_status status = refused_model(&p);
    cr_assert(p.error.measured == 0.0 && p.error.limit == (double)sizeof(gradus_matrix));
    return status;
}

/* Of options of another size even the error pointer cannot be trusted. */
static gradus_status model_options_of_another_size(void)
{
    problem p;
    problem_make(&p);
    gradus_objective *f = NULL;
    p.model.size = sizeof p.model + 8;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.model, &f), GRADUS_ERROR_STRUCT_SIZE);
    p.model.size = 0;
    const gradus_status status = gradus_logistic(&p.data.X, p.data.labels, &p.model, &f);
    cr_assert(f == NULL && untouched(&p.error));
    test_data_free(&p.data);
    return status;
}

static gradus_status options_of_another_size(void)
{
    problem p;
    problem_make(&p);
    p.options.size = 0;
    const gradus_status status = refused_options(&p);
    cr_assert(untouched(&p.error));
    return status;
}

/* ---- options ---- */

/* One row a field: a number below, at and above each of its limits. */
typedef struct field {
    const char *name;
    size_t offset;
    double low, high;
    bool open; /* low itself is outside */
    bool may_be_off;
    bool of_a_lasso; /* nothing else has it */
} field;

#define FIELD(name) #name, offsetof(gradus_options, name)
static const field fields[] = {
    {FIELD(step.shrink), 0.01, 0.99, false, false, false},
    {FIELD(step.growth), 1.0, 100.0, false, false, false},
    {FIELD(step.sufficient_decrease), 1e-10, 0.5, false, false, false},
    {FIELD(momentum), 0.0, 0.999999, true, false, false},
    {FIELD(stop.gradient_tolerance), 0.0, 1.0, true, true, false},
    {FIELD(stop.step_tolerance), 0.0, 1.0, true, true, false},
    {FIELD(stop.gap_tolerance), 0.0, 1.0, true, true, true},
    {FIELD(stop.value_tolerance), 0.0, 1.0, true, true, false},
    {FIELD(stop.seconds), 0.0, 1e300, true, true, false},
    {FIELD(second_momentum), 0.0, 0.999999999, true, false, false},
    {FIELD(adam_epsilon), 0.0, 1.0, true, false, false},
};
#undef FIELD

/* The status with that number in the field; when refused, the sentence names the field and the error the number. */
static gradus_status with_number(const field *row, double number)
{
    problem p;
    problem_make(&p);
    p.options.stop.max_iterations = 2;
    memcpy((char *)&p.options + row->offset, &number, sizeof number);
    p.model.lasso = 0.01;
    gradus_objective *f = NULL;
    if (row->of_a_lasso)
        cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.model, &f), 0);
    else
        f = function_of(N, quadratic, NULL);
    double theta[N] = {1.0, 2.0, 3.0};
    const gradus_status status = gradus_descend(f, theta, &p.options, NULL);
    if (status) {
        cr_assert(theta[0] == 1.0 && theta[1] == 2.0 && theta[2] == 3.0);
        readable(&p.error);
        cr_assert(strstr(p.error.sentence, row->name), "%s is not named in: %s", row->name, p.error.sentence);
        cr_assert(test_same(p.error.measured, number));
        cr_assert(p.error.limit == (number > row->high ? row->high : row->low));
    }
    gradus_objective_free(f);
    test_data_free(&p.data);
    return status;
}

static void inside(const field *row, double number)
{
    cr_assert_eq(with_number(row, number), 0, "%s = %.17g", row->name, number);
}

static gradus_status outside(const field *row, double number)
{
    const gradus_status status = with_number(row, number);
    cr_assert_eq(status, GRADUS_ERROR_OPTION, "%s = %.17g", row->name, number);
    return status;
}

static gradus_status numbers_out_of_range(void)
{
    gradus_status status = 0;
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        const field *row = &fields[k];
        inside(row, 0.0); /* the default */
        inside(row, row->high);
        outside(row, nextafter(row->high, (double)INFINITY));
        outside(row, (double)INFINITY);
        outside(row, -(double)INFINITY);
        outside(row, -0.5);
        outside(row, -2.0);
        if (row->open) inside(row, DBL_MIN);
        if (!row->open) inside(row, row->low);
        if (!row->open) outside(row, nextafter(row->low, 0.0));
        if (row->may_be_off) inside(row, GRADUS_OFF);
        if (!row->may_be_off) outside(row, GRADUS_OFF);
        status = outside(row, (double)NAN);
    }
    return status;
}

/* The status with these options; when refused, the sentence must name the field. */
static gradus_status named(problem *p, const char *name)
{
    const gradus_status status = refused_options(p);
    readable(&p->error);
    cr_assert(strstr(p->error.sentence, name), "%s is not named in: %s", name, p->error.sentence);
    return status;
}

static gradus_status counts_and_choices_out_of_range(void)
{
    gradus_status status = 0;
    for (int k = 0; k < 13; k++) {
        static const char *const names[] = {"stop.max_iterations",
                                            "stop.max_iterations",
                                            "stop.patience",
                                            "stop.patience",
                                            "method",
                                            "method",
                                            "metric",
                                            "metric",
                                            "step.rule",
                                            "step.rule",
                                            "threads",
                                            "threads",
                                            "method"};
        problem p;
        problem_make(&p);
        gradus_options *o = &p.options;
        if (k == 0) o->stop.max_iterations = -2;
        if (k == 1) o->stop.max_iterations = INT64_MIN;
        if (k == 2) o->stop.patience = -2;
        if (k == 3) o->stop.patience = INT64_MIN;
        if (k == 4) o->method = (gradus_method)-1;
        if (k == 5) o->method = (gradus_method)(GRADUS_METHOD_SVRG + 1);
        if (k == 6) o->metric = (gradus_metric)-1;
        if (k == 7) o->metric = (gradus_metric)(GRADUS_METRIC_SAMPLED_HESSIAN + 1);
        if (k == 8) o->step.rule = (gradus_step_rule)-1;
        if (k == 9) o->step.rule = (gradus_step_rule)(GRADUS_STEP_DECAY + 1);
        if (k == 10) o->threads = -1;
        if (k == 11) o->threads = INT_MIN;
        if (k == 12) o->method = (gradus_method)INT_MAX;
        status = named(&p, names[k]);
        cr_assert_eq(status, GRADUS_ERROR_OPTION, "case %d", k);
    }
    return status;
}

static gradus_status ridge_out_of_range(void)
{
    static const double wrong[] = {-DBL_TRUE_MIN, -1.0, (double)INFINITY, -(double)INFINITY, (double)NAN};
    gradus_status status = 0;
    for (size_t k = 0; k < 5; k++) {
        problem p;
        problem_make(&p);
        p.model.ridge = wrong[k];
        status = refused_model(&p);
        cr_assert_eq(status, GRADUS_ERROR_OPTION, "%g", wrong[k]);
        cr_assert(strstr(p.error.sentence, "ridge") && test_same(p.error.measured, wrong[k]));
    }
    return status;
}

static gradus_status layout_unknown(void)
{
    problem p;
    problem_make(&p);
    p.data.X.layout = (gradus_layout)0;
    return refused_model(&p);
}

static gradus_status direction_unknown(void)
{
    gradus_objective *f = function_of(N, quadratic, NULL);
    gradus_solver *solver = NULL;
    gradus_status status = 0;
    for (int direction = -1; direction <= 3; direction++) {
        if (direction == 1 || direction == 2) continue;
        status = gradus_solver_create(f, (gradus_direction)direction, zeros, NULL, &solver);
        cr_assert(status == GRADUS_ERROR_OPTION && !solver);
    }
    gradus_objective_free(f);
    return status;
}

static gradus_status step_size_missing_or_out_of_range(void)
{
    static const double wrong[] = {0.0, -0.0, -1.0, (double)NAN, (double)INFINITY, -(double)INFINITY, 1e301};
    gradus_status status = 0;
    for (size_t k = 0; k < 28; k++) {
        static gradus_step (*const rules[])(double) = {gradus_step_backtracking, gradus_step_fixed,
                                                       gradus_step_wolfe, gradus_step_barzilai_borwein};
        problem p;
        problem_make(&p);
        p.options.step = rules[k % 4](wrong[k / 4]);
        if (k < 8 && k % 4 != 1) { /* 0 is the default of a search's first trial */
            test_data_free(&p.data);
            continue;
        }
        status = refused_options(&p);
        cr_assert_eq(status, GRADUS_ERROR_STEP_SIZE, "%g", wrong[k / 4]);
        readable(&p.error);
        cr_assert(test_same(p.error.measured, wrong[k / 4]) && p.error.limit == 0.0);
    }
    return status;
}

static gradus_status fixed_step_beyond_the_curvature(void)
{
    problem p;
    problem_make(&p);
    p.options.step = gradus_step_fixed(1e4);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, NULL, &f), 0);
    test_run run = test_solve(gradus_descend, f, p.data.theta, &p.options);
    cr_assert(test_same_bits(N, run.theta, p.data.theta));
    cr_assert(run.error.measured >= 2.0 && run.error.limit == 2.0);
    readable(&run.error);
    const gradus_status status = run.status;
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&p.data);
    return status;
}

static gradus_status columns_of_a_function(void)
{
    gradus_objective *f = function_of(N, quadratic, NULL);
    gradus_error error;
    gradus_options options = gradus_options_default();
    gradus_status status = 0;
    options.error = &error;
    for (int metric = GRADUS_METRIC_STANDARDIZED; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
        options.metric = (gradus_metric)metric;
        status = refused_solve(f, zeros, &options, &error);
        cr_assert_eq(status, GRADUS_ERROR_UNSUPPORTED, "metric %d", metric);
        readable(&error);
    }
    gradus_objective_free(f);
    return status;
}

/* What needs the Hessian of least squares, minimised; case k on a function, on logistic and on least squares, maximised. */
static gradus_status more_than_the_objective_has(void)
{
    problem p;
    problem_make(&p);
    gradus_objective *functions[3] = {function_of(N, quadratic, NULL), NULL, NULL}, *squares = NULL;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, NULL, &functions[1]), 0);
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, NULL, &squares), 0);
    cr_assert_eq(gradus_negate(squares, &functions[2]), 0);
    gradus_status status = 0;
    for (int k = 0; k < 9; k++) {
        p.options = gradus_options_default();
        p.options.error = &p.error;
        if (k % 3 == 0) p.options.step = gradus_step_exact();
        if (k % 3 == 1) p.options.compress = 1;
        if (k % 3 == 2) p.options.refine = 1;
        memset(&p.error, 0x5A, sizeof p.error);
        double theta[N] = {0.1, 0.2, 0.3};
        status = gradus_descend(functions[k / 3], theta, &p.options, NULL);
        cr_assert_eq(status, GRADUS_ERROR_UNSUPPORTED, "case %d: %d", k, status);
        cr_assert(theta[0] == 0.1 && theta[1] == 0.2 && theta[2] == 0.3);
        readable(&p.error);
    }
    for (int k = 0; k < 3; k++) gradus_objective_free(functions[k]);
    gradus_objective_free(squares);
    test_data_free(&p.data);
    return status;
}

/* Options of least squares that exclude each other. */
static gradus_status options_that_do_not_go_together(void)
{
    gradus_status status = 0;
    for (int k = 0; k < 8; k++) {
        problem p;
        problem_make(&p);
        gradus_options *o = &p.options;
        if (k < 4) o->step = gradus_step_barzilai_borwein(0.0);
        if (k == 0) o->method = GRADUS_METHOD_LBFGS;
        if (k == 1) o->method = GRADUS_METHOD_HEAVY_BALL;
        if (k == 2) o->method = GRADUS_METHOD_NESTEROV;
        if (k == 3) o->method = GRADUS_METHOD_CONJUGATE_GRADIENT;
        o->refine = k >= 4;
        if (k == 4) o->method = GRADUS_METHOD_GRADIENT;
        if (k == 5) o->step = gradus_step_fixed(1.0);
        if (k == 6) o->metric = GRADUS_METRIC_IDENTITY;
        if (k == 7) o->metric = GRADUS_METRIC_DIAGONAL;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, NULL, &f), 0);
        status = gradus_descend(f, p.data.theta, o, NULL);
        cr_assert_eq(status, GRADUS_ERROR_UNSUPPORTED, "case %d: %d", k, status);
        readable(&p.error);
        gradus_objective_free(f);
        test_data_free(&p.data);
    }
    return status;
}

static gradus_status penalties_out_of_range(void)
{
    static const double nan_ = (double)NAN, inf = (double)INFINITY;
    const double wrong[] = {-1e-300, nan_, inf};
    const double bounds[][2] = {{1.0, 0.5}, {nan_, 1.0}, {0.0, nan_}, {inf, inf}, {-inf, -inf}};
    gradus_status status = 0;
    for (size_t k = 0; k < 12; k++) {
        problem p;
        problem_make(&p);
        double lower[N] = {0.0}, upper[N] = {1.0, 1.0, 1.0};
        if (k < 3) p.model.lasso = wrong[k];
        if (k >= 3 && k < 6) p.model.radius = wrong[k - 3];
        if (k >= 6) p.model.lower = lower;
        if (k >= 6) p.model.upper = upper;
        if (k >= 6 && k < 11) lower[1] = bounds[k - 6][0];
        if (k >= 6 && k < 11) upper[1] = bounds[k - 6][1];
        if (k == 11) lower[0] = lower[2] = p.model.radius = 1.0; /* the nearest point is 2^(1/2) away */
        status = refused_model(&p);
        cr_assert_eq(status, GRADUS_ERROR_OPTION, "case %zu: %d", k, status);
        if (k < 6) cr_assert(test_same(p.error.measured, wrong[k % 3]));
        if (k >= 6 && k < 11)
            cr_assert(p.error.column == 1 && test_same(p.error.measured, bounds[k - 6][0]) &&
                      test_same(p.error.limit, bounds[k - 6][1]));
        if (k == 11) cr_assert(p.error.measured == 1.0 && fabs(p.error.limit - sqrt(2.0)) <= 1e-15);
    }
    return status;
}

/* Case k of what a lasso does not go with; from case 15 on what goes with nothing else. */
static void spoil(gradus_options *o, int k)
{
    static const gradus_method methods[] = {GRADUS_METHOD_LBFGS, GRADUS_METHOD_HEAVY_BALL,
                                            GRADUS_METHOD_CONJUGATE_GRADIENT, GRADUS_METHOD_ADAM};
    static const gradus_metric metrics[] = {GRADUS_METRIC_GRAM, GRADUS_METRIC_STANDARDIZED, GRADUS_METRIC_QR,
                                            GRADUS_METRIC_SAMPLED_HESSIAN};
    if (k < 4) o->method = methods[k];
    if (k >= 4 && k < 8) o->metric = metrics[k - 4];
    if (k == 8) o->step = gradus_step_wolfe(0.0);
    if (k == 9) o->step = gradus_step_exact();
    if (k == 10) o->step = gradus_step_barzilai_borwein(0.0);
    if (k == 11) o->step = gradus_step_inverse_time(0.1, 0.1);
    if (k == 12) o->compress = 1;
    if (k == 13) o->refine = 1;
    if (k == 14 || k == 15) o->step = gradus_step_fixed(0.1);
    if (k == 14) o->clip = 1.0;
    if (k == 15) o->batch.rows = 5;
    if (k >= 16) o->stop.gap_tolerance = 1e-3;
}

/* Climbing a penalised cost. */
static gradus_status refused_ascent(const gradus_objective *f, problem *p)
{
    double theta[N] = {0.1, 0.2, 0.3};
    memset(&p->error, 0x5A, sizeof p->error);
    const gradus_status status = gradus_ascend(f, theta, &p->options, NULL);
    readable(&p->error);
    return status;
}

static gradus_status what_a_penalty_does_not_go_with(void)
{
    gradus_status status = 0;
    for (int k = 0; k < 19; k++) {
        problem p;
        problem_make(&p);
        const double lower[N] = {0.0};
        if (k < 16) p.model.lasso = 0.01;
        if (k >= 17)
            p.model.lower = lower; /* no dual point is known, and without any penalty there is none */
        if (k == 18) p.model.radius = 1.0;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.model, &f), 0);
        spoil(&p.options, k);
        double theta[N] = {0.1, 0.2, 0.3};
        status = gradus_descend(f, theta, &p.options, NULL);
        cr_assert_eq(status, GRADUS_ERROR_UNSUPPORTED, "case %d: %d", k, status);
        cr_assert(theta[0] == 0.1 && theta[1] == 0.2 && theta[2] == 0.3);
        readable(&p.error);
        if (k < 16) {
            p.options = gradus_options_default();
            p.options.error = &p.error;
            cr_assert_eq(refused_ascent(f, &p), GRADUS_ERROR_UNSUPPORTED);
        }
        gradus_objective_free(f);
        test_data_free(&p.data);
    }
    return status;
}

/* Closed forms, singular values and certificates know no lasso, bounds or radius. */
static gradus_status closed_forms_of_penalties(void)
{
    gradus_status status = 0;
    const double bound[N] = {0.0};
    for (int k = 0; k < 4; k++) {
        problem p;
        problem_make(&p);
        if (k == 0) p.model.lasso = 0.1;
        if (k == 1) p.model.lower = bound;
        if (k == 2) p.model.upper = bound;
        if (k == 3) p.model.radius = 1.0;
        double theta[N] = {7.0, 8.0, 9.0};
        gradus_certificate certificate;
        status = gradus_reference_least_squares(&p.data.X, p.data.y, &p.model, GRADUS_REFERENCE_QR, theta,
                                                NULL);
        readable(&p.error);
        cr_assert_eq(gradus_reference_singular_values(&p.data.X, &p.model, theta), status);
        cr_assert_eq(gradus_certify_least_squares(&p.data.X, p.data.y, &p.model, theta, &certificate),
                     status);
        cr_assert(status == GRADUS_ERROR_UNSUPPORTED && theta[0] == 7.0 && theta[2] == 9.0);
        test_data_free(&p.data);
    }
    return status;
}

/* ---- data ---- */

/* X[i][j] is bad: every kind of model, direction and metric names it, even where theta, y and labels are 0. */
static gradus_status bad_element(test_data *data, size_t i, size_t j, double bad)
{
    double *place = test_element(data->x, &data->X, i, j);
    const double good = *place;
    gradus_status status = 0;
    *place = bad;
    for (int k = 0; k < 12; k++) {
        gradus_model_options model = gradus_model_options_default();
        model.intercept = k % 2;
        gradus_objective *f = NULL;
        cr_assert_eq(makers[k / 4](&data->X, data->labels, &model, &f), 0);
        gradus_options options = gradus_options_default();
        gradus_error error;
        options.error = &error;
        if (k & 2) options.step = gradus_step_fixed(0.1);
        status = refused_solve(f, k & 1 ? data->theta : zeros, &options, &error);
        cr_assert_eq(status, GRADUS_ERROR_DATA_NOT_FINITE, "%zux%zu at (%zu, %zu): %s", data->X.rows,
                     data->X.cols, i, j, gradus_strerror(status));
        cr_assert(error.row == i && error.column == j && test_same(error.measured, bad), "%s",
                  error.sentence);
        readable(&error);
        gradus_objective_free(f);
    }
    *place = good;
    return status;
}

static gradus_status an_element_is_not_finite(void)
{
    static const size_t rows[] = {1, 2, 33, 700}, cols[] = {1, 2, N};
    gradus_status status = 0;
    for (size_t c = 0; c < 48; c++) {
        const size_t m = rows[c % 4], n = cols[c / 4 % 3];
        const gradus_layout layout = c / 12 % 2 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR;
        test_data data = test_data_make(c, m, n, layout, c / 24);
        memset(data.labels, 0, m * sizeof *data.labels);
        bad_element(&data, 0, 0, (double)NAN);
        bad_element(&data, m / 2, n / 2, (double)INFINITY);
        status = bad_element(&data, m - 1, n - 1, -(double)INFINITY);
        test_data_free(&data);
    }
    return status;
}

/* The same for n = 70, through the public call alone, at every column. */
static gradus_status an_element_of_many_columns_is_not_finite(void)
{
    static double start[70];
    gradus_status status = 0;
    for (size_t c = 0; c < 140; c++) {
        const gradus_layout layout = c % 2 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR;
        test_data data = test_data_make(c, 200, 70, layout, 1);
        const size_t i = c * 37 % 200, j = c / 2;
        *test_element(data.x, &data.X, i, j) = c % 3 ? (double)NAN : (double)INFINITY;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
        test_run run = test_solve(gradus_descend, f, start, NULL);
        status = run.status;
        cr_assert_eq(status, GRADUS_ERROR_DATA_NOT_FINITE);
        cr_assert(run.error.row == i && run.error.column == j && test_same_bits(70, run.theta, start));
        test_run_free(&run);
        gradus_objective_free(f);
        test_data_free(&data);
    }
    return status;
}

/* Spoils one entry of `numbers` after another; the error must name the row and the number. */
static gradus_status spoilt_entries(problem *p, double *numbers, const double *wrong, size_t count,
                                    gradus_status expected, const maker *first, size_t how_many)
{
    for (size_t k = 0; k < count * 3; k++) {
        const size_t row = k % 3 == 0 ? 0 : k % 3 == 1 ? M / 2 : M - 1;
        const double good = numbers[row];
        numbers[row] = wrong[k / 3];
        for (size_t m = 0; m < how_many; m++) {
            gradus_objective *f = NULL;
            memset(&p->error, 0x5A, sizeof p->error);
            cr_assert_eq(first[m](&p->data.X, p->data.labels, &p->model, &f), expected, "%g in row %zu",
                         wrong[k / 3], row);
            cr_assert(!f && p->error.row == row && p->error.column == GRADUS_NOWHERE);
            cr_assert(test_same(p->error.measured, wrong[k / 3]));
            readable(&p->error);
        }
        numbers[row] = good;
    }
    test_data_free(&p->data);
    return expected;
}

static gradus_status the_response_is_not_finite(void)
{
    static const double wrong[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    problem p;
    problem_make(&p);
    return spoilt_entries(&p, p.data.labels, wrong, 3, GRADUS_ERROR_RESPONSE_NOT_FINITE, makers, 3);
}

static gradus_status a_label_is_neither_0_nor_1(void)
{
    static const double wrong[] = {0.5, -1.0, 2.0, DBL_TRUE_MIN, 1.0 + DBL_EPSILON};
    problem p;
    problem_make(&p);
    return spoilt_entries(&p, p.data.labels, wrong, 5, GRADUS_ERROR_LABEL, makers + 1, 2);
}

static gradus_status a_count_is_negative(void)
{
    static const double wrong[] = {-1.0, -DBL_TRUE_MIN, -DBL_MAX};
    static const maker poisson[] = {gradus_poisson};
    problem p;
    problem_make(&p);
    return spoilt_entries(&p, p.data.labels, wrong, 3, GRADUS_ERROR_COUNT, poisson, 1);
}

static gradus_status a_weight_is_negative_or_not_finite(void)
{
    static const double wrong[] = {-DBL_TRUE_MIN, -1.0, (double)NAN, (double)INFINITY, -(double)INFINITY};
    problem p;
    problem_make(&p);
    p.model.weights = p.data.weights;
    return spoilt_entries(&p, p.data.weights, wrong, 5, GRADUS_ERROR_WEIGHT, makers, 3);
}

static gradus_status all_weights_are_zero_or_too_large_together(void)
{
    problem p;
    problem_make(&p);
    p.model.weights = p.data.weights;
    for (size_t i = 0; i < M; i++) p.data.weights[i] = DBL_MAX / 4;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.model, &f), GRADUS_ERROR_WEIGHT);
    cr_assert_eq(p.error.row, 4);
    memset(p.data.weights, 0, M * sizeof *p.data.weights);
    const gradus_status status = refused_model(&p);
    cr_assert_eq(p.error.row, GRADUS_NOWHERE);
    return status;
}

/* ---- the start ---- */

static gradus_status the_start_is_not_finite(void)
{
    static const double wrong[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    problem p;
    problem_make(&p);
    gradus_objective *f = NULL;
    gradus_status status = 0;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, NULL, &f), 0);
    for (size_t k = 0; k < 9; k++) {
        double start[N + 1] = {0.1, 0.2, 0.3, 0.0};
        start[k % N] = wrong[k / 3];
        status = refused_solve(f, start, &p.options, &p.error);
        cr_assert(status == GRADUS_ERROR_START_NOT_FINITE && p.error.row == k % N);
        cr_assert(test_same(p.error.measured, wrong[k / 3]));
        readable(&p.error);
    }
    gradus_objective_free(f);
    test_data_free(&p.data);
    return status;
}

/* value, and in its place for gradient[n - 1] the other number */
static gradus_status broken(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double *numbers = (const double *)context;
    (void)theta;
    *value = numbers[0];
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = j + 1 == n ? numbers[1] : 1.0;
    return 0;
}

static gradus_status no_value_or_gradient_at_the_start(void)
{
    double wrong[][2] = {
        {(double)NAN, 1.0}, {1.0, (double)NAN}, {1.0, (double)INFINITY}, {1.0, -(double)INFINITY}};
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    for (size_t k = 0; k < 4; k++) {
        gradus_objective *f = function_of(N, broken, wrong[k]);
        cr_assert_eq(refused_solve(f, zeros, &options, &error), GRADUS_ERROR_START_VALUE, "case %zu", k);
        cr_assert(test_same(fabs(error.measured), fabs(wrong[k][0])));
        readable(&error);
        gradus_objective_free(f);
    }
    gradus_objective *f = function_of(N, rejecting, NULL);
    const gradus_status status = refused_solve(f, zeros, &options, &error);
    cr_assert(isnan(error.measured));
    readable(&error);
    gradus_objective_free(f);
    return status;
}

/* Inf is "no" for descent and "unbounded" for ascent; -Inf the other way round. */
static gradus_status an_infinite_value_against_the_direction_at_the_start(void)
{
    double up[] = {(double)INFINITY, 1.0}, down[] = {-(double)INFINITY, 1.0};
    gradus_objective *f = function_of(N, broken, up), *g = function_of(N, broken, down);
    test_run a = test_solve(gradus_descend, f, zeros, NULL), b = test_solve(gradus_ascend, g, zeros, NULL);
    cr_assert(a.status == b.status && a.error.measured == (double)INFINITY);
    const gradus_status status = a.status;
    test_run_free(&a);
    test_run_free(&b);
    gradus_objective_free(f);
    gradus_objective_free(g);
    return status;
}

/* Finite data and start whose value overflows: not the data's fault. */
static gradus_status a_model_overflows_at_the_start(void)
{
    const double x[] = {1e200, 1e200}, y[] = {0.0, 1.0}, start[] = {1e100, 0.0, 0.0, 0.0};
    const gradus_matrix X = gradus_row_major(2, 1, x, 1);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&X, y, NULL, &f), 0);
    test_run run = test_solve(gradus_descend, f, start, NULL);
    const gradus_status status = run.status;
    readable(&run.error);
    test_run_free(&run);
    gradus_objective_free(f);
    return status;
}

/* ---- the gradient check ---- */

static gradus_status wrong_gradient(void *context, size_t n, const double *theta, double *value,
                                    double *gradient)
{
    const gradus_status status = quadratic(context, n, theta, value, gradient);
    if (gradient) gradient[1] *= -1.0;
    return status;
}

static gradus_status a_wrong_gradient(void)
{
    gradus_objective *f = function_of(N, wrong_gradient, NULL);
    const double theta[N] = {0.5, 1.5, -0.5};
    gradus_error error;
    const gradus_status status = gradus_check_gradient(f, theta, NULL, &error);
    cr_assert(error.row == 1 && error.measured > error.limit);
    readable(&error);
    gradus_objective_free(f);
    return status;
}

static gradus_status lifted(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const gradus_status status = quadratic(context, n, theta, value, gradient);
    *value += 1e20;
    return status;
}

static gradus_status a_gradient_drowned_in_rounding(void)
{
    gradus_objective *f = function_of(N, lifted, NULL);
    const double theta[N] = {0.5, 1.5, -0.5};
    gradus_error error;
    const gradus_status status = gradus_check_gradient(f, theta, NULL, &error);
    readable(&error);
    gradus_objective_free(f);
    return status;
}

/* ---- resources and the monitor ---- */

static gradus_status no_memory(void)
{
    problem p;
    problem_make(&p);
    test_allocator allocator;
    test_allocator_begin(&allocator, 1);
    p.options.allocator = &allocator.face;
    const gradus_status status = refused_options(&p);
    readable(&p.error);
    cr_assert_eq(allocator.alive, 0);
    return status;
}

static gradus_verdict abort_at_two(void *context, const gradus_progress *progress)
{
    (void)context;
    return progress->iteration == 2 ? GRADUS_MONITOR_ABORT : GRADUS_MONITOR_CONTINUE;
}

static gradus_status the_monitor_aborts(void)
{
    gradus_objective *f = function_of(N, test_rosenbrock, NULL);
    double theta[N] = {-1.2, 1.0, 0.0};
    gradus_error error;
    gradus_report report;
    gradus_options options = gradus_options_default();
    options.monitor = abort_at_two;
    options.error = &error;
    const gradus_status status = gradus_descend(f, theta, &options, &report);
    cr_assert(report.iterations == 2 && report.stop == GRADUS_STOP_FAILED);
    readable(&error);
    gradus_objective_free(f);
    return status;
}

/* ---- LAPACK ---- */

static gradus_status dependent_columns(void)
{
    problem p;
    problem_make(&p);
    for (size_t i = 0; i < M; i++) p.data.x[N * i + 2] = p.data.x[N * i];
    double theta[N] = {7.0, 7.0, 7.0};
    const gradus_status status = gradus_reference_least_squares(&p.data.X, p.data.y, &p.model,
                                                                GRADUS_REFERENCE_QR, theta, NULL);
    cr_assert(theta[0] == 7.0 && theta[1] == 7.0 && theta[2] == 7.0);
    readable(&p.error);
    test_data_free(&p.data);
    return status;
}

static gradus_status a_coefficient_beyond_double(void)
{
    const double x = 1e-300, y = 1e300;
    const gradus_matrix X = gradus_row_major(1, 1, &x, 1);
    double theta = 7.0;
    gradus_error error;
    gradus_model_options options = gradus_model_options_default();
    options.error = &error;
    const gradus_status status = gradus_reference_least_squares(&X, &y, &options, GRADUS_REFERENCE_QR, &theta,
                                                                NULL);
    cr_assert(theta == 7.0);
    readable(&error);
    return status;
}

/* ---- the table ---- */

typedef struct row {
    gradus_status status;
    const char *how;
    gradus_status (*provoke)(void); /* returns the status that came */
} row;

#define ROW(status, how)                                                                                     \
    {                                                                                                        \
        GRADUS_##status, #how, how                                                                           \
    }
static const row rows[] = {
    ROW(REJECT, a_callback_rejects),
    ROW(ERROR_NULL, null_matrix_data_and_response),
    ROW(ERROR_NULL, null_pointers_of_objectives),
    ROW(ERROR_NULL, null_pointers_of_solves),
    ROW(ERROR_EMPTY, no_rows),
    ROW(ERROR_EMPTY, no_columns),
    ROW(ERROR_EMPTY, no_variables),
    ROW(ERROR_LEADING_DIMENSION, leading_dimension_below_the_columns),
    ROW(ERROR_LEADING_DIMENSION, leading_dimension_below_the_rows),
    ROW(ERROR_SIZE_OVERFLOW, rows_times_columns_overflow),
    ROW(ERROR_TOO_LARGE, more_columns_than_an_int),
    ROW(ERROR_STRUCT_SIZE, matrix_of_another_size),
    ROW(ERROR_STRUCT_SIZE, model_options_of_another_size),
    ROW(ERROR_STRUCT_SIZE, options_of_another_size),
    ROW(ERROR_OPTION, numbers_out_of_range),
    ROW(ERROR_OPTION, counts_and_choices_out_of_range),
    ROW(ERROR_OPTION, ridge_out_of_range),
    ROW(ERROR_OPTION, penalties_out_of_range),
    ROW(ERROR_OPTION, layout_unknown),
    ROW(ERROR_OPTION, direction_unknown),
    ROW(ERROR_STEP_SIZE, step_size_missing_or_out_of_range),
    ROW(ERROR_STEP_TOO_LARGE, fixed_step_beyond_the_curvature),
    ROW(ERROR_UNSUPPORTED, columns_of_a_function),
    ROW(ERROR_UNSUPPORTED, more_than_the_objective_has),
    ROW(ERROR_UNSUPPORTED, options_that_do_not_go_together),
    ROW(ERROR_UNSUPPORTED, what_a_penalty_does_not_go_with),
    ROW(ERROR_UNSUPPORTED, closed_forms_of_penalties),
    ROW(ERROR_DATA_NOT_FINITE, an_element_is_not_finite),
    ROW(ERROR_DATA_NOT_FINITE, an_element_of_many_columns_is_not_finite),
    ROW(ERROR_RESPONSE_NOT_FINITE, the_response_is_not_finite),
    ROW(ERROR_WEIGHT, a_weight_is_negative_or_not_finite),
    ROW(ERROR_WEIGHT, all_weights_are_zero_or_too_large_together),
    ROW(ERROR_LABEL, a_label_is_neither_0_nor_1),
    ROW(ERROR_COUNT, a_count_is_negative),
    ROW(ERROR_START_NOT_FINITE, the_start_is_not_finite),
    ROW(ERROR_START_VALUE, no_value_or_gradient_at_the_start),
    ROW(ERROR_START_VALUE, an_infinite_value_against_the_direction_at_the_start),
    ROW(ERROR_START_VALUE, a_model_overflows_at_the_start),
    ROW(ERROR_RANK_DEFICIENT, dependent_columns),
    ROW(ERROR_GRADIENT, a_wrong_gradient),
    ROW(ERROR_GRADIENT_UNKNOWN, a_gradient_drowned_in_rounding),
    ROW(ERROR_MEMORY, no_memory),
    ROW(ERROR_LAPACK, a_coefficient_beyond_double),
    ROW(ERROR_BLAS_INTEGERS, sixty_four_bit_integers_in_blas),
    ROW(ERROR_ABORTED, the_monitor_aborts),
};
#undef ROW
enum { ROWS = sizeof rows / sizeof *rows };

/* Provokes the status in every way that the table knows; how many are there? */
static size_t provoke(gradus_status status)
{
    size_t ways = 0;
    for (size_t k = 0; k < ROWS; k++) {
        if (rows[k].status != status) continue;
        const gradus_status came = rows[k].provoke();
        cr_assert_eq(came, status, "%s gave %d: %s", rows[k].how, came, gradus_strerror(came));
        ways++;
    }
    return ways;
}

Test(errors, reject)
{
    cr_assert_gt(provoke(GRADUS_REJECT), 0);
}

Test(errors, null)
{
    cr_assert_gt(provoke(GRADUS_ERROR_NULL), 0);
}

Test(errors, empty)
{
    cr_assert_gt(provoke(GRADUS_ERROR_EMPTY), 0);
}

Test(errors, leading_dimension)
{
    cr_assert_gt(provoke(GRADUS_ERROR_LEADING_DIMENSION), 0);
}

Test(errors, size_overflow)
{
    cr_assert_gt(provoke(GRADUS_ERROR_SIZE_OVERFLOW), 0);
}

Test(errors, too_large)
{
    cr_assert_gt(provoke(GRADUS_ERROR_TOO_LARGE), 0);
}

Test(errors, struct_size)
{
    cr_assert_gt(provoke(GRADUS_ERROR_STRUCT_SIZE), 0);
}

Test(errors, option)
{
    cr_assert_gt(provoke(GRADUS_ERROR_OPTION), 0);
}

Test(errors, step_size)
{
    cr_assert_gt(provoke(GRADUS_ERROR_STEP_SIZE), 0);
}

Test(errors, step_too_large)
{
    cr_assert_gt(provoke(GRADUS_ERROR_STEP_TOO_LARGE), 0);
}

Test(errors, unsupported)
{
    cr_assert_gt(provoke(GRADUS_ERROR_UNSUPPORTED), 0);
}

Test(errors, data_not_finite)
{
    cr_assert_gt(provoke(GRADUS_ERROR_DATA_NOT_FINITE), 0);
}

Test(errors, response_not_finite)
{
    cr_assert_gt(provoke(GRADUS_ERROR_RESPONSE_NOT_FINITE), 0);
}

Test(errors, weight)
{
    cr_assert_gt(provoke(GRADUS_ERROR_WEIGHT), 0);
}

Test(errors, label)
{
    cr_assert_gt(provoke(GRADUS_ERROR_LABEL), 0);
}

Test(errors, count)
{
    cr_assert_gt(provoke(GRADUS_ERROR_COUNT), 0);
}

Test(errors, start_not_finite)
{
    cr_assert_gt(provoke(GRADUS_ERROR_START_NOT_FINITE), 0);
}

Test(errors, start_value)
{
    cr_assert_gt(provoke(GRADUS_ERROR_START_VALUE), 0);
}

Test(errors, rank_deficient)
{
    cr_assert_gt(provoke(GRADUS_ERROR_RANK_DEFICIENT), 0);
}

Test(errors, gradient)
{
    cr_assert_gt(provoke(GRADUS_ERROR_GRADIENT), 0);
}

Test(errors, gradient_unknown)
{
    cr_assert_gt(provoke(GRADUS_ERROR_GRADIENT_UNKNOWN), 0);
}

Test(errors, memory)
{
    cr_assert_gt(provoke(GRADUS_ERROR_MEMORY), 0);
}

Test(errors, lapack)
{
    cr_assert_gt(provoke(GRADUS_ERROR_LAPACK), 0);
}

Test(errors, blas_integers)
{
    cr_assert_gt(provoke(GRADUS_ERROR_BLAS_INTEGERS), 0);
}

Test(errors, aborted)
{
    cr_assert_gt(provoke(GRADUS_ERROR_ABORTED), 0);
}

/* Statuses that this file does not provoke, and why. */
static const struct {
    gradus_status status;
    const char *reason;
} elsewhere[] = {
    {GRADUS_OK, "success is no error"},
    {GRADUS_ERROR_PENALISED, "inference, test_inference.c"},
    {GRADUS_ERROR_NOT_OPTIMUM, "inference, test_inference.c"},
    {GRADUS_ERROR_DEGREES_OF_FREEDOM, "inference, test_inference.c"},
    {GRADUS_ERROR_FILE_READ, "the program's room for files, test_io.c"},
    {GRADUS_ERROR_FILE_FORMAT, "the program's room for files, test_io.c"},
    {GRADUS_ERROR_FILE_WRITE, "the program's room for files, test_io.c"},
    {GRADUS_ERROR_CHECKPOINT_FORMAT, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_VERSION, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_DAMAGED, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_OPTIONS, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_DATA, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_STATE, "save and load, test_checkpoint.c"},
    {GRADUS_ERROR_CHECKPOINT_ROOM, "save and load, test_checkpoint.c"},
};

static bool provoked(gradus_status status)
{
    for (size_t k = 0; k < ROWS; k++) {
        if (rows[k].status == status) return true;
    }
    return false;
}

static const char *excused(gradus_status status)
{
    for (size_t k = 0; k < sizeof elsewhere / sizeof *elsewhere; k++) {
        if (elsewhere[k].status == status) return elsewhere[k].reason;
    }
    return NULL;
}

Test(errors, every_status_is_provoked_by_a_test)
{
#define COVERED(name, value, sentence)                                                                       \
    cr_assert(provoked(value) != (excused(value) != NULL), "GRADUS_%s has no test, or two accounts of it",   \
              #name);
    GRADUS_STATUS_LIST(COVERED)
#undef COVERED
}
