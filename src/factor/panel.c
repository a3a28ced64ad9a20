/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/panel.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "base/vector.h"

enum {
    STRIP = 8, /* columns that are factored one by one */
    CALL_ROWS = 8192 /
                STRIP /* OpenBLAS 0.3.21 gives a dgemv of fewer than 9216 elements, and a dger of at most
                                8192, to one thread only */
};

static double *column(const gr_panel *panel, size_t row, size_t col)
{
    return panel->v + row + col * panel->ld;
}

static double *t_entry(const gr_panel *panel, size_t row, size_t col)
{
    return panel->t + row + col * GR_PANEL;
}

/* x / divisor, |x_i| <= |divisor|; by the reciprocal where there is one */
static void divide(size_t n, double *x, double divisor)
{
    const double inverse = 1.0 / divisor;
    if (fabs(divisor) >= DBL_MIN / DBL_EPSILON) {
        for (size_t i = 0; i < n; i++) x[i] *= inverse;
    } else {
        for (size_t i = 0; i < n; i++) x[i] /= divisor;
    }
}

/*
 * x = (alpha, tail) becomes v = (1, tail / (alpha - beta)), for which (I - tau v v') x = (beta, 0); |beta| = ||x||_2, and
 * its sign is the one that does not cancel. Gives tau, 0 where the tail is 0 already.
 */
static double reflect(size_t n, double *x, double *beta)
{
    const double alpha = x[0], tail = gr_norm(n - 1, x + 1);
    x[0] = 1.0;
    *beta = alpha;
    if (tail == 0.0) return 0.0;
    *beta = -copysign(hypot(alpha, tail), alpha);
    divide(n - 1, x + 1, alpha - *beta);
    return (*beta - alpha) / *beta;
}

/* Y <- (I - tau v v') Y for the `cols` < STRIP columns of Y to the right of v */
static void apply_reflector(size_t n, const double *v, double tau, size_t cols, double *y, size_t ld)
{
    double products[STRIP] = {0.0};
    if (cols == 0 || tau == 0.0) return;
    for (size_t i = 0; i < n; i += CALL_ROWS) {
        cblas_dgemv(CblasColMajor, CblasTrans, (int)gr_min(CALL_ROWS, n - i), (int)cols, tau, y + i, (int)ld,
                    v + i, 1, 1.0, products, 1);
    }
    for (size_t i = 0; i < n; i += CALL_ROWS) {
        cblas_dger(CblasColMajor, (int)gr_min(CALL_ROWS, n - i), (int)cols, -1.0, v + i, 1, products, 1,
                   y + i, (int)ld);
    }
}

/* T of the columns first .. first + cols, one by one: t_j = -tau_j T_(j-1) V_(j-1)'v_j above tau_j on the diagonal */
static void build_t(const gr_panel *panel, size_t first, size_t cols)
{
    double gram[STRIP * STRIP];
    const gr_part v = gr_plain(column(panel, first, first), panel->ld);
    const gr_part vt = gr_transposed(v.first, v.ld);
    gr_tile_multiply(cols, cols, panel->rows - first, 1.0, vt, v, 0.0, gram, STRIP);
    for (size_t j = 1; j < cols; j++) {
        const double tau = *t_entry(panel, first + j, first + j);
        for (size_t i = 0; i < j; i++) {
            double sum = 0.0;
            for (size_t k = i; k < j; k++) sum += *t_entry(panel, first + i, first + k) * gram[k + j * STRIP];
            *t_entry(panel, first + i, first + j) = -tau * sum;
        }
    }
}

static void factor_strip(const gr_panel *panel, size_t first, size_t cols)
{
    for (size_t j = first; j < first + cols; j++) {
        const size_t rows = panel->rows - j;
        double *x = column(panel, 0, j), *r = panel->r + j * GR_PANEL;
        memcpy(r, x, j * sizeof *r);
        memset(x, 0, j * sizeof *x);
        const double tau = reflect(rows, x + j, r + j);
        *t_entry(panel, j, j) = tau;
        apply_reflector(rows, x + j, tau, first + cols - j - 1, column(panel, j, j + 1), panel->ld);
    }
    build_t(panel, first, cols);
}

/* A <- (I - V T'V') A for V of the columns first .. second and A those from there to `end` */
static void apply_left_half(const gr_panel *panel, size_t first, size_t second, size_t end)
{
    const size_t k = second - first, n = end - second, rows = panel->rows - first, ld = panel->ld;
    double *a = column(panel, first, second), *product = panel->work, *t_product = product + GR_PANEL_SQUARE;
    const double *v = column(panel, first, first);
    gr_tile_multiply(k, n, rows, 1.0, gr_transposed(v, ld), gr_plain(a, ld), 0.0, product, GR_PANEL);
    gr_tile_multiply(k, n, k, -1.0, gr_transposed(t_entry(panel, first, first), GR_PANEL),
                     gr_plain(product, GR_PANEL), 0.0, t_product, GR_PANEL);
    gr_tile_multiply(rows, n, k, 1.0, gr_plain(v, ld), gr_plain(t_product, GR_PANEL), 1.0, a, ld);
}

/* The square above the diagonal of T that couples the two halves: T_12 = -T_1 V_1'V_2 T_2 */
static void join_t(const gr_panel *panel, size_t first, size_t second, size_t end)
{
    const size_t k = second - first, n = end - second, rows = panel->rows - second, ld = panel->ld;
    double *product = panel->work, *product_t = product + GR_PANEL_SQUARE;
    gr_tile_multiply(k, n, rows, 1.0, gr_transposed(column(panel, second, first), ld),
                     gr_plain(column(panel, second, second), ld), 0.0, product, GR_PANEL);
    gr_tile_multiply(k, n, n, 1.0, gr_plain(product, GR_PANEL),
                     gr_plain(t_entry(panel, second, second), GR_PANEL), 0.0, product_t, GR_PANEL);
    gr_tile_multiply(k, n, k, -1.0, gr_plain(t_entry(panel, first, first), GR_PANEL),
                     gr_plain(product_t, GR_PANEL), 0.0, t_entry(panel, first, second), GR_PANEL);
}

/* The left half, what it does to the right half, the right half. */
static void factor_columns(const gr_panel *panel, size_t first, size_t end)
{
    const size_t cols = end - first, second = first + (cols / STRIP + 1) / 2 * STRIP;
    if (cols <= STRIP) {
        factor_strip(panel, first, cols);
        return;
    }
    factor_columns(panel, first, second);
    apply_left_half(panel, first, second, end);
    factor_columns(panel, second, end);
    join_t(panel, first, second, end);
}

void gr_panel_factor(gr_panel *panel)
{
    memset(panel->r, 0, GR_PANEL_SQUARE * sizeof *panel->r);
    memset(panel->t, 0, GR_PANEL_SQUARE * sizeof *panel->t);
    factor_columns(panel, 0, panel->cols);
}
