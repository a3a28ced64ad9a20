/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/saved_fit.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/heap.h"
#include "cli/json_memory.h"
#include "io/number.h"

static gradus_status wrong(gradus_error *error, const char *key, const char *wanted)
{
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                    "\"%s\" is not %s; wanted is what gradus fit --json printed, unchanged", key, wanted);
}

/* jansson counts lines and columns from 1, as an editor does; its words may quote the file. */
static gradus_status syntax_error(const json_error_t *found, gradus_error *error)
{
    char words[JSON_ERROR_TEXT_LENGTH];
    (void)snprintf(words, sizeof words, "%s", found->text);
    for (char *c = words; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
    }
    const gr_fault place = gr_fault_at((size_t)(found->line > 0 ? found->line : 1),
                                       (size_t)(found->column > 0 ? found->column : 0), (double)NAN);
    return gr_error(
        error, GRADUS_ERROR_FILE_FORMAT, place,
        "line %zu, column %zu: this is not JSON: %.150s; wanted is what gradus fit --json printed", place.row,
        place.column, words);
}

static gradus_status load(FILE *file, json_t **whole, gradus_error *error)
{
    json_error_t found;
    errno = 0;
    *whole = gr_json_load(file, JSON_REJECT_DUPLICATES, &found);
    if (ferror(file))
        return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "cannot be read: %s",
                        strerror(errno));
    if (gr_json_was_refused()) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    return *whole ? GRADUS_OK : syntax_error(&found, error);
}

static gradus_status open_and_load(const char *path, json_t **whole, gradus_error *error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    FILE *file = standard_input ? stdin : fopen(path, "rb");
    if (!file)
        return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "cannot be opened: %s",
                        strerror(errno));
    const gradus_status status = load(file, whole, error);
    if (!standard_input) (void)fclose(file); /* nothing was written */
    return status;
}

static gradus_status check_format(const json_t *whole, gradus_error *error)
{
    const char *format = json_string_value(json_object_get(whole, "format"));
    const json_t *version = json_object_get(whole, "format_version");
    if (!format || strcmp(format, GR_SAVED_FORMAT) != 0)
        return wrong(error, "format", "\"" GR_SAVED_FORMAT "\"");
    if (!json_is_integer(version)) return wrong(error, "format_version", "a whole number");
    if (json_integer_value(version) == GR_SAVED_VERSION) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT,
                    gr_fault_limit((double)json_integer_value(version), GR_SAVED_VERSION),
                    "the fit has format version %" JSON_INTEGER_FORMAT
                    ", and this program reads version %d; fit again with this one",
                    json_integer_value(version), (int)GR_SAVED_VERSION);
}

static gradus_status take_model(gr_saved_fit *fit, gradus_error *error)
{
    const char *word = json_string_value(json_object_get(fit->whole, "model"));
    if (!word) return wrong(error, "model", "the name of a model");
    fit->model = gr_model_find(word);
    if (fit->model) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                    "\"model\" is \"%s\", which this program does not know", gr_excerpt_of(word).text);
}

/* Two columns of one name cannot be told apart; `seen` holds those before. */
static gradus_status take_column(gr_saved_fit *fit, const json_t *entry, json_t *seen, gradus_error *error)
{
    const char *name = json_string_value(entry);
    if (!name || !*name || json_object_get(seen, name))
        return wrong(error, "columns", "a list of different names");
    fit->names[fit->columns++] = name;
    if (json_object_set_new(seen, name, json_true())) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    return GRADUS_OK;
}

static gradus_status take_columns(gr_saved_fit *fit, gradus_error *error)
{
    const json_t *array = json_object_get(fit->whole, "columns");
    const size_t count = json_array_size(array);
    gradus_status status = GRADUS_OK;
    if (count == 0) return wrong(error, "columns", "a list of names");
    fit->names = (const char **)gr_new(count, sizeof *fit->names);
    json_t *seen = json_object();
    if (!fit->names || !seen) {
        json_decref(seen);
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    }
    for (size_t j = 0; j < count && !status; j++)
        status = take_column(fit, json_array_get(array, j), seen, error);
    json_decref(seen);
    return status;
}

static gradus_status take_outputs(gr_saved_fit *fit, gradus_error *error)
{
    const json_int_t outputs = json_integer_value(json_object_get(fit->whole, "outputs"));
    const gr_model_row *model = fit->model;
    const bool one = outputs == 1 && model && !model->outputs;
    const bool several = outputs > 1 && outputs <= INT_MAX && model && model->several;
    if (!one && !several) return wrong(error, "outputs", "1, or the number of classes or responses");
    fit->outputs = (size_t)outputs;
    return GRADUS_OK;
}

