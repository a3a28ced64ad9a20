/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fit with --checkpoint: the same loop as the library's own, with a save now and then. An interrupt is looked at between two
 * steps, where a run can be saved; so it ends with the file up to date.
 */
#include "cli/checkpoint.h"
#include "cli/fit.h"

/* Seconds between two saves, where --every says nothing */
static const double every = 60.0;

/* Where the steps ended, and the file's last state */
static gradus_status walk(gr_checkpoint *checkpoint, gradus_solver *solver, const volatile int *interrupted,
                          gr_fit *fit, gradus_error *error)
{
    gradus_report report;
    gradus_status status = gradus_solver_report(solver, NULL, &report);
    gradus_stop_reason reason = report.stop;
    while (!status && reason == GRADUS_STOP_RUNNING && !*interrupted) {
        status = gradus_solver_step(solver, &reason);
        if (status || reason != GRADUS_STOP_RUNNING || !gr_checkpoint_is_due(checkpoint)) continue;
        status = gr_checkpoint_save(checkpoint, solver, error);
    }
    if (status) return status;
    (void)gradus_solver_report(solver, fit->theta, &fit->report);
    if (reason == GRADUS_STOP_RUNNING) fit->report.stop = GRADUS_STOP_CANCELLED;
    return gr_checkpoint_save(checkpoint, solver, error);
}

gradus_status gr_fit_resume(const gr_fit_settings *settings, const gradus_objective *objective,
                            const gradus_options *options, const volatile int *interrupted, gr_fit *fit,
                            gr_trouble *trouble)
{
    gr_checkpoint checkpoint = gr_checkpoint_begin(settings->checkpoint,
                                                   settings->every >= 0.0 ? settings->every : every);
    gradus_solver *solver = NULL;
    gradus_status status = gr_checkpoint_open(&checkpoint, objective, (gradus_direction)settings->direction,
                                              fit->theta, options, &solver);
    fit->resumed = checkpoint.resumed;
    fit->resumed_at = checkpoint.resumed_at;
    if (!status) status = walk(&checkpoint, solver, interrupted, fit, &trouble->error);
    if (gr_checkpoint_is_blamed(status)) trouble->where = settings->checkpoint;
    gradus_solver_free(solver);
    gr_checkpoint_end(&checkpoint);
    return status;
}
