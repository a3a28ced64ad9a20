/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a saved fit: refused with a sentence, or one that keeps what cli/saved_fit.h promises and predicts a table. */
#include <math.h>
#include <string.h>

#include "cli/predictions.h"
#include "cli/saved_fit.h"
#include "input.h"

enum { ROWS = 3, MOST_COLUMNS = 64 };

static size_t coefficients(const gr_saved_fit *fit)
{
    return ((fit->degree ? fit->degree : fit->columns) + (fit->intercept ? 1 : 0)) * fit->outputs;
}

static void claim_fit(const gr_saved_fit *fit)
{
    claim(fit->model && fit->columns >= 1 && fit->outputs >= 1);
    claim(fit->outputs == 1 || fit->model->several);
    for (size_t c = 0; fit->responses && c < fit->outputs; c++) claim(fit->responses[c]);
    claim(fit->degree <= 30 && (fit->degree == 0 || fit->columns == 1));
    claim(fuzz_all_finite(coefficients(fit), fit->theta));
    for (size_t j = 0; j < fit->columns; j++) {
        claim(fit->names[j] && fit->names[j][0]);
        for (size_t k = 0; k < j; k++) claim(strcmp(fit->names[j], fit->names[k]) != 0);
    }
}

static void claim_predictions(const gr_predictions *made, const gr_saved_fit *fit)
{
    claim(made->rows == ROWS && made->outputs == fit->outputs);
    claim(fuzz_all_finite(made->rows * made->outputs, made->values));
    for (size_t i = 0; fit->model->classifies && i < made->rows; i++)
        claim(made->classes[i] < (fit->outputs > 1 ? fit->outputs : 2));
}

/* A table that has the columns of the fit, and those of its offsets at the end where they are others. */
static void predict(const gr_saved_fit *fit)
{
    static double data[ROWS * 2 * MOST_COLUMNS];
    char *names[2 * MOST_COLUMNS];
    const size_t offsets = fit->offsets ? fit->outputs : 0;
    if (fit->columns > MOST_COLUMNS || offsets > MOST_COLUMNS) return;
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) data[i] = 0.25 * (double)(i % 13) - 1.0;
    for (size_t j = 0; j < fit->columns; j++) names[j] = (char *)fit->names[j];
    for (size_t c = 0; c < offsets; c++) names[fit->columns + c] = (char *)fit->offsets[c];
    const gr_table table = {.rows = ROWS, .columns = fit->columns + offsets, .names = names, .data = data};
    gr_predictions made = {.rows = 0};
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_predictions_make(fit, &table, NULL, &made, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    if (!status) {
        claim_predictions(&made, fit);
        gr_predictions_print(stdout, &made);
    }
    gr_predictions_free(&made);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_silence();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gr_saved_fit fit = {.model = NULL};
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_saved_fit_read(fuzz_file(data, size), &fit, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim(!status || (!fit.whole && !fit.theta && !fit.names));
    if (status) return 0;
    claim_fit(&fit);
    predict(&fit);
    gr_saved_fit_free(&fit);
    return 0;
}
