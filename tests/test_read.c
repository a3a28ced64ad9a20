/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading, as it must be whatever comes: numbers against strtod, fields against libcsv, memory, and files that change. */
#include <criterion/criterion.h>
#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "io/csv.h"
#include "io/decimal.h"
#include "io/records.h"

static bool is_long(void)
{
    return getenv("GRADUS_LONG") != NULL;
}

/* Random bits, one after another. */
typedef struct stream {
    uint64_t seed, next;
} stream;

static uint64_t draw(stream *s, uint64_t below)
{
    return gr_random_bits(s->seed, s->next++) % below;
}

/* ---- numbers against strtod ---- */

/* Any digits with a point somewhere, a sign and an exponent or none; now and then what is no number. */
static void spell_any(stream *s, char *text)
{
    const uint64_t digits = draw(s, 23), point = draw(s, 26);
    size_t n = 0;
    if (draw(s, 3) == 0) text[n++] = "+-"[draw(s, 2)];
    for (uint64_t k = 0; k < digits; k++) {
        if (k == point) text[n++] = '.';
        text[n++] = (char)('0' + draw(s, 10));
    }
    if (point >= digits && draw(s, 2)) text[n++] = '.';
    text[n] = '\0';
    if (draw(s, 3) == 0)
        (void)sprintf(text + n, "%c%s%d", "eE"[draw(s, 2)], draw(s, 4) ? "" : "+", (int)draw(s, 64) - 32);
    if (draw(s, 64) == 0) (void)strcat(text, "e");
}

/* As programs print doubles of usual sizes. */
static void spell_double(stream *s, char *text)
{
    const uint64_t bits = gr_random_bits(s->seed, s->next++);
    const uint64_t exponent = 940 + draw(s, 170);
    const uint64_t whole = (bits & ~(UINT64_C(0x7FF) << 52)) | exponent << 52;
    double value;
    memcpy(&value, &whole, sizeof value);
    (void)sprintf(text, "%.*g", 13 + (int)draw(s, 7), value);
}

/* Halfway between two doubles, where the tie goes to the even one, or one unit of the last digit beside. */
static void spell_tie(stream *s, char *text)
{
    const uint64_t w = (UINT64_C(1) << 53 | gr_random_bits(s->seed, s->next++) >> 11) * 2 + 1;
    const uint64_t scale = draw(s, 9);
    const uint64_t digits = (w << scale) + draw(s, 3) - 1; /* w has 55 bits */
    (void)sprintf(text, "%llu%s", (unsigned long long)digits, draw(s, 2) ? "" : ".0");
}

static void expect_as_strtod(const char *text, size_t *taken)
{
    double value = 42.0;
    char *end;
    const double expected = strtod(text, &end);
    const char *stop = gr_decimal_read(text, &value);
    if (!stop) {
        cr_assert(value == 42.0, "\"%s\" is refused, and a value written", text);
        return;
    }
    ++*taken;
    cr_assert(stop == end && memcmp(&value, &expected, sizeof value) == 0, "\"%s\": %.17g instead of %.17g",
              text, value, expected);
}

Test(read, short_numbers_are_strtods_bit_for_bit)
{
    static void (*const spellings[])(stream *, char *) = {spell_any, spell_double, spell_tie};
    const size_t count = is_long() ? 30000000 : 600000;
    for (size_t kind = 0; kind < 3; kind++) {
        stream s = {601 + kind, 0};
        size_t taken = 0;
        for (size_t i = 0; i < count / 3; i++) {
            char text[64];
            spellings[kind](&s, text);
            expect_as_strtod(text, &taken);
        }
#ifdef __SIZEOF_INT128__
        cr_expect(taken > count / 6, "only %zu of %zu are short", taken, count / 3);
#endif
    }
}

