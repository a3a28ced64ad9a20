/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library on any numbers: an objective, options and a start out of the bytes, and one of the things that can be done with them.
 * Whatever comes of it is what the headers promise: theta finite, or untouched on an error; a report that says how it ended; ascent the
 * mirror of descent; a run that was saved and loaded that of the whole.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "problem.h"
#include "solver_options.h"

enum { MOST_ENTRIES = 16 };

typedef struct trial {
    fuzz_problem problem;
    fuzz_heap heap;
    fuzz_watch watch;
    gradus_error error;
    gradus_options options;
    gradus_direction direction;
    size_t n;
    double start[MOST_ENTRIES];
} trial;

/* ---- what a solve must leave behind ---- */

static bool leaves_theta(gradus_status status)
{
    return status != GRADUS_ERROR_ABORTED && status < 0;
}

static void claim_solve_status(const trial *t, gradus_status status)
{
    if (status > 0)
        claim(fuzz_is_function(&t->problem) && status == t->problem.function.surprise);
    else
        fuzz_claim_status(status);
    fuzz_claim_error(status, &t->error);
}

static void claim_report(gradus_status status, const gradus_report *report)
{
    const char *sentence = gradus_stop_sentence(report->stop);
    claim(sentence && *sentence);
    claim((status != 0) == (report->stop == GRADUS_STOP_FAILED));
    claim(report->iterations <= FUZZ_MOST_ITERATIONS);
    for (size_t i = 0; i < sizeof report->reserved / sizeof *report->reserved; i++)
        claim(report->reserved[i] == 0.0);
    if (status) return;
    claim(report->method > 0 && report->metric > 0 && report->step_rule > 0);
    claim(memchr(report->metric_reason, 0, sizeof report->metric_reason));
    claim(report->passes >= 0.0 && report->seconds >= 0.0 && report->epochs >= 0.0 &&
          report->metric_passes >= 0.0);
    claim(!(report->duality_gap < 0.0));
    if (!gradus_stop_converged(report->stop)) return;
    claim(isfinite(report->value) && isfinite(report->gradient_norm) && report->gradient_norm >= 0.0);
}

/* Bounds hold whatever comes of a run that has taken a step; the start need not. */
static void claim_bounds(const trial *t, const double *theta, const gradus_report *report)
{
    const fuzz_problem *p = &t->problem;
    if (fuzz_is_function(p) || report->iterations == 0) return;
    const size_t outputs = gradus_objective_outputs(p->f), each = t->n / outputs;
    for (size_t k = 0; k < p->cols * outputs; k++) {
        const double entry = theta[k / p->cols * each + k % p->cols];
        claim(!p->lower || entry >= p->lower[k]);
        claim(!p->upper || entry <= p->upper[k]);
    }
}

static void claim_end(const trial *t, gradus_status status, const double *theta, const gradus_report *report)
{
    claim_solve_status(t, status);
    if (report) claim_report(status, report);
    if (leaves_theta(status)) claim(fuzz_same_bits(t->n, theta, t->start));
    if (!leaves_theta(status)) claim(fuzz_all_finite(t->n, theta));
    if (status == 0 && report) claim_bounds(t, theta, report);
}

/* ---- one call ---- */

static gradus_status solve(trial *t, const gradus_objective *f, gradus_direction direction, double *theta,
                           gradus_report *report)
{
    memcpy(theta, t->start, t->n * sizeof *theta);
    memset(report, 0xA5, sizeof *report);
    t->error = fuzz_error_blank();
    return (direction == GRADUS_DIRECTION_ASCENT ? gradus_ascend : gradus_descend)(f, theta, &t->options,
                                                                                   report);
}

static void solve_once(trial *t)
{
    double theta[MOST_ENTRIES];
    gradus_report report;
    const gradus_status status = solve(t, t->problem.f, t->direction, theta, &report);
    claim_end(t, status, theta, &report);
}

/* To ascend f is to descend -f, bit for bit. */
static void solve_mirrored(trial *t)
{
    double theta[MOST_ENTRIES], mirrored[MOST_ENTRIES];
    gradus_report report, other;
    gradus_objective *negated = NULL;
    const fuzz_watch watch = t->watch;
    claim(gradus_negate(t->problem.f, &negated) == 0);
    const gradus_status status = solve(t, t->problem.f, GRADUS_DIRECTION_ASCENT, theta, &report);
    claim_end(t, status, theta, &report);
    t->watch = watch;
    claim(solve(t, negated, GRADUS_DIRECTION_DESCENT, mirrored, &other) == status);
    claim_end(t, status, mirrored, &other);
    claim(fuzz_same_bits(t->n, theta, mirrored));
    claim(report.stop == other.stop && report.iterations == other.iterations &&
          report.passes == other.passes);
    claim(report.value == -other.value || (isnan(report.value) && isnan(other.value)));
    gradus_objective_free(negated);
}

/* ---- the handle, saved on the way ---- */

