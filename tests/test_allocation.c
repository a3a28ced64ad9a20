/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that runs out, anywhere: every public function is called again and again, its first, its second, ... request refused, once
 * and from there on, until it has no more of them. Each time: the status is that of memory, its sentence is written, every block is
 * given back, and answers are untouched. Called once more it succeeds, with the same bits: nothing was lost.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refusing.h"
#include "support.h"

/* ---- which functions were called while requests were numbered ---- */

static const char *called[256];
static size_t called_count;

static void note(const char *name)
{
    for (size_t k = 0; k < called_count; k++) {
        if (strcmp(called[k], name) == 0) return;
    }
    cr_assert_lt(called_count, sizeof called / sizeof *called);
    called[called_count++] = name;
}

#define CALL(function) (note(#function), function)

/* ---- a scene: data, a model of them, and places for answers ---- */

typedef enum model_kind {
    SQUARES,
    LOGISTIC,
    LIKELIHOOD,
    POISSON,
    HUBER,
    HINGE,
    RESPONSES, /* two of them */
    SOFTMAX,   /* of three classes */
    FUNCTION,
    BATCHED,
    KINDS
} model_kind;

static const char *const kind_names[KINDS] = {"least squares", "logistic",      "log-likelihood", "Poisson",
                                              "Huber",         "squared hinge", "responses",      "softmax",
                                              "function",      "batched"};

/* What a model has beside X and y. */
enum { WEIGHTS = 1, INTERCEPT = 2, OFFSET = 4, RIDGE = 8, LASSO = 16, BOUNDS = 32, BALL = 64, LOW = 128 };

enum { CLASSES = 3, RESPONSE_COUNT = 2, WIDEST = 900, ROOM = 8192, CHECKPOINT_ROOM = 1 << 22, PATH = 4 };

typedef struct scene {
    model_kind kind;
    int extra;
    test_data data;
    gradus_matrix low;
    double *low_numbers, *responses, *classes, *offsets, *lower, *upper; /* for as many outputs as any has */
    gradus_model_options model;
    gradus_options options;
    gradus_infer_options inference;
    gradus_reference reference;
    gradus_error error;
    gradus_objective *f;
    size_t size;
    double start[WIDEST + 1], optimum[WIDEST + 1], answer[ROOM];
    size_t answered; /* entries of answer that a call that succeeds writes */
    size_t block; /* above 0: what was answered in full before memory ran out stays, in blocks of so many */
    gradus_report report; /* of the last solve that succeeded */
} scene;

static unsigned char checkpoint[CHECKPOINT_ROOM];

static double *numbers(size_t count)
{
    double *memory = (double *)calloc(count, sizeof *memory);
    cr_assert_not_null(memory);
    return memory;
}

/* sum of (theta_j - 1)^2 / 2 + theta_j^4 / 4 */
static gradus_status quartic(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double t = theta[j];
        *value += (t - 1.0) * (t - 1.0) / 2.0 + t * t * t * t / 4.0;
        if (gradient) gradient[j] = t - 1.0 + t * t * t;
    }
    return GRADUS_OK;
}

/* The mean over rows i of half the squared distance to a point that depends on i. */
static gradus_status distances(void *context, size_t n, const double *theta, const gradus_batch *batch,
                               double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    if (gradient) memset(gradient, 0, n * sizeof *gradient);
    for (size_t k = 0; k < batch->count; k++) {
        const size_t i = batch->rows ? batch->rows[k] : batch->first + k;
        for (size_t j = 0; j < n; j++) {
            const double r = theta[j] - sin((double)(i + 3 * j)), share = 1.0 / (double)batch->count;
            *value += r * r / 2.0 * share;
            if (gradient) gradient[j] += r * share;
        }
    }
    return GRADUS_OK;
}

static gradus_status make(const scene *s, gradus_objective **f)
{
    const gradus_matrix *X = &s->data.X;
    switch (s->kind) {
    case SQUARES:
        return CALL(gradus_least_squares)(X, s->data.y, &s->model, f);
    case LOGISTIC:
        return CALL(gradus_logistic)(X, s->data.labels, &s->model, f);
    case LIKELIHOOD:
        return CALL(gradus_log_likelihood)(X, s->data.labels, &s->model, f);
    case POISSON:
        return CALL(gradus_poisson)(X, s->data.counts, &s->model, f);
    case HUBER:
        return CALL(gradus_huber)(X, s->data.y, &s->model, f);
    case HINGE:
        return CALL(gradus_squared_hinge)(X, s->data.labels, &s->model, f);
    case RESPONSES:
        return CALL(gradus_least_squares_multiple)(X, s->responses, RESPONSE_COUNT, &s->model, f);
    case SOFTMAX:
        return CALL(gradus_softmax)(X, s->classes, CLASSES, &s->model, f);
    case FUNCTION:
        return CALL(gradus_function)(X->cols, quartic, NULL, f);
    default:
        return CALL(gradus_function_batched)(X->cols, X->rows, distances, NULL, f);
    }
}

