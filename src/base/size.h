/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes: every product and sum is checked, and so is every size that becomes a BLAS int. */
#ifndef GR_BASE_SIZE_H
#define GR_BASE_SIZE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* *product = a * b; false when it does not fit. */
static inline bool gr_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* *sum = a + b; false when it does not fit. */
static inline bool gr_add(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

/* Does the size fit BLAS and LAPACK's integer? */
static inline bool gr_fits_int(size_t size)
{
    return size <= (size_t)INT_MAX;
}

static inline size_t gr_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t gr_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
