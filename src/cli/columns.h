/* SPDX-License-Identifier: BSD-3-Clause */
/* Which column of a table is the response, which holds the weights; the others are regressors. */
#ifndef GR_CLI_COLUMNS_H
#define GR_CLI_COLUMNS_H

#include "cli/problem.h"

typedef struct gr_columns_chosen {
    size_t response;
    size_t weights; /* GRADUS_NOWHERE: none */
    size_t regressors;
} gr_columns_chosen;

/* Errors: as gr_problem_make. */
gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error);

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column);

#endif