static void set_model(scene *s, int extra)
{
    gradus_model_options *model = &s->model;
    *model = gradus_model_options_default();
    model->allocator = &refusing_allocator;
    model->error = &s->error;
    if (extra & WEIGHTS) model->weights = s->data.weights;
    if (extra & INTERCEPT) model->intercept = 1;
    if (extra & OFFSET) model->offset = s->offsets;
    if (extra & RIDGE) model->ridge = 0.01;
    if (extra & LASSO) model->lasso = 0.01;
    if (extra & BOUNDS) model->lower = s->lower;
    if (extra & BOUNDS) model->upper = s->upper;
    if (extra & BALL) model->radius = 0.5;
    if (extra & LOW) model->low = &s->low;
}

/* Which of the refused pairs of kind and extra are none of this test's business. */
static scene *scene_of(model_kind kind, int extra, size_t m, size_t n, gradus_layout layout)
{
    scene *s = (scene *)calloc(1, sizeof *s);
    cr_assert(s && n <= WIDEST);
    s->kind = kind;
    s->extra = extra;
    s->data = test_data_make(1000 * m + n, m, n, layout, 1);
    s->low_numbers = numbers(m * n);
    s->low = gradus_row_major(m, n, s->low_numbers, n);
    s->responses = numbers(m * RESPONSE_COUNT);
    s->classes = numbers(m);
    s->offsets = numbers(m * CLASSES);
    s->lower = numbers(n * CLASSES);
    s->upper = numbers(n * CLASSES);
    for (size_t i = 0; i < m; i++) {
        s->responses[i] = s->data.y[i];
        s->responses[m + i] = s->data.offset[i];
        s->classes[i] = (double)(i < CLASSES ? i : (i * i + i / 3) % CLASSES);
    }
    for (size_t i = 0; i < m * CLASSES; i++) s->offsets[i] = s->data.offset[i % m];
    for (size_t j = 0; j < n * CLASSES; j++) {
        s->lower[j] = -0.1;
        s->upper[j] = 0.2;
    }
    set_model(s, extra);
    s->options = gradus_options_default();
    s->inference = gradus_infer_options_default();
    s->options.allocator = s->inference.allocator = &refusing_allocator;
    s->options.error = s->inference.error = &s->error;
    s->options.stop.max_iterations = 3;
    s->options.threads = 1;
    return s;
}

/* With its objective; false where this kind does not go with this extra. */
static bool scene_ready(scene *s)
{
    if (make(s, &s->f)) return false;
    s->size = gradus_objective_size(s->f);
    for (size_t j = 0; j < s->size; j++) s->start[j] = j % 2 ? 0.015 : 0.02;
    return true;
}

static void scene_free(scene *s)
{
    gradus_objective_free(s->f);
    test_data_free(&s->data);
    free(s->low_numbers);
    free(s->responses);
    free(s->classes);
    free(s->offsets);
    free(s->lower);
    free(s->upper);
    free(s);
}

/* ---- the sweep ---- */

typedef gradus_status (*act)(scene *s);

static bool once_is_enough; /* for the census of functions: nothing is refused */
static size_t refused;      /* requests, in all */

static const double blank = -7.25;

static gradus_status attempt(scene *s, act play, refusal manner, size_t at)
{
    for (size_t k = 0; k < ROOM; k++) s->answer[k] = blank;
    memset(&s->error, 0x5A, sizeof s->error);
    const size_t before = refusing_alive();
    refusing_begin(manner, at);
    const gradus_status status = play(s);
    refusing_end();
    cr_assert_eq(refusing_alive(), before, "blocks were not given back");
    return status;
}

/* Untouched; or, where the scene allows it, some blocks in full, then one that is where it began, and the others untouched. */
static bool answer_is_as_promised(const scene *s, const double *whole)
{
    size_t k = 0;
    while (s->block > 0 && k + s->block <= s->answered && test_same_bits(s->block, s->answer + k, whole + k))
        k += s->block;
    for (size_t end = k + s->block; k < end; k++) cr_assert(isfinite(s->answer[k]));
    while (k < ROOM && s->answer[k] == blank) k++;
    return k == ROOM;
}

static const char *manner_word(refusal manner)
{
    return manner == REFUSE_ONCE ? "once" : "for good";
}

