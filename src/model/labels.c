/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"
#include "model/loss.h"

gradus_status gr_check_any(size_t rows, const double *y, gradus_error *error)
{
    (void)rows, (void)y, (void)error;
    return GRADUS_OK;
}

gradus_status gr_check_labels(size_t rows, const double *y, gradus_error *error)
{
    for (size_t i = 0; i < rows; i++) {
        if (y[i] == 0.0 || y[i] == 1.0) continue;
        return gr_error(error, GRADUS_ERROR_LABEL, gr_fault_at(i, GRADUS_NOWHERE, y[i]),
                        "the label of row %zu is %.17g; a model of two classes takes exactly 0 and 1", i,
                        y[i]);
    }
    return GRADUS_OK;
}
