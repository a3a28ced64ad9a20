/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file of comma-separated fields, read by libcsv (RFC 4180), and the line and column of every field of it.
 *
 * In the gradus_error of every reader of this room `row` is the line of the file and `column` the number of
 * the field on it, both counted from 1 as an editor does; GRADUS_NOWHERE where none applies. The sentences do
 * not repeat the path: whoever prints them puts it in front.
 */
#ifndef GR_IO_RECORDS_H
#define GR_IO_RECORDS_H

#include <stdbool.h>

#include "gradus/status.h"

/* Where a field or a record begins in the file, both counted from 1. */
typedef struct gr_place {
    size_t line, column;
} gr_place;

/* Who takes the fields; a status other than 0 ends the reading and is handed back. */
typedef struct gr_record_visitor {
    /* One field, without its quotes, and without the blanks around it where it has none. No NUL inside. */
    gradus_status (*field)(void *context, gr_place place, const char *text, gradus_error *error);
    /* The record is complete, with place.column fields. `last`: it ended with the file, not with its line. */
    gradus_status (*record)(void *context, gr_place place, bool last, gradus_error *error);
    void *context;
} gr_record_visitor;

/*
 * Reads the file ("-": standard input) to its end in pieces of 64 KiB. Lines end with LF, CR LF or CR, the
 * last one also with the file. Skips a UTF-8 byte order mark and lines with nothing but blanks.
 *
 * Errors, beside the visitor's own: GRADUS_ERROR_FILE_READ (with strerror's words), _MEMORY, and _FILE_FORMAT
 * for a quote that is not closed, a quote inside a field that does not begin with one, a NUL byte, and a
 * field of more than 64 KiB. libcsv's own buffer, as long as the longest field, comes from malloc: libcsv
 * takes no allocator with a context.
 */
gradus_status gr_records_read(const char *path, const gradus_allocator *allocator,
                              const gr_record_visitor *visitor, gradus_error *error);

#endif