Test(read, numbers_at_the_edges_of_what_is_short)
{
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.0e27",
                                        "9999999999999999999",
                                        "99999999999999999999",
                                        "9999999999999999999e27",
                                        "9999999999999999999e-27",
                                        "1e27",
                                        "1e28",
                                        "1e-27",
                                        "1e-28",
                                        "0.000000000000000000000000001",
                                        "0.0000000000000000000000000000000000000000000000000000001",
                                        "00000000000000000000000000001.5",
                                        "9007199254740993",
                                        "9007199254740992.5",
                                        "9007199254740993e0",
                                        "18014398509481985",
                                        ".5",
                                        "5.",
                                        ".",
                                        "",
                                        "-",
                                        "+",
                                        "e5",
                                        "1e",
                                        "1e+",
                                        "1e-",
                                        "1e00000",
                                        "1e0000000000000000000000005",
                                        "1e99999",
                                        "1..2",
                                        "--1",
                                        "1-",

                                        " 1",
                                        "inf",
                                        "nan",
                                        "4.35",
                                        "0.1e1e1",
                                        "123,456",
                                        "8.5e15x",
                                        "1E5",
                                        "-1.5E-3"};
    size_t taken = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect_as_strtod(texts[i], &taken);
#ifdef __SIZEOF_INT128__
    cr_expect(taken > 20);
#endif
}

/* ---- fields against libcsv ---- */

enum { EVENTS_BYTES = 1 << 20 };

/* What a reader handed over, written down: <field> and | at the end of a record. */
typedef struct events {
    char *text;
    size_t count;
} events;

static void note(events *to, char before, const char *text, size_t length)
{
    cr_assert(to->count + length + 2 < EVENTS_BYTES);
    to->text[to->count++] = before;
    memcpy(to->text + to->count, text, length);
    to->count += length;
}

static gradus_status note_field(void *context, gr_place place, const char *text, gradus_error *error)
{
    (void)place;
    (void)error;
    note((events *)context, '<', text, strlen(text));
    return GRADUS_OK;
}

static gradus_status note_record(void *context, gr_place place, bool last, gradus_error *error)
{
    (void)place;
    (void)error;
    note((events *)context, '|', last ? "!" : "", last ? 1 : 0);
    return GRADUS_OK;
}

static void libcsv_field(void *text, size_t length, void *context)
{
    note((events *)context, '<', (const char *)text, length);
}

static void libcsv_record(int terminator, void *context)
{
    note((events *)context, '|', terminator == -1 ? "!" : "", terminator == -1 ? 1 : 0);
}

