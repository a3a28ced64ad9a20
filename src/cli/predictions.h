/* SPDX-License-Identifier: BSD-3-Clause */
/* What a saved fit says of the rows of a table. */
#ifndef GR_CLI_PREDICTIONS_H
#define GR_CLI_PREDICTIONS_H

#include <stdio.h>

#include "cli/saved_fit.h"
#include "io/csv.h"

typedef struct gr_predictions {
    const gr_model_row *model;    /* not owned */
    const char *const *responses; /* of several responses the names, not owned; otherwise NULL */
    size_t rows, outputs;
    double *values;  /* rows x outputs */
    size_t *classes; /* of every row; of models without classes nothing */
} gr_predictions;

/*
 * What the model makes of z = x'theta + offset, row by row. The columns are found by their names, in whatever order; further ones are not looked at. `offset`
 * (may be NULL) names the offset's columns, one or several with commas between them, in the place of the fit's own. *made is written
 * on success alone, and wants the fit as long as it lives; free it with gr_predictions_free. Errors: GRADUS_ERROR_OPTION for offsets that
 * are not one for each output; GRADUS_ERROR_FILE_FORMAT for a column that is missing or not the only one of its name,
 * _DATA_NOT_FINITE for a prediction that double precision does not hold, _MEMORY.
 */
gradus_status gr_predictions_make(const gr_saved_fit *fit, const gr_table *table, const char *offset,
                                  gr_predictions *made, gradus_error *error);

/* A header, and a line for every row: what is predicted, and the class where the model has classes. A gr_points_printer. */
void gr_predictions_print(FILE *file, const void *predictions);

/* An all-zero one is fine. */
void gr_predictions_free(gr_predictions *predictions);

#endif
