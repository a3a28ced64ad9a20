/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/share.h"

#include <sched.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/apart.h"
#include "base/size.h"

enum {
    MOST_LOOKS = 4096
}; /* before a waiting thread offers its processor to others, about 10 microseconds */

typedef struct queue {
    size_t next, count;
    gr_piece work;
    void *context;
} queue;

static void take_pieces(queue *pieces, size_t worker)
{
    size_t piece;
    while ((piece = __atomic_fetch_add(&pieces->next, 1, __ATOMIC_RELAXED)) < pieces->count)
        pieces->work(pieces->context, piece, worker);
}

void gr_share(size_t count, size_t threads, gr_piece work, void *context)
{
    queue pieces = {0, count, work, context};
#ifdef _OPENMP
    if (threads > 1 && count > 1) {
        gr_apart region = gr_apart_begin();
#pragma omp parallel num_threads((int)gr_min(threads, count))
        {
            gr_apart_spread(&region, omp_get_thread_num(), omp_get_num_threads());
            take_pieces(&pieces, (size_t)omp_get_thread_num());
            gr_apart_join(&region, omp_get_thread_num(), omp_get_num_threads());
        }
        return;
    }
#endif
    take_pieces(&pieces, 0);
}

void gr_publish(gr_progress *progress, size_t value)
{
    __atomic_store_n(&progress->value, value, __ATOMIC_RELEASE);
}

void gr_wait_for(const gr_progress *progress, size_t value)
{
    for (unsigned looks = 0; __atomic_load_n(&progress->value, __ATOMIC_ACQUIRE) < value; looks++) {
        if (looks >= MOST_LOOKS) (void)sched_yield();
    }
}
