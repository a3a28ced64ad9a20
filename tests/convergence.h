/* SPDX-License-Identifier: BSD-3-Clause */
/* Every method, in both directions, on every built-in surface and data set, held against what theory promises. */
#ifndef GR_TESTS_CONVERGENCE_H
#define GR_TESTS_CONVERGENCE_H

#include <stdbool.h>

#include <gradus.h>

#include "cli/known.h"
#include "cli/promise.h"
#include "cli/surface.h"

/* Steps of a run: of functions, of data, and epochs with batches. */
enum { SURFACE_BUDGET = 400000, DATA_BUDGET = 20000, EPOCHS = 2000 };

/* What is descended and climbed, and everything theory needs to know about it. */
typedef struct problem {
    char name[64];
    const gr_surface *surface; /* NULL: data */
    gr_known known;            /* data */
    bool separable;            /* no finite optimum exists */
    gradus_objective *cost, *gain;
    size_t n;
    double start[2];
    gr_promise promise; /* of data: rounding and the condition number in standardised columns */
    double plain;       /* condition number of the columns as they are, */
    double scaled;      /* and of columns of one length; the intercept's among them */
    double
        largest; /* curvature: of a surface over what lies below the start; of data in standardised columns */
    double row;  /* the largest curvature of a single row, in standardised columns */
    double bowl[4], zero[2];
} problem;

/* Makes all problems there are here; `count` of them. The folder of reference data may be absent. */
problem *problems_make(const char *carried, const char *reference, size_t *count);
void problems_free(problem *problems, size_t count);

/* What theory says about a way on a problem. */
typedef enum verdict {
    ARRIVES,     /* it converges within the budget */
    NOT_IN_TIME, /* it converges, but its rate needs more than the budget, or rounding leaves no digit */
    NO_THEOREM,  /* nothing is proved */
    REFUSED,     /* the library refuses the combination */
    NO_OPTIMUM,  /* separable classes: there is nothing to converge to */
} verdict;

typedef struct way {
    const char *name;
    gradus_method method;
    gradus_metric metric;                                /* of data; surfaces have the identity alone */
    gradus_step (*step)(const problem *p);               /* NULL: the method's own */
    void (*adjust)(const problem *p, gradus_options *o); /* NULL: nothing further */
    verdict (*theory)(const problem *p, double *bar);    /* bar: see ways.c */
} way;

extern const way surface_ways[], data_ways[], metric_ways[];
extern const size_t surface_ways_count, data_ways_count, metric_ways_count;

gradus_options options_of(const way *w, const problem *p, gradus_error *error);

#endif