static gradus_status go_on(gradus_solver *solver, size_t steps, gradus_stop_reason *reason)
{
    gradus_status status = 0;
    for (size_t k = 0; k < steps && !status && *reason == GRADUS_STOP_RUNNING; k++)
        status = gradus_solver_step(solver, reason);
    return status;
}

static void conclude(trial *t, gradus_solver *solver, gradus_status *status, double *theta,
                     gradus_report *report)
{
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    *status = go_on(solver, FUZZ_MOST_ITERATIONS + 2, &reason);
    claim(*status || reason != GRADUS_STOP_RUNNING);
    claim(gradus_solver_report(solver, theta, report) == 0);
    claim(fuzz_all_finite(t->n, theta));
    report->seconds = 0.0;
}

/* A checkpoint at an odd address, in memory that ends where it does; NULL where this run cannot be saved any more. */
static unsigned char *save(gradus_solver *solver, size_t *bytes)
{
    if (gradus_solver_save(solver, NULL, bytes)) return NULL;
    unsigned char *memory = (unsigned char *)malloc(*bytes + 1);
    const size_t asked = *bytes;
    claim(memory && gradus_solver_save(solver, memory + 1, bytes) == 0 && *bytes == asked);
    return memory;
}

static void compare_with_loaded(trial *t, gradus_solver *solver, const unsigned char *memory, size_t bytes)
{
    double theta[MOST_ENTRIES], again[MOST_ENTRIES];
    gradus_report report, other;
    gradus_status status, same;
    gradus_solver *loaded = NULL;
    const fuzz_watch watch = t->watch;
    claim(gradus_solver_load(t->problem.f, t->direction, &t->options, memory + 1, bytes, &loaded) == 0);
    conclude(t, solver, &status, theta, &report);
    t->watch = watch;
    t->error = fuzz_error_blank();
    conclude(t, loaded, &same, again, &other);
    gradus_solver_free(loaded);
    claim(status == same && fuzz_same_bits(t->n, theta, again));
    claim(memcmp(&report, &other, sizeof report) == 0);
}

static void solve_in_two_parts(trial *t, fuzz_input *in)
{
    gradus_solver *solver = NULL;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    const size_t steps = fuzz_below(in, 8);
    size_t bytes = 0;
    const gradus_status refused = gradus_solver_create(t->problem.f, t->direction, t->start, &t->options,
                                                       &solver);
    claim_solve_status(t, refused);
    claim((refused == 0) == (solver != NULL));
    if (refused) return;
    const gradus_status status = go_on(solver, steps, &reason);
    claim_solve_status(t, status);
    unsigned char *memory = status ? NULL : save(solver, &bytes);
    if (memory) compare_with_loaded(t, solver, memory, bytes);
    free(memory);
    gradus_solver_free(solver);
}

/* ---- paths ---- */

static void solve_path(trial *t, fuzz_input *in)
{
    enum { VALUES = 3 };
    double lambdas[VALUES], thetas[VALUES * MOST_ENTRIES], largest = (double)NAN;
    gradus_report reports[VALUES];
    const gradus_status found = gradus_lambda_max(t->problem.f, &largest);
    fuzz_claim_status(found);
    for (size_t k = 0; k < VALUES; k++) lambdas[k] = fuzz_double(in, t->problem.tame);
    if (!found && fuzz_flag(in)) lambdas[0] = largest;
    if (t->problem.tame)
        for (size_t k = 0; k < VALUES; k++) lambdas[k] = fabs(lambdas[k]);
    t->error = fuzz_error_blank();
    const gradus_status status = gradus_path(t->problem.f, lambdas, VALUES, &t->options, thetas, reports);
    claim_solve_status(t, status);
    for (size_t k = 0; !status && k < VALUES; k++) {
        claim(fuzz_all_finite(t->n, thetas + k * t->n));
        claim(reports[k].stop != GRADUS_STOP_RUNNING && reports[k].stop != GRADUS_STOP_FAILED);
        claim(!gradus_stop_converged(reports[k].stop) || isfinite(reports[k].value));
    }
}

/* ---- closed forms and their judgement ---- */

static void claim_closed_form(trial *t, gradus_reference method)
{
    const fuzz_problem *p = &t->problem;
    gradus_model_options options = p->options;
    double theta[MOST_ENTRIES];
    gradus_facts facts;
    memcpy(theta, t->start, sizeof theta);
    t->error = fuzz_error_blank();
    options.error = &t->error;
    const gradus_status status = gradus_reference_least_squares(&p->X, p->y, &options, method, theta, &facts);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &t->error);
    if (status) {
        claim(fuzz_same_bits(MOST_ENTRIES, theta, t->start));
        return;
    }
    claim(fuzz_all_finite(t->n, theta));
    claim(facts.method > 0 && facts.size == t->n && facts.rank <= t->n && facts.condition >= 0.0);
}

