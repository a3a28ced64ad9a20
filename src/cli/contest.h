/* SPDX-License-Identifier: BSD-3-Clause */
/* The same problem run by each method: traces, reports, digits. */
#ifndef GR_CLI_CONTEST_H
#define GR_CLI_CONTEST_H

#include "cli/fit.h"
#include "cli/traces.h"

typedef struct gr_contest {
    gr_traces traces; /* run k is way k */
    gradus_report reports[GR_MOST_TRACES];
    double digits[GR_MOST_TRACES]; /* against the closed form; NaN where there is none */
} gr_contest;

/*
 * Runs the problem from zeros by every way of the list in contest.c, in the model, direction, ridge and budget of the
 * settings. *contest is written whatever is returned; free it with gr_contest_free. Errors: the library's.
 */
gradus_status gr_contest_run(const gr_fit_settings *settings, const gr_problem *problem, gr_contest *contest,
                             gr_trouble *trouble);

void gr_contest_free(gr_contest *contest);

#endif
