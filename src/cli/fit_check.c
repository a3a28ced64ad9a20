/* SPDX-License-Identifier: BSD-3-Clause */
/* What does not go together on the command line of `gradus fit`. */
#include "base/error.h"
#include "cli/fit.h"
#include "cli/same_file.h"
#include "io/number.h"

/* The trace would overwrite what was read: nobody wants that. */
static gradus_status check_trace(const gr_fit_settings *settings, gradus_error *error)
{
    const bool is_data = settings->trace && settings->file && gr_same_file(settings->trace, settings->file);
    const bool is_start = settings->trace && gr_same_file(settings->trace, settings->start);
    if (!is_data && !is_start) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "--trace is \"%s\", the file %s; allowed is another one",
                    gr_excerpt_of(settings->trace).text, is_data ? "of the data" : "of the start");
}

/* What only batches have is given without them. */
static gradus_status check_batches(const gr_fit_settings *settings, gradus_error *error)
{
    const struct {
        const char *option;
        bool given;
    } orphans[] = {{"--order", settings->order != GRADUS_ORDER_AUTOMATIC},
                   {"--seed", settings->seed >= 0},
                   {"--epochs", settings->epochs > 0},
                   {"--check", settings->check >= 0},
                   {"--method svrg", settings->method == GRADUS_METHOD_SVRG}};
    for (size_t i = 0; settings->batch == 0 && i < sizeof orphans / sizeof *orphans; i++) {
        if (orphans[i].given)
            return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "%s goes with --batch ROWS",
                            orphans[i].option);
    }
    const bool chosen = settings->step.rule != GRADUS_STEP_AUTOMATIC ||
                        settings->method == GRADUS_METHOD_ADAM;
    if (settings->batch == 0 || chosen || settings->refine || settings->compress) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_STEP_SIZE, gr_fault_none(),
                    "--batch goes with a --step that is fixed or a schedule, or with --method adam");
}

/* What only Huber's loss has is given without it. */
static gradus_status check_model(const gr_fit_settings *settings, gradus_error *error)
{
    if (settings->delta == 0.0 || settings->model == GR_FIT_HUBER) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--delta goes with --model huber");
}

static gradus_status check_inference(const gr_fit_settings *settings, gradus_error *error)
{
    if (settings->infer || !(settings->infer_always || settings->confidence > 0.0)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--no-inference does not go with --%s",
                    settings->infer_always ? "inference" : "confidence");
}

static gradus_status check_bounds(const gr_fit_settings *settings, gradus_error *error)
{
    if (settings->lower <= settings->upper) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(settings->lower, settings->upper),
                    "--lower is %g, above --upper, which is %g; allowed is at most that", settings->lower,
                    settings->upper);
}

gradus_status gr_fit_check(const gr_fit_settings *settings, gradus_error *error)
{
    gradus_status status = check_trace(settings, error);
    if (!status) status = check_batches(settings, error);
    if (!status) status = check_model(settings, error);
    if (!status) status = check_inference(settings, error);
    return status ? status : check_bounds(settings, error);
}
