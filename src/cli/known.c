/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/known.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/answer_file.h"
#include "cli/heap.h"
#include "io/number.h"

gradus_status gr_known_of_dataset(const gr_dataset *set, gr_known *known, gradus_error *error)
{
    const gr_roles roles = {.degree = set->degree, .intercept = set->intercept};
    const size_t coefficients = gr_dataset_coefficients(set);
    gr_known made = {.name = set->name};
    gr_table table;
    gradus_status status = gr_table_of_dataset(set, &table, error);
    if (status) return status;
    status = gr_problem_make(&table, &roles, &made.problem, error);
    gr_table_free(&table);
    made.answer = status ? NULL : gr_new_doubles(coefficients);
    if (made.answer) {
        memcpy(made.answer, set->certified, coefficients * sizeof *made.answer);
        *known = made;
        return GRADUS_OK;
    }
    gr_known_free(&made);
    return status ? status : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

static bool is_numbered(const gr_answers *answers)
{
    return gr_answers_find(answers, "B1") != GRADUS_NOWHERE;
}

static bool has_intercept(const gr_answers *answers)
{
    return gr_answers_find(answers, is_numbered(answers) ? "B0" : "(intercept)") != GRADUS_NOWHERE;
}

/* Numbered answers for a table with one regressor mean a polynomial. */
static gr_roles roles_of(const gr_answers *answers, const gr_table *table)
{
    const bool intercept = has_intercept(answers);
    const bool polynomial = is_numbered(answers) && table->columns == 2;
    return (gr_roles){.degree = polynomial ? answers->count - (intercept ? 1 : 0) : 0,
                      .intercept = intercept};
}

/* The name under which NAME.ref.csv holds coefficient j. */
static void answer_name(const gr_problem *problem, bool numbered, size_t j, size_t size, char *name)
{
    const bool last = j == problem->X.cols;
    if (numbered)
        (void)snprintf(name, size, "B%zu", last ? 0 : j + 1);
    else
        (void)snprintf(name, size, "%s", problem->names[j]);
}

static gradus_status take_answer(const gr_answers *answers, gr_known *known, gradus_error *error)
{
    const gr_problem *problem = &known->problem;
    char name[256];
    known->answer = gr_new_doubles(problem->coefficients);
    if (!known->answer) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < problem->coefficients; j++) {
        answer_name(problem, is_numbered(answers), j, sizeof name, name);
        const size_t row = gr_answers_find(answers, name);
        if (row == GRADUS_NOWHERE)
            return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                            "no row is called \"%s\"; every coefficient needs its answer",
                            gr_excerpt_of(name).text);
        known->answer[j] = answers->estimates[row];
    }
    if (answers->count == problem->coefficients) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT,
                    gr_fault_limit((double)answers->count, (double)problem->coefficients),
                    "the file has %zu rows, the model has %zu coefficients", answers->count,
                    problem->coefficients);
}

static bool is_binary(const gr_problem *problem)
{
    for (size_t i = 0; i < problem->X.rows; i++) {
        if (problem->y[i] != 0.0 && problem->y[i] != 1.0) return false;
    }
    return true;
}

static gradus_status read_pair(const char *data_path, const char *answer_path, gr_answers *answers,
                               gr_known *known, gr_trouble *trouble)
{
    gr_table table;
    trouble->where = answer_path;
    gradus_status status = gr_answers_read(answer_path, answers, &trouble->error);
    if (status) return status;
    trouble->where = data_path;
    status = gr_csv_read(data_path, NULL, &table, &trouble->error);
    if (status) return status;
    const gr_roles roles = roles_of(answers, &table);
    status = gr_problem_make(&table, &roles, &known->problem, &trouble->error);
    gr_table_free(&table);
    if (status) return status;
    known->logistic = roles.intercept && !is_numbered(answers) && is_binary(&known->problem);
    trouble->where = answer_path;
    return take_answer(answers, known, &trouble->error);
}

gradus_status gr_known_read(const char *name, const char *data_path, const char *answer_path, gr_known *known,
                            gr_trouble *trouble)
{
    gr_known made = {.name = name};
    gr_answers answers = {.count = 0};
    const gradus_status status = read_pair(data_path, answer_path, &answers, &made, trouble);
    gr_answers_free(&answers);
    if (status)
        gr_known_free(&made);
    else
        *known = made;
    return status;
}

void gr_known_free(gr_known *known)
{
    gr_problem_free(&known->problem);
    gr_delete(known->answer);
    *known = (gr_known){.name = NULL};
}
