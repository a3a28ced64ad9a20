/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the reference room: gradus_infer for one output and for several, its arguments there and its options read. */
#ifndef GR_REFERENCE_INFERENCE_H
#define GR_REFERENCE_INFERENCE_H

#include "gradus/inference.h"

gradus_status gr_infer_single(const gradus_objective *f, const double *theta,
                              const gradus_infer_options *options, gradus_inference *out,
                              double *standard_errors, double *covariance);

gradus_status gr_infer_outputs(const gradus_objective *f, const double *theta,
                               const gradus_infer_options *options, gradus_inference *out,
                               double *standard_errors, double *covariance);

#endif
