/* SPDX-License-Identifier: BSD-3-Clause */
#include "gradus/inference.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/objective.h"
#include "reference/distribution.h"
#include "reference/inference.h"

static const double default_confidence = 0.95;

gradus_infer_options gradus_infer_options_default(void)
{
    gradus_infer_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    return options;
}

static gradus_status read_options(const gradus_infer_options *given, gradus_infer_options *options)
{
    *options = gradus_infer_options_default();
    if (given && given->size != sizeof *given) return GRADUS_ERROR_STRUCT_SIZE;
    if (given) *options = *given;
    if (options->confidence == 0.0) options->confidence = default_confidence;
    if (options->confidence > 0.0 && options->confidence < 1.0) return GRADUS_OK;
    return gr_error(options->error, GRADUS_ERROR_OPTION, gr_fault_limit(options->confidence, 1.0),
                    "confidence is %g; it must be above 0 and below 1", options->confidence);
}

gradus_status gradus_infer(const gradus_objective *f, const double *theta,
                           const gradus_infer_options *options, gradus_inference *out,
                           double *standard_errors, double *covariance)
{
    gradus_infer_options read;
    const gradus_status status = read_options(options, &read);
    if (status) return status;
    if (!f || !theta || !out) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    return gr_objective_has_outputs(f) ? gr_infer_outputs(f, theta, &read, out, standard_errors, covariance)
                                       : gr_infer_single(f, theta, &read, out, standard_errors, covariance);
}

double gradus_p_value(const gradus_inference *inference, double statistic)
{
    if (!inference) return (double)NAN;
    if (inference->student) return gr_student_tails(statistic, inference->degrees_of_freedom);
    return gr_normal_tails(statistic);
}
