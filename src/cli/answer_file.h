/* SPDX-License-Identifier: BSD-3-Clause */
/* NAME.ref.csv: the known answer of a data set, one coefficient a row: its name, its estimate. */
#ifndef GR_CLI_ANSWER_FILE_H
#define GR_CLI_ANSWER_FILE_H

#include "gradus/status.h"

typedef struct gr_answers {
    size_t count;
    char **names;
    double *estimates;
} gr_answers;

/*
 * Reads the file, whose header begins with name,estimate. *answers is written on success alone; free it with
 * gr_answers_free. Errors: those of gr_records_read, GRADUS_ERROR_FILE_FORMAT, _DATA_NOT_FINITE, _MEMORY.
 */
gradus_status gr_answers_read(const char *path, gr_answers *answers, gradus_error *error);
void gr_answers_free(gr_answers *answers);

/* The row of that name; GRADUS_NOWHERE when there is none. */
size_t gr_answers_find(const gr_answers *answers, const char *name);

#endif
