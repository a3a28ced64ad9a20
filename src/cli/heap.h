/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's own memory: base/memory.h with malloc and free. */
#ifndef GR_CLI_HEAP_H
#define GR_CLI_HEAP_H

#include <stddef.h>

/* All bits zero; NULL when the product overflows or memory is out. Free both kinds with gr_delete. */
void *gr_new(size_t count, size_t size);
double *gr_new_doubles(size_t count);

/* NULL is fine. */
void gr_delete(void *pointer);

#endif
