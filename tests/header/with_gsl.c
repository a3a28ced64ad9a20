/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus.h beside GSL's headers, which gsl_cblas.h makes incompatible with every header that includes cblas.h. */
#ifdef GSL_FIRST
#include <gsl/gsl_cblas.h>
#include <gsl/gsl_multimin.h>

#include <gradus.h>
#else
#include <gradus.h>

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_multimin.h>
#endif

#include "textbook.h"

/* The same minimum by both libraries in one process. */
static double value_of_gsl(const gsl_vector *v, void *context)
{
    double value = 0.0;
    return textbook(context, 2, gsl_vector_const_ptr(v, 0), &value, NULL) ? GSL_NAN : value;
}

static void gradient_of_gsl(const gsl_vector *v, void *context, gsl_vector *g)
{
    double value;
    (void)textbook(context, 2, gsl_vector_const_ptr(v, 0), &value, gsl_vector_ptr(g, 0));
}

static void both_of_gsl(const gsl_vector *v, void *context, double *value, gsl_vector *g)
{
    (void)textbook(context, 2, gsl_vector_const_ptr(v, 0), value, gsl_vector_ptr(g, 0));
}

/* Polak-Ribiere from (0, 0); the distance to theta, by cblas from GSL */
static double distance_to_gsl(const double *theta)
{
    double y[4] = {2, 4, 5, 4}, difference[2];
    gsl_multimin_function_fdf f = {value_of_gsl, gradient_of_gsl, both_of_gsl, 2, y};
    gsl_multimin_fdfminimizer *m = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_conjugate_pr, 2);
    gsl_vector *start = gsl_vector_calloc(2);
    int k;
    gsl_multimin_fdfminimizer_set(m, &f, start, 0.1, 1e-4);
    for (k = 0; k < 100 && !gsl_multimin_fdfminimizer_iterate(m); k++) continue;
    difference[0] = gsl_vector_get(m->x, 0) - theta[0];
    difference[1] = gsl_vector_get(m->x, 1) - theta[1];
    gsl_vector_free(start);
    gsl_multimin_fdfminimizer_free(m);
    return cblas_dnrm2(2, difference, 1);
}

int main(void)
{
    double theta[2] = {0.0, 0.0};
    gsl_set_error_handler_off();
    if (textbook_descent(theta)) return 1;
    return distance_to_gsl(theta) < 1e-6 ? 0 : 2;
}
