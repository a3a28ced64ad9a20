/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/number.h"

bool gr_is_regressor(const gr_columns_chosen *chosen, size_t column)
{
    return column != chosen->response && column != chosen->weights;
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

static gradus_status find(const gr_table *table, const char *option, const char *name, size_t *column,
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

static gradus_status check_parts(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                 gradus_error *error)
{
    if (chosen->weights == chosen->response)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "--weights is \"%s\", which is the response; allowed is a column of its own",
                        gr_excerpt_of(roles->weights).text);
    chosen->regressors = table->columns - (chosen->weights == GRADUS_NOWHERE ? 1 : 2);
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

gradus_status gr_columns_choose(const gr_table *table, const gr_roles *roles, gr_columns_chosen *chosen,
                                gradus_error *error)
{
    gradus_status status = GRADUS_OK;
    chosen->weights = GRADUS_NOWHERE;
    if (roles->weights) status = find(table, "--weights", roles->weights, &chosen->weights, error);
    if (status) return status;
    chosen->response = table->columns - 1;
    if (roles->response)
        status = find(table, "--response", roles->response, &chosen->response, error);
    else if (chosen->weights == chosen->response && table->columns > 1)
        chosen->response--;
    return status ? status : check_parts(table, roles, chosen, error);
}
