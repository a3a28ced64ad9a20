/* SPDX-License-Identifier: BSD-3-Clause */
#include "data/polynomial.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pair.h"
#include "base/size.h"

static gradus_status check(size_t rows, const double *x, size_t degree, gradus_error *error)
{
    size_t count, bytes;
    if (!x) return gr_error_plain(error, GRADUS_ERROR_NULL);
    if (rows == 0) return gr_error_plain(error, GRADUS_ERROR_EMPTY);
    if (degree == 0)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(0.0, 1.0),
                        "the degree of the polynomial is 0; it must be at least 1");
    if (gr_multiply(rows, degree, &count) && gr_multiply(count, sizeof *x, &bytes)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW,
                    gr_fault_limit((double)rows * (double)degree, (double)SIZE_MAX / 8),
                    "%zu rows of %zu powers overflow size_t", rows, degree);
}

/* Writes the powers of one number; the first exponent whose power is not finite, 0 when all are. */
static size_t raise(double x, size_t degree, double *powers)
{
    double power = 1.0;
    for (size_t k = 1; k <= degree; k++) {
        power *= x;
        powers[k - 1] = power;
        if (!isfinite(power)) return k;
    }
    return 0;
}

gradus_status gr_polynomial(size_t rows, const double *x, size_t degree, const gradus_allocator *allocator,
                            double **design, gradus_error *error)
{
    const gradus_allocator memory = gr_allocator(allocator);
    const gradus_status status = check(rows, x, degree, error);
    if (status) return status;
    double *powers = gr_allocate_doubles(&memory, rows * degree);
    if (!powers)
        return gr_error(error, GRADUS_ERROR_MEMORY, gr_fault_none(),
                        "out of memory for %zu rows of %zu powers", rows, degree);
    for (size_t i = 0; i < rows; i++) {
        const size_t bad = raise(x[i], degree, powers + i * degree);
        if (!bad) continue;
        gr_release(&memory, powers);
        return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(i, bad - 1, x[i]),
                        "row %zu: %.17g to the power %zu is not a finite number in double precision", i, x[i],
                        bad);
    }
    *design = powers;
    return GRADUS_OK;
}

gradus_status gr_polynomial_low(size_t rows, const double *x, size_t degree, const double *design,
                                const gradus_allocator *allocator, double **low, gradus_error *error)
{
    const gradus_allocator memory = gr_allocator(allocator);
    double *rest = gr_allocate_doubles(&memory, rows * degree);
    if (!rest)
        return gr_error(error, GRADUS_ERROR_MEMORY, gr_fault_none(),
                        "out of memory for %zu rows of %zu powers", rows, degree);
    for (size_t i = 0; i < rows; i++) {
        gr_pair power = {1.0, 0.0};
        for (size_t k = 0; k < degree; k++) {
            power = gr_pair_scale(x[i], power);
            rest[i * degree + k] = (power.high - design[i * degree + k]) + power.low;
        }
    }
    *low = rest;
    return GRADUS_OK;
}

void gr_polynomial_name(const char *variable, size_t power, size_t size, char *name)
{
    if (power == 1)
        (void)snprintf(name, size, "%s", variable);
    else
        (void)snprintf(name, size, "%s^%zu", variable, power);
}
