/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this room need of LAPACKE; private to it. */
#ifndef GR_FACTOR_LAPACK_H
#define GR_FACTOR_LAPACK_H

#include <lapacke.h>

#include "gradus/status.h"

_Static_assert(sizeof(lapack_int) == sizeof(int), "gradus needs a LAPACKE with 32-bit integers");

/* 0 for info 0; otherwise GRADUS_ERROR_LAPACK, with info as the measured number. */
gradus_status gr_lapack_status(const char *routine, lapack_int info, gradus_error *error);

#endif
