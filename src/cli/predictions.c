/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/predictions.h"

#include <math.h>

#include "base/error.h"
#include "base/pair.h"
#include "base/size.h"
#include "base/vector.h"
#include "cli/csv_name.h"
#include "cli/heap.h"
#include "cli/json_parts.h"
#include "cli/names.h"
#include "io/number.h"

/* Where the table has the columns of the fit. */
typedef struct places {
    size_t *columns, *offsets; /* of each regressor, and of each output's offset */
    bool shifted;              /* is there an offset? */
} places;

/* The header as an object, from the name as the fit's JSON would have it to the column; -1 where two have one name. NULL when
 * memory is out. */
static json_t *index_header(const gr_table *table)
{
    json_t *index = json_object();
    int failed = 0;
    for (size_t j = 0; index && j < table->columns; j++) {
        json_t *name = gr_json_text(table->names[j]);
        const char *text = json_string_value(name);
        const bool again = text && json_object_get(index, text);
        failed |= !text || json_object_set_new(index, text, json_integer(again ? -1 : (json_int_t)j));
        json_decref(name);
    }
    if (!failed) return index;
    json_decref(index);
    return NULL;
}

static gradus_status find(const json_t *index, const char *name, const char *part, size_t *column,
                          gradus_error *error)
{
    const json_t *entry = json_object_get(index, name);
    if (!entry)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(1, GRADUS_NOWHERE, (double)NAN),
                        "line 1: no column is called \"%s\", as the fit's %s", gr_excerpt_of(name).text,
                        part);
    if (json_integer_value(entry) < 0)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(1, GRADUS_NOWHERE, (double)NAN),
                        "line 1: more than one column is called \"%s\" as far as UTF-8 tells",
                        gr_excerpt_of(name).text);
    *column = (size_t)json_integer_value(entry);
    return GRADUS_OK;
}

static gradus_status find_offsets(const gr_saved_fit *fit, const json_t *index, const char *const *names,
                                  places *at, gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    for (size_t c = 0; c < fit->outputs && !status; c++)
        status = find(index, names[c], "offset", &at->offsets[c], error);
    return status;
}

/* What --offset says, as `gradus fit` reads it */
static gradus_status find_given_offsets(const gr_saved_fit *fit, const json_t *index, const char *offset,
                                        places *at, gradus_error *error)
{
    gr_names names;
    gradus_status status;
    if (!gr_names_split(offset, fit->outputs == 1 || json_object_get(index, offset), &names))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (names.count == fit->outputs)
        status = find_offsets(fit, index, (const char *const *)names.each, at, error);
    else
        status = gr_error(error, GRADUS_ERROR_OPTION,
                          gr_fault_limit((double)names.count, (double)fit->outputs),
                          "--offset names %zu column%s, and the fit has %zu outputs; allowed is one for each",
                          names.count, names.count == 1 ? "" : "s", fit->outputs);
    gr_names_free(&names);
    return status;
}

static gradus_status find_all(const gr_saved_fit *fit, const json_t *index, const char *offset, places *at,
                              gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    if (!index || !at->columns || !at->offsets) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < fit->columns && !status; j++)
        status = find(index, fit->names[j], "regressor", &at->columns[j], error);
    if (status) return status;
    at->shifted = offset || fit->offsets;
    if (offset) return find_given_offsets(fit, index, offset, at, error);
    return fit->offsets ? find_offsets(fit, index, fit->offsets, at, error) : GRADUS_OK;
}

/* In twice the precision: the terms of a polynomial cancel. */
static double predictor(const gr_saved_fit *fit, const places *at, size_t output, const double *row)
{
    const size_t terms = fit->degree ? fit->degree : fit->columns;
    const double *theta = fit->theta + output * (terms + (fit->intercept ? 1 : 0));
    gr_pair sum = {fit->intercept ? theta[terms] : 0.0, 0.0};
    double power = 1.0;
    for (size_t k = 0; k < terms; k++) {
        const double x = fit->degree ? (power *= row[at->columns[0]]) : row[at->columns[k]];
        sum = gr_pair_add(sum, gr_two_product(theta[k], x));
    }
    return sum.high + (at->shifted ? row[at->offsets[output]] : 0.0);
}

