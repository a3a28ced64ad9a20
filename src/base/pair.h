/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Double-double arithmetic: a number as an unevaluated sum high + low of two doubles, about 32 decimal digits.
 * Dekker, Numer. Math. 18 (1971) 224; Ogita, Rump and Oishi, SIAM J. Sci. Comput. 26 (2005) 1955.
 * The rounding errors below are exact only if the compiler evaluates every operation as written: in double, without
 * reordering, and with a fused multiply-add where fma is called and nowhere else.
 */
#ifndef GR_BASE_PAIR_H
#define GR_BASE_PAIR_H

#include <float.h>
#include <math.h>

#include "base/target.h"

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__)
#error "double-double arithmetic needs IEEE semantics: compile without -ffast-math"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif
_Static_assert(FLT_EVAL_METHOD == 0, "double-double arithmetic needs doubles that are evaluated as doubles");

typedef struct gr_pair {
    double high,
        low; /* |low| is at most half a unit in the last place of high, except while sums are under way */
} gr_pair;

/* a + b exactly (Knuth's TwoSum) */
GR_FOR_ALL gr_pair gr_two_sum(double a, double b)
{
    const double sum = a + b, of_b = sum - a;
    return (gr_pair){sum, (a - (sum - of_b)) + (b - of_b)};
}

/* a + b exactly, |a| >= |b| (Dekker's FastTwoSum) */
GR_FOR_ALL gr_pair gr_fast_two_sum(double a, double b)
{
    const double sum = a + b;
    return (gr_pair){sum, b - (sum - a)};
}

/* a b exactly, as long as nothing underflows */
GR_FOR_ALL gr_pair gr_two_product(double a, double b)
{
    const double product = a * b;
    return (gr_pair){product, fma(a, b, -product)};
}

/* a + b, to a relative error of about 2^-104 of |a| + |b| */
GR_FOR_ALL gr_pair gr_pair_add(gr_pair a, gr_pair b)
{
    const gr_pair sum = gr_two_sum(a.high, b.high);
    return gr_fast_two_sum(sum.high, sum.low + (a.low + b.low));
}

/* a b for a double a, likewise */
GR_FOR_ALL gr_pair gr_pair_scale(double a, gr_pair b)
{
    const gr_pair product = gr_two_product(a, b.high);
    return gr_fast_two_sum(product.high, product.low + a * b.low);
}

#endif
