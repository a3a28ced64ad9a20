/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/lapack.h"

#include "base/error.h"

gradus_status gr_lapack_status(const char *routine, lapack_int info, gradus_error *error)
{
    if (info == 0) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_LAPACK, gr_fault_limit((double)info, 0.0),
                    "LAPACK's %s did not finish; its info is %d", routine, (int)info);
}
