/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "factor/equilibrate.h"
#include "factor/svd.h"
#include "gradus/reference.h"
#include "model/options.h"
#include "reference/design.h"

/* Gives the columns their own sizes back, up to a common power of two, which is returned. */
static int undo_column_scales(gr_design *design)
{
    int largest = design->exponent[0];
    for (size_t j = 1; j < design->cols; j++)
        largest = design->exponent[j] > largest ? design->exponent[j] : largest;
    for (size_t j = 0; j < design->cols; j++)
        gr_scale(design->rows, design->a + j * design->rows, design->exponent[j] - largest);
    return largest;
}

static gradus_status decompose(gr_design *design, double *values, gradus_error *error)
{
    const int exponent = undo_column_scales(design) + design->row_exponent;
    gr_qr qr = {0};
    gr_svd svd = {0};
    gradus_status status = gr_qr_factor(&design->allocator, design->rows, design->cols, design->a, &qr,
                                        error);
    if (!status) status = gr_svd_of_qr(&qr, false, &svd, error);
    for (size_t i = 0; !status && i < design->cols; i++)
        values[i] = i < svd.rows ? ldexp(svd.sigma[i], exponent) : 0.0;
    gr_svd_free(&svd);
    gr_qr_free(&qr);
    return status;
}

/* The design does not depend on the response; a response of zeros stands in for it. */
gradus_status gradus_reference_singular_values(const gradus_matrix *X, const gradus_model_options *options,
                                               double *values)
{
    gradus_model_options read;
    gradus_status status = gr_model_options_read(options, &read);
    if (status) return status;
    if (!values) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    gr_design design;
    status = gr_design_measure(X, &read, &design);
    if (status) return status;
    const gradus_allocator allocator = design.allocator;
    double *zeros = gr_allocate_doubles(&allocator, X->rows);
    if (!zeros) return gr_error_plain(read.error, GRADUS_ERROR_MEMORY);
    status = gr_design_make(X, zeros, &read, &design);
    if (!status) status = decompose(&design, values, read.error);
    gr_design_free(&design);
    gr_release(&allocator, zeros);
    return status;
}