static size_t class_of(size_t outputs, const double *z)
{
    size_t largest = 0;
    if (outputs == 1) return z[0] > 0.0 ? 1 : 0;
    for (size_t c = 1; c < outputs; c++) largest = z[c] > z[largest] ? c : largest;
    return largest;
}

static bool predict_row(const gr_saved_fit *fit, const places *at, const double *row, double *values,
                        size_t *class_found)
{
    for (size_t c = 0; c < fit->outputs; c++) values[c] = predictor(fit, at, c, row);
    if (gr_first_not_finite(fit->outputs, values) < fit->outputs) return false;
    *class_found = class_of(fit->outputs, values);
    if (fit->model->predict) fit->model->predict(fit->outputs, values);
    return gr_first_not_finite(fit->outputs, values) == fit->outputs;
}

static gradus_status predict(const gr_saved_fit *fit, const gr_table *table, const places *at,
                             gr_predictions *made, gradus_error *error)
{
    for (size_t i = 0; i < table->rows; i++) {
        if (predict_row(fit, at, table->data + i * table->columns, made->values + i * fit->outputs,
                        &made->classes[i]))
            continue;
        return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(i, GRADUS_NOWHERE, (double)NAN),
                        "row %zu of the data: the %s is not a finite number in double precision", i + 1,
                        made->model->predicted);
    }
    return GRADUS_OK;
}

static gradus_status find_and_predict(const gr_saved_fit *fit, const gr_table *table, const char *offset,
                                      gr_predictions *made, gradus_error *error)
{
    places at = {(size_t *)gr_new(fit->columns, sizeof(size_t)),
                 (size_t *)gr_new(fit->outputs, sizeof(size_t)), false};
    json_t *index = index_header(table);
    gradus_status status = find_all(fit, index, offset, &at, error);
    if (!status) status = predict(fit, table, &at, made, error);
    json_decref(index);
    gr_delete(at.columns);
    gr_delete(at.offsets);
    return status;
}

static bool open_predictions(const gr_saved_fit *fit, size_t rows, gr_predictions *made)
{
    size_t count;
    *made = (gr_predictions){
        .model = fit->model, .responses = fit->responses, .rows = rows, .outputs = fit->outputs};
    if (gr_multiply(rows, fit->outputs, &count)) made->values = gr_new_doubles(count);
    made->classes = (size_t *)gr_new(rows, sizeof *made->classes);
    return made->values && made->classes;
}

gradus_status gr_predictions_make(const gr_saved_fit *fit, const gr_table *table, const char *offset,
                                  gr_predictions *made, gradus_error *error)
{
    gr_predictions begun;
    const gradus_status status = open_predictions(fit, table->rows, &begun)
                                     ? find_and_predict(fit, table, offset, &begun, error)
                                     : gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (status)
        gr_predictions_free(&begun);
    else
        *made = begun;
    return status;
}

static void print_header(FILE *file, const gr_predictions *all)
{
    for (size_t c = 0; c < all->outputs; c++) {
        if (c) (void)fputc(',', file);
        if (all->responses) {
            gr_csv_name_print(file, all->responses[c]);
            continue;
        }
        (void)fputs(all->model->predicted, file);
        if (all->outputs > 1) (void)fprintf(file, "_%zu", c);
    }
    (void)fputs(all->model->classifies ? ",class\n" : "\n", file);
}

void gr_predictions_print(FILE *file, const void *predictions)
{
    const gr_predictions *all = (const gr_predictions *)predictions;
    print_header(file, all);
    for (size_t i = 0; i < all->rows; i++) {
        for (size_t c = 0; c < all->outputs; c++)
            (void)fprintf(file, "%s%.17g", c ? "," : "", all->values[i * all->outputs + c]);
        if (all->model->classifies) (void)fprintf(file, ",%zu", all->classes[i]);
        (void)fputc('\n', file);
    }
}

void gr_predictions_free(gr_predictions *predictions)
{
    gr_delete(predictions->values);
    gr_delete(predictions->classes);
    *predictions = (gr_predictions){.rows = 0};
}
