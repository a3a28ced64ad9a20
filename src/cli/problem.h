/* SPDX-License-Identifier: BSD-3-Clause */
/* What is fitted: X, y and weights of a table, with the names of the coefficients. */
#ifndef GR_CLI_PROBLEM_H
#define GR_CLI_PROBLEM_H

#include <stdbool.h>

#include "cli/exit_status.h"
#include "data/datasets.h"
#include "gradus/model.h"
#include "io/csv.h"

/* Which columns of the table play which part. */
typedef struct gr_roles {
    const char *response; /* NULL: the last column (that is not the weights) */
    const char *weights;  /* NULL: none */
    size_t degree;        /* k > 0: the powers 1 .. k of the only regressor; 0: the regressors themselves */
    bool intercept;
} gr_roles;

typedef struct gr_problem {
    char *response; /* the name of y */
    char **names;   /* of the coefficients, in the order of theta */
    size_t coefficients;
    bool intercept;
    gradus_matrix X; /* row-major */
    double *y;
    double *weights; /* NULL: none */
    double *x;       /* the memory under X */
    gradus_matrix L; /* of powers, what X's doubles leave out; otherwise its data are NULL */
    double *low;     /* the memory under L */
} gr_problem;

/* A built-in set as if it had been read from a file: its columns, then the response. */
gradus_status gr_table_of_dataset(const gr_dataset *set, gr_table *table, gradus_error *error);

/*
 * Takes the table's numbers (the table is empty afterwards, whatever is returned; it still wants
 * gr_table_free). *problem is written on success alone; free it with gr_problem_free. Errors:
 * GRADUS_ERROR_OPTION for a column that is not there, one that has two parts, and a degree with more than one
 * regressor; GRADUS_ERROR_FILE_FORMAT where no regressor is left; those of gr_polynomial; _MEMORY.
 */
gradus_status gr_problem_make(gr_table *table, const gr_roles *roles, gr_problem *problem,
                              gradus_error *error);

/* An all-zero problem is fine. */
void gr_problem_free(gr_problem *problem);

/* The options of its models and of its closed form. */
gradus_model_options gr_problem_options(const gr_problem *problem, double ridge, gradus_error *error);

#endif