/* One request is refused. `tells`: the call has a place for an error. */
static void refuse_one(const char *what, scene *s, act play, const double *whole, refusal manner, size_t at,
                       bool tells)
{
    const gradus_status status = attempt(s, play, manner, at);
    cr_assert_eq(status, GRADUS_ERROR_MEMORY, "%s, request %zu refused %s: status %d", what, at,
                 manner_word(manner), status);
    cr_assert(answer_is_as_promised(s, whole), "%s, request %zu refused %s: an answer was written", what, at,
              manner_word(manner));
    cr_assert(!tells || strstr(s->error.sentence, "memory"), "%s, request %zu refused %s: \"%.40s\"", what,
              at, manner_word(manner), s->error.sentence);
    refused++;
    if (manner == REFUSE_FROM_THERE_ON) return;
    cr_assert_eq(attempt(s, play, REFUSE_NOTHING, 0), GRADUS_OK, "%s, behind request %zu", what, at);
    cr_assert(test_same_bits(ROOM, s->answer, whole), "%s: after request %zu was refused others are the bits",
              what, at);
}

/* How many requests there are; `*status` is that of the call that is given all it asks for. */
static size_t sweep_for(const char *what, scene *s, act play, bool tells, gradus_status *status)
{
    static double whole[ROOM];
    *status = attempt(s, play, REFUSE_NOTHING, 0);
    if (*status) return 0;
    memcpy(whole, s->answer, sizeof whole);
    const size_t requests = refusing_requests();
    const bool function = s->kind == FUNCTION || s->kind == BATCHED;
    cr_assert(function || refusing_strays() == 0, "%s: %zu requests went past the allocator", what,
              refusing_strays());
    for (size_t at = 1; at <= requests && !once_is_enough; at++) {
        refuse_one(what, s, play, whole, REFUSE_ONCE, at, tells);
        refuse_one(what, s, play, whole, REFUSE_FROM_THERE_ON, at, tells);
    }
    return requests;
}

/* Of a call that succeeds, and asks for memory at least `least` times. */
static void sweep(const char *what, scene *s, act play, bool tells, size_t least)
{
    char name[128];
    gradus_status status;
    (void)snprintf(name, sizeof name, "%s of %s (%d)", what, kind_names[s->kind], s->extra);
    const size_t requests = sweep_for(name, s, play, tells, &status);
    cr_assert_eq(status, GRADUS_OK, "%s: status %d", name, status);
    cr_assert_geq(requests, least, "%s: %zu requests", name, requests);
}

static bool all_of_it(void)
{
    const char *given = getenv("GRADUS_LONG");
    return given && strcmp(given, "1") == 0;
}

/* ---- objectives ---- */

static gradus_status play_make(scene *s)
{
    gradus_objective *const untouched = (gradus_objective *)(void *)s, *f = untouched;
    const gradus_status status = make(s, &f);
    if (status) cr_assert_eq(f, untouched, "an objective was written");
    if (!status) CALL(gradus_objective_free)(f);
    return status;
}

static gradus_status play_negate(scene *s)
{
    gradus_objective *const untouched = (gradus_objective *)(void *)s, *g = untouched;
    const gradus_status status = CALL(gradus_negate)(s->f, &g);
    if (status) cr_assert_eq(g, untouched, "an objective was written");
    if (!status) CALL(gradus_objective_free)(g);
    return status;
}

static gradus_status play_evaluate(scene *s)
{
    s->answered = s->size + 1;
    return CALL(gradus_objective_evaluate)(s->f, s->start, s->answer, s->answer + 1);
}

static gradus_status play_check_gradient(scene *s)
{
    return CALL(gradus_check_gradient)(s->f, s->start, NULL, &s->error);
}

static gradus_status play_lambda_max(scene *s)
{
    return CALL(gradus_lambda_max)(s->f, s->answer);
}

static gradus_status play_direction(scene *s)
{
    return CALL(gradus_separating_direction)(s->f, s->start, s->answer, s->answer + s->size);
}

/* Whatever goes with a kind: bare, with everything, with each penalty. */
static const int extras[] = {0,
                             WEIGHTS | INTERCEPT | OFFSET | RIDGE,
                             WEIGHTS | INTERCEPT | RIDGE,
                             INTERCEPT | LASSO,
                             RIDGE | LASSO | BOUNDS,
                             INTERCEPT | BALL};
enum { EXTRAS = sizeof extras / sizeof *extras };

static void of_one_objective(scene *s)
{
    const bool model = s->kind < FUNCTION;
    sweep("constructor", s, play_make, model, 1);
    sweep("negative", s, play_negate, false, 1);
    sweep("evaluation", s, play_evaluate, false, 1);
    sweep("check of the gradient", s, play_check_gradient, true, 1);
    if (s->kind < RESPONSES) sweep("largest lasso", s, play_lambda_max, false, 1);
    if (s->kind == LOGISTIC || s->kind == LIKELIHOOD || s->kind == SOFTMAX)
        sweep("separating direction", s, play_direction, false, 1);
}

