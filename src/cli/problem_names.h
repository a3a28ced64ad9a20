/* SPDX-License-Identifier: BSD-3-Clause */
/* How a problem's columns and coefficients are called. */
#ifndef GR_CLI_PROBLEM_NAMES_H
#define GR_CLI_PROBLEM_NAMES_H

#include "cli/columns.h"
#include "cli/problem.h"

/* The names of these columns of the table; `*count` says how many there are, also where memory runs out. */
gradus_status gr_problem_take_names(const gr_table *table, const gr_column_list *list, char ***names,
                                    size_t *count, gradus_error *error);

/* Those names, and where they were; NULL is fine. */
void gr_problem_free_names(char **names, size_t count);

/* The names of the coefficients: regressors, or the powers of the only one, then the intercept. */
gradus_status gr_problem_name(size_t degree, gr_problem *problem, gradus_error *error);

/* The coefficients once for each of so many outputs, "called: name"; without names the outputs are called by their numbers. */
gradus_status gr_problem_name_outputs(gr_problem *problem, size_t outputs, char *const *called,
                                      gradus_error *error);

#endif
