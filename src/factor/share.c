/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/share.h"

#ifdef _OPENMP
#include <omp.h>

#include "base/size.h"

static void share(size_t count, int threads, gr_piece work, void *context)
{
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t piece = 0; piece < count; piece++) work(context, piece, (size_t)omp_get_thread_num());
}
#endif

void gr_share(size_t count, size_t threads, gr_piece work, void *context)
{
#ifdef _OPENMP
    if (threads > 1 && count > 1) {
        share(count, (int)gr_min(threads, count), work, context);
        return;
    }
#endif
    for (size_t piece = 0; piece < count; piece++) work(context, piece, 0);
}
