/* SPDX-License-Identifier: BSD-3-Clause */
/* Data with a known answer: a built-in set, or NAME.csv with NAME.ref.csv. */
#ifndef GR_CLI_KNOWN_H
#define GR_CLI_KNOWN_H

#include "cli/problem.h"

typedef struct gr_known {
    const char *name; /* not owned */
    bool logistic;
    gr_problem problem;
    double *answer; /* in the order of theta */
} gr_known;

gradus_status gr_known_of_dataset(const gr_dataset *set, gr_known *known, gradus_error *error);

/*
 * Reads the pair of files. The names in NAME.ref.csv tell the model:
 *
 *   the names of the columns, perhaps (intercept)   these columns; logistic when (intercept) is there and
 *                                                   the response is 0 or 1 throughout
 *   B1 .. Bk, perhaps B0 for the intercept          one regressor: its powers 1 .. k; otherwise the columns
 *
 * The trouble names the file at fault. Errors: those of the readers, and GRADUS_ERROR_FILE_FORMAT for names
 * that fit neither.
 */
gradus_status gr_known_read(const char *name, const char *data_path, const char *answer_path, gr_known *known,
                            gr_trouble *trouble);

/* An all-zero one is fine. */
void gr_known_free(gr_known *known);

#endif
