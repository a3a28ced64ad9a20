/* SPDX-License-Identifier: BSD-3-Clause */
/* What does not go together on the command line of `gradus fit`. */
#include <string.h>

#include "base/error.h"
#include "cli/fit.h"
#include "cli/objective.h"
#include "cli/same_file.h"
#include "io/number.h"

/* An output that would overwrite what was read, or be added to it: nobody wants that. `path` NULL: standard output. */
static gradus_status spare_inputs(const gr_fit_settings *settings, const char *option, const char *path,
                                  gradus_error *error)
{
    const bool is_data = settings->file && gr_same_file(path, settings->file);
    if (!is_data && !gr_same_file(path, settings->start)) return GRADUS_OK;
    const char *part = is_data ? "of the data" : "of the start";
    if (!path)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "standard output is the file %s; allowed is another one", part);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "--%s is \"%s\", the file %s; allowed is another one", option, gr_excerpt_of(path).text,
                    part);
}

static gradus_status check_outputs(const gr_fit_settings *settings, gradus_error *error)
{
    const struct {
        const char *option, *path;
    } outputs[] = {{"trace", settings->trace},
                   {"coefficients", settings->coefficients},
                   {"checkpoint", settings->checkpoint}};
    gradus_status status = spare_inputs(settings, NULL, NULL, error);
    for (size_t i = 0; !status && i < sizeof outputs / sizeof *outputs; i++) {
        if (outputs[i].path) status = spare_inputs(settings, outputs[i].option, outputs[i].path, error);
    }
    return status;
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

static gradus_status check_closed_form(const gr_fit_settings *settings, gradus_error *error)
{
    if (!settings->refer_always) return GRADUS_OK;
    if (!settings->refer)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "--no-closed-form does not go with --closed-form");
    if (settings->model == GR_FIT_LEAST_SQUARES && !gr_fit_is_proximal(settings)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "--closed-form goes with --model least-squares, without a lasso and constraints");
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

/* What a path has for itself, what it needs, and what it is not for. */
static gradus_status check_path(const gr_fit_settings *settings, gradus_error *error)
{
    const bool none = settings->path == 0;
    const struct {
        const char *option;
        bool given;
    } wrong[] = {{"--path-ratio", none && settings->path_ratio > 0.0},
                 {"--coefficients", none && settings->coefficients},
                 {"--lasso", !none && settings->lasso > 0.0},
                 {"--trace", !none && settings->trace},
                 {"--batch", !none && settings->batch > 0},
                 {"--start", !none && strcmp(settings->start, "zeros") != 0},
                 {"--inference", !none && settings->infer_always},
                 {"--confidence", !none && settings->confidence > 0.0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (wrong[i].given)
            return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "%s %s --path", wrong[i].option,
                            none ? "goes with" : "does not go with");
    }
    return GRADUS_OK;
}

/* A checkpoint is of one run, whose trace cannot be cut where the run is. */
static gradus_status check_checkpoint(const gr_fit_settings *settings, gradus_error *error)
{
    if (!settings->checkpoint && settings->every >= 0.0)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--every goes with --checkpoint");
    if (!settings->checkpoint || !(settings->trace || settings->path > 0)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--%s does not go with --checkpoint",
                    settings->trace ? "trace" : "path");
}

gradus_status gr_fit_check(const gr_fit_settings *settings, gradus_error *error)
{
    gradus_status status = check_outputs(settings, error);
    if (!status) status = check_checkpoint(settings, error);
    if (!status) status = check_path(settings, error);
    if (!status) status = check_batches(settings, error);
    if (!status) status = check_model(settings, error);
    if (!status) status = check_closed_form(settings, error);
    if (!status) status = check_inference(settings, error);
    return status ? status : check_bounds(settings, error);
}
