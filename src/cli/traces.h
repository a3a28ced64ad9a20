/* SPDX-License-Identifier: BSD-3-Clause */
/* Traces of runs, as `gradus fit --trace` writes them, made comparable. */
#ifndef GR_CLI_TRACES_H
#define GR_CLI_TRACES_H

#include <stdbool.h>

#include "cli/exit_status.h"
#include "io/csv.h"

enum { GR_MOST_TRACES = 8 };

typedef struct gr_run {
    char *name;                            /* the file's, without folder and .csv */
    size_t count;                          /* iterates, the start first */
    double *work, *value, *gap, *gradient; /* gap: how far the value is from the best of all runs, >= 0 */
} gr_run;

typedef struct gr_traces {
    gr_run runs[GR_MOST_TRACES];
    size_t count;
    bool passes; /* what `work` counts: passes, or, where a run has none, evaluations */
} gr_traces;

/*
 * Reads the files (NULL last), of runs with batches what was evaluated on all rows. The value of a run that climbs counts in its mirror image, so that a climb of -f and a
 * descent of f are one curve. *traces is written whatever is returned; free it with gr_traces_free. The trouble names the
 * file at fault. Errors: GRADUS_ERROR_OPTION for no file and for too many; those of gr_csv_read; GRADUS_ERROR_FILE_FORMAT
 * for a file without the columns of a trace; _MEMORY.
 */
gradus_status gr_traces_read(char *const *paths, gr_traces *traces, gr_trouble *trouble);

/* Fills the gaps, where the values are there. */
void gr_traces_measure(gr_traces *traces);

void gr_traces_free(gr_traces *traces);

#endif
