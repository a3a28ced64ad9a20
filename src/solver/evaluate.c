/* SPDX-License-Identifier: BSD-3-Clause */
/* The one place that knows whether we descend f or climb it. */
#include <math.h>

#include "base/error.h"
#include "base/vector.h"
#include "solver/state.h"

/* phi = f in descent, -f in ascent: negation is exact, so both visit the same iterates bit for bit */
static void turn_sign(const gradus_solver *solver, gr_point *point)
{
    if (!solver->ascent) return;
    point->value = -point->value;
    gr_negate(solver->n, point->gradient);
}

static gr_outcome classify(const gradus_solver *solver, const gr_point *point)
{
    if (solver->work.reader.cancelled) return GR_CANCELLED;
    if (point->value == (double)-INFINITY) return GR_UNBOUNDED;
    const bool finite = fabs(point->value) <= 1.7976931348623157e308 &&
                        point->gradient_norm <= 1.7976931348623157e308;
    return finite ? GR_FINITE : GR_REJECTED;
}

gradus_status gr_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome)
{
    gradus_status status = gr_objective_evaluate(solver->f, &solver->work, point->theta, &point->value,
                                                 point->gradient);
    if (!solver->work.reader.cancelled) solver->evaluations++;
    if (status == GRADUS_REJECT) {
        point->value = point->gradient_norm = (double)NAN;
        *outcome = GR_REJECTED;
        return GRADUS_OK;
    }
    if (status) return gr_error_callback(solver->options.error, status);
    turn_sign(solver, point);
    point->gradient_norm = gr_norm(solver->n, point->gradient);
    *outcome = classify(solver, point);
    return GRADUS_OK;
}

double gr_curvature_along(gradus_solver *solver, const double *v)
{
    const gradus_objective *f = solver->f;
    if (!f->kind->curvature) return (double)NAN;
    const double curvature = f->kind->curvature(f, &solver->work, v);
    return f->negated == solver->ascent ? curvature : -curvature;
}