static void objectives(void)
{
    size_t made = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t e = 0; e < EXTRAS; e++) {
            const gradus_layout layout = e % 2 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR;
            scene *s = scene_of((model_kind)kind, extras[e], 60, 3, layout);
            if (scene_ready(s)) {
                of_one_objective(s);
                made++;
            }
            scene_free(s);
        }
    }
    cr_assert_geq(made, 6 * EXTRAS + 2);
}

Test(allocation, objectives)
{
    objectives();
}

/* ---- closed forms, and what judges ---- */

static gradus_status play_reference(scene *s)
{
    return CALL(gradus_reference_least_squares)(&s->data.X, s->data.y, &s->model, s->reference, s->answer,
                                                NULL);
}

static gradus_status play_singular_values(scene *s)
{
    return CALL(gradus_reference_singular_values)(&s->data.X, &s->model, s->answer);
}

static gradus_status play_certify(scene *s)
{
    gradus_certificate certificate;
    const gradus_status status = CALL(gradus_certify_least_squares)(&s->data.X, s->data.y, &s->model,
                                                                    s->start, &certificate);
    if (!status) s->answer[0] = certificate.error_bound;
    if (!status) s->answer[1] = certificate.distance;
    return status;
}

/* One column is another again: QR finds out, and the singular values take over. */
static void make_dependent(scene *s)
{
    for (size_t i = 0; i < s->data.X.rows; i++)
        *test_element(s->data.x, &s->data.X, i, 2) = *test_element(s->data.x, &s->data.X, i, 0);
}

static void closed_forms(void)
{
    static const int some[] = {0, WEIGHTS | INTERCEPT | OFFSET | RIDGE, INTERCEPT | LOW, -1};
    for (size_t e = 0; e < sizeof some / sizeof *some; e++) {
        const bool dependent = some[e] < 0;
        scene *s = scene_of(SQUARES, dependent ? 0 : some[e], 60, 3, GRADUS_LAYOUT_ROW_MAJOR);
        if (dependent) make_dependent(s);
        cr_assert(scene_ready(s));
        for (int method = 0; method <= GRADUS_REFERENCE_CHOLESKY; method++) {
            s->reference = (gradus_reference)method;
            if (dependent && method != GRADUS_REFERENCE_AUTOMATIC && method != GRADUS_REFERENCE_SVD) continue;
            sweep("closed form", s, play_reference, true, 2);
        }
        sweep("singular values", s, play_singular_values, true, 2);
        sweep("certificate", s, play_certify, true, 5);
        scene_free(s);
    }
}

Test(allocation, closed_forms)
{
    closed_forms();
}

static gradus_status play_infer(scene *s)
{
    gradus_inference facts;
    const gradus_status status = CALL(gradus_infer)(s->f, s->optimum, &s->inference, &facts, s->answer,
                                                    s->answer + s->size);
    if (!status) s->answer[s->size + s->size * s->size] = CALL(gradus_p_value)(&facts, 1.5);
    return status;
}

/* Offsets are left out: whether inference takes them is for its own tests. */
static void inferences(void)
{
    static const struct {
        model_kind kind;
        int extra, refine;
    } rows[] = {{SQUARES, 0, 0},  {SQUARES, WEIGHTS | INTERCEPT, 0},    {SQUARES, INTERCEPT | LOW, 1},
                {LOGISTIC, 0, 0}, {LIKELIHOOD, WEIGHTS | INTERCEPT, 0}, {POISSON, WEIGHTS | INTERCEPT, 0}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        scene *s = scene_of(rows[r].kind, rows[r].extra, 60, 3, GRADUS_LAYOUT_ROW_MAJOR);
        cr_assert(scene_ready(s));
        const bool climbs = s->kind == LIKELIHOOD;
        cr_assert_eq((climbs ? gradus_ascend : gradus_descend)(s->f, s->optimum, NULL, NULL), GRADUS_OK);
        s->inference.refine = rows[r].refine;
        sweep("inference", s, play_infer, true, 4);
        scene_free(s);
    }
}

Test(allocation, inferences)
{
    inferences();
}

/* ---- solves ---- */

static gradus_direction way_of(const scene *s)
{
    return s->kind == LIKELIHOOD ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT;
}

/* theta is in answer: in as the start, and untouched where memory is out. */
static gradus_status play_solve(scene *s)
{
    gradus_report report;
    double theta[WIDEST + 1];
    memcpy(theta, s->start, s->size * sizeof *theta);
    const gradus_status status = s->kind == LIKELIHOOD
                                     ? CALL(gradus_ascend)(s->f, theta, &s->options, &report)
                                     : CALL(gradus_descend)(s->f, theta, &s->options, &report);
    if (status == GRADUS_ERROR_MEMORY) {
        cr_assert(test_same_bits(s->size, theta, s->start), "theta was touched");
        cr_assert_eq(report.stop, GRADUS_STOP_FAILED);
        return status;
    }
    if (status) return status;
    s->report = report;
    memcpy(s->answer, theta, s->size * sizeof *theta);
    s->answer[s->size] = report.value;
    return status;
}

