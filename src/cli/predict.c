/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus predict: reads a saved fit and a table, and prints what the one says of the other. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/option.h"
#include "cli/points.h"
#include "cli/predictions.h"
#include "cli/problem.h"
#include "cli/same_file.h"
#include "io/number.h"

typedef struct settings {
    const char *fit, *data; /* data NULL: Longley's */
    const char *output;     /* NULL: standard output */
    const char *offset;     /* NULL: as the fit has it */
} settings;

static const gr_option options[] = {
    {"output", "FILE.csv", "the path of a file",
     "Where the predictions go; default: standard output. The file appears when it is complete. Not a file "
     "that "
     "is read.",
     gr_read_text, offsetof(settings, output), NULL},
    {"offset", "COLUMN", "the name of a column, or of several with commas between them",
     "The column that is added to what the coefficients make of the row, of classes and several responses "
     "one for each; default: those of that name in the fit, where that had any.",
     gr_read_text, offsetof(settings, offset), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

static gradus_status read_operands(char **operands, settings *chosen, gradus_error *error)
{
    static const char allowed[] = "FIT.json, as gradus fit --json prints it, and after it one CSV file";
    if (!operands[0])
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "the fit is missing; allowed is %s",
                        allowed);
    if (operands[1] && operands[2])
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "\"%s\" is one argument too many; allowed is %s", gr_excerpt_of(operands[2]).text,
                        allowed);
    chosen->fit = operands[0];
    chosen->data = operands[1];
    if (!chosen->data || strcmp(chosen->fit, "-") != 0 || strcmp(chosen->data, "-") != 0) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "both files are \"-\"; allowed is standard input for one of them");
}

static gradus_status check_output(const settings *chosen, gradus_error *error)
{
    const bool is_fit = gr_same_file(chosen->output, chosen->fit);
    if (!is_fit && !(chosen->data && gr_same_file(chosen->output, chosen->data))) return GRADUS_OK;
    const char *part = is_fit ? "fit" : "data";
    if (!chosen->output)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "standard output is the file of the %s; allowed is another one", part);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "--output is \"%s\", the file of the %s; allowed is another one",
                    gr_excerpt_of(chosen->output).text, part);
}

static const char *word_of(const char *path)
{
    return path && strcmp(path, "-") == 0 ? "standard input" : path;
}

static gradus_status predict(const settings *chosen, const gr_saved_fit *fit, gr_predictions *predictions,
                             gr_trouble *trouble)
{
    gr_table table;
    gradus_error *error = &trouble->error;
    trouble->where = word_of(chosen->data);
    gradus_status status = chosen->data ? gr_csv_read(chosen->data, NULL, &table, error)
                                        : gr_table_of_dataset(&gr_longley, &table, error);
    if (status) return status;
    status = gr_predictions_make(fit, &table, chosen->offset, predictions, error);
    gr_table_free(&table);
    return status;
}

static gradus_status predict_and_write(const settings *chosen, gr_trouble *trouble)
{
    gr_saved_fit fit = {.model = NULL};
    gr_predictions predictions = {.rows = 0};
    trouble->where = word_of(chosen->fit);
    gradus_status status = gr_saved_fit_read(chosen->fit, &fit, &trouble->error);
    if (!status) status = predict(chosen, &fit, &predictions, trouble);
    if (!status) {
        if (!fit.converged) (void)fputs("gradus predict: note: this fit has not converged\n", stderr);
        trouble->where = chosen->output;
        status = gr_points_write(chosen->output, gr_predictions_print, &predictions, &trouble->error);
    }
    gr_predictions_free(&predictions);
    gr_saved_fit_free(&fit);
    return status;
}

static gr_exit run(int argc, char **argv)
{
    settings chosen = {.fit = NULL};
    gr_exit exit_status;
    if (!gr_arguments_read(&gr_command_predict, argc, argv, &chosen, NULL, &exit_status)) return exit_status;
    gr_trouble trouble = {.where = NULL};
    gradus_status status = read_operands(gr_arguments_operands(argv), &chosen, &trouble.error);
    if (!status) status = check_output(&chosen, &trouble.error);
    if (!status) status = predict_and_write(&chosen, &trouble);
    return status ? gr_complain("predict", status, &trouble) : GR_EXIT_SUCCESS;
}

const gr_command gr_command_predict = {
    .name = "predict",
    .operand = "FIT.json [FILE.csv]",
    .many = true,
    .summary = "predicts the rows of a CSV file by a fit that was saved",
    .details =
        "Reads a fit that gradus fit --json printed, and for every row of FILE.csv (\"-\": standard input) "
        "prints "
        "its value (least-squares, huber; of several responses a column for each), its mean (poisson), the "
        "probability of class 1 and the class "
        "(logistic), the decision value and the class (squared-hinge), or the probabilities and the class "
        "(softmax), as CSV with a header. The columns "
        "are "
        "found by their names, in any order; further ones are not looked at. Without a file: Longley's "
        "data.\n",
    .options = options,
    .run = run,
};
