/* SPDX-License-Identifier: BSD-3-Clause */
/* Files in and out: every form that is fine, and every fault with its status, line and column. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "io/csv.h"
#include "io/number.h"
#include "io/trace.h"
#include "io/vector_file.h"

/* A temporary file with these bytes; the caller removes it. */
static const char *write_file(const char *bytes, size_t count)
{
    static char path[64];
    (void)snprintf(path, sizeof path, "/tmp/gradus-test-XXXXXX");
    const int descriptor = mkstemp(path);
    cr_assert(descriptor >= 0);
    FILE *file = fdopen(descriptor, "wb");
    cr_assert(file && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
    return path;
}

static gradus_status read_bytes(const char *bytes, size_t count, gr_table *table, gradus_error *error)
{
    const char *path = write_file(bytes, count);
    const gradus_status status = gr_csv_read(path, NULL, table, error);
    (void)remove(path);
    return status;
}

static gradus_status read_vector(const char *text, double **vector, size_t *count, gradus_error *error)
{
    const char *path = write_file(text, strlen(text));
    const gradus_status status = gr_vector_read(path, NULL, vector, count, error);
    (void)remove(path);
    return status;
}

/* The same double, the sign of zero included. */
static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* ---- numbers ---- */

Test(io, a_number_is_a_whole_decimal_field)
{
    static const struct {
        const char *text;
        gr_number kind;
        double value;
    } rows[] = {
        {"0", GR_NUMBER_FINITE, 0.0},
        {"-0", GR_NUMBER_FINITE, -0.0},
        {" \t-12.5e-1 \t", GR_NUMBER_FINITE, -1.25},
        {"+.5", GR_NUMBER_FINITE, 0.5},
        {"7.", GR_NUMBER_FINITE, 7.0},
        {"1E3", GR_NUMBER_FINITE, 1000.0},
        {"0.1000000000000000055511151231257827", GR_NUMBER_FINITE, 0.1},
        {"179769313486231570000e288", GR_NUMBER_FINITE, 1.7976931348623157e308},
        {"5e-324", GR_NUMBER_FINITE, 5e-324},
        {"1e-400", GR_NUMBER_FINITE, 0.0},
        {"1e309", GR_NUMBER_NOT_FINITE, (double)INFINITY},
        {"-1e309", GR_NUMBER_NOT_FINITE, -(double)INFINITY},
        {" inf ", GR_NUMBER_NOT_FINITE, (double)INFINITY},
        {"-Infinity", GR_NUMBER_NOT_FINITE, -(double)INFINITY},
        {"+INF", GR_NUMBER_NOT_FINITE, (double)INFINITY},
        {"NaN", GR_NUMBER_NOT_FINITE, (double)NAN},
        {"-nan", GR_NUMBER_NOT_FINITE, (double)NAN},
        {"", GR_NUMBER_EMPTY, 0.0},
        {" \t ", GR_NUMBER_EMPTY, 0.0},
        {"0x10", GR_NUMBER_TEXT, 0.0},
        {"0x1p3", GR_NUMBER_TEXT, 0.0},
        {"1e", GR_NUMBER_TEXT, 0.0},
        {"e5", GR_NUMBER_TEXT, 0.0},
        {"-", GR_NUMBER_TEXT, 0.0},
        {".", GR_NUMBER_TEXT, 0.0},
        {"--1", GR_NUMBER_TEXT, 0.0},
        {"1 2", GR_NUMBER_TEXT, 0.0},
        {"1,5", GR_NUMBER_TEXT, 0.0},
        {"1.5.2", GR_NUMBER_TEXT, 0.0},
        {"12abc", GR_NUMBER_TEXT, 0.0},
        {"1\n", GR_NUMBER_TEXT, 0.0},
        {"NA", GR_NUMBER_TEXT, 0.0},
        {"nano", GR_NUMBER_TEXT, 0.0},
        {"nan(1)", GR_NUMBER_TEXT, 0.0},
        {"infinit", GR_NUMBER_TEXT, 0.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = 42.0;
        const gr_number kind = gr_number_read(rows[i].text, &value);
        cr_expect(kind == rows[i].kind, "\"%s\": kind %d, expected %d", rows[i].text, (int)kind,
                  (int)rows[i].kind);
        if (kind == GR_NUMBER_EMPTY || kind == GR_NUMBER_TEXT)
            cr_expect(value == 42.0, "\"%s\" wrote a value", rows[i].text);
        else
            cr_expect(isnan(rows[i].value) ? isnan(value) : same(value, rows[i].value), "\"%s\": %.17g",
                      rows[i].text, value);
    }
}

Test(io, an_excerpt_is_short_and_printable)
{
    cr_expect_str_eq(gr_excerpt_of("petal width").text, "petal width");
    cr_expect_str_eq(gr_excerpt_of("a\nb\x1b[31mc\x7f").text, "a?b?[31mc?");
    cr_expect_str_eq(gr_excerpt_of("0123456789012345678901234567890123456789").text,
                     "0123456789012345678901234567890123456789");
    cr_expect_str_eq(gr_excerpt_of("01234567890123456789012345678901234567890").text,
                     "0123456789012345678901234567890123456789...");
    /* the two bytes of the umlaut stand on both sides of the cut, so neither is printed */
    cr_expect_str_eq(gr_excerpt_of("012345678901234567890123456789012345678\xC3\xA4xyz").text,
                     "012345678901234567890123456789012345678...");
}

/* ---- a table: what is fine ---- */

Test(io, forms_of_a_csv_file_that_are_fine)
{
    static const struct {
        const char *label, *text;
    } rows[] = {
        {"plain", "a,b\n1,2\n3,4\n"},
        {"no newline at the end", "a,b\n1,2\n3,4"},
        {"CR LF", "a,b\r\n1,2\r\n3,4\r\n"},
        {"CR LF, none at the end", "a,b\r\n1,2\r\n3,4"},
        {"CR", "a,b\r1,2\r3,4\r"},
        {"byte order mark", "\357\273\277a,b\n1,2\n3,4\n"},
        {"byte order mark, then a quote", "\357\273\277\"a\",b\n1,2\n3,4\n"},
        {"quoted fields", "\"a\",\"b\"\n\"1\",2\n3,\"4\""},
        {"blanks around fields", " a\t, b \n 1 , 2\t\n\t3,4 \n"},
        {"blanks inside quotes around numbers", "a,b\n\" 1 \",2\n3,\"4\t\"\n"},
        {"blank lines", "\n\n  \na,b\n\n1,2\n\t\n\r\n3,4\n\n\n"},
        {"other spellings", "a,b\n1.0,+2\n30e-1,.4E1\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gr_table table;
        gradus_error error;
        const gradus_status status = read_bytes(rows[i].text, strlen(rows[i].text), &table, &error);
        cr_expect(status == GRADUS_OK, "%s: %s", rows[i].label, status ? error.sentence : "");
        if (status) continue;
        cr_expect(table.rows == 2 && table.columns == 2, "%s: %zu x %zu", rows[i].label, table.rows,
                  table.columns);
        cr_expect(!strcmp(table.names[0], "a") && !strcmp(table.names[1], "b"), "%s: names", rows[i].label);
        for (size_t k = 0; k < 4; k++)
            cr_expect(table.data[k] == (double)k + 1.0, "%s: entry %zu is %g", rows[i].label, k,
                      table.data[k]);
        gr_table_free(&table);
    }
}

Test(io, names_may_hold_commas_quotes_and_line_ends)
{
    const char *text =
        "\"height, cm\",\"the \"\"y\"\"\",\"two\r\nlines\", 1950 ,Gr\303\266\303\237e\n1,2,3,4,5\n";
    gr_table table;
    gradus_error error;
    cr_assert(read_bytes(text, strlen(text), &table, &error) == GRADUS_OK, "%s", error.sentence);
    static const char *const names[] = {"height, cm", "the \"y\"", "two\r\nlines", "1950",
                                        "Gr\303\266\303\237e"};
    cr_assert_eq(table.columns, 5);
    for (size_t j = 0; j < 5; j++) cr_expect_str_eq(table.names[j], names[j]);
    cr_expect_eq(table.rows, 1);
    gr_table_free(&table);
    cr_expect(table.rows == 0 && table.columns == 0 && !table.names && !table.data);
    gr_table_free(&table); /* a second time is fine */
}

Test(io, one_column_and_one_row_are_enough)
{
    gr_table table;
    cr_assert_eq(read_bytes("y\n7", 3, &table, NULL), GRADUS_OK);
    cr_expect(table.rows == 1 && table.columns == 1 && table.data[0] == 7.0);
    gr_table_free(&table);
}

Test(io, standard_input_is_a_dash)
{
    const char *text = "a,b\n1,2\n";
    const char *path = write_file(text, strlen(text));
    cr_assert(freopen(path, "rb", stdin) != NULL);
    gr_table table;
    cr_expect_eq(gr_csv_read("-", NULL, &table, NULL), GRADUS_OK);
    cr_expect(table.rows == 1 && table.data[1] == 2.0);
    gr_table_free(&table);
    (void)remove(path);
}

/* ---- a table: what is wrong ---- */

typedef struct bad_file {
    const char *label, *text;
    gradus_status status;
    size_t line, column;
    const char *words; /* in the sentence */
} bad_file;

static void expect_error(const bad_file *row, gradus_status status, const gradus_error *error)
{
    cr_expect(status == row->status, "%s: status %d, expected %d", row->label, status, row->status);
    if (!status) return;
    cr_expect(error->row == row->line, "%s: line %zu, expected %zu", row->label, error->row, row->line);
    cr_expect(error->column == row->column, "%s: column %zu, expected %zu", row->label, error->column,
              row->column);
    cr_expect(strstr(error->sentence, row->words) != NULL, "%s: \"%s\"", row->label, error->sentence);
}

enum { FORMAT = GRADUS_ERROR_FILE_FORMAT, NOT_FINITE = GRADUS_ERROR_DATA_NOT_FINITE };

static const bad_file bad_files[] = {
    {"empty", "", FORMAT, 1, GRADUS_NOWHERE, "the file is empty"},
    {"blank", " \n\r\n\t", FORMAT, 1, GRADUS_NOWHERE, "the file is empty"},
    {"only a byte order mark", "\357\273\277", FORMAT, 1, GRADUS_NOWHERE, "the file is empty"},
    {"header only", "a,b\n", FORMAT, 1, GRADUS_NOWHERE, "after the header on line 1"},
    {"header only, later", "\n\na,b", FORMAT, 3, GRADUS_NOWHERE, "after the header on line 3"},
    {"no header", "1,2\n3,4\n", FORMAT, 1, 1, "line 1 looks like data"},
    {"no header, quoted", "\n\"1\",nan,-1e999\n3,4,5\n", FORMAT, 2, 1, "line 2 looks like data"},
    {"empty name", "a,,c\n1,2,3\n", FORMAT, 1, 2, "line 1, column 2: the column has no name"},
    {"empty last name", "a,b,\n1,2,3\n", FORMAT, 1, 3, "line 1, column 3: the column has no name"},
    {"blank quoted name", "a,\" \t\"\n1,2\n", FORMAT, 1, 2, "the column has no name"},
    {"name twice", "b,a,c,a\n1,2,3,4\n", FORMAT, 1, 4, "columns 2 and 4 are both called \"a\""},
    {"first of many", "a,b,c,c,b,a\n1,2,3,4,5,6\n", FORMAT, 1, 4, "columns 3 and 4 are both called \"c\""},
    {"name three times", "a,b,b,b\n1,2,3,4\n", FORMAT, 1, 3, "columns 2 and 3"},
    {"semicolons", "a;b\n1;2\n", FORMAT, 1, 1, "separate the fields by commas"},
    {"tabs", "a\tb\n1\t2\n", FORMAT, 1, 1, "separate the fields by commas"},
    {"text", "a,b\n1,2\n3,abc\n", FORMAT, 3, 2, "line 3, column 2 (\"b\"): \"abc\" is not a number"},
    {"text in the first field", "a,b\nx,2\n", FORMAT, 2, 1,
     "line 2, column 1 (\"a\"): \"x\" is not a number"},
    {"missing value", "a,b\n1,NA\n", FORMAT, 2, 2, "\"NA\" is not a number"},
    {"hexadecimal", "a,b\n1,0x10\n", FORMAT, 2, 2, "\"0x10\" is not a number"},
    {"two numbers", "a,b\n1,2 3\n", FORMAT, 2, 2, "\"2 3\" is not a number"},
    {"decimal comma", "a,b\n1,\"2,5\"\n", FORMAT, 2, 2, "\"2,5\" is not a number"},
    {"line end in a number", "a,b\n1,\"2\n\"\n", FORMAT, 2, 2, "\"2?\" is not a number"},
    {"text begins on line 2", "a,b,c\n\"1\n2\",3,4\n", FORMAT, 2, 1, "line 2, column 1"},
    {"empty field", "a,b,c\n1,,3\n", FORMAT, 2, 2, "line 2, column 2 (\"b\"): the field is empty"},
    {"empty quoted field", "a,b\n1,\"\"\n", FORMAT, 2, 2, "the field is empty"},
    {"empty last field", "a,b\n1,2\n3,\n", FORMAT, 3, 2, "the field is empty"},
    {"empty last field, cut off", "a,b\n1,2\n3,", FORMAT, 3, 2, "the field is empty"},
    {"too few", "a,b,c\n1,2,3\n4,5\n", FORMAT, 3, 3, "line 3 has 2 fields, the header has 3"},
    {"one only", "a,b,c\n1\n4,5,6\n", FORMAT, 2, 2, "line 2 has 1 field, the header has 3"},
    {"too many", "a,b\n1,2\n3,4,5\n", FORMAT, 3, 3, "line 3 has 3 fields, the header has 2"},
    {"a comma too many", "a,b\n1,2,\n", FORMAT, 2, 3, "line 2 has 3 fields, the header has 2"},
    {"cut off", "a,b,c\n1,2,3\n4,5", FORMAT, 3, 3, "it may be cut off"},
    {"nan", "a,b\n1,nan\n", NOT_FINITE, 2, 2, "line 2, column 2 (\"b\"): \"nan\" is not a finite number"},
    {"inf", "a,b\n-INF,1\n", NOT_FINITE, 2, 1, "\"-INF\" is not a finite number"},
    {"overflow", "a,b\n1,2\n1e400,1\n", NOT_FINITE, 3, 1, "\"1e400\" is not a finite number"},
    {"quote never closed", "a,b\n1,\"2\n3,4\n5,6\n", FORMAT, 2, 2, "line 2, column 2: the quote that opens"},
    {"quote never closed in the header", "a,\"b\n1,2\n", FORMAT, 1, 2,
     "line 1, column 2: the quote that opens"},
    {"quote at the very end", "a,b\n1,\"", FORMAT, 2, 2, "line 2, column 2: the quote that opens"},
    {"quote inside", "a,b\n1,2\"\n", FORMAT, 2, 2, "line 2, column 2: a quote in the middle of a field"},
    {"text after a quote", "a,b\n\"1\"2,3\n", FORMAT, 2, 1,
     "line 2, column 1: a quote in the middle of a field"},
    {"lines with CR LF", "a,b\r\n1,2\r\n\r\n3,x\r\n", FORMAT, 4, 2, "line 4, column 2"},
    {"lines with CR", "a,b\r1,2\r\r3,x\r", FORMAT, 4, 2, "line 4, column 2"},
    {"lines with LF", "\n\na,b\n \n1,2\n\n3,x\n", FORMAT, 7, 2, "line 7, column 2"},
    {"lines in a quoted name", "\"a\nb\r\nc\",d\n1,2\n3,x\n", FORMAT, 5, 2, "line 5, column 2 (\"d\")"},
    {"name after a quoted line end", "\"a\nb\",,c\n1,2,3\n", FORMAT, 2, 2,
     "line 2, column 2: the column has no name"},
    {"control characters", "a,b\n1,\"\x1b[2J\"\n", FORMAT, 2, 2, "\"?[2J\" is not a number"},
};

Test(io, every_wrong_csv_file_is_named_with_line_and_column)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        gr_table table = {.rows = 99};
        gradus_error error;
        const char *text = bad_files[i].text;
        const gradus_status status = read_bytes(text, strlen(text), &table, &error);
        expect_error(&bad_files[i], status, &error);
        cr_expect(table.rows == 99, "%s: the table was written", bad_files[i].label);
    }
}

Test(io, the_field_counts_of_both_lines_are_measured)
{
    gr_table table;
    gradus_error error;
    cr_expect_eq(read_bytes("a,b,c\n1,2\n", 10, &table, &error), FORMAT);
    cr_expect(error.measured == 2.0 && error.limit == 3.0);
    cr_expect_eq(read_bytes("a,b\n1,-inf\n", 11, &table, &error), NOT_FINITE);
    cr_expect(error.measured == -(double)INFINITY);
}

Test(io, a_nul_byte_is_refused_where_it_stands)
{
    static const char inside[] = "a,b\n1,2\n3,4\0005\n";
    static const char utf16[] = "\377\376a\0,\0b\0\n\0001\0,\0002\0\n";
    static const bad_file rows[] = {
        {"in a field", inside, FORMAT, 3, 2, "line 3, column 2: a NUL byte"},
        {"UTF-16", utf16, FORMAT, 1, 1, "plain text in ASCII or UTF-8"},
        {"first", "\0", FORMAT, 1, 1, "line 1, column 1: a NUL byte"},
    };
    static const size_t sizes[] = {sizeof inside - 1, sizeof utf16 - 1, 1};
    for (size_t i = 0; i < 3; i++) {
        gr_table table;
        gradus_error error;
        expect_error(&rows[i], read_bytes(rows[i].text, sizes[i], &table, &error), &error);
    }
}

Test(io, files_that_cannot_be_read)
{
    gr_table table;
    gradus_error error;
    double *vector;
    size_t count;
    cr_expect_eq(gr_csv_read("/nonexistent/data.csv", NULL, &table, &error), GRADUS_ERROR_FILE_READ);
    cr_expect_str_eq(error.sentence, "cannot be opened: No such file or directory");
    cr_expect(error.row == GRADUS_NOWHERE && error.column == GRADUS_NOWHERE);
    cr_expect_eq(gr_csv_read("/", NULL, &table, &error), GRADUS_ERROR_FILE_READ);
    cr_expect_str_eq(error.sentence, "cannot be read: Is a directory");
    cr_expect_eq(gr_vector_read("/nonexistent/start", NULL, &vector, &count, &error), GRADUS_ERROR_FILE_READ);
    cr_expect_eq(gr_csv_read("/nonexistent/data.csv", NULL, &table, NULL), GRADUS_ERROR_FILE_READ);
}

/* "a,b", then a row whose second field has `count` digits 0. */
static gradus_status read_long_field(size_t count, gr_table *table, gradus_error *error)
{
    char *text = (char *)malloc(count + 8);
    cr_assert(text);
    memcpy(text, "a,b\n1,", 6);
    memset(text + 6, '0', count);
    text[6 + count] = '\n';
    const gradus_status status = read_bytes(text, count + 7, table, error);
    free(text);
    return status;
}

Test(io, a_field_longer_than_64_kib_is_refused)
{
    gr_table table;
    gradus_error error;
    const bad_file row = {"long", NULL, FORMAT,
                          2,      2,    "line 2, column 2: the field that begins here is longer"};
    cr_assert_eq(read_long_field(65536, &table, &error), GRADUS_OK);
    cr_expect(table.rows == 1 && table.data[1] == 0.0);
    gr_table_free(&table);
    expect_error(&row, read_long_field(65536 + 256, &table, &error), &error);
    expect_error(&row, read_long_field(1000000, &table, &error), &error);
}

/* A quote that is never closed must not take the rest of the file into memory. */
Test(io, a_quoted_field_without_end_is_refused)
{
    enum { BYTES = 400000 };
    static char text[BYTES];
    memcpy(text, "a,b\n1,\"", 7);
    for (size_t i = 7; i < BYTES; i++) text[i] = i % 50 == 0 ? '\n' : '7';
    const bad_file row = {"endless", NULL, FORMAT,
                          2,         2,    "line 2, column 2: the field that begins here is longer"};
    gr_table table;
    gradus_error error;
    expect_error(&row, read_bytes(text, BYTES, &table, &error), &error);
}

/* The mark is one at the start of the file alone, not at the start of the second chunk. */
Test(io, a_byte_order_mark_later_in_the_file_is_text)
{
    enum { BLANK = 65536 };
    static char text[BLANK + 16];
    memset(text, '\n', BLANK);
    memcpy(text + BLANK, "\357\273\277a,b\n1,2\n", 11);
    gr_table table;
    gradus_error error;
    cr_assert(read_bytes(text, BLANK + 11, &table, &error) == GRADUS_OK, "%s", error.sentence);
    cr_expect_str_eq(table.names[0], "\357\273\277a");
    gr_table_free(&table);
}

/* ---- long files, in random spelling ---- */

enum { LONG_ROWS = 6000, LONG_COLUMNS = 5, LONG_BYTES = LONG_ROWS * LONG_COLUMNS * 40 };

/* A finite double of any size and sign: random bits, the exponent of Inf and NaN taken away. */
static double any_double(uint64_t counter)
{
    uint64_t bits = gr_random_bits(20, counter);
    if ((bits >> 52 & 0x7FFu) == 0x7FFu) bits ^= UINT64_C(1) << 60;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

typedef struct text_file {
    char *bytes;
    size_t count, line;
    const char *line_end;
} text_file;

static void put(text_file *file, const char *text)
{
    const size_t length = strlen(text);
    cr_assert(file->count + length < LONG_BYTES);
    memcpy(file->bytes + file->count, text, length);
    file->count += length;
}

static void end_line(text_file *file)
{
    put(file, file->line_end);
    file->line++;
}

/* Row i in a spelling drawn from `seed`; *line is where it stands. `bad` replaces its field `column`. */
static void put_row(text_file *file, uint64_t seed, size_t i, size_t column, const char *bad)
{
    for (size_t j = 0; j < LONG_COLUMNS; j++) {
        const uint64_t bits = gr_random_bits(seed, i * LONG_COLUMNS + j);
        const char *quote = bits & 1 ? "\"" : "", *before = bits & 2 ? " " : "",
                   *after = bits & 4 ? " \t" : "";
        char number[32], field[64];
        (void)snprintf(number, sizeof number, "%.17g", any_double(i * LONG_COLUMNS + j));
        (void)snprintf(field, sizeof field, "%s%s%s%s%s%s", j ? "," : "", before, quote,
                       j == column ? bad : number, quote, after);
        put(file, field);
    }
}

/* Writes the file; returns the line of row `bad_row`. */
static size_t put_file(text_file *file, uint64_t seed, size_t bad_row)
{
    size_t line = 0;
    put(file, "\"first\nname\",b,\"c,\r\nd\",e,f");
    file->line = 3;
    end_line(file);
    for (size_t i = 0; i < LONG_ROWS; i++) {
        for (uint64_t blank = gr_random_bits(seed + 1, i); (blank & 7) == 0;
             blank = gr_random_bits(seed, blank))
            end_line(file);
        if (i == bad_row) line = file->line;
        put_row(file, seed, i, i == bad_row ? 3 : LONG_COLUMNS, "1.2.3");
        end_line(file);
    }
    return line;
}

static void expect_long_file(uint64_t seed, const char *line_end)
{
    text_file file = {.bytes = (char *)malloc(LONG_BYTES), .line_end = line_end};
    cr_assert(file.bytes);
    (void)put_file(&file, seed, LONG_ROWS);
    cr_assert(file.count > 3 * 65536, "the file must span several chunks");
    gr_table table;
    gradus_error error;
    const gradus_status status = read_bytes(file.bytes, file.count, &table, &error);
    cr_assert(status == GRADUS_OK, "%s", error.sentence);
    cr_assert(table.rows == LONG_ROWS && table.columns == LONG_COLUMNS);
    size_t wrong = 0;
    for (size_t k = 0; k < (size_t)LONG_ROWS * LONG_COLUMNS; k++)
        wrong += !same(table.data[k], any_double(k));
    cr_expect(wrong == 0, "%zu numbers are not the same bits", wrong);
    gr_table_free(&table);

    for (size_t bad_row = 1; bad_row < LONG_ROWS; bad_row += 857) {
        file.count = 0;
        const bad_file row = {
            "long", NULL, FORMAT, put_file(&file, seed, bad_row), 4, "\"1.2.3\" is not a number"};
        expect_error(&row, read_bytes(file.bytes, file.count, &table, &error), &error);
    }
    free(file.bytes);
}

Test(io, long_files_keep_every_bit_and_every_line_number)
{
    expect_long_file(301, "\n");
    expect_long_file(302, "\r\n");
    expect_long_file(303, "\r");
}

/* ---- memory ---- */

typedef struct scarce_memory {
    size_t allocations, live, fail_at;
} scarce_memory;

static void *scarce_allocate(void *context, size_t bytes)
{
    scarce_memory *memory = (scarce_memory *)context;
    if (memory->allocations++ == memory->fail_at) return NULL;
    memory->live++;
    return malloc(bytes);
}

static void scarce_release(void *context, void *pointer)
{
    ((scarce_memory *)context)->live--;
    free(pointer);
}

/* 20 columns and 40 rows, so that names and numbers outgrow their first room. */
static const char *write_wide_file(void)
{
    static char text[8192];
    size_t n = 0;
    for (size_t j = 0; j < 20; j++) n += (size_t)sprintf(text + n, "c%zu%s", j, j < 19 ? "," : "\n");
    for (size_t k = 0; k < 800; k++) n += (size_t)sprintf(text + n, "%zu%s", k, k % 20 < 19 ? "," : "\n");
    return write_file(text, n);
}

Test(io, every_allocation_may_fail)
{
    const char *path = write_wide_file();
    gradus_status status = GRADUS_ERROR_MEMORY;
    size_t failures = 0;
    for (size_t fail_at = 0; status; fail_at++) {
        scarce_memory memory = {0, 0, fail_at};
        const gradus_allocator allocator = {scarce_allocate, scarce_release, &memory};
        gr_table table = {.rows = 0};
        gradus_error error;
        status = gr_csv_read(path, &allocator, &table, &error);
        cr_assert(status == GRADUS_OK || status == GRADUS_ERROR_MEMORY);
        failures += status != 0;
        gr_table_free(&table);
        cr_assert(memory.live == 0, "%zu blocks are left after failure %zu", memory.live, fail_at);
    }
    cr_expect(failures > 25, "only %zu allocations were seen", failures);
    (void)remove(path);
}

Test(io, nothing_stays_allocated_after_an_error)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        scarce_memory memory = {0, 0, (size_t)-1};
        const gradus_allocator allocator = {scarce_allocate, scarce_release, &memory};
        const char *path = write_file(bad_files[i].text, strlen(bad_files[i].text));
        gr_table table;
        cr_expect(gr_csv_read(path, &allocator, &table, NULL) != GRADUS_OK);
        cr_expect(memory.live == 0 && memory.allocations > 0, "%s: %zu blocks", bad_files[i].label,
                  memory.live);
        (void)remove(path);
    }
}