/* A handle whose step found no memory: it has ended, cannot be saved, and holds the best iterate seen. */
static void check_what_is_left(scene *s, gradus_solver *solver)
{
    const gradus_error told = s->error;
    double theta[WIDEST + 1], value, first;
    gradus_report report;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    size_t bytes = CHECKPOINT_ROOM;
    refusing_end();
    cr_assert_eq(gradus_solver_report(solver, theta, &report), GRADUS_OK);
    cr_assert_eq(report.stop, GRADUS_STOP_FAILED);
    cr_assert_eq(gradus_objective_evaluate(s->f, theta, &value, NULL), GRADUS_OK);
    cr_assert_eq(gradus_objective_evaluate(s->f, s->start, &first, NULL), GRADUS_OK);
    const double least = s->kind == LIKELIHOOD ? -first : first,
                 found = s->kind == LIKELIHOOD ? -value : value;
    cr_assert(found <= least + 1e-12 * fabs(least), "%g is worse than the start's %g", value, first);
    cr_assert_eq(gradus_solver_save(solver, checkpoint, &bytes), GRADUS_ERROR_CHECKPOINT_STATE);
    cr_assert_eq(gradus_solver_step(solver, &reason), GRADUS_OK);
    cr_assert_eq(reason, GRADUS_STOP_FAILED);
    s->error = told;
}

static gradus_status go_on(scene *s, gradus_solver *solver)
{
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    gradus_status status = GRADUS_OK;
    while (!status && reason == GRADUS_STOP_RUNNING) status = CALL(gradus_solver_step)(solver, &reason);
    if (status == GRADUS_ERROR_MEMORY) check_what_is_left(s, solver);
    if (!status) status = CALL(gradus_solver_report)(solver, s->answer, &s->report);
    CALL(gradus_solver_free)(solver);
    return status;
}

static gradus_status create(scene *s, gradus_solver **solver)
{
    gradus_solver *const untouched = (gradus_solver *)(void *)s;
    *solver = untouched;
    const gradus_status status = CALL(gradus_solver_create)(s->f, way_of(s), s->start, &s->options, solver);
    if (status) cr_assert_eq(*solver, untouched, "a solver was written");
    return status;
}

static gradus_status play_handle(scene *s)
{
    gradus_solver *solver;
    const gradus_status status = create(s, &solver);
    return status ? status : go_on(s, solver);
}

/* One step, a checkpoint, and the rest from there. */
static gradus_status play_resume(scene *s)
{
    gradus_solver *solver, *const untouched = (gradus_solver *)(void *)s;
    gradus_status status = create(s, &solver);
    if (status) return status;
    size_t bytes = CHECKPOINT_ROOM;
    status = CALL(gradus_solver_step)(solver, NULL);
    if (!status) status = CALL(gradus_solver_save)(solver, checkpoint, &bytes);
    CALL(gradus_solver_free)(solver);
    if (status) return status;
    solver = untouched;
    status = CALL(gradus_solver_load)(s->f, way_of(s), &s->options, checkpoint, bytes, &solver);
    if (status) cr_assert_eq(solver, untouched, "a solver was written");
    return status ? status : go_on(s, solver);
}

enum {
    RULES = 10,
    WAYS_TO_READ = 6,
    METHODS = GRADUS_METHOD_SVRG + 1,
    METRICS = GRADUS_METRIC_SAMPLED_HESSIAN + 1
};

static gradus_step rule(int k)
{
    const gradus_step rules[RULES] = {
        {.rule = GRADUS_STEP_AUTOMATIC},
        gradus_step_fixed(0.05),
        gradus_step_backtracking(0.0),
        gradus_step_wolfe(0.0),
        gradus_step_exact(),
        gradus_step_barzilai_borwein(0.3),
        gradus_step_inverse_time(0.1, 0.1),
        gradus_step_inverse_square_root(0.1, 0.1),
        gradus_step_cosine(0.1, 0.001, 20),
        gradus_step_decay(0.1, 0.5, 7),
    };
    return rules[k];
}

static void set_reading(gradus_options *o, int k)
{
    o->compress = k == 1;
    o->refine = k == 2;
    o->clip = k == 3 || k == 4 ? 0.05 : 0.0;
    o->batch.rows = k >= 4 ? 8 : 0;
    o->batch.order = k == 5 ? GRADUS_ORDER_CONSECUTIVE : GRADUS_ORDER_AUTOMATIC;
    o->batch.check = k == 5 ? 1 : 0;
    o->stop.max_epochs = k >= 4 ? 1 : 0;
}

