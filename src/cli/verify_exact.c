/* SPDX-License-Identifier: BSD-3-Clause */
/* NIST's sets against their exact answers: the digits of coefficients, standard errors and residual sum of squares, by LAPACK and by gradus. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/closed_errors.h"
#include "cli/digits.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "cli/text.h"
#include "cli/verify.h"
#include "data/exact_answers.h"
#include "gradus/inference.h"
#include "gradus/solver.h"

/* The digits of the worst coefficient that are asked of gradus: LAPACK's QR less about a digit; what rounding the data leaves. */
typedef struct asked {
    const char *name;
    double plain, refined;
} asked;

static const asked floors[] = {
    {"Norris", 12.0, 13.5},  {"Pontius", 11.5, 13.0}, {"NoInt1", 14.5, 15.0},  {"NoInt2", 14.5, 15.0},
    {"Filip", 6.5, 13.0},    {"Longley", 10.0, 14.0}, {"Wampler1", 8.5, 15.0}, {"Wampler2", 11.5, 13.0},
    {"Wampler3", 8.5, 15.0}, {"Wampler4", 6.5, 15.0}, {"Wampler5", 4.5, 15.0},
};

typedef enum kind { CLOSED_FORM, BY_DEFAULT, REFINED } kind;

typedef struct contender {
    const char *name;
    kind way;
    gradus_reference closed;
} contender;

static const contender contenders[] = {
    {"LAPACK QR", CLOSED_FORM, GRADUS_REFERENCE_QR},
    {"LAPACK SVD", CLOSED_FORM, GRADUS_REFERENCE_SVD},
    {"LAPACK Cholesky", CLOSED_FORM, GRADUS_REFERENCE_CHOLESKY},
    {"gradus", BY_DEFAULT, GRADUS_REFERENCE_AUTOMATIC},
    {"gradus, refined", REFINED, GRADUS_REFERENCE_AUTOMATIC},
};

typedef struct fitted {
    double *theta, *errors;
    double residual_square;
} fitted;

static gradus_status infer(const gradus_objective *f, bool refined, fitted *fit, gradus_error *error)
{
    gradus_infer_options options = gradus_infer_options_default();
    gradus_inference facts;
    options.error = error;
    options.refine = refined;
    const gradus_status status = gradus_infer(f, fit->theta, &options, &facts, fit->errors, NULL);
    if (!status) fit->residual_square = facts.dispersion * facts.degrees_of_freedom;
    return status;
}

static gradus_status descend(const gr_problem *problem, bool refined, fitted *fit, gradus_error *error)
{
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    options.error = error;
    options.refine = refined;
    memset(fit->theta, 0, problem->coefficients * sizeof *fit->theta);
    gradus_status status = gr_problem_objective(problem, false, GRADUS_DIRECTION_DESCENT, 0.0, &f, error);
    if (!status) status = gradus_descend(f, fit->theta, &options, NULL);
    if (!status) status = infer(f, refined, fit, error);
    gradus_objective_free(f);
    return status;
}

static gradus_status solve(const contender *by, const gr_problem *problem, fitted *fit, gradus_error *error)
{
    if (by->way == CLOSED_FORM)
        return gr_closed_fit(problem, by->closed, fit->theta, fit->errors, &fit->residual_square, error);
    return descend(problem, by->way == REFINED, fit, error);
}

/* 0: nothing is asked */
static double floor_of(const contender *by, const char *name)
{
    for (size_t i = 0; by->way != CLOSED_FORM && i < sizeof floors / sizeof *floors; i++) {
        if (strcmp(floors[i].name, name) == 0)
            return by->way == REFINED ? floors[i].refined : floors[i].plain;
    }
    return 0.0;
}

static void begin_row(const contender *by, const char *name)
{
    gr_print_label(name, 10);
    gr_print_label(by->name, 16);
}

/* Prints one row and counts it where digits are asked. */
static void conclude(const contender *by, const gr_exact_answer *answer, const fitted *fit, gr_tally *tally)
{
    const double floor = floor_of(by, answer->name);
    const double digits = gr_digits_worst(answer->size, fit->theta, answer->theta);
    begin_row(by, answer->name);
    (void)printf("%12.1f%12.1f%12.1f", digits, gr_digits_worst(answer->size, fit->errors, answer->deviations),
                 gr_digits(fit->residual_square, answer->residual_square));
    if (floor > 0.0) {
        ++*(digits >= floor ? &tally->met : &tally->below);
        (void)printf("%8.1f  %s", floor, digits >= floor ? "ok" : "FAIL");
    }
    (void)printf("\n");
}

void gr_verify_print_exact_header(void)
{
    (void)printf("Digits that agree with the exact answer:\n\n%-10s%-16s%12s%12s%12s%8s\n", "data", "solver",
                 "theta", "std. errors", "RSS", "asked");
}

void gr_verify_skip_exact(const char *name)
{
    gr_print_label(name, 10);
    (void)printf("skipped: not built in; --data DIR wants %s.csv, %s.ref.csv\n", name, name);
}

gradus_status gr_verify_exact(const gr_known *known, gr_tally *tally, gradus_error *error)
{
    const gr_exact_answer *answer = gr_exact_answer_of(known->name);
    const size_t n = known->problem.coefficients;
    if (!answer || answer->size != n) return GRADUS_OK;
    double *memory = gr_new_doubles(2 * n);
    if (!memory) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gradus_status status = GRADUS_OK;
    for (size_t i = 0; !status && i < sizeof contenders / sizeof *contenders; i++) {
        fitted fit = {.theta = memory, .errors = memory + n};
        status = solve(&contenders[i], &known->problem, &fit, error);
        if (!status) {
            conclude(&contenders[i], answer, &fit, tally);
        } else if (status == GRADUS_ERROR_RANK_DEFICIENT && contenders[i].way == CLOSED_FORM) {
            begin_row(&contenders[i], answer->name);
            (void)printf("%12s%12s%12s\n", "refused", "-", "-");
            status = GRADUS_OK;
        }
    }
    gr_delete(memory);
    return status;
}
