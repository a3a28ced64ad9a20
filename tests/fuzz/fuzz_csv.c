/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a CSV file, for every reader of one. A table that is read keeps what io/csv.h promises, says the same when it is
 * written and read again, and is the same behind a line of blanks that reaches to where the reader's next piece begins.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer_file.h"
#include "cli/traces.h"
#include "input.h"
#include "io/csv.h"
#include "io/number.h"
#include "io/vector_file.h"

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static void claim_table(const gr_table *table)
{
    claim(table->rows >= 1 && table->columns >= 1);
    claim(fuzz_all_finite(table->rows * table->columns, table->data));
    for (size_t j = 0; j < table->columns; j++) {
        claim(!is_blank(table->names[j]));
        for (size_t k = 0; k < j; k++) claim(strcmp(table->names[j], table->names[k]) != 0);
    }
}

static bool same_tables(const gr_table *a, const gr_table *b)
{
    if (a->rows != b->rows || a->columns != b->columns) return false;
    for (size_t j = 0; j < a->columns; j++) {
        if (strcmp(a->names[j], b->names[j]) != 0) return false;
    }
    return fuzz_same_bits(a->rows * a->columns, a->data, b->data);
}

/* ---- written and read again ---- */

static void print_name(FILE *file, const char *name)
{
    (void)putc('"', file);
    for (; *name; name++) {
        if (*name == '"') (void)putc('"', file);
        (void)putc(*name, file);
    }
    (void)putc('"', file);
}

static void print_table(FILE *file, const gr_table *table)
{
    for (size_t j = 0; j < table->columns; j++) {
        (void)fputs(j ? "," : "", file);
        print_name(file, table->names[j]);
    }
    for (size_t i = 0; i < table->rows * table->columns; i++)
        (void)fprintf(file, "%s%.17g", i % table->columns ? "," : "\n", table->data[i]);
}

static void claim_read_again(const gr_table *table)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);
    claim(file);
    print_table(file, table);
    claim(fclose(file) == 0);
    gr_table again = {.rows = 0};
    claim(gr_csv_read(fuzz_file(text, bytes), NULL, &again, NULL) == 0);
    claim(same_tables(table, &again));
    gr_table_free(&again);
    free(text);
}

/* ---- behind a line of blanks ---- */

enum { PIECE = 64 * 1024 };

static void claim_behind_blanks(const uint8_t *data, size_t size, gradus_status status, const gr_table *table)
{
    const size_t blanks = PIECE - size / 2 % PIECE;
    uint8_t *moved = (uint8_t *)malloc(blanks + size);
    gr_table again = {.rows = 0};
    claim(moved);
    memset(moved, ' ', blanks - 1);
    moved[blanks - 1] = '\n';
    memcpy(moved + blanks, data, size);
    claim(gr_csv_read(fuzz_file(moved, blanks + size), NULL, &again, NULL) == status);
    claim(status || same_tables(table, &again));
    gr_table_free(&again);
    free(moved);
}

/* A mark of the byte order is one at the start of a file alone. */
static bool has_byte_order_mark(const uint8_t *data, size_t size)
{
    return size > 0 && data[0] == 0xEF;
}

/* ---- numbers ---- */

/* What is read as a number is what the C library makes of it, to the last bit. */
static void claim_number(const char *text)
{
    double value = 0.0;
    char *end;
    const gr_number kind = gr_number_read(text, &value);
    if (kind != GR_NUMBER_FINITE) return;
    const double number = strtod(text, &end);
    claim(end[strspn(end, " \t")] == '\0');
    claim(fuzz_same_bits(1, &value, &number));
}

static void claim_numbers(const uint8_t *data, size_t size)
{
    char *text = (char *)malloc(size + 1);
    claim(text);
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    for (size_t first = 0; first <= size;) {
        const size_t end = first + strcspn(text + first, ",\r\n\"");
        text[end] = '\0';
        claim_number(text + first);
        first = end + 1;
    }
    free(text);
}

/* ---- the readers ---- */

static void read_table(const uint8_t *data, size_t size)
{
    gr_table table = {.rows = 0};
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_csv_read(fuzz_file(data, size), NULL, &table, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim(!status || (!table.names && !table.data));
    if (size % 256 == 255 && !has_byte_order_mark(data, size))
        claim_behind_blanks(data, size, status, &table);
    if (status) return;
    claim_table(&table);
    claim_read_again(&table);
    gr_table_free(&table);
}

static void read_vector(const char *path)
{
    double *numbers = NULL;
    size_t count = 0;
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_vector_read(path, NULL, &numbers, &count, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim(status ? !numbers : numbers && count > 0 && fuzz_all_finite(count, numbers));
    free(numbers);
}

static void read_answers(const char *path)
{
    gr_answers answers = {.count = 0};
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_answers_read(path, &answers, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim(!status || answers.count == 0);
    claim(status || fuzz_all_finite(answers.count, answers.estimates));
    for (size_t i = 0; i < answers.count; i++) claim(gr_answers_find(&answers, answers.names[i]) <= i);
    gr_answers_free(&answers);
}

static void read_trace(const char *path)
{
    char name[64];
    char *const paths[] = {name, NULL};
    gr_traces traces = {.count = 0};
    gr_trouble trouble = {.where = NULL, .error = fuzz_error_blank()};
    (void)snprintf(name, sizeof name, "%s", path);
    const gradus_status status = gr_traces_read(paths, &traces, &trouble);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &trouble.error);
    if (!status) gr_traces_measure(&traces);
    gr_traces_free(&traces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    claim_numbers(data, size);
    read_table(data, size);
    const char *path = fuzz_file(data, size);
    read_vector(path);
    read_answers(path);
    read_trace(path);
    return 0;
}
