/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows copied together; private to this room. */
#ifndef GR_PASS_GATHER_H
#define GR_PASS_GATHER_H

#include "pass/pass.h"

/* The reader's rows first .. first + rows, in double, row-major without gaps. */
void gr_gather(const gr_reader *reader, size_t first, size_t rows, double *to);

#endif
