/* SPDX-License-Identifier: BSD-3-Clause */
/* Does OpenBLAS use the vectors that the CPU has? */
#ifndef GR_CLI_VECTOR_WIDTH_H
#define GR_CLI_VECTOR_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* Bits of the vectors for which OpenBLAS's kernels of this core type are written; 0: not known here. */
int gr_kernel_bits(const char *core);

/* Bits of the widest vectors of this CPU that OpenBLAS has kernels for; 0: not known here. */
int gr_cpu_bits(void);

/* One sentence of advice; false, and nothing written, where there is none to give. */
bool gr_vector_advice(const char *core, size_t size, char *advice);

#endif