static void claim_certificate(trial *t)
{
    const fuzz_problem *p = &t->problem;
    gradus_model_options options = p->options;
    gradus_certificate certificate;
    t->error = fuzz_error_blank();
    options.error = &t->error;
    const gradus_status status = gradus_certify_least_squares(&p->X, p->y, &options, t->start, &certificate);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &t->error);
    if (status) return;
    claim(certificate.digits >= 0.0 && certificate.digits <= 15.0 && certificate.rank <= t->n);
    claim(certificate.backward_error >= 0.0 && certificate.error_bound >= 0.0);
    claim(memchr(certificate.bound_reason, 0, sizeof certificate.bound_reason));
}

static void claim_singular_values(trial *t)
{
    const fuzz_problem *p = &t->problem;
    gradus_model_options options = p->options;
    double values[MOST_ENTRIES];
    t->error = fuzz_error_blank();
    options.error = &t->error;
    const gradus_status status = gradus_reference_singular_values(&p->X, &options, values);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &t->error);
    if (status) return;
    claim(values[t->n - 1] >= 0.0);
    for (size_t j = 1; j < t->n; j++) claim(values[j - 1] >= values[j]);
}

static void judge(trial *t)
{
    if (t->problem.kind != FUZZ_LEAST_SQUARES) return;
    for (int method = 0; method <= 3; method++) claim_closed_form(t, (gradus_reference)method);
    claim_singular_values(t);
    claim_certificate(t);
}

/* ---- what is said of a point ---- */

static void infer(trial *t, fuzz_input *in)
{
    double theta[MOST_ENTRIES], errors[MOST_ENTRIES], covariance[MOST_ENTRIES * MOST_ENTRIES];
    gradus_report report;
    gradus_inference facts;
    gradus_infer_options options = gradus_infer_options_default();
    claim_end(t, solve(t, t->problem.f, t->direction, theta, &report), theta, &report);
    t->error = fuzz_error_blank();
    options.error = &t->error;
    options.allocator = &t->heap.face;
    options.refine = fuzz_flag(in);
    if (fuzz_flag(in)) options.confidence = fuzz_double(in, t->problem.tame);
    const gradus_status status = gradus_infer(t->problem.f, theta, &options, &facts, errors, covariance);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &t->error);
    if (status) return;
    for (size_t j = 0; j < t->n; j++) {
        const double p = gradus_p_value(&facts, theta[j] / errors[j]);
        claim(errors[j] >= 0.0 && (isnan(p) || (p >= 0.0 && p <= 1.0)));
    }
}

static void look(trial *t)
{
    double value = 0.0, gradient[MOST_ENTRIES], direction[MOST_ENTRIES], margin = 0.0;
    gradus_gradient_check check;
    if (fuzz_is_function(&t->problem) && !fuzz_all_finite(t->n, t->start))
        return; /* the callback is promised better */
    t->error = fuzz_error_blank();
    const gradus_status seen = gradus_objective_evaluate(t->problem.f, t->start, &value, gradient);
    claim(fuzz_is_function(&t->problem) || seen == 0);
    if (fuzz_all_finite(t->n, t->start)) {
        const gradus_status checked = gradus_check_gradient(t->problem.f, t->start, &check, &t->error);
        claim_solve_status(t, checked);
        claim(checked != 0 || check.error <= check.limit);
    }
    const gradus_status parted = gradus_separating_direction(t->problem.f, t->start, direction, &margin);
    fuzz_claim_status(parted);
    claim(parted || margin >= 0.0);
}

/* ---- one input ---- */

static void act(trial *t, size_t what, fuzz_input *in)
{
    switch (what) {
    case 0:
        solve_mirrored(t);
        break;
    case 1:
        solve_in_two_parts(t, in);
        break;
    case 2:
        solve_path(t, in);
        break;
    case 3:
        judge(t);
        break;
    case 4:
        infer(t, in);
        break;
    case 5:
        look(t);
        break;
    default:
        solve_once(t);
    }
}

static fuzz_sort sort_of(size_t what)
{
    if (what == 7) return FUZZ_LONG;
    return what <= 1 ? FUZZ_STEADY : FUZZ_ANY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    trial t = {.n = 0};
    const size_t what = fuzz_below(&in, 8);
    fuzz_heap_begin(&t.heap);
    fuzz_problem_make(&t.problem, &in, &t.heap.face, sort_of(what));
    if (t.problem.f) {
        t.n = t.watch.n = gradus_objective_size(t.problem.f);
        claim(t.n >= 1 && t.n <= MOST_ENTRIES);
        t.direction = fuzz_flag(&in) ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT;
        const bool from_zero = fuzz_flag(&in);
        for (size_t j = 0; !from_zero && j < t.n; j++) t.start[j] = fuzz_double(&in, t.problem.tame);
        t.options = fuzz_options_make(&in, t.problem.tame, &t.watch, &t.error, &t.heap.face);
        if (what == 7 && t.options.stop.max_iterations > 3) t.options.stop.max_iterations = 3;
        t.error = fuzz_error_blank();
        act(&t, what, &in);
    }
    fuzz_problem_free(&t.problem);
    claim(t.heap.alive == 0);
    return 0;
}
