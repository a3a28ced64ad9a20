/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/number.h"

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column)
{
    return column != chosen->response && column != chosen->weights && column != chosen->offset;
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

gradus_status gr_column_find(const gr_table *table, const char *option, const char *name, size_t *column,
                             gradus_error *error)
{
    char list[120];
    for (size_t j = 0; j < table->columns; j++) {
        if (strcmp(table->names[j], name) != 0) continue;
        *column = j;
        return GRADUS_OK;
    }
    list_names(table, sizeof list, list);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "%s is \"%s\", and there is no such column; allowed is one of %s", option,
                    gr_excerpt_of(name).text, list);
}

/* A column that plays two parts. */
static gradus_status check_apart(const char *option, const char *name, const char *other, gradus_error *error)
{
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "%s is \"%s\", which is the %s; allowed is a column of its own", option,
                    gr_excerpt_of(name).text, other);
}

static gradus_status check_parts(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                 gradus_error *error)
{
    if (chosen->weights == chosen->response)
        return check_apart("--weights", roles->weights, "response", error);
    if (chosen->offset == chosen->response) return check_apart("--offset", roles->offset, "response", error);
    if (roles->offset && chosen->offset == chosen->weights)
        return check_apart("--offset", roles->offset, "column of the weights", error);
    chosen->regressors = 0;
    for (size_t j = 0; j < table->columns; j++) chosen->regressors += gr_is_regressor(chosen, j) ? 1 : 0;
    if (chosen->regressors == 0)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_limit((double)table->columns, 2.0),
                        "no column is left to explain \"%s\"; at least one regressor is needed",
                        gr_excerpt_of(table->names[chosen->response]).text);
    if (roles->degree && chosen->regressors != 1)
        return gr_error(
            error, GRADUS_ERROR_OPTION, gr_fault_limit((double)chosen->regressors, 1.0),
            "--polynomial is %zu, and there are %zu regressors; allowed is a table with exactly one",
            roles->degree, chosen->regressors);
    return GRADUS_OK;
}

/* The last column that plays no other part; the last one where all do. */
static size_t last_free(const gr_table *table, const gr_columns_chosen *chosen)
{
    size_t column = table->columns;
    while (column > 0 && (column - 1 == chosen->weights || column - 1 == chosen->offset)) column--;
    return column > 0 ? column - 1 : table->columns - 1;
}

gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    *chosen = (gr_columns_chosen){GRADUS_NOWHERE, GRADUS_NOWHERE, GRADUS_NOWHERE, 0};
    if (roles->weights) status = gr_column_find(table, "--weights", roles->weights, &chosen->weights, error);
    if (roles->offset && !status)
        status = gr_column_find(table, "--offset", roles->offset, &chosen->offset, error);
    if (status) return status;
    chosen->response = last_free(table, chosen);
    if (roles->response)
        status = gr_column_find(table, "--response", roles->response, &chosen->response, error);
    return status ? status : check_parts(table, roles, chosen, error);
}