/* A name for each output: of one the name alone, of several a list. */
static gradus_status take_names(const gr_saved_fit *fit, const char *key, const char *wanted,
                                const char ***names, gradus_error *error)
{
    const json_t *given = json_object_get(fit->whole, key);
    const bool one = fit->outputs == 1;
    if (one ? !json_is_string(given) : json_array_size(given) != fit->outputs)
        return wrong(error, key, wanted);
    const char **taken = *names = (const char **)gr_new(fit->outputs, sizeof **names);
    if (!taken) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t c = 0; c < fit->outputs; c++) {
        taken[c] = json_string_value(one ? given : json_array_get(given, c));
        if (!taken[c]) return wrong(error, key, wanted);
    }
    return GRADUS_OK;
}

/* Of several responses the names, and the offsets where there are any */
static gradus_status take_columns_of_outputs(gr_saved_fit *fit, gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    if (fit->outputs > 1 && !fit->model->outputs)
        status = take_names(fit, "response", "a list of names, one for each output", &fit->responses, error);
    if (status || json_is_null(json_object_get(fit->whole, "offset"))) return status;
    return take_names(fit, "offset",
                      "null, or the name of a column, for several outputs a list of one for each",
                      &fit->offsets, error);
}

static gradus_status take_shape(gr_saved_fit *fit, gradus_error *error)
{
    const json_t *degree = json_object_get(fit->whole, "polynomial");
    const json_t *intercept = json_object_get(fit->whole, "intercept");
    const json_int_t power = json_integer_value(degree);
    if (!json_is_integer(degree) || power < 0 || power > 30 || (power > 0 && fit->columns != 1))
        return wrong(error, "polynomial", "0, or the degree of a polynomial in one column");
    if (!json_is_boolean(intercept)) return wrong(error, "intercept", "true or false");
    fit->degree = (size_t)power;
    fit->intercept = json_is_true(intercept);
    fit->converged = json_is_true(json_object_get(fit->whole, "converged"));
    return GRADUS_OK;
}

static gradus_status take_theta(gr_saved_fit *fit, gradus_error *error)
{
    const json_t *array = json_object_get(fit->whole, "theta");
    const size_t each = (fit->degree ? fit->degree : fit->columns) + (fit->intercept ? 1 : 0);
    size_t count;
    if (!json_is_array(array)) return wrong(error, "theta", "a list of numbers");
    if (!gr_multiply(each, fit->outputs, &count)) return gr_error_plain(error, GRADUS_ERROR_SIZE_OVERFLOW);
    if (json_array_size(array) != count)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT,
                        gr_fault_limit((double)json_array_size(array), (double)count),
                        "\"theta\" has %zu entr%s, and the columns need %zu", json_array_size(array),
                        json_array_size(array) == 1 ? "y" : "ies", count);
    fit->theta = gr_new_doubles(count);
    if (!fit->theta) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < count; j++) {
        const json_t *entry = json_array_get(array, j);
        if (!json_is_number(entry))
            return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                            "entry %zu of \"theta\" is no number: the fit has no answer to predict with",
                            j + 1);
        fit->theta[j] = json_number_value(entry);
    }
    return GRADUS_OK;
}

gradus_status gr_saved_fit_read(const char *path, gr_saved_fit *fit, gradus_error *error)
{
    gr_saved_fit read = {.model = NULL};
    gradus_status status = open_and_load(path, &read.whole, error);
    if (!status) status = check_format(read.whole, error);
    if (!status) status = take_model(&read, error);
    if (!status) status = take_columns(&read, error);
    if (!status) status = take_shape(&read, error);
    if (!status) status = take_outputs(&read, error);
    if (!status) status = take_columns_of_outputs(&read, error);
    if (!status) status = take_theta(&read, error);
    if (status)
        gr_saved_fit_free(&read);
    else
        *fit = read;
    return status;
}

void gr_saved_fit_free(gr_saved_fit *fit)
{
    gr_delete((void *)fit->names);
    gr_delete((void *)fit->responses);
    gr_delete((void *)fit->offsets);
    gr_delete(fit->theta);
    json_decref(fit->whole);
    *fit = (gr_saved_fit){.model = NULL};
}
