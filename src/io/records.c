/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/records.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/stamp.h"

enum { FIELD_BYTES = 64 * 1024, CHUNK_BYTES = 2 * FIELD_BYTES, BUFFER_STEP = 128 };

/*
 * A field without a quote ends at the next comma or line end, and there is no more to know of it: such fields, nearly all that
 * files of numbers have, are cut out where they stand. A field with a quote is libcsv's, which is fed from the first byte of
 * the field on, in pieces that end where the field may end, until it hands the field over. So it tells its callbacks nothing
 * about lines, and everything that it calls back during a piece stands on `line`.
 *
 * A field begins where the one before it ended, or, at the start of a record, on the first line that is not blank.
 */
typedef struct reader {
    const gr_record_visitor *visitor;
    gradus_error *error;
    struct csv_parser parser;
    gradus_status status; /* of the callbacks, which cannot return one */
    size_t line;          /* of the bytes that are looked at now */
    size_t record_line;   /* where the record began that is not yet complete */
    size_t field_line;    /* where the field began that is not yet complete */
    size_t fields;        /* complete fields of that record */
    bool in_record;       /* has that record begun? */
    bool quoted;          /* is the field that is not yet complete libcsv's? */
    bool after_return;    /* is the last byte CR, so that LF would be of the same line end? */
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

static gradus_status nul_byte(const reader *r)
{
    return gr_error(r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->line),
                    "line %zu, column %zu: a NUL byte; the file must be plain text in ASCII or UTF-8",
                    r->line, r->fields + 1);
}

static void begin_record(reader *r)
{
    if (r->in_record) return;
    r->in_record = true;
    r->record_line = r->field_line = r->line;
}

/* A NUL stands behind the text, and none before. */
static gradus_status end_field(reader *r, const char *text, size_t length)
{
    if (length > FIELD_BYTES) return too_long(r);
    r->fields++;
    const gr_place place = {r->field_line, r->fields};
    r->field_line = r->line;
    return r->visitor->field(r->visitor->context, place, text, r->error);
}

static gradus_status end_record(reader *r, bool last)
{
    const gr_place place = {r->record_line, r->fields};
    r->fields = 0;
    r->in_record = false;
    return r->visitor->record(r->visitor->context, place, last, r->error);
}

/* ---- a field without a quote ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* It ends before bytes[count], which may be overwritten, and with it the line or not, or the file. Blank lines do not count. */
static gradus_status take_plain(reader *r, char *bytes, size_t count, bool line_end, bool last)
{
    for (; count > 0 && is_blank(*bytes); count--) bytes++;
    while (count > 0 && is_blank(bytes[count - 1])) count--;
    if (count == 0 && line_end && !r->in_record) return GRADUS_OK;
    begin_record(r);
    bytes[count] = '\0';
    const gradus_status status = end_field(r, bytes, count);
    return status || !line_end ? status : end_record(r, last);
}

/* ---- a field with a quote: libcsv ---- */

/* CSV_APPEND_NULL ends the text. */
static void take_field(void *text, size_t length, void *context)
{
    reader *r = (reader *)context;
    r->quoted = false;
    if (!r->status) r->status = end_field(r, (const char *)text, length);
}

