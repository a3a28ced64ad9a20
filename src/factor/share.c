/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/share.h"

#include <sched.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/size.h"

enum {
    MOST_LOOKS = 4096
}; /* before a waiting thread offers its processor to others, about 10 microseconds */

static void take_pieces(size_t *next, size_t count, gr_piece work, void *context, size_t worker)
{
    size_t piece;
    while ((piece = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED)) < count) work(context, piece, worker);
}

void gr_share(size_t count, size_t threads, gr_piece work, void *context)
{
    size_t next = 0;
#ifdef _OPENMP
    if (threads > 1 && count > 1) {
#pragma omp parallel num_threads((int)gr_min(threads, count))
        take_pieces(&next, count, work, context, (size_t)omp_get_thread_num());
        return;
    }
#endif
    take_pieces(&next, count, work, context, 0);
}

void gr_publish(size_t *progress, size_t value)
{
    __atomic_store_n(progress, value, __ATOMIC_RELEASE);
}

void gr_wait_for(const size_t *progress, size_t value)
{
    for (unsigned looks = 0; __atomic_load_n(progress, __ATOMIC_ACQUIRE) < value; looks++) {
        if (looks >= MOST_LOOKS) (void)sched_yield();
    }
}
