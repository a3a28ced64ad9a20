/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/predictions.h"

#include <math.h>

#include "base/error.h"
#include "base/pair.h"
#include "cli/heap.h"
#include "cli/json_parts.h"
#include "io/number.h"

/* Where the table has the columns of the fit. */
typedef struct places {
    size_t *columns;
    size_t offset; /* GRADUS_NOWHERE: none */
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

static gradus_status find_all(const gr_saved_fit *fit, const json_t *index, const char *offset, places *at,
                              gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    at->offset = GRADUS_NOWHERE;
    if (!index || !at->columns) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < fit->columns && !status; j++)
        status = find(index, fit->names[j], "regressor", &at->columns[j], error);
    if (!offset) offset = fit->offset;
    return status || !offset ? status : find(index, offset, "offset", &at->offset, error);
}

/* In twice the precision: the terms of a polynomial cancel. */
static double margin(const gr_saved_fit *fit, const places *at, const double *row)
{
    const size_t terms = fit->degree ? fit->degree : fit->columns;
    gr_pair sum = {fit->intercept ? fit->theta[terms] : 0.0, 0.0};
    double power = 1.0;
    for (size_t k = 0; k < terms; k++) {
        const double x = fit->degree ? (power *= row[at->columns[0]]) : row[at->columns[k]];
        sum = gr_pair_add(sum, gr_two_product(fit->theta[k], x));
    }
    return sum.high + (at->offset == GRADUS_NOWHERE ? 0.0 : row[at->offset]);
}

static gradus_status predict(const gr_saved_fit *fit, const gr_table *table, const places *at,
                             gr_predictions *made, gradus_error *error)
{
    for (size_t i = 0; i < table->rows; i++) {
        made->margins[i] = margin(fit, at, table->data + i * table->columns);
        const double predicted = made->model->predict(made->margins[i]);
        if (isfinite(made->margins[i]) && isfinite(predicted)) continue;
        return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(i, GRADUS_NOWHERE, predicted),
                        "row %zu of the data: the %s is not a finite number in double precision", i + 1,
                        made->model->predicted);
    }
    return GRADUS_OK;
}

static gradus_status find_and_predict(const gr_saved_fit *fit, const gr_table *table, const char *offset,
                                      gr_predictions *made, gradus_error *error)
{
    places at = {(size_t *)gr_new(fit->columns, sizeof(size_t)), GRADUS_NOWHERE};
    json_t *index = index_header(table);
    gradus_status status = find_all(fit, index, offset, &at, error);
    if (!status) status = predict(fit, table, &at, made, error);
    json_decref(index);
    gr_delete(at.columns);
    return status;
}

gradus_status gr_predictions_make(const gr_saved_fit *fit, const gr_table *table, const char *offset,
                                  gr_predictions *made, gradus_error *error)
{
    gr_predictions begun = {fit->model, table->rows, gr_new_doubles(table->rows)};
    if (!begun.margins) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    const gradus_status status = find_and_predict(fit, table, offset, &begun, error);
    if (status)
        gr_predictions_free(&begun);
    else
        *made = begun;
    return status;
}

void gr_predictions_print(FILE *file, const void *predictions)
{
    const gr_predictions *all = (const gr_predictions *)predictions;
    (void)fprintf(file, "%s%s\n", all->model->predicted, all->model->classifies ? ",class" : "");
    for (size_t i = 0; i < all->rows; i++) {
        (void)fprintf(file, "%.17g", all->model->predict(all->margins[i]));
        if (all->model->classifies) (void)fprintf(file, ",%d", all->margins[i] > 0.0 ? 1 : 0);
        (void)fputc('\n', file);
    }
}

void gr_predictions_free(gr_predictions *predictions)
{
    gr_delete(predictions->margins);
    *predictions = (gr_predictions){.rows = 0};
}
