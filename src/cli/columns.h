/* SPDX-License-Identifier: BSD-3-Clause */
/* Which columns of a table are the responses, which holds the weights, which the offsets; the others are regressors. */
#ifndef GR_CLI_COLUMNS_H
#define GR_CLI_COLUMNS_H

#include "cli/problem.h"

/* Columns in the order in which the option names them. */
typedef struct gr_column_list {
    size_t count;
    size_t *columns;
} gr_column_list;

typedef struct gr_columns_chosen {
    gr_column_list responses; /* at least one */
    gr_column_list offsets;   /* none, or some */
    size_t weights;           /* GRADUS_NOWHERE: none */
    size_t regressors;
    unsigned char *parts; /* of every column; 0: a regressor */
} gr_columns_chosen;

/* Free it with gr_columns_free, whatever is returned. Errors: as gr_problem_make. */
gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error);
void gr_columns_free(gr_columns_chosen *chosen);

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column);

#endif
