/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/path.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "io/grow.h"

static gradus_verdict note(void *context, const gradus_progress *progress)
{
    gr_path *path = (gr_path *)context;
    const gradus_allocator allocator = gr_allocator(NULL);
    void *points = path->points;
    if (!gr_grow(&allocator, &points, &path->capacity, path->count + 1, sizeof *path->points))
        return GRADUS_MONITOR_ABORT;
    path->points = (gr_point *)points;
    path->points[path->count++] = (gr_point){{progress->theta[0], progress->theta[1]}, progress->value};
    return GRADUS_MONITOR_CONTINUE;
}

gradus_status gr_path_walk(const gradus_objective *objective, gradus_direction direction,
                           const double start[2], gradus_options options, gr_path *path)
{
    double theta[2] = {start[0], start[1]};
    *path = (gr_path){.points = NULL};
    options.monitor = note;
    options.monitor_context = path;
    const gradus_status status = gr_travel(objective, direction, theta, &options, &path->report);
    return status == GRADUS_ERROR_ABORTED ? gr_error_plain(options.error, GRADUS_ERROR_MEMORY) : status;
}

/* Other than ==, which calls 0 and -0 the same. */
static bool same_bits(double a, double b)
{
    uint64_t bits[2];
    memcpy(&bits[0], &a, sizeof a);
    memcpy(&bits[1], &b, sizeof b);
    return bits[0] == bits[1];
}

bool gr_path_mirrors(const gr_path *descent, const gr_path *ascent)
{
    if (descent->count != ascent->count) return false;
    for (size_t k = 0; k < descent->count; k++) {
        const gr_point *low = &descent->points[k], *high = &ascent->points[k];
        if (!same_bits(low->theta[0], high->theta[0]) || !same_bits(low->theta[1], high->theta[1]))
            return false;
        if (low->value != -high->value) return false;
    }
    return true;
}

void gr_path_free(gr_path *path)
{
    gr_delete(path->points);
    *path = (gr_path){.points = NULL};
}
