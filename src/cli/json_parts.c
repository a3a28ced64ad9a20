/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/json_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/heap.h"
#include "cli/json_memory.h"

json_t *gr_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *gr_json_count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* The array, unless one of its entries could not be added. */
static json_t *complete(json_t *array, int failed)
{
    if (!failed) return array;
    json_decref(array);
    return NULL;
}

json_t *gr_json_vector(size_t n, const double *values)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t j = 0; array && j < n; j++) failed |= json_array_append_new(array, gr_json_number(values[j]));
    return complete(array, failed);
}

json_t *gr_json_text(const char *given)
{
    json_t *string = json_string(given);
    if (string || gr_json_was_refused()) return string;
    const size_t bytes = strlen(given) + 1;
    char *ascii = (char *)gr_new(bytes, 1);
    if (ascii) memcpy(ascii, given, bytes);
    for (char *byte = ascii; byte && *byte; byte++) {
        if ((unsigned char)*byte >= 0x80) *byte = '?';
    }
    string = ascii ? json_string(ascii) : NULL;
    gr_delete(ascii);
    return string;
}

json_t *gr_json_texts(size_t n, char *const *given)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t j = 0; array && j < n; j++) failed |= json_array_append_new(array, gr_json_text(given[j]));
    return complete(array, failed);
}

json_t *gr_json_text_or_null(const char *given)
{
    return given ? gr_json_text(given) : json_null();
}

bool gr_json_print(const json_t *object)
{
    char *text = json_dumps(object, JSON_REAL_PRECISION(17));
    const bool whole =
        text && !gr_json_was_refused(); /* without memory jansson 2.14 may leave a name out and not say so */
    if (whole)
        (void)puts(text); /* a write error stays in stdout, where the end of the program looks for it */
    gr_json_release(text);
    return whole;
}
