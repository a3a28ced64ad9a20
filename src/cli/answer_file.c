/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/answer_file.h"
#include "cli/heap.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/heap.h"
#include "io/grow.h"
#include "io/number.h"
#include "io/records.h"

typedef struct builder {
    gr_answers answers;
    size_t names_capacity, estimates;
    gr_doubles numbers;
    bool after_header;
} builder;

static gradus_status wrong(gr_place place, const char *text, const char *wanted, gradus_error *error)
{
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(place.line, place.column, (double)NAN),
                    "line %zu, column %zu: \"%s\" is not %s", place.line, place.column,
                    gr_excerpt_of(text).text, wanted);
}

static gradus_status check_header(gr_place place, const char *text, gradus_error *error)
{
    static const char *const titles[] = {"name", "estimate"};
    if (place.column > 2 || strcmp(text, titles[place.column - 1]) == 0) return GRADUS_OK;
    return wrong(place, text, place.column == 1 ? "the title \"name\"" : "the title \"estimate\"", error);
}

static gradus_status add_name(builder *b, const char *text, gradus_error *error)
{
    gr_answers *answers = &b->answers;
    void *names = answers->names;
    const gradus_allocator allocator = gr_allocator(NULL);
    if (!gr_grow(&allocator, &names, &b->names_capacity, answers->count + 1, sizeof *answers->names))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    answers->names = (char **)names;
    const size_t bytes = strlen(text) + 1;
    char *name = (char *)gr_new(bytes, 1);
    if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    answers->names[answers->count++] = (char *)memcpy(name, text, bytes);
    return GRADUS_OK;
}

static gradus_status add_estimate(builder *b, gr_place place, const char *text, gradus_error *error)
{
    double value;
    const gradus_allocator allocator = gr_allocator(NULL);
    if (gr_number_read(text, &value) != GR_NUMBER_FINITE) return wrong(place, text, "a finite number", error);
    return gr_doubles_add(&allocator, &b->numbers, value, error);
}

static gradus_status take_field(void *context, gr_place place, const char *text, gradus_error *error)
{
    builder *b = (builder *)context;
    if (!b->after_header) return check_header(place, text, error);
    if (place.column == 1) return add_name(b, text, error);
    return place.column == 2 ? add_estimate(b, place, text, error) : GRADUS_OK;
}

static gradus_status take_record(void *context, gr_place place, bool last, gradus_error *error)
{
    builder *b = (builder *)context;
    (void)last;
    b->after_header = true;
    if (place.column >= 2) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_at(place.line, place.column, (double)NAN),
                    "line %zu has no second field; name,estimate is needed", place.line);
}

gradus_status gr_answers_read(const char *path, gr_answers *answers, gradus_error *error)
{
    builder b = {.after_header = false};
    const gradus_allocator allocator = gr_allocator(NULL);
    const gr_record_visitor visitor = {take_field, take_record, &b};
    gradus_status status = gr_records_read(path, &allocator, &visitor, error);
    if (!status && b.answers.count == 0)
        status = gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                          "the file holds no coefficient; rows of name,estimate are needed");
    b.answers.estimates = b.numbers.values;
    if (status)
        gr_answers_free(&b.answers);
    else
        *answers = b.answers;
    return status;
}

void gr_answers_free(gr_answers *answers)
{
    for (size_t j = 0; j < answers->count; j++) gr_delete(answers->names[j]);
    gr_delete((void *)answers->names);
    gr_delete(answers->estimates);
    *answers = (gr_answers){.count = 0};
}

size_t gr_answers_find(const gr_answers *answers, const char *name)
{
    for (size_t j = 0; j < answers->count; j++) {
        if (strcmp(answers->names[j], name) == 0) return j;
    }
    return GRADUS_NOWHERE;
}
