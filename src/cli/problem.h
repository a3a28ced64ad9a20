/* SPDX-License-Identifier: BSD-3-Clause */
/* What is fitted: X, responses, weights and offsets of a table, with the names of the coefficients. */
#ifndef GR_CLI_PROBLEM_H
#define GR_CLI_PROBLEM_H

#include <stdbool.h>

#include "cli/exit_status.h"
#include "data/datasets.h"
#include "gradus/model.h"
#include "io/csv.h"

/* Which columns of the table play which part. */
typedef struct gr_roles {
    const char *response; /* one or several; NULL: the last column (that is neither weights nor offset) */
    const char *weights;  /* NULL: none */
    const char *offset;   /* one or several; NULL: none */
    size_t degree;        /* k > 0: the powers 1 .. k of the only regressor; 0: the regressors themselves */
    bool intercept;
} gr_roles;

typedef struct gr_problem {
    char **responses; /* the names of y */
    size_t response_count;
    char **offsets; /* the names of the offset, one for each output; NULL: none */
    size_t offset_count;
    char **columns; /* the regressors' names in the table: one where there is a degree, otherwise X.cols */
    size_t column_count;
    char **names; /* of the coefficients, in the order of theta */
    size_t coefficients;
    size_t outputs; /* theta has so many parts of the same length: the responses, or the classes of softmax */
    bool intercept;
    gradus_matrix X;             /* row-major */
    double *y;                   /* one response after another */
    double *weights;             /* NULL: none */
    double *offset;              /* one after another; NULL: none */
    double *x;                   /* the memory under X */
    gradus_matrix L;             /* of powers, what X's doubles leave out; otherwise its data are NULL */
    double *low;                 /* the memory under L */
    double lasso, radius, huber; /* as in gradus_model_options */
    double *lower, *upper;       /* of all columns and outputs, in one memory; NULL: none */
} gr_problem;

/* A built-in set as if it had been read from a file: its columns, then the response. */
gradus_status gr_table_of_dataset(const gr_dataset *set, gr_table *table, gradus_error *error);

/*
 * Takes the table's numbers (the table is empty afterwards, whatever is returned; it still wants
 * gr_table_free). Of several responses each has coefficients, called "response: name". *problem is written on success alone; free it
 * with gr_problem_free. Errors: GRADUS_ERROR_OPTION for a column that is not there, one that has two parts, and a degree with more than one
 * regressor; GRADUS_ERROR_FILE_FORMAT where no regressor is left; those of gr_polynomial; _MEMORY.
 */
gradus_status gr_problem_make(gr_table *table, const gr_roles *roles, gr_problem *problem,
                              gradus_error *error);

/* One offset for each output, where there are any. Errors: GRADUS_ERROR_OPTION. */
gradus_status gr_problem_check_offsets(const gr_problem *problem, gradus_error *error);

/* What is fitted to response c alone: a view, not to be freed. Where there is one response, all of it. */
gr_problem gr_problem_response(const gr_problem *problem, size_t c);

/* The coefficients once for each class c from 0 on, called "c: name", where the response holds labels from 0 to k - 1. Errors:
 * GRADUS_ERROR_LABEL where there are fewer rows than classes, _MEMORY. */
gradus_status gr_problem_split_classes(gr_problem *problem, gradus_error *error);

/* An all-zero problem is fine. */
void gr_problem_free(gr_problem *problem);

/* The same bounds for every column of every output, infinite ones for none. Errors: GRADUS_ERROR_MEMORY. */
gradus_status gr_problem_bound(gr_problem *problem, double lower, double upper, gradus_error *error);

/* The options of its models and of its closed form. */
gradus_model_options gr_problem_options(const gr_problem *problem, double ridge, gradus_error *error);

#endif
