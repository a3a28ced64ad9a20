/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/vector_file.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/grow.h"
#include "io/number.h"
#include "io/records.h"

typedef struct collector {
    gradus_allocator allocator;
    gr_doubles numbers;
    bool in_header;   /* the line being read is the header */
    bool after_first; /* a line has been read */
} collector;

static gradus_status number_error(gr_place place, const char *text, gr_number kind, double value,
                                  gradus_error *error)
{
    const gr_fault fault = gr_fault_at(place.line, place.column,
                                       kind == GR_NUMBER_NOT_FINITE ? value : (double)NAN);
    if (kind == GR_NUMBER_EMPTY)
        return gr_error(error, GRADUS_ERROR_FILE_FORMAT, fault,
                        "line %zu, column %zu: the field is empty; a number is needed", place.line,
                        place.column);
    const bool finite = kind != GR_NUMBER_NOT_FINITE;
    return gr_error(error, finite ? GRADUS_ERROR_FILE_FORMAT : GRADUS_ERROR_DATA_NOT_FINITE, fault,
                    "line %zu, column %zu: \"%s\" is not a %s", place.line, place.column,
                    gr_excerpt_of(text).text, finite ? "number" : "finite number in double precision");
}

static gradus_status take_field(void *context, gr_place place, const char *text, gradus_error *error)
{
    collector *c = (collector *)context;
    if (c->in_header) return GRADUS_OK;
    double value = 0.0;
    const gr_number kind = gr_number_read(text, &value);
    if (kind == GR_NUMBER_FINITE) return gr_doubles_add(&c->allocator, &c->numbers, value, error);
    c->in_header = kind == GR_NUMBER_TEXT && place.column == 1 && !c->after_first;
    return c->in_header ? GRADUS_OK : number_error(place, text, kind, value, error);
}

static gradus_status take_record(void *context, gr_place place, bool last, gradus_error *error)
{
    collector *c = (collector *)context;
    (void)place;
    (void)last;
    (void)error;
    c->in_header = false;
    c->after_first = true;
    return GRADUS_OK;
}

gradus_status gr_vector_read(const char *path, const gradus_allocator *allocator, double **vector,
                             size_t *count, gradus_error *error)
{
    collector c = {.allocator = gr_allocator(allocator)};
    const gr_record_visitor visitor = {take_field, take_record, &c};
    gradus_status status = gr_records_read(path, &c.allocator, &visitor, error);
    if (!status && c.numbers.count == 0)
        status = gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                          "the file holds no number; one per line is needed");
    if (status) {
        gr_release(&c.allocator, c.numbers.values);
        return status;
    }
    *vector = c.numbers.values;
    *count = c.numbers.count;
    return GRADUS_OK;
}
