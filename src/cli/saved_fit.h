/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON of `gradus fit --json`, read back for `gradus predict`. */
#ifndef GR_CLI_SAVED_FIT_H
#define GR_CLI_SAVED_FIT_H

#include <jansson.h>
#include <stdbool.h>

#include "cli/models.h"

/* What the keys `format` and `format_version` say. A reader takes its own version alone. */
#define GR_SAVED_FORMAT "gradus-fit"
enum { GR_SAVED_VERSION = 1 };

typedef struct gr_saved_fit {
    const gr_model_row *model;
    size_t columns;         /* of the file, >= 1 */
    const char **names;     /* theirs, as JSON has them */
    size_t degree;          /* k > 0: the powers 1 .. k of the only column */
    bool intercept;         /* theta's last entry, of each output */
    size_t outputs;         /* the classes of softmax, or the responses */
    const char **responses; /* of several responses the names; otherwise NULL */
    const char **offsets;   /* the names of the offset's columns, one for each output; NULL: none */
    double *theta;
    bool converged;
    json_t *whole; /* where the names live */
} gr_saved_fit;

/*
 * Reads the file ("-": standard input). *fit is written on success alone; free it with gr_saved_fit_free. Errors:
 * GRADUS_ERROR_FILE_READ; _FILE_FORMAT for what is no JSON (with line and column), was not written by gradus fit or by
 * another version, or misses something; _MEMORY.
 */
gradus_status gr_saved_fit_read(const char *path, gr_saved_fit *fit, gradus_error *error);

/* An all-zero one is fine. */
void gr_saved_fit_free(gr_saved_fit *fit);

#endif
