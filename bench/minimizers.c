/* SPDX-License-Identifier: BSD-3-Clause */
#include "minimizer.h"

/* clang-format off */
const bench_minimizer *const bench_minimizers[] = {
    &bench_minimizer_ours,
#if BENCH_HAVE_LIBLBFGS
    &bench_minimizer_liblbfgs,
    &bench_minimizer_liblbfgs_best,
#endif
#if BENCH_HAVE_NLOPT
    &bench_minimizer_nlopt,
#endif
#if BENCH_HAVE_GSL
    &bench_minimizer_gsl,
#endif
    NULL,
};
/* clang-format on */
