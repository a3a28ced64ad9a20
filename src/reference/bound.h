/* SPDX-License-Identifier: BSD-3-Clause */
/* How far an answer to least squares can be from the exact one. */
#ifndef GR_REFERENCE_BOUND_H
#define GR_REFERENCE_BOUND_H

#include "factor/svd.h"
#include "gradus/reference.h"
#include "reference/design.h"

/* What is known of the design beside theta. */
typedef struct gr_judged {
    const gr_design *design;
    const gr_qr *qr;
    const gr_svd *svd;
    double residual; /* ||b - A t||_2 in the design's units */
    double size;     /* ||A||_F */
} gr_judged;

/* Fills error_bound, contraction and bound_reason of the certificate. Errors: GRADUS_ERROR_MEMORY. */
gradus_status gr_bound_error(const gr_judged *on, const double *theta, gradus_certificate *certificate,
                             gradus_error *error);

#endif
