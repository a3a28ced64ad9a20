/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "io/grow.h"
#include "io/number.h"
#include "io/records.h"

/* A table that is being read. */
typedef struct builder {
    gr_table table;
    size_t names_capacity;
    gr_doubles data;
    size_t header_line; /* 0: the header has not been read */
} builder;

static gr_fault at(gr_place place)
{
    return gr_fault_at(place.line, place.column, (double)NAN);
}

static gradus_status add_name(builder *b, gr_place place, const char *text, gradus_error *error)
{
    gr_table *table = &b->table;
    if (text[strspn(text, " \t\r\n")] == '\0')
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, at(place),
                        "line %zu, column %zu: the column has no name; every column needs one", place.line,
                        place.column);
    void *names = table->names;
    if (!gr_grow(&table->allocator, &names, &b->names_capacity, table->columns + 1, sizeof *table->names))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    table->names = (char **)names;
    const size_t bytes = strlen(text) + 1;
    char *name = (char *)gr_allocate(&table->allocator, bytes, 1);
    if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    table->names[table->columns++] = (char *)memcpy(name, text, bytes);
    return GRADUS_OK;
}

/* Why the text is not a finite number, in one sentence. */
static gradus_status number_error(const builder *b, gr_place place, const char *text, gr_number kind,
                                  double value, gradus_error *error)
{
    const gr_excerpt name = gr_excerpt_of(b->table.names[place.column - 1]), found = gr_excerpt_of(text);
    if (kind == GR_NUMBER_NOT_FINITE)
        return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(place.line, place.column, value),
                        "line %zu, column %zu (\"%s\"): \"%s\" is not a finite number in double precision",
                        place.line, place.column, name.text, found.text);
    if (kind == GR_NUMBER_EMPTY)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, at(place),
                        "line %zu, column %zu (\"%s\"): the field is empty; every row needs a number here",
                        place.line, place.column, name.text);
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, at(place),
                    "line %zu, column %zu (\"%s\"): \"%s\" is not a number", place.line, place.column,
                    name.text, found.text);
}

static gradus_status add_number(builder *b, gr_place place, const char *text, gradus_error *error)
{
    if (place.column > b->table.columns) return GRADUS_OK; /* the end of the record counts them all */
    double value;
    const gr_number kind = gr_number_read(text, &value);
    if (kind != GR_NUMBER_FINITE) return number_error(b, place, text, kind, value, error);
    return gr_doubles_add(&b->table.allocator, &b->data, value, error);
}

static gradus_status take_field(void *context, gr_place place, const char *text, gradus_error *error)
{
    builder *b = (builder *)context;
    return b->header_line ? add_number(b, place, text, error) : add_name(b, place, text, error);
}

static bool looks_like_data(const gr_table *table)
{
    for (size_t j = 0; j < table->columns; j++) {
        double value;
        if (gr_number_read(table->names[j], &value) == GR_NUMBER_TEXT) return false;
    }
    return true;
}

/* By name, and columns of the same name in the order of the header, where their pointers stand. */
static int compare_names(const void *left, const void *right)
{
    char *const *a = *(char *const *const *)left, *const *b = *(char *const *const *)right;
    const int order = strcmp(*a, *b);
    return order ? order : (a > b) - (a < b);
}

/* *again: the first column, from 0, with the name of one before it, *first. Both unchanged when none. */
static gradus_status find_duplicate(const gr_table *table, size_t *first, size_t *again, gradus_error *error)
{
    char ***sorted = (char ***)gr_allocate(&table->allocator, table->columns, sizeof *sorted);
    if (!sorted) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < table->columns; j++) sorted[j] = &table->names[j];
    qsort(sorted, table->columns, sizeof *sorted, compare_names);
    for (size_t k = 1; k < table->columns; k++) {
        const size_t column = (size_t)(sorted[k] - table->names);
        if (strcmp(*sorted[k - 1], *sorted[k]) != 0 || column >= *again) continue;
        *first = (size_t)(sorted[k - 1] - table->names);
        *again = column;
    }
    gr_release(&table->allocator, sorted);
    return GRADUS_OK;
}

static gradus_status check_duplicates(const gr_table *table, size_t line, gradus_error *error)
{
    size_t first = 0, again = table->columns;
    const gradus_status status = find_duplicate(table, &first, &again, error);
    if (status || again == table->columns) return status;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(line, again + 1, (double)NAN),
                    "line %zu: columns %zu and %zu are both called \"%s\"; give every column its own name",
                    line, first + 1, again + 1, gr_excerpt_of(table->names[again]).text);
}

static gradus_status check_header(builder *b, gr_place place, gradus_error *error)
{
    const gr_table *table = &b->table;
    b->header_line = place.line;
    if (looks_like_data(table))
        return gr_error(
            error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(place.line, 1, (double)NAN),
            "line %zu looks like data: all its fields are numbers; a header row with the names of the "
            "columns is required",
            place.line);
    if (table->columns == 1 && strpbrk(table->names[0], ";\t"))
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(place.line, 1, (double)NAN),
                        "line %zu: the only column is called \"%s\"; separate the fields by commas, not by "
                        "semicolons or tabs",
                        place.line, gr_excerpt_of(table->names[0]).text);
    return check_duplicates(table, place.line, error);
}

/* The column named is the first that is missing, or the first too many. */
static gradus_status count_error(const builder *b, gr_place place, bool last, gradus_error *error)
{
    const size_t columns = b->table.columns, column = gr_min(place.column, columns) + 1;
    const gr_fault fault = {place.line, column, (double)place.column, (double)columns};
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, fault, "line %zu has %zu field%s, the header has %zu%s",
                    place.line, place.column, place.column == 1 ? "" : "s", columns,
                    last && place.column < columns ? "; the file ends here, it may be cut off" : "");
}

static gradus_status take_record(void *context, gr_place place, bool last, gradus_error *error)
{
    builder *b = (builder *)context;
    if (!b->header_line) return check_header(b, place, error);
    if (place.column != b->table.columns) return count_error(b, place, last, error);
    b->table.rows++;
    return GRADUS_OK;
}

static gradus_status check_rows(const builder *b, gradus_error *error)
{
    if (!b->header_line)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(1, GRADUS_NOWHERE, (double)NAN),
                        "the file is empty; a header row and at least one row of numbers are needed");
    if (b->table.rows == 0)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT,
                        gr_fault_at(b->header_line, GRADUS_NOWHERE, (double)NAN),
                        "the file ends after the header on line %zu; at least one row of numbers is needed",
                        b->header_line);
    return GRADUS_OK;
}

gradus_status gr_csv_read(const char *path, const gradus_allocator *allocator, gr_table *table,
                          gradus_error *error)
{
    builder b = {.table = {.allocator = gr_allocator(allocator)}};
    const gr_record_visitor visitor = {take_field, take_record, &b};
    gradus_status status = gr_records_read(path, &b.table.allocator, &visitor, error);
    if (!status) status = check_rows(&b, error);
    b.table.data = b.data.values;
    if (status)
        gr_table_free(&b.table);
    else
        *table = b.table;
    return status;
}

void gr_table_free(gr_table *table)
{
    for (size_t j = 0; j < table->columns; j++) gr_release(&table->allocator, table->names[j]);
    gr_release(&table->allocator, (void *)table->names);
    gr_release(&table->allocator, table->data);
    *table = (gr_table){.rows = 0};
}
