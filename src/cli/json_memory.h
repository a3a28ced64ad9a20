/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory that jansson takes: malloc's, which notes whether a request was refused. jansson's own words do not always say so. */
#ifndef GR_CLI_JSON_MEMORY_H
#define GR_CLI_JSON_MEMORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* From now on jansson's requests are watched; before its first call. */
void gr_json_watch_memory(void);

/* Gives back what jansson made for its caller; NULL is fine. */
void gr_json_release(void *memory);

/* json_loadf, NULL also where a request was refused: jansson 2.14 would go on without a byte of the file, or end the process. */
json_t *gr_json_load(FILE *file, size_t flags, json_error_t *error);

/* Was one refused? */
bool gr_json_was_refused(void);

#endif
