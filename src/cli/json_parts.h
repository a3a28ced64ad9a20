/* SPDX-License-Identifier: BSD-3-Clause */
/* Small pieces of JSON. Each is NULL when memory is out, and json_pack hands that on. */
#ifndef GR_CLI_JSON_PARTS_H
#define GR_CLI_JSON_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* JSON has no NaN and no Inf: null. */
json_t *gr_json_number(double value);
json_t *gr_json_count(size_t value);
json_t *gr_json_vector(size_t n, const double *values);

/* JSON is UTF-8, and a header may be anything: outside of UTF-8 every byte above ASCII becomes '?'. */
json_t *gr_json_text(const char *given);
json_t *gr_json_texts(size_t n, char *const *given);

/* The same, and null for NULL. */
json_t *gr_json_text_or_null(const char *given);

/* On a line of its own on standard output, with 17 significant digits; nothing, and false, when memory is out. */
bool gr_json_print(const json_t *object);

#endif
