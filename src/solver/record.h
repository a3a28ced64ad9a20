/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the solver's room: a run's state as a sequence of bytes. One description of the state measures, writes and reads it, so that the
 * three cannot drift apart. Numbers are eight bytes each, as the machine has them.
 */
#ifndef GR_SOLVER_RECORD_H
#define GR_SOLVER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "gradus/status.h"

typedef enum gr_record_way { GR_RECORD_MEASURE, GR_RECORD_WRITE, GR_RECORD_READ } gr_record_way;

typedef struct gr_record {
    gr_record_way way;
    unsigned char *to;         /* where to write; `bytes` of room */
    const unsigned char *from; /* where to read; `bytes` of them */
    size_t bytes, used;        /* a measure counts in `used` alone */
    gradus_status status;      /* the first thing that went wrong; from then on nothing is read */
} gr_record;

bool gr_record_reads(const gr_record *record);

/* What was read cannot be: GRADUS_ERROR_CHECKPOINT_DAMAGED, where `wrong`. Only a reader asks. */
void gr_record_refuse(gr_record *record, bool wrong);

/* Each of these takes over what stands there, or puts it there. Numbers that do not fit what they are read into are refused. */
void gr_record_doubles(gr_record *record, size_t count, double *numbers);
void gr_record_double(gr_record *record, double *number);
void gr_record_size(gr_record *record, size_t *number);
void gr_record_count(gr_record *record, int64_t *number); /* 1 or more */
void gr_record_flag(gr_record *record, bool *flag);
void gr_record_text(gr_record *record, size_t size, char *text); /* size a multiple of 8, ends with 0 */

/* One triangle of a p x p matrix, column-major, the diagonal included; the other one is left alone. */
void gr_record_upper(gr_record *record, size_t p, double *matrix);
void gr_record_lower(gr_record *record, size_t p, double *matrix);

/* `count` numbers read must be finite, or above 0 and at most 1e300 */
void gr_record_want_finite(gr_record *record, size_t count, const double *numbers);
void gr_record_want_positive(gr_record *record, double number);

#endif
