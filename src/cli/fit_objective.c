/* SPDX-License-Identifier: BSD-3-Clause */
/* The function that the settings ask for; what is wrong with the data is said in the names of the file. */
#include "base/error.h"
#include "cli/fit.h"
#include "cli/objective.h"
#include "io/number.h"

/* The library counts rows from 0 and does not know the names of columns. */
static void speak_of_the_file(const gr_fit_settings *settings, const gr_problem *problem,
                              gradus_status status, gradus_error *error)
{
    const gr_fault fault = {error->row, error->column, error->measured, error->limit};
    if (fault.row == GRADUS_NOWHERE) return;
    if (status == GRADUS_ERROR_LABEL || status == GRADUS_ERROR_COUNT)
        gr_error(error, status, fault, "row %zu of the data: \"%s\" is %g; %s", fault.row + 1,
                 gr_excerpt_of(problem->responses[0]).text, fault.measured,
                 gr_models[settings->model].response_wanted);
    if (status == GRADUS_ERROR_WEIGHT)
        gr_error(error, status, fault,
                 "row %zu of the data: the weight \"%s\" is %g; weights count rows, from 0 on", fault.row + 1,
                 gr_excerpt_of(settings->weights).text, fault.measured);
}

gradus_status gr_fit_objective(const gr_fit_settings *settings, const gr_problem *problem,
                               gradus_direction direction, gradus_objective **objective, gr_trouble *trouble)
{
    const gradus_status status = gr_problem_objective(problem, settings->model, direction, settings->ridge,
                                                      objective, &trouble->error);
    if (!status) return GRADUS_OK;
    trouble->where = gr_fit_file_word(settings);
    speak_of_the_file(settings, problem, status, &trouble->error);
    return status;
}
