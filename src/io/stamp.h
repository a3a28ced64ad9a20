/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a file is still what it was when its reading began. */
#ifndef GR_IO_STAMP_H
#define GR_IO_STAMP_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "gradus/status.h"

typedef struct gr_stamp {
    bool regular; /* a pipe or a device has no size and no time to compare */
    off_t size;
    struct timespec modified;
} gr_stamp;

gr_stamp gr_stamp_of(FILE *file);

/*
 * GRADUS_ERROR_FILE_READ where a regular file has another size (limit: before, measured: now) or another time of its last change
 * than then: half of what was read is of one file, half of another. GRADUS_OK otherwise; the error is not touched.
 */
gradus_status gr_stamp_check(const gr_stamp *before, FILE *file, gradus_error *error);

#endif