typedef struct census {
    size_t runs, methods[16], metrics[16], rules[16];
} census;

static void count_run(census *seen, const gradus_report *report)
{
    seen->runs++;
    seen->methods[report->method]++;
    seen->metrics[report->metric]++;
    seen->rules[report->step_rule]++;
}

/* Combination c of method, metric, step rule, way to read the rows and call. Most are refused by name, which is fine. */
static void solve_in_way(scene *s, size_t c, census *seen)
{
    static const act plays[] = {play_solve, play_handle, play_resume};
    const int method = (int)(c % METHODS), metric = (int)(c / METHODS % METRICS);
    const size_t rest = c / METHODS / METRICS;
    gradus_options *o = &s->options;
    o->method = (gradus_method)method;
    o->metric = (gradus_metric)metric;
    o->step = rule((int)(rest % RULES));
    set_reading(o, (int)(rest / RULES % WAYS_TO_READ));
    char name[128];
    (void)snprintf(name, sizeof name, "%s (%d), method %d, metric %d, rule %zu, reading %zu, call %zu",
                   kind_names[s->kind], s->extra, method, metric, rest % RULES, rest / RULES % WAYS_TO_READ,
                   rest / RULES / WAYS_TO_READ);
    gradus_status status;
    (void)sweep_for(name, s, plays[rest / RULES / WAYS_TO_READ], true, &status);
    if (!status) count_run(seen, &s->report);
}

/* All of them take a minute, and every so many, which is prime, one or two seconds. */
static void solves(void)
{
    const size_t combinations = (size_t)METHODS * METRICS * RULES * WAYS_TO_READ * 3,
                 stride = all_of_it() ? 1 : 211;
    census seen = {0};
    size_t c = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t e = 0; e < EXTRAS; e++) {
            scene *s = scene_of((model_kind)kind, extras[e], 60, 3, GRADUS_LAYOUT_ROW_MAJOR);
            if (scene_ready(s)) {
                for (size_t call = 0; call < 3; call++) solve_in_way(s, call * (combinations / 3), &seen);
                for (; c < combinations; c += stride) solve_in_way(s, c, &seen);
                c -= combinations;
            }
            scene_free(s);
        }
    }
    for (int k = GRADUS_METHOD_GRADIENT; k <= GRADUS_METHOD_COORDINATE; k++)
        cr_expect(seen.methods[k] > 0, "method %d", k);
    for (int k = GRADUS_METRIC_IDENTITY; k < METRICS; k++) cr_expect(seen.metrics[k] > 0, "metric %d", k);
    for (int k = GRADUS_STEP_FIXED; k <= GRADUS_STEP_DECAY; k++) cr_expect(seen.rules[k] > 0, "rule %d", k);
    cr_log_info("%zu solves, %zu requests refused", seen.runs, refused);
}

Test(allocation, solves_in_every_way)
{
    solves();
}

/* ---- solves that take memory on their way, or give way to something else ---- */

/* X again, as floats. */
static float *make_float(scene *s)
{
    const gradus_matrix X = s->data.X;
    float *narrow = (float *)calloc(X.rows * X.cols, sizeof *narrow);
    cr_assert_not_null(narrow);
    for (size_t i = 0; i < X.rows; i++) {
        for (size_t j = 0; j < X.cols; j++)
            narrow[i * X.cols + j] = (float)*test_element(s->data.x, &X, i, j);
    }
    s->data.X = gradus_row_major_float(X.rows, X.cols, narrow, X.cols);
    return narrow;
}

/* Column 2 is column 0 but for so much. */
static void make_nearly_dependent(scene *s, double difference)
{
    for (size_t i = 0; i < s->data.X.rows; i++)
        *test_element(s->data.x, &s->data.X, i, 2) = *test_element(s->data.x, &s->data.X, i, 0) +
                                                     difference * s->data.offset[i];
}

typedef struct special {
    const char *what;
    model_kind kind;
    int extra;
    size_t m, n;
    int metric, ran;   /* `ran` 0: not looked at */
    double difference; /* above 0: columns that are nearly dependent */
    int narrow, threads;
    int64_t steps;
    int is_long;
} special;

