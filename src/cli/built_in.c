/* SPDX-License-Identifier: BSD-3-Clause */
/* A built-in set in the form of a file's table, so that every option works on it too. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/heap.h"
#include "cli/problem.h"

static bool copy_names(const gr_dataset *set, gr_table *table)
{
    for (size_t j = 0; j < table->columns; j++) {
        const char *name = j < set->columns ? set->names[j] : set->response;
        const size_t bytes = strlen(name) + 1;
        table->names[j] = (char *)gr_new(bytes, 1);
        if (!table->names[j]) return false;
        memcpy(table->names[j], name, bytes);
    }
    return true;
}

static void copy_numbers(const gr_dataset *set, double *data)
{
    for (size_t i = 0; i < set->rows; i++) {
        memcpy(data, set->x + i * set->columns, set->columns * sizeof *data);
        data[set->columns] = set->y[i];
        data += set->columns + 1;
    }
}

gradus_status gr_table_of_dataset(const gr_dataset *set, gr_table *table, gradus_error *error)
{
    *table = (gr_table){.rows = set->rows, .columns = set->columns + 1, .allocator = gr_allocator(NULL)};
    table->names = (char **)gr_new(table->columns, sizeof *table->names);
    table->data = gr_new_doubles(table->rows * table->columns);
    if (table->names && table->data && copy_names(set, table)) {
        copy_numbers(set, table->data);
        return GRADUS_OK;
    }
    if (!table->names) table->columns = 0;
    gr_table_free(table);
    return gr_error_plain(error, GRADUS_ERROR_MEMORY);
}