static void take_record(int terminator, void *context)
{
    reader *r = (reader *)context;
    if (!r->status) r->status = end_record(r, terminator == -1);
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

static gradus_status feed(reader *r, const char *bytes, size_t count)
{
    const size_t parsed = csv_parse(&r->parser, bytes, count, take_field, take_record, r);
    if (r->status) return r->status;
    if (parsed != count) return parser_error(r);
    const bool endless = csv_get_buffer_size(&r->parser) > FIELD_BYTES + BUFFER_STEP;
    return endless ? too_long(r) : GRADUS_OK;
}

static gradus_status finish_quoted(reader *r)
{
    const int failed = csv_fini(&r->parser, take_field, take_record, r);
    if (r->status || !failed) return r->status;
    return gr_error(
        r->error, GRADUS_ERROR_FILE_FORMAT, here(r, r->field_line),
        "line %zu, column %zu: the quote that opens this field is not closed before the file ends",
        r->field_line, r->fields + 1);
}

/* ---- the pieces of the file ---- */

/* Where a piece ends that begins outside quotes, and where within: at what libcsv need not see to know that it goes on. */
static const bool ends_plain[256] = {['\0'] = true, ['\n'] = true, ['\r'] = true, [','] = true, ['"'] = true};
static const bool ends_quoted[256] = {['\0'] = true, ['\n'] = true, ['\r'] = true, [','] = true};

/* Bytes before the first end; all when there is none. */
static size_t piece_length(const bool *ends, const char *bytes, size_t count)
{
    size_t length = 0;
    while (length < count && !ends[(unsigned char)bytes[length]]) length++;
    return length;
}

/* CR LF is one line end. */
static void count_line(reader *r, size_t length, char end)
{
    const bool same_end = end == '\n' && length == 0 && r->after_return;
    if ((end == '\n' || end == '\r') && !same_end) r->line++;
    r->after_return = end == '\r';
}

/* The piece and its end, bytes[length]. */
static gradus_status take_piece(reader *r, char *bytes, size_t length)
{
    const char end = bytes[length];
    gradus_status status;
    if (end == '"') {
        begin_record(r);
        r->quoted = true;
    }
    if (r->quoted)
        status = feed(r, bytes, end ? length + 1 : length);
    else
        status = end ? take_plain(r, bytes, length, end != ',', false) : GRADUS_OK;
    if (status) return status;
    count_line(r, length, end);
    return end ? GRADUS_OK : nul_byte(r);
}

/* The file's piece so far that has no end yet: libcsv keeps its own, the other is kept at the front of the chunk. */
static gradus_status keep(reader *r, char *chunk, const char *piece, size_t count, size_t *kept)
{
    *kept = 0;
    if (count > 0) r->after_return = false;
    if (r->quoted) return feed(r, piece, count);
    for (; count > 0 && is_blank(*piece); count--) piece++;
    memmove(chunk, piece, count);
    *kept = count;
    if (count <= FIELD_BYTES) return GRADUS_OK;
    begin_record(r);
    return too_long(r);
}

static gradus_status take_chunk(reader *r, char *chunk, size_t begin, size_t count, size_t *kept)
{
    for (;;) {
        const bool *ends = r->quoted ? ends_quoted : ends_plain;
        const size_t length = piece_length(ends, chunk + begin, count - begin);
        if (begin + length == count) return keep(r, chunk, chunk + begin, length, kept);
        const gradus_status status = take_piece(r, chunk + begin, length);
        if (status) return status;
        begin += length + 1;
    }
}

static size_t byte_order_mark(const char *bytes, size_t count)
{
    return count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static gradus_status read_error(gradus_error *error, const char *what, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "cannot be %s: %s", what, strerror(code));
}

/* The chunk has room for one byte more. */
static gradus_status read_chunks(reader *r, FILE *file, char *chunk)
{
    size_t kept = 0;
    for (bool first = true;; first = false) {
        errno = 0;
        const size_t room = CHUNK_BYTES - kept, got = fread(chunk + kept, 1, room, file);
        if (ferror(file)) return read_error(r->error, "read", errno);
        const size_t skipped = first ? byte_order_mark(chunk, got) : 0;
        const gradus_status status = take_chunk(r, chunk, skipped, kept + got, &kept);
        if (status) return status;
        if (got < room) return r->quoted ? finish_quoted(r) : take_plain(r, chunk, kept, true, true);
    }
}

static gradus_status read_file(const gr_record_visitor *visitor, FILE *file, char *chunk, gradus_error *error)
{
    reader r = {.visitor = visitor, .error = error, .line = 1};
    if (csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    csv_set_blk_size(&r.parser, BUFFER_STEP); /* by this much libcsv lets the buffer of a field grow */
    const gr_stamp before = gr_stamp_of(file);
    const gradus_status status = read_chunks(&r, file, chunk);
    csv_free(&r.parser);
    const gradus_status changed = gr_stamp_check(&before, file, error);
    return changed ? changed : status;
}

gradus_status gr_records_read(const char *path, const gradus_allocator *allocator,
                              const gr_record_visitor *visitor, gradus_error *error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const gradus_allocator memory = gr_allocator(allocator);
    FILE *file = standard_input ? stdin : fopen(path, "rb");
    if (!file) return read_error(error, "opened", errno);
    char *chunk = (char *)gr_allocate(&memory, CHUNK_BYTES + 1, 1);
    const gradus_status status = chunk ? read_file(visitor, file, chunk, error)
                                       : gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gr_release(&memory, chunk);
    if (!standard_input) (void)fclose(file); /* nothing was written */
    return status;
}
