/* SPDX-License-Identifier: BSD-3-Clause */
/* Which column of a table is the response, which holds the weights, which the offset; the others are regressors. */
#ifndef GR_CLI_COLUMNS_H
#define GR_CLI_COLUMNS_H

#include "cli/problem.h"

typedef struct gr_columns_chosen {
    size_t response;
    size_t weights, offset; /* GRADUS_NOWHERE: none */
    size_t regressors;
} gr_columns_chosen;

/* Errors: as gr_problem_make. */
gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error);

/* The column of that name. GRADUS_ERROR_OPTION where there is none, in the name of `option`. */
gradus_status gr_column_find(const gr_table *table, const char *option, const char *name, size_t *column,
                             gradus_error *error);

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column);

#endif