/* All of it by libcsv alone: false where it finds a fault. */
static bool parse_by_libcsv(const char *bytes, size_t count, events *into)
{
    struct csv_parser parser;
    cr_assert(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
    const bool fine = csv_parse(&parser, bytes, count, libcsv_field, libcsv_record, into) == count &&
                      csv_fini(&parser, libcsv_field, libcsv_record, into) == 0;
    csv_free(&parser);
    return fine;
}

typedef struct pair {
    events ours, theirs;
    const char *path;
    size_t faults;
} pair;

static pair open_pair(void)
{
    static char path[] = "/tmp/gradus-read-XXXXXX";
    const int descriptor = mkstemp(path);
    cr_assert(descriptor >= 0 && close(descriptor) == 0);
    pair p = {{(char *)malloc(EVENTS_BYTES), 0}, {(char *)malloc(EVENTS_BYTES), 0}, path, 0};
    cr_assert(p.ours.text && p.theirs.text);
    return p;
}

static void close_pair(pair *p)
{
    free(p->ours.text);
    free(p->theirs.text);
    (void)remove(p->path);
}

/* Fields before a fault are the same too. A new file each time: to cut one off and write it again waits for the disk. */
static void expect_as_libcsv(pair *p, const char *bytes, size_t count)
{
    (void)remove(p->path);
    const int descriptor = open(p->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert(descriptor >= 0 && write(descriptor, bytes, count) == (ssize_t)count && close(descriptor) == 0);
    const gr_record_visitor visitor = {note_field, note_record, &p->ours};
    p->ours.count = p->theirs.count = 0;
    const bool fine = parse_by_libcsv(bytes, count, &p->theirs);
    const gradus_status status = gr_records_read(p->path, NULL, &visitor, NULL);
    p->faults += !fine;
    cr_assert(fine == (status == GRADUS_OK), "\"%.*s\": status %d", (int)count, bytes, status);
    cr_assert(p->ours.count == p->theirs.count && memcmp(p->ours.text, p->theirs.text, p->ours.count) == 0,
              "\"%.*s\": \"%.*s\" instead of \"%.*s\"", (int)count, bytes, (int)p->ours.count, p->ours.text,
              (int)p->theirs.count, p->theirs.text);
}

Test(read, fields_are_libcsvs_whatever_the_text)
{
    static const char alphabet[] = "12. \t,,\n\r\"";
    stream s = {611, 0};
    pair p = open_pair();
    const size_t count = is_long() ? 2000000 : 20000;
    for (size_t i = 0; i < count; i++) {
        char text[24];
        const size_t length = (size_t)draw(&s, sizeof text);
        for (size_t k = 0; k < length; k++) text[k] = alphabet[draw(&s, sizeof alphabet - 1)];
        expect_as_libcsv(&p, text, length);
    }
    cr_expect(p.faults > count / 8 && p.faults < 7 * (count / 8), "%zu of %zu have a fault", p.faults, count);
    close_pair(&p);
}

/* Pieces of every kind, so that the chunks end everywhere within them. */
Test(read, fields_are_libcsvs_across_chunks)
{
    static const char *const pieces[] = {"1.25,",        "  7\t,",     ",",   "\n",     "\r\n",
                                         "\"a,\r\nb\",", "\"\"\"\" ,", "3\n", " \t \r", "\"x\"\n"};
    enum { BYTES = 400000 };
    static char text[BYTES + 16];
    pair p = open_pair();
    for (uint64_t seed = 620; seed < (is_long() ? 820 : 626); seed++) {
        stream s = {seed, 0};
        size_t count = 0;
        while (count < BYTES - (size_t)draw(&s, 60)) {
            const char *piece = pieces[draw(&s, sizeof pieces / sizeof *pieces)];
            memcpy(text + count, piece, strlen(piece));
            count += strlen(piece);
        }
        expect_as_libcsv(&p, text, count);
    }
    cr_expect(p.faults == 0);
    close_pair(&p);
}

/* ---- large files: what they are, and how much memory they take ---- */

/* Writes a header and rows x columns numbers, each of which tells its place; of how many distinct ones is 2^20. */
static void write_rows(FILE *file, size_t rows, size_t columns)
{
    for (size_t j = 0; j < columns; j++) (void)fprintf(file, "c%zu%c", j, j + 1 < columns ? ',' : '\n');
    for (size_t k = 0; k < rows * columns; k++)
        (void)fprintf(file, "%zu.5%c", k & 0xFFFFF, (k + 1) % columns ? ',' : '\n');
    cr_assert(fflush(file) == 0 && !ferror(file));
}

static size_t count_wrong(const gr_table *table)
{
    size_t wrong = 0;
    for (size_t k = 0; k < table->rows * table->columns; k++)
        wrong += table->data[k] != (double)(k & 0xFFFFF) + 0.5;
    return wrong;
}

static long peak(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* In a process of its own: reads standard input or the file, and looks by how much the most memory it had rises. */
static int read_and_measure(const char *path, size_t rows, size_t columns)
{
    gr_table table;
    gradus_error error = {.sentence = ""};
    const long before = peak();
    const gradus_status status = gr_csv_read(path, NULL, &table, &error);
    const double taken = 1024.0 * (double)(peak() - before), matrix = 8.0 * (double)rows * (double)columns;
    if (status || table.rows != rows || table.columns != columns || count_wrong(&table) > 0) {
        (void)fprintf(stderr, "status %d: %s\n", status, error.sentence);
        return 1;
    }
    gr_table_free(&table);
    (void)fprintf(stderr, "# %zu x %zu from %s: %.3f times the matrix\n", rows, columns, path,
                  taken / matrix);
    return taken >= 0.9 * matrix && taken <= 1.1 * matrix ? 0 : 2;
}

static int wait_for(pid_t child)
{
    int status;
    cr_assert(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void expect_memory_from_file(size_t rows, size_t columns)
{
    char path[] = "/tmp/gradus-read-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert(file);
    write_rows(file, rows, columns);
    (void)fclose(file);
    const pid_t child = fork();
    if (child == 0) _exit(read_and_measure(path, rows, columns));
    const int status = wait_for(child);
    (void)remove(path);
    cr_expect(status == 0, "%zu x %zu: status %d", rows, columns, status);
}

static void expect_memory_from_pipe(size_t rows, size_t columns)
{
    int ends[2];
    cr_assert(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        (void)close(ends[1]);
        (void)dup2(ends[0], 0);
        _exit(read_and_measure("-", rows, columns));
    }
    (void)close(ends[0]);
    FILE *file = fdopen(ends[1], "w");
    cr_assert(file);
    write_rows(file, rows, columns);
    (void)fclose(file);
    const int status = wait_for(child);
    cr_expect(status == 0, "%zu x %zu: status %d", rows, columns, status);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum {
    SANITIZED = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||
                __has_feature(memory_sanitizer)
};
#else
enum { SANITIZED = 0 };
#endif

Test(read, memory_is_that_of_the_matrix)
{
    if (SANITIZED) cr_skip_test("a sanitizer's own allocator moves nothing, and keeps what is freed");
    expect_memory_from_file(400000, 10);
    expect_memory_from_pipe(400000, 10);
    if (!is_long()) return;
    expect_memory_from_file(10000000, 10);
    expect_memory_from_pipe(10000000, 10);
    expect_memory_from_file(500, 100000);
}

/* ---- long lines ---- */

static char *write_header(size_t columns, size_t *bytes)
{
    char *text = (char *)malloc(columns * 11 + columns * 2 + 1);
    cr_assert(text);
    size_t n = 0;
    for (size_t j = 0; j < columns; j++)
        n += (size_t)sprintf(text + n, "c%zu%c", j, j + 1 < columns ? ',' : '\n');
    for (size_t j = 0; j < columns; j++)
        n += (size_t)sprintf(text + n, "%zu%c", j % 10, j + 1 < columns ? ',' : '\n');
    *bytes = n;
    return text;
}

static gradus_status read_text(const char *text, size_t bytes, gr_table *table, gradus_error *error)
{
    char path[] = "/tmp/gradus-read-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert(file && fwrite(text, 1, bytes, file) == bytes && fclose(file) == 0);
    const gradus_status status = gr_csv_read(path, NULL, table, error);
    (void)remove(path);
    return status;
}

/* 10^5 columns; in the long run 10^7 of them, a line of 90 MB. */
Test(read, a_line_may_have_very_many_fields)
{
    const size_t columns = is_long() ? 10000000 : 100000;
    size_t bytes;
    char *text = write_header(columns, &bytes);
    gr_table table;
    gradus_error error;
    cr_assert(read_text(text, bytes, &table, &error) == GRADUS_OK, "%s", error.sentence);
    cr_assert(table.columns == columns && table.rows == 1);
    char last[16];
    (void)sprintf(last, "c%zu", columns - 1);
    cr_expect_str_eq(table.names[columns - 1], last);
    cr_expect(table.data[columns - 1] == 9.0);
    gr_table_free(&table);
    free(text);
}

/* 2 MB; in the long run 100 MB. */
Test(read, a_line_that_is_one_field_is_refused)
{
    const size_t bytes = is_long() ? 100000000 : 2000000;
    static const char fills[] = {'7', 'x', '"'};
    char *text = (char *)malloc(bytes);
    gr_table table;
    gradus_error error;
    cr_assert(text);
    for (size_t k = 0; k < sizeof fills; k++) {
        memset(text, fills[k], bytes);
        const gradus_status status = read_text(text, bytes, &table, &error);
        cr_expect(status == GRADUS_ERROR_FILE_FORMAT && error.row == 1 && error.column == 1, "%d: %s", status,
                  error.sentence);
        cr_expect(strstr(error.sentence, "longer than 65536 bytes"), "%s", error.sentence);
    }
    memset(text, ' ', bytes); /* blanks are no field, however many */
    memcpy(text + bytes - 8, "a,b\n1,2\n", 8);
    cr_assert(read_text(text, bytes, &table, &error) == GRADUS_OK, "%s", error.sentence);
    cr_expect(table.rows == 1 && table.columns == 2 && table.data[1] == 2.0);
    gr_table_free(&table);
    free(text);
}

/* ---- a file that is cut off, and one that changes while it is read ---- */

Test(read, where_a_file_is_cut_off_shows_but_within_a_number)
{
    static const struct {
        const char *text;
        const char *sentence; /* NULL: nobody can see it */
    } rows[] = {
        {"a,b\n1,2\n3,4.5e1\n", NULL},
        {"a,b\n1,2\n3,4.5e1", NULL},
        {"a,b\n1,2\n3,4.5e", "line 3, column 2 (\"b\"): \"4.5e\" is not a number"},
        {"a,b\n1,2\n3,4.5", NULL},
        {"a,b\n1,2\n3,4.", NULL},
        {"a,b\n1,2\n3,", "line 3, column 2 (\"b\"): the field is empty; every row needs a number here"},
        {"a,b\n1,2\n3", "line 3 has 1 field, the header has 2; the file ends here, it may be cut off"},
        {"a,b\n1,2\n", NULL},
        {"a,b\n", "the file ends after the header on line 1; at least one row of numbers is needed"},
        {"a,b\n1,2\n3,\"4",
         "line 3, column 2: the quote that opens this field is not closed before the file ends"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gr_table table;
        gradus_error error = {.sentence = ""};
        const gradus_status status = read_text(rows[i].text, strlen(rows[i].text), &table, &error);
        cr_expect(status == (rows[i].sentence ? GRADUS_ERROR_FILE_FORMAT : GRADUS_OK), "%s: %d", rows[i].text,
                  status);
        cr_expect_str_eq(error.sentence, rows[i].sentence ? rows[i].sentence : "");
        if (!status) gr_table_free(&table);
    }
}

/* What somebody does to the file when its third line has been read. */
typedef struct meddler {
    const char *path;
    char what;
} meddler;

static gradus_status take_quietly(void *context, gr_place place, const char *text, gradus_error *error)
{
    (void)context;
    (void)place;
    (void)text;
    (void)error;
    return GRADUS_OK;
}

static gradus_status meddle(void *context, gr_place place, bool last, gradus_error *error)
{
    const meddler *m = (const meddler *)context;
    (void)last;
    (void)error;
    if (place.line != 3) return GRADUS_OK;
    const int descriptor = open(m->path, O_WRONLY | (m->what == 'a' ? O_APPEND : 0));
    cr_assert(descriptor >= 0);
    if (m->what == 'a') cr_assert(write(descriptor, "7,8\n", 4) == 4);
    if (m->what == 't') cr_assert(ftruncate(descriptor, 70001) == 0);
    if (m->what == 'w') {
        const struct timespec times[2] = {{0, UTIME_OMIT}, {1000000000, 7}};
        cr_assert(write(descriptor, "x", 1) == 1 && futimens(descriptor, times) == 0);
    }
    cr_assert(close(descriptor) == 0);
    return GRADUS_OK;
}

static gradus_status read_meddled(char what, gradus_error *error)
{
    static char path[] = "/tmp/gradus-read-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert(file);
    for (size_t i = 0; i < 100000; i++) (void)fputs("1,2\n", file);
    cr_assert(fclose(file) == 0);
    meddler m = {path, what};
    const gr_record_visitor visitor = {take_quietly, meddle, &m};
    const gradus_status status = gr_records_read(path, NULL, &visitor, error);
    (void)remove(path);
    (void)memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    return status;
}

Test(read, a_file_that_changes_meanwhile_is_named)
{
    gradus_error error;
    cr_expect_eq(read_meddled('n', &error), GRADUS_OK);
    cr_expect_eq(read_meddled('a', &error), GRADUS_ERROR_FILE_READ);
    cr_expect_str_eq(
        error.sentence,
        "changed while it was read, from 400000 to 400004 bytes; read it again when it is complete");
    cr_expect(error.measured == 400004.0 && error.limit == 400000.0);
    cr_expect_eq(read_meddled('t', &error), GRADUS_ERROR_FILE_READ);
    cr_expect_str_eq(
        error.sentence,
        "changed while it was read, from 400000 to 70001 bytes; read it again when it is complete");
    cr_expect_eq(read_meddled('w', &error), GRADUS_ERROR_FILE_READ);
    cr_expect_str_eq(error.sentence, "was written while it was read; read it again when it is complete");
    cr_expect_eq(read_meddled('w', NULL), GRADUS_ERROR_FILE_READ);
}