static const special specials[] = {
    {"working set", SQUARES, INTERCEPT | LASSO, 30, WIDEST, 0, 0, 0.0, 0, 1, 3, 0},
    {"working set", LOGISTIC, INTERCEPT | LASSO, 30, WIDEST, 0, 0, 0.0, 0, 1, 3, 1},
    {"sample", LOGISTIC, INTERCEPT, 2600, 3, 0, GRADUS_METRIC_SAMPLED_HESSIAN, 0.0, 0, 1, 5, 0},
    {"sample", LIKELIHOOD, 0, 2600, 3, 0, GRADUS_METRIC_SAMPLED_HESSIAN, 0.0, 0, 1, 5, 0},
    {"sample", POISSON, WEIGHTS, 2600, 3, 0, GRADUS_METRIC_SAMPLED_HESSIAN, 0.0, 0, 1, 5, 0},
    {"sampled curvature", LOGISTIC, LASSO, 2600, 3, 0, GRADUS_METRIC_SAMPLED_HESSIAN, 0.0, 0, 1, 20, 0},
    {"sketch", SQUARES, 0, 200, 3, GRADUS_METRIC_SKETCH, GRADUS_METRIC_SKETCH, 0.0, 0, 1, 20, 0},
    {"sketch of few rows", SQUARES, 0, 40, 3, GRADUS_METRIC_SKETCH, GRADUS_METRIC_QR, 0.0, 0, 1, 20, 0},
    {"Gram, then sketch", SQUARES, 0, 200, 3, 0, GRADUS_METRIC_SKETCH, 1e-9, 0, 1, 50, 0},
    {"Gram, then QR", SQUARES, INTERCEPT, 40, 3, 0, GRADUS_METRIC_QR, 1e-9, 0, 1, 50, 0},
    {"down to standard columns", SQUARES, 0, 200, 3, 0, GRADUS_METRIC_STANDARDIZED, 1e-17, 0, 1, 50, 0},
    {"renewed", SOFTMAX, INTERCEPT | RIDGE, 300, 3, 0, 0, 0.0, 0, 1, 100, 0},
    {"renewed at once", SOFTMAX, RIDGE, 60, 3, GRADUS_METRIC_HESSIAN, 0, 0.0, 0, 1, 20, 0},
    {"floats", LOGISTIC, INTERCEPT, 60, 3, 0, 0, 0.0, 1, 1, 20, 0},
    {"floats", SQUARES, LASSO, 60, 3, 0, 0, 0.0, 1, 1, 20, 0},
    {"floats", SOFTMAX, 0, 60, 3, 0, 0, 0.0, 1, 1, 20, 0},
    {"threads", LOGISTIC, INTERCEPT | RIDGE, 20000, 20, GRADUS_METRIC_GRAM, 0, 0.0, 0, 4, 2, 0},
    {"threads", SOFTMAX, 0, 20000, 20, 0, 0, 0.0, 0, 4, 2, 1},
};

static void run_special(const special *row)
{
    scene *s = scene_of(row->kind, row->extra, row->m, row->n, GRADUS_LAYOUT_ROW_MAJOR);
    float *narrow = row->narrow ? make_float(s) : NULL;
    if (row->difference > 0.0) make_nearly_dependent(s, row->difference);
    cr_assert(scene_ready(s));
    s->options.metric = (gradus_metric)row->metric;
    s->options.threads = row->threads;
    s->options.stop.max_iterations = row->steps;
    sweep(row->what, s, play_solve, true, 2);
    cr_assert(row->ran == 0 || (int)s->report.metric == row->ran, "%s: metric %d ran", row->what,
              (int)s->report.metric);
    sweep(row->what, s, play_handle, true, 2);
    if (row->n < WIDEST) sweep(row->what, s, play_resume, true, 2);
    scene_free(s);
    free(narrow);
}

static void ways_to_give_way(void)
{
    for (size_t r = 0; r < sizeof specials / sizeof *specials; r++) {
        if (!specials[r].is_long || all_of_it()) run_special(&specials[r]);
    }
}

Test(allocation, solves_that_take_memory_on_their_way)
{
    ways_to_give_way();
}

/* ---- paths ---- */

static gradus_status play_path(scene *s)
{
    static const double lambdas[PATH] = {0.1, 0.03, 0.01, 0.003};
    gradus_report reports[PATH];
    return CALL(gradus_path)(s->f, lambdas, PATH, &s->options, s->answer, reports);
}

/* By the Gram matrix; by coordinates, one solver for all; solve after solve. */
static void paths(void)
{
    static const struct {
        model_kind kind;
        int extra;
        int method;
    } rows[] = {{SQUARES, INTERCEPT, 0}, {LOGISTIC, INTERCEPT | WEIGHTS, 0},
                {SQUARES, BALL, 0},      {LOGISTIC, BALL, 0},
                {POISSON, INTERCEPT, 0}, {HUBER, RIDGE, GRADUS_METHOD_NESTEROV},
                {LIKELIHOOD, BOUNDS, 0}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        scene *s = scene_of(rows[r].kind, rows[r].extra, 60, 3, GRADUS_LAYOUT_ROW_MAJOR);
        cr_assert(scene_ready(s));
        s->options.method = (gradus_method)rows[r].method;
        s->options.stop.max_iterations = 20;
        s->block = s->size;
        s->answered = PATH * s->size;
        sweep("path", s, play_path, true, 2);
        scene_free(s);
    }
}

