/* SPDX-License-Identifier: BSD-3-Clause */
/* The caller's flag that ends a call. */
#ifndef GR_BASE_CANCEL_H
#define GR_BASE_CANCEL_H

#include <stdbool.h>
#include <stddef.h>

/* Is it set? A signal handler or another thread may do so at any moment. NULL: there is none. */
static inline bool gr_is_cancelled(const volatile int *cancel)
{
    return cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0;
}

#endif
