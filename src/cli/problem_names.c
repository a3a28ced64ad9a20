/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/problem_names.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/heap.h"
#include "data/polynomial.h"

void gr_problem_free_names(char **names, size_t count)
{
    for (size_t j = 0; j < count; j++) gr_delete(names[j]);
    gr_delete((void *)names);
}

/* A name with room for an exponent behind it. */
static char *new_name(const char *name)
{
    const size_t bytes = strlen(name) + 32;
    char *copy = (char *)gr_new(bytes, 1);
    if (copy) (void)snprintf(copy, bytes, "%s", name);
    return copy;
}

gradus_status gr_problem_take_names(const gr_table *table, const gr_column_list *list, char ***names,
                                    size_t *count, gradus_error *error)
{
    char **taken = *names = (char **)gr_new(list->count, sizeof *taken);
    *count = 0;
    if (!taken) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t k = 0; k < list->count; k++) {
        taken[k] = new_name(table->names[list->columns[k]]);
        if (!taken[k]) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
        *count = k + 1;
    }
    return GRADUS_OK;
}

gradus_status gr_problem_name(size_t degree, gr_problem *problem, gradus_error *error)
{
    const size_t count = problem->X.cols + (problem->intercept ? 1 : 0);
    problem->names = (char **)gr_new(count, sizeof *problem->names);
    if (!problem->names || !problem->columns) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t k = 0; k < count; k++) {
        const char *column = problem->columns[degree || k == problem->X.cols ? 0 : k];
        char *name = problem->names[k] = new_name(k < problem->X.cols ? column : "(intercept)");
        if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
        if (degree && k < problem->X.cols) gr_polynomial_name(column, k + 1, strlen(name) + 32, name);
        problem->coefficients++;
    }
    return GRADUS_OK;
}

/* "output: name" on the heap; a class without a name is called by its number. */
static char *name_of_output(char *const *outputs, size_t output, const char *name)
{
    const size_t bytes = strlen(name) + (outputs ? strlen(outputs[output]) : 0) + 32;
    char *made = (char *)gr_new(bytes, 1);
    if (made && outputs) (void)snprintf(made, bytes, "%s: %s", outputs[output], name);
    if (made && !outputs) (void)snprintf(made, bytes, "%zu: %s", output, name);
    return made;
}

gradus_status gr_problem_name_outputs(gr_problem *problem, size_t outputs, char *const *called,
                                      gradus_error *error)
{
    const size_t each = problem->coefficients;
    size_t count;
    char **names = gr_multiply(outputs, each, &count) ? (char **)gr_new(count, sizeof *names) : NULL;
    if (!names) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    char **before = problem->names;
    problem->names = names;
    problem->coefficients = 0;
    for (size_t k = 0; k < count; k++) {
        if (!(names[k] = name_of_output(called, k / each, before[k % each]))) break;
        problem->coefficients++;
    }
    gr_problem_free_names(before, each);
    problem->outputs = outputs;
    return problem->coefficients == count ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}