Test(allocation, paths)
{
    paths();
}

/* ---- what asks for nothing ---- */

static gradus_status play_the_rest(scene *s)
{
    const float one = 1.0f;
    s->answer[0] = CALL(gradus_row_major)(1, 1, s->data.x, 1).data == s->data.x;
    s->answer[1] = CALL(gradus_col_major)(1, 1, s->data.x, 1).data == s->data.x;
    s->answer[2] = CALL(gradus_row_major_float)(1, 1, &one, 1).data == &one;
    s->answer[3] = CALL(gradus_col_major_float)(1, 1, &one, 1).data == &one;
    s->answer[4] = CALL(gradus_step_fixed)(0.5).size + CALL(gradus_step_exact)().size;
    s->answer[5] = CALL(gradus_step_barzilai_borwein)(0.5).size + CALL(gradus_step_wolfe)(0.5).size;
    s->answer[6] = CALL(gradus_step_backtracking)(0.5).size + CALL(gradus_step_inverse_time)(0.5, 0.1).size;
    s->answer[7] = CALL(gradus_step_inverse_square_root)(0.5, 0.1).size;
    s->answer[8] = CALL(gradus_step_cosine)(0.5, 0.1, 7).size + CALL(gradus_step_decay)(0.5, 0.1, 7).size;
    s->answer[9] = (double)CALL(gradus_options_default)().size;
    s->answer[10] = (double)CALL(gradus_model_options_default)().size;
    s->answer[11] = (double)CALL(gradus_infer_options_default)().size;
    s->answer[12] = (double)CALL(gradus_objective_size)(s->f);
    s->answer[13] = (double)CALL(gradus_objective_outputs)(s->f);
    s->answer[14] = CALL(gradus_strerror)(GRADUS_ERROR_MEMORY)[0] + CALL(gradus_version)()[0];
    s->answer[15] = CALL(gradus_stop_sentence)(GRADUS_STOP_GRADIENT)[0];
    s->answer[16] = CALL(gradus_stop_converged)(GRADUS_STOP_GRADIENT);
    return GRADUS_OK;
}

static void the_rest(void)
{
    scene *s = scene_of(SQUARES, 0, 20, 3, GRADUS_LAYOUT_ROW_MAJOR);
    gradus_status status;
    cr_assert(scene_ready(s));
    cr_assert_eq(sweep_for("the rest", s, play_the_rest, false, &status), 0);
    cr_assert_eq(status, GRADUS_OK);
    scene_free(s);
}

/* ---- every public function ---- */

/* The name before the first parenthesis behind GRADUS_API; what follows it there, or NULL where there is none. */
static const char *next_function(const char *text, char name[64])
{
    const char *mark = strstr(text, "\nGRADUS_API "), *paren = mark ? strchr(mark, '(') : NULL;
    if (!paren) return NULL;
    const char *end = paren, *begin;
    while (isspace((unsigned char)end[-1])) end--;
    for (begin = end; isalnum((unsigned char)begin[-1]) || begin[-1] == '_'; begin--) continue;
    (void)snprintf(name, 64, "%.*s", (int)(end - begin), begin);
    return paren;
}

static char *text_of(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", PUBLIC_HEADERS, name);
    FILE *file = fopen(path, "rb");
    char *text = (char *)calloc(1, 1 << 20);
    cr_assert(file && text, "%s", path);
    cr_assert(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

static size_t functions_of(const char *header)
{
    char *text = text_of(header), name[64];
    size_t count = 0;
    for (const char *at = text; (at = next_function(at, name)); count++) {
        bool found = false;
        for (size_t k = 0; k < called_count; k++) found = found || strcmp(called[k], name) == 0;
        cr_expect(found, "%s of %s is called nowhere in this file: give it a row", name, header);
    }
    free(text);
    return count;
}

/* A public function that no row calls while requests are numbered fails here. */
Test(allocation, every_public_function_has_a_row)
{
    once_is_enough = true;
    objectives();
    closed_forms();
    inferences();
    paths();
    ways_to_give_way();
    the_rest();
    size_t functions = 0;
    DIR *headers = opendir(PUBLIC_HEADERS);
    cr_assert_not_null(headers);
    for (const struct dirent *entry; (entry = readdir(headers));) {
        const char *suffix = strrchr(entry->d_name, '.');
        if (suffix && strcmp(suffix, ".h") == 0) functions += functions_of(entry->d_name);
    }
    (void)closedir(headers);
    cr_assert_eq(functions, called_count);
}
