/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus fit: reads data, fits a model, prints the answer beside the closed form. */
#include "cli/fit_path.h"

#include <stdio.h>

#include "base/error.h"
#include "cli/heap.h"

/* Several responses want a model of several; the classes, which the labels count, want an offset each. */
static gradus_status check_and_split(const gr_fit_settings *settings, gr_problem *problem,
                                     gradus_error *error)
{
    const gr_model_row *model = &gr_models[settings->model];
    gradus_status status = GRADUS_OK;
    if (problem->response_count > 1 && (model->outputs || !model->several))
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)problem->response_count, 1.0),
                        "--response names %zu columns; allowed is one for --model %s",
                        problem->response_count, model->word);
    if (model->outputs) status = gr_problem_split_classes(problem, error);
    return status ? status : gr_problem_check_offsets(problem, error);
}

gradus_status gr_fit_load(const gr_fit_settings *settings, gr_problem *problem, gr_trouble *trouble)
{
    const gr_roles roles = {.response = settings->response,
                            .weights = settings->weights,
                            .offset = settings->offset,
                            .degree = (size_t)settings->degree,
                            .intercept = settings->intercept};
    gr_table table;
    gradus_error *error = &trouble->error;
    trouble->where = gr_fit_file_word(settings);
    gradus_status status = settings->file ? gr_csv_read(settings->file, NULL, &table, error)
                                          : gr_table_of_dataset(&gr_longley, &table, error);
    if (status) return status;
    status = gr_problem_make(&table, &roles, problem, error);
    gr_table_free(&table);
    if (status) return status;
    problem->lasso = settings->lasso;
    problem->radius = settings->radius;
    problem->huber = gr_fit_delta(settings);
    status = check_and_split(settings, problem, error);
    return status ? status : gr_problem_bound(problem, settings->lower, settings->upper, error);
}

static gradus_status open_fit(size_t n, gr_fit *fit, gradus_error *error)
{
    fit->theta = gr_new_doubles(n);
    fit->closed_form = gr_new_doubles(n);
    return fit->theta && fit->closed_form ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

/* What standard error is told when standard output has no room for it. */
static void note_missing_closed_form(const gr_fit_settings *settings, const gr_fit *fit)
{
    const bool wanted = settings->model == GR_FIT_LEAST_SQUARES && settings->refer;
    if (wanted && !fit->has_closed_form && !gr_fit_is_proximal(settings))
        (void)fprintf(stderr, "gradus fit: no closed form: %s\n", fit->no_closed_form.sentence);
}

static gradus_status print(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit,
                           gradus_error *error)
{
    if (settings->json) {
        note_missing_closed_form(settings, fit);
        return gr_fit_print_json(settings, problem, fit, error);
    }
    gr_fit_print_title(settings, problem, fit);
    gr_fit_print_table(problem, fit);
    gr_fit_print_inference(settings, problem, fit);
    gr_fit_print_summary(settings, problem, fit);
    return GRADUS_OK;
}

static gradus_status fit_and_print(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                                   gr_trouble *trouble)
{
    gradus_status status = open_fit(problem->coefficients, fit, &trouble->error);
    if (!status) status = gr_fit_solve(settings, problem, fit, trouble);
    if (!status) status = gr_fit_separate(settings, problem, fit, &trouble->error);
    if (status) return status;
    (void)gr_fit_judge(settings, problem, fit); /* the table says why there is none */
    gr_fit_infer(settings, problem, fit);
    trouble->where = NULL;
    return print(settings, problem, fit, &trouble->error);
}

static gr_exit fit_once(const gr_fit_settings *settings, const gr_problem *problem, gr_trouble *trouble)
{
    gr_fit fit = {.theta = NULL};
    const gradus_status failed = fit_and_print(settings, problem, &fit, trouble);
    const gr_exit status = gradus_stop_converged(fit.report.stop) ? GR_EXIT_SUCCESS : GR_EXIT_NOT_CONVERGED;
    gr_delete(fit.theta);
    gr_delete(fit.closed_form);
    gr_delete(fit.direction);
    gr_delete(fit.statistics.standard_errors);
    gr_delete(fit.statistics.each);
    return failed ? gr_complain("fit", failed, trouble) : status;
}

static gr_exit fit_path(const gr_fit_settings *settings, const gr_problem *problem, gr_trouble *trouble)
{
    gr_fit_path path = {.count = 0};
    gradus_status failed = gr_fit_path_make(settings, problem, &path, trouble);
    if (!failed) failed = gr_fit_path_write(settings, problem, &path, trouble);
    if (!failed && settings->json) failed = gr_fit_path_print_json(settings, problem, &path, &trouble->error);
    if (!failed && !settings->json) gr_fit_path_print(settings, problem, &path);
    const bool converged = !failed && gr_fit_path_converged(settings, &path);
    gr_fit_path_free(&path);
    if (failed) return gr_complain("fit", failed, trouble);
    return converged ? GR_EXIT_SUCCESS : GR_EXIT_NOT_CONVERGED;
}

static gr_exit run(int argc, char **argv)
{
    gr_fit_settings settings = gr_fit_settings_default();
    gr_exit status;
    if (!gr_arguments_read(&gr_command_fit, argc, argv, &settings, &settings.file, &status)) return status;
    gr_trouble trouble = {.where = NULL};
    gr_problem problem = {.coefficients = 0};
    gradus_status failed = gr_fit_check(&settings, &trouble.error);
    if (!failed) failed = gr_fit_load(&settings, &problem, &trouble);
    if (failed)
        status = gr_complain("fit", failed, &trouble);
    else
        status = (settings.path > 0 ? fit_path : fit_once)(&settings, &problem, &trouble);
    gr_problem_free(&problem);
    return status;
}

const gr_command gr_command_fit = {
    .name = "fit",
    .operand = "[FILE.csv]",
    .summary = "fits a model to a CSV file and compares it with the closed form",
    .details = "Fits a linear model to the numbers in FILE.csv (\"-\": standard input) by gradient descent "
               "or ascent, and prints each coefficient beside that of the closed form by LAPACK and the "
               "digits that agree. The file has a header row; the last column is the response, the others "
               "are the regressors. Without a file, fits Longley's employment data of 1967.\n",
    .options = gr_fit_options,
    .run = run,
};
