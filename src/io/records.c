/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/records.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { CHUNK_BYTES = 64 * 1024, FIELD_BYTES = 64 * 1024, BUFFER_STEP = 128 };

/*
 * libcsv tells its callbacks nothing about lines. So it is fed one line at a time (at most), and everything
 * it calls back during that call stands on `line`. A field begins where the one before it ended, or, at the
 * start of a record, on the first line that is not blank.
 */
typedef struct reader {
    const gr_record_visitor *visitor;
    gradus_error *error;
    struct csv_parser parser;
    gradus_status status; /* of the callbacks, which cannot return one */
    size_t line;          /* of the bytes that libcsv is given now */
    size_t record_line;   /* where the record began that is not yet complete */
    size_t field_line;    /* where the field began that is not yet complete */
    size_t fields;        /* complete fields of that record */
    bool in_record;       /* has that record begun? */
    char last_byte;       /* before the bytes that libcsv is given now */
} reader;

static gr_fault here(const reader *r, size_t line)
{
    return gr_fault_at(line, r->fields + 1, (double)NAN);
}

static gradus_status too_long(const reader *r)
{
    return gr_error(r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->field_line),
                    "line %zu, column %zu: the field that begins here is longer than %d bytes; is a closing "
                    "quote missing?",
                    r->field_line, r->fields + 1, FIELD_BYTES);
}

/* CSV_APPEND_NULL ends the text, and no NUL comes before. */
static gradus_status visit_field(reader *r, const char *text, size_t length)
{
    if (length > FIELD_BYTES) return too_long(r);
    r->fields++;
    const gr_place place = {r->field_line, r->fields};
    r->field_line = r->line;
    return r->visitor->field(r->visitor->context, place, text, r->error);
}

static void take_field(void *text, size_t length, void *context)
{
    reader *r = (reader *)context;
    if (!r->status) r->status = visit_field(r, (const char *)text, length);
}

static void take_record(int terminator, void *context)
{
    reader *r = (reader *)context;
    if (r->status) return;
    const gr_place place = {r->record_line, r->fields};
    r->status = r->visitor->record(r->visitor->context, place, terminator == -1, r->error);
    r->fields = 0;
    r->in_record = false;
}

static gradus_status parser_error(reader *r)
{
    if (csv_error(&r->parser) != CSV_EPARSE)
        return gr_error(r->error, GRADUS_ERROR_MEMORY, here(r, r->line),
                        "line %zu: out of memory for one field", r->line);
    return gr_error(
        r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->line),
        "line %zu, column %zu: a quote in the middle of a field; quote the whole field and double the "
        "quotes inside it",
        r->line, r->fields + 1);
}

static bool is_blank(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!strchr(" \t\r\n", bytes[i])) return false;
    }
    return true;
}

/* Gives libcsv bytes of one line, without NUL. */
static gradus_status feed(reader *r, const char *bytes, size_t count)
{
    if (!r->in_record && !is_blank(bytes, count)) {
        r->in_record = true;
        r->record_line = r->field_line = r->line;
    }
    const size_t parsed = csv_parse(&r->parser, bytes, count, take_field, take_record, r);
    if (r->status) return r->status;
    if (parsed != count) return parser_error(r);
    const bool endless = csv_get_buffer_size(&r->parser) > FIELD_BYTES + BUFFER_STEP;
    return endless ? too_long(r) : GRADUS_OK;
}

/* CR LF is one line end, also where the two come in different chunks. */
static void count_line(reader *r, char last_byte)
{
    if (last_byte == '\r' || (last_byte == '\n' && r->last_byte != '\r')) r->line++;
    r->last_byte = last_byte;
}

static gradus_status feed_line(reader *r, const char *bytes, size_t count)
{
    const char *nul = (const char *)memchr(bytes, '\0', count);
    gradus_status status = feed(r, bytes, nul ? (size_t)(nul - bytes) : count);
    if (status) return status;
    if (nul)
        return gr_error(r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->line),
                        "line %zu, column %zu: a NUL byte; the file must be plain text in ASCII or UTF-8",
                        r->line, r->fields + 1);
    count_line(r, bytes[count - 1]);
    return GRADUS_OK;
}

/* Bytes up to the first line end, included; all when there is none. */
static size_t line_length(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') return i + 1;
    }
    return count;
}

static gradus_status feed_chunk(reader *r, const char *bytes, size_t count)
{
    gradus_status status = GRADUS_OK;
    for (size_t length; count > 0 && !status; bytes += length, count -= length) {
        length = line_length(bytes, count);
        status = feed_line(r, bytes, length);
    }
    return status;
}

static gradus_status finish(reader *r)
{
    const int failed = csv_fini(&r->parser, take_field, take_record, r);
    if (r->status || !failed) return r->status;
    return gr_error(
        r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->field_line),
        "line %zu, column %zu: the quote that opens this field is not closed before the file ends",
        r->field_line, r->fields + 1);
}

static size_t byte_order_mark(const char *bytes, size_t count)
{
    return count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static gradus_status read_error(gradus_error *error, const char *what, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "cannot be %s: %s", what, strerror(code));
}

static gradus_status read_chunks(reader *r, FILE *file, char *chunk)
{
    for (bool first = true;; first = false) {
        errno = 0;
        const size_t count = fread(chunk, 1, CHUNK_BYTES, file);
        if (ferror(file)) return read_error(r->error, "read", errno);
        const size_t skip = first ? byte_order_mark(chunk, count) : 0;
        const gradus_status status = feed_chunk(r, chunk + skip, count - skip);
        if (status) return status;
        if (count < CHUNK_BYTES) return finish(r);
    }
}

static gradus_status read_file(const gr_record_visitor *visitor, FILE *file, char *chunk, gradus_error *error)
{
    reader r = {.visitor = visitor, .error = error, .line = 1};
    if (csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    csv_set_blk_size(&r.parser, BUFFER_STEP); /* by this much libcsv lets the buffer of a field grow */
    const gradus_status status = read_chunks(&r, file, chunk);
    csv_free(&r.parser);
    return status;
}

gradus_status gr_records_read(const char *path, const gradus_allocator *allocator,
                              const gr_record_visitor *visitor, gradus_error *error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const gradus_allocator memory = gr_allocator(allocator);
    FILE *file = standard_input ? stdin : fopen(path, "rb");
    if (!file) return read_error(error, "opened", errno);
    char *chunk = (char *)gr_allocate(&memory, CHUNK_BYTES, 1);
    const gradus_status status = chunk ? read_file(visitor, file, chunk, error)
                                       : gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gr_release(&memory, chunk);
    if (!standard_input) (void)fclose(file); /* nothing was written */
    return status;
}
