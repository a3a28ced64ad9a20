/* SPDX-License-Identifier: BSD-3-Clause */
/* One set: every solver, its digits, and whether they reach the bar. */
#include <stdio.h>

#include "base/error.h"
#include "cli/bar.h"
#include "cli/digits.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "cli/text.h"
#include "cli/verify.h"
#include "gradus/reference.h"
#include "gradus/solver.h"

/* The budget of a run, so that the whole table takes seconds. */
enum { BUDGET = 400000 };

/* What a step is worth at least, in 1/lambda_1; backtracking accepts 2(1 - c) and may have halved it. */
static const double FIXED_SHARE = 1.0, BACKTRACKING_SHARE = 2.0 * (1.0 - 0.3) * 0.5;

typedef struct set {
    const gr_known *known;
    double *closed_form; /* NULL for logistic */
    double *theta;
    gr_promise promise;
    gradus_error *error;
} set;

typedef enum kind { CLOSED_FORM, BY_DEFAULT, BACKTRACKING, FIXED } kind;

typedef struct solver {
    const char *name;
    kind way;
    gradus_reference closed; /* for CLOSED_FORM */
    gradus_direction direction;
} solver;

static const solver closed_forms[] = {
    {"QR", CLOSED_FORM, GRADUS_REFERENCE_QR, GRADUS_DIRECTION_DESCENT},
    {"SVD", CLOSED_FORM, GRADUS_REFERENCE_SVD, GRADUS_DIRECTION_DESCENT},
    {"Cholesky", CLOSED_FORM, GRADUS_REFERENCE_CHOLESKY, GRADUS_DIRECTION_DESCENT},
};

static const solver iterations[] = {
    {"descent, default", BY_DEFAULT, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_DESCENT},
    {"ascent, default", BY_DEFAULT, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_ASCENT},
    {"descent, backtracking", BACKTRACKING, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_DESCENT},
    {"ascent, backtracking", BACKTRACKING, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_ASCENT},
    {"descent, fixed steps", FIXED, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_DESCENT},
    {"ascent, fixed steps", FIXED, GRADUS_REFERENCE_AUTOMATIC, GRADUS_DIRECTION_ASCENT},
};

static gradus_status solve_in_closed_form(const set *on, gradus_reference method, double *theta)
{
    const gr_problem *problem = &on->known->problem;
    const gradus_model_options options = gr_problem_options(problem, 0.0, on->error);
    return gradus_reference_least_squares(&problem->X, problem->y, &options, method, theta, NULL);
}

/* As far as it goes: the library's own way, or gradient steps in standardised columns. */
static gradus_options options_of(const set *on, const solver *by)
{
    gradus_options options = gradus_options_default();
    options.error = on->error;
    options.stop.max_iterations = BUDGET;
    options.stop.gradient_tolerance = GRADUS_OFF;
    if (by->way == BY_DEFAULT) return options;
    options.method = GRADUS_METHOD_GRADIENT;
    options.metric = GRADUS_METRIC_STANDARDIZED;
    options.step = by->way == FIXED ? gradus_step_fixed(1.0 / on->promise.curvature)
                                    : gradus_step_backtracking(0.0);
    return options;
}

static gradus_status climb_or_descend(const set *on, const solver *by)
{
    gradus_objective *objective = NULL;
    gradus_status status = gr_problem_objective(&on->known->problem, on->known->logistic, by->direction, 0.0,
                                                &objective, on->error);
    const gradus_options options = options_of(on, by);
    for (size_t j = 0; j < on->known->problem.coefficients; j++) on->theta[j] = 0.0;
    if (!status) status = gr_travel(objective, by->direction, on->theta, &options, NULL);
    gradus_objective_free(objective);
    return status;
}

static double bar_of(const set *on, const solver *by)
{
    switch (by->way) {
    case FIXED:
        return gr_bar_gradient(&on->promise, FIXED_SHARE, BUDGET);
    case BACKTRACKING:
        return gr_bar_gradient(&on->promise, BACKTRACKING_SHARE, BUDGET);
    default:
        return by->closed == GRADUS_REFERENCE_CHOLESKY ? gr_bar_normal(&on->promise)
                                                       : gr_bar_stable(&on->promise);
    }
}

static void print_digits(double digits)
{
    if (digits >= 0.0)
        (void)printf("%12.1f", digits);
    else
        (void)printf("%12s", "-");
}

/* Counts and prints one row; `refused`: the solver says that it cannot. A digit of -1 means: not compared. */
static void conclude(const set *on, const solver *by, bool refused, gr_tally *tally)
{
    const size_t n = on->known->problem.coefficients;
    const double bar = bar_of(on, by);
    const double certified = refused ? -1.0 : gr_digits_worst(n, on->theta, on->known->answer);
    const bool compared = !refused && on->closed_form && by->closed != GRADUS_REFERENCE_QR;
    const double closed = compared ? gr_digits_worst(n, on->theta, on->closed_form) : -1.0;
    const bool reached = certified >= bar && (!compared || closed >= bar);
    size_t *count = bar > 0.0 ? (reached ? &tally->met : &tally->below) : &tally->without;
    ++*count;
    gr_print_label(on->known->name, 18);
    (void)printf(" ");
    gr_print_label(by->name, 21);
    print_digits(certified);
    print_digits(closed);
    (void)printf("%6.1f  %s\n", bar,
                 count == &tally->met     ? "ok"
                 : count == &tally->below ? "FAIL"
                                          : "no bar");
}

/* A refusal for dependent columns is an answer; everything else ends the program. */
static gradus_status run(const set *on, const solver *by, gr_tally *tally)
{
    const gradus_status status = by->way == CLOSED_FORM ? solve_in_closed_form(on, by->closed, on->theta)
                                                        : climb_or_descend(on, by);
    if (status && status != GRADUS_ERROR_RANK_DEFICIENT) return status;
    conclude(on, by, status != GRADUS_OK, tally);
    return GRADUS_OK;
}

static gradus_status run_all(const set *on, gr_tally *tally)
{
    gradus_status status = GRADUS_OK;
    const size_t closed = on->known->logistic ? 0 : sizeof closed_forms / sizeof *closed_forms;
    for (size_t i = 0; !status && i < closed; i++) status = run(on, &closed_forms[i], tally);
    for (size_t i = 0; !status && i < sizeof iterations / sizeof *iterations; i++)
        status = run(on, &iterations[i], tally);
    return status;
}

/* The reference comes first: least squares' own closed form, logistic regression's known answer. */
static gradus_status measure(set *on, double *closed_form)
{
    const gr_known *known = on->known;
    if (!known->logistic) {
        const gradus_status status = solve_in_closed_form(on, GRADUS_REFERENCE_AUTOMATIC, closed_form);
        if (status) return status;
        on->closed_form = closed_form;
    }
    return gr_promise_measure(&known->problem, known->logistic, known->logistic ? known->answer : closed_form,
                              &on->promise, on->error);
}

void gr_verify_print_header(void)
{
    (void)printf("%-18s %-21s%12s%12s%6s\n", "data", "solver", "known answer", "closed form", "bar");
}

gradus_status gr_verify_set(const gr_known *known, gr_tally *tally, gradus_error *error)
{
    const size_t n = known->problem.coefficients;
    double *memory = gr_new_doubles(2 * n);
    if (!memory) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    set on = {.known = known, .theta = memory, .error = error};
    gradus_status status = measure(&on, memory + n);
    if (!status) status = run_all(&on, tally);
    gr_delete(memory);
    return status;
}