/* ---- a vector ---- */

Test(io, forms_of_a_vector_file_that_are_fine)
{
    static const char *const texts[] = {
        "1\n-2.5\n3e2\n",
        "1,-2.5,3e2",
        "theta\r\n1\r\n\r\n-2.5\r\n3e2",
        "\357\273\277a,b,c\n1,-2.5,3e2\n",
        "\"the start, 2026\"\n 1 ,\"-2.5\"\n300\n",
        "c 1,2,3\n1,-2.5\n3e2\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double *vector;
        size_t count;
        gradus_error error;
        const gradus_status status = read_vector(texts[i], &vector, &count, &error);
        cr_assert(status == GRADUS_OK, "%zu: %s", i, error.sentence);
        cr_expect(count == 3 && vector[0] == 1.0 && vector[1] == -2.5 && vector[2] == 300.0, "%zu", i);
        free(vector);
    }
}

Test(io, every_wrong_vector_file_is_named_with_line_and_column)
{
    static const bad_file rows[] = {
        {"empty", "", FORMAT, GRADUS_NOWHERE, GRADUS_NOWHERE, "the file holds no number"},
        {"header only", "theta\n", FORMAT, GRADUS_NOWHERE, GRADUS_NOWHERE, "the file holds no number"},
        {"two headers", "\ntheta\nstart\n1\n", FORMAT, 3, 1, "line 3, column 1: \"start\" is not a number"},
        {"text", "1\n2,x\n", FORMAT, 2, 2, "line 2, column 2: \"x\" is not a number"},
        {"text behind a number", "1,x\n", FORMAT, 1, 2, "line 1, column 2: \"x\" is not a number"},
        {"names and numbers", "name,estimate\nx,1\n", FORMAT, 2, 1, "\"x\" is not a number"},
        {"empty field", "1,,2\n", FORMAT, 1, 2, "line 1, column 2: the field is empty"},
        {"empty first field", ",2\n", FORMAT, 1, 1, "line 1, column 1: the field is empty"},
        {"nan first", "nan\n1\n", NOT_FINITE, 1, 1, "line 1, column 1: \"nan\" is not a finite number"},
        {"overflow", "1\r\n\r\n-1e999\r\n", NOT_FINITE, 3, 1, "\"-1e999\" is not a finite number"},
        {"quote", "1\n\"2\n", FORMAT, 2, 1, "the quote that opens"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double *vector = NULL;
        size_t count = 99;
        gradus_error error;
        expect_error(&rows[i], read_vector(rows[i].text, &vector, &count, &error), &error);
        cr_expect(!vector && count == 99, "%s: something was written", rows[i].label);
    }
}

Test(io, every_allocation_of_a_vector_may_fail)
{
    const char *path = write_wide_file();
    gradus_status status = GRADUS_ERROR_MEMORY;
    for (size_t fail_at = 0; status; fail_at++) {
        scarce_memory memory = {0, 0, fail_at};
        const gradus_allocator allocator = {scarce_allocate, scarce_release, &memory};
        double *vector = NULL;
        size_t count = 0;
        status = gr_vector_read(path, &allocator, &vector, &count, NULL);
        cr_assert(status == GRADUS_OK || status == GRADUS_ERROR_MEMORY);
        cr_assert(fail_at > 0 || status == GRADUS_ERROR_MEMORY);
        if (!status) cr_expect(count == 800 && vector[799] == 799.0);
        gr_release(&allocator, vector);
        cr_assert(memory.live == 0);
    }
    (void)remove(path);
}

/* ---- the trace ---- */

Test(io, a_trace_reads_back_bit_for_bit)
{
    enum { LINES = 500 };
    const char *path = write_file("", 0);
    gr_trace trace = {NULL, 0};
    gradus_error error;
    cr_assert_eq(gr_trace_open(&trace, path, &error), GRADUS_OK);
    for (size_t i = 0; i < LINES; i++) {
        const gradus_progress progress = {.iteration = i,
                                          .value = any_double(3 * i),
                                          .gradient_norm = any_double(3 * i + 1),
                                          .step_size = any_double(3 * i + 2),
                                          .evaluations = 2 * i + 1,
                                          .passes = (double)i / 8.0,
                                          .exact = i % 2};
        cr_assert_eq(gr_trace_write(&trace, &progress, &error), GRADUS_OK);
    }
    cr_assert_eq(gr_trace_close(&trace, &error), GRADUS_OK);
    cr_expect_eq(gr_trace_close(&trace, &error), GRADUS_OK); /* a second time is fine */
    gr_table table;
    cr_assert(gr_csv_read(path, NULL, &table, &error) == GRADUS_OK, "%s", error.sentence);
    cr_assert(table.rows == LINES && table.columns == 7);
    static const char *const names[] = {"iteration",   "value",  "gradient_norm", "step",
                                        "evaluations", "passes", "exact"};
    for (size_t j = 0; j < 7; j++) cr_expect_str_eq(table.names[j], names[j]);
    for (size_t i = 0; i < LINES; i++) {
        const double *row = table.data + 7 * i;
        cr_expect_eq(row[0], (double)i);
        for (size_t j = 0; j < 3; j++) cr_expect(same(row[1 + j], any_double(3 * i + j)));
        cr_expect(row[4] == (double)(2 * i + 1) && row[5] == (double)i / 8.0 && row[6] == (double)(i % 2));
    }
    gr_table_free(&table);
    (void)remove(path);
}

Test(io, a_trace_that_cannot_be_created)
{
    gr_trace trace = {NULL, 0};
    gradus_error error;
    cr_expect_eq(gr_trace_open(&trace, "/nonexistent/trace.csv", &error), GRADUS_ERROR_FILE_WRITE);
    cr_expect_str_eq(error.sentence, "cannot be written: No such file or directory");
    cr_expect_eq(gr_trace_open(&trace, "/", &error), GRADUS_ERROR_FILE_WRITE);
    cr_expect_eq(gr_trace_close(&trace, &error), GRADUS_OK);
}

Test(io, a_full_disk_is_an_error_of_the_trace)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    gr_trace trace = {NULL, 0};
    gradus_error error;
    cr_expect_eq(gr_trace_open(&trace, "/dev/full", &error), GRADUS_ERROR_FILE_WRITE);
    cr_expect_str_eq(error.sentence, "cannot be written: No space left on device");
    cr_expect_eq(gr_trace_close(&trace, &error), GRADUS_OK);
}

