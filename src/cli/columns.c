/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/heap.h"
#include "cli/names.h"
#include "io/number.h"

enum { REGRESSOR, RESPONSE, WEIGHTS, OFFSET };

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column)
{
    return chosen->parts[column] == REGRESSOR;
}

/* The names there are, separated by commas; "..." where `size` bytes do not hold them all. */
static void list_names(const gr_table *table, size_t size, char *list)
{
    size_t used = 0;
    *list = '\0';
    for (size_t j = 0; j < table->columns; j++) {
        const gr_excerpt name = gr_excerpt_of(table->names[j]);
        const size_t needed = strlen(name.text) + 2;
        const bool last = j + 1 == table->columns;
        if (used + needed + (last ? 1 : 6) > size) {
            (void)snprintf(list + used, size - used, "%s...", j ? ", " : "");
            return;
        }
        used += (size_t)snprintf(list + used, size - used, "%s%s", j ? ", " : "", name.text);
    }
}

/* GRADUS_NOWHERE: there is none. */
static size_t column_called(const gr_table *table, const char *name)
{
    for (size_t j = 0; j < table->columns; j++) {
        if (strcmp(table->names[j], name) == 0) return j;
    }
    return GRADUS_NOWHERE;
}

static gradus_status find(const gr_table *table, const char *option, const char *name, size_t *column,
                          gradus_error *error)
{
    char list[120];
    *column = column_called(table, name);
    if (*column != GRADUS_NOWHERE) return GRADUS_OK;
    list_names(table, sizeof list, list);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "%s is \"%s\", and there is no such column; allowed is one of %s", option,
                    gr_excerpt_of(name).text, list);
}

/* One column, where all of the text is its name; otherwise those whose names stand between its commas. */
static gradus_status find_list(const gr_table *table, const char *option, const char *text,
                               gr_column_list *list, gradus_error *error)
{
    gr_names names;
    if (!gr_names_split(text, column_called(table, text) != GRADUS_NOWHERE, &names))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gradus_status status = GRADUS_OK;
    size_t *columns = list->columns = (size_t *)gr_new(names.count, sizeof *columns);
    if (!columns) status = gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t k = 0; columns && k < names.count && !status; k++)
        status = find(table, option, names.each[k], &columns[list->count++], error);
    gr_names_free(&names);
    return status;
}

static bool is_among(const gr_column_list *list, size_t column)
{
    for (size_t k = 0; k < list->count; k++) {
        if (list->columns[k] == column) return true;
    }
    return false;
}

/* The last column that plays no other part; the last one where all do. */
static gradus_status take_last_free(const gr_table *table, gr_columns_chosen *chosen, gradus_error *error)
{
    size_t column = table->columns;
    while (column > 0 && (column - 1 == chosen->weights || is_among(&chosen->offsets, column - 1))) column--;
    chosen->responses.columns = (size_t *)gr_new(1, sizeof(size_t));
    if (!chosen->responses.columns) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    chosen->responses.columns[0] = column > 0 ? column - 1 : table->columns - 1;
    chosen->responses.count = 1;
    return GRADUS_OK;
}

/* A column plays one part, once. */
static gradus_status give(const gr_table *table, gr_columns_chosen *chosen, const char *option, int part,
                          size_t column, gradus_error *error)
{
    static const char *const others[] = {"", "the response", "the column of the weights", "an offset"};
    const unsigned char before = chosen->parts[column];
    chosen->parts[column] = (unsigned char)part;
    if (before == REGRESSOR) return GRADUS_OK;
    const gr_excerpt name = gr_excerpt_of(table->names[column]);
    if (before == part)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "%s names \"%s\" twice; allowed is a column of its own", option, name.text);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "%s is \"%s\", which is %s; allowed is a column of its own", option, name.text,
                    others[before]);
}

static gradus_status give_parts(const gr_table *table, gr_columns_chosen *chosen, gradus_error *error)
{
    const gr_column_list weights = {chosen->weights == GRADUS_NOWHERE ? 0 : 1, &chosen->weights};
    const struct {
        const char *option;
        const gr_column_list *list;
        int part;
    } all[] = {{"--response", &chosen->responses, RESPONSE},
               {"--weights", &weights, WEIGHTS},
               {"--offset", &chosen->offsets, OFFSET}};
    gradus_status status = GRADUS_OK;
    chosen->parts = (unsigned char *)gr_new(table->columns, 1);
    if (!chosen->parts) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (size_t k = 0; k < all[i].list->count && !status; k++)
            status = give(table, chosen, all[i].option, all[i].part, all[i].list->columns[k], error);
    }
    return status;
}

static gradus_status check_regressors(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                      gradus_error *error)
{
    for (size_t j = 0; j < table->columns; j++) chosen->regressors += gr_is_regressor(chosen, j) ? 1 : 0;
    if (chosen->regressors == 0)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_limit((double)table->columns, 2.0),
                        "no column is left to explain \"%s\"; at least one regressor is needed",
                        gr_excerpt_of(table->names[chosen->responses.columns[0]]).text);
    if (roles->degree && chosen->regressors != 1)
        return gr_error(
            error, GRADUS_ERROR_OPTION, gr_fault_limit((double)chosen->regressors, 1.0),
            "--polynomial is %zu, and there are %zu regressors; allowed is a table with exactly one",
            roles->degree, chosen->regressors);
    return GRADUS_OK;
}

gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    *chosen = (gr_columns_chosen){.weights = GRADUS_NOWHERE};
    if (roles->weights) status = find(table, "--weights", roles->weights, &chosen->weights, error);
    if (roles->offset && !status)
        status = find_list(table, "--offset", roles->offset, &chosen->offsets, error);
    if (roles->response && !status)
        status = find_list(table, "--response", roles->response, &chosen->responses, error);
    if (!roles->response && !status) status = take_last_free(table, chosen, error);
    if (!status) status = give_parts(table, chosen, error);
    return status ? status : check_regressors(table, roles, chosen, error);
}

void gr_columns_free(gr_columns_chosen *chosen)
{
    gr_delete(chosen->responses.columns);
    gr_delete(chosen->offsets.columns);
    gr_delete(chosen->parts);
    *chosen = (gr_columns_chosen){.weights = GRADUS_NOWHERE};
}