/* What a limit of 1000 bytes leaves of a trace, in a process of its own */
static int write_limited_trace(const char *path)
{
    const struct rlimit limit = {1000, 1000};
    const gradus_progress progress = {
        .iteration = 1, .value = 0.1, .gradient_norm = 0.1, .step_size = 0.1, .passes = 0.1};
    gr_trace trace = {NULL, 0};
    gradus_error error;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) || gr_trace_open(&trace, path, &error)) return 1;
    gradus_status status = GRADUS_OK;
    for (size_t i = 0; i < 100 && !status; i++) status = gr_trace_write(&trace, &progress, &error);
    if (status != GRADUS_ERROR_FILE_WRITE) return 2;
    if (strcmp(error.sentence, "cannot be written: File too large") != 0) return 3;
    return gr_trace_close(&trace, &error) == GRADUS_ERROR_FILE_WRITE ? 0 : 4;
}

Test(io, a_trace_that_does_not_fit_ends_with_a_whole_line)
{
    const char *path = write_file("", 0);
    const pid_t child = fork();
    if (child == 0) _exit(write_limited_trace(path));
    int status;
    cr_assert(waitpid(child, &status, 0) == child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    gr_table table;
    gradus_error error;
    cr_assert(gr_csv_read(path, NULL, &table, &error) == GRADUS_OK, "%s", error.sentence);
    cr_expect(table.rows > 8 && table.columns == 7, "%zu rows", table.rows);
    for (size_t i = 0; i < table.rows; i++) cr_expect(table.data[i * 7 + 5] == 0.1);
    struct stat there;
    cr_expect(stat(path, &there) == 0 && there.st_size < 1000, "the limit cut a line");
    gr_table_free(&table);
    (void)remove(path);
}

/* ---- the data sets that are carried ---- */

Test(io, the_carried_data_sets_are_complete)
{
    static const struct {
        const char *name;
        size_t rows, columns;
        double first, last; /* of all numbers */
    } sets[] = {
        {"regression/anscombe1", 11, 2, 10, 5.68},
        {"regression/cars", 50, 2, 4, 85},
        {"regression/diabetes", 442, 11, 59, 57},
        {"regression/linnerud", 20, 4, 5, 138},
        {"regression/mtcars", 32, 11, 6, 21.4},
        {"regression/stackloss", 21, 4, 80, 15},
        {"regression/wine_alcohol", 178, 13, 1.71, 14.13},
        {"classification/breast_cancer", 569, 31, 17.99, 1},
        {"classification/breast_cancer_2", 569, 3, 17.99, 1},
        {"classification/iris_virginica_vs_versicolor", 100, 5, 7.0, 1},
        {"classification/wine_class0_vs_rest", 178, 14, 14.23, 0},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s.csv", TEST_DATA, sets[i].name);
        gr_table table;
        gradus_error error;
        const gradus_status status = gr_csv_read(path, NULL, &table, &error);
        cr_assert(status == GRADUS_OK, "%s: %s", path, error.sentence);
        cr_expect(table.rows == sets[i].rows && table.columns == sets[i].columns, "%s", path);
        cr_expect_str_eq(table.names[table.columns - 1], "y");
        cr_expect(table.data[0] == sets[i].first, "%s", path);
        cr_expect(table.data[table.rows * table.columns - 1] == sets[i].last, "%s: %g", path,
                  table.data[table.rows * table.columns - 1]);
        gr_table_free(&table);
    }
}
