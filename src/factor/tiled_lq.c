/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In the caller's memory lies A by rows: R of A = QR is upper triangular there, and the same memory read by columns is L = R'.
 * What follows speaks of A and R.
 */
#include "factor/tiled_lq.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/condition.h"
#include "factor/panel.h"
#include "factor/triangle.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum {
    MOST_LEAVES = 16,
    LEAF_ROWS = 128 /* fewest */
};

/* How A is cut: by its shape alone, so that the bits do not depend on the threads. */
typedef struct tall {
    size_t rows, p;
    double *a;
    size_t leaves; /* blocks of rows, each of at least p */
    size_t most_rows; /* of a panel */
    size_t worker_doubles;
    double *memory; /* of the workers, one after the other */
} tall;

/*
 * One elimination: zeros below the diagonal of `top` with the help of the rows of `bottom`. A leaf is eliminated by itself:
 * the rows below the diagonal block. Of two triangles the upper one stays, and of the lower one those rows take part that
 * have an entry in the panel's columns.
 */
typedef struct stack {
    double *top;
    double *bottom; /* a second triangle; NULL: a leaf */
    size_t rows;    /* of the leaf */
} stack;

static size_t first_row(const tall *matrix, size_t leaf)
{
    return matrix->rows / matrix->leaves * leaf + gr_min(leaf, matrix->rows % matrix->leaves);
}

static double *leaf_at(const tall *matrix, size_t leaf)
{
    return matrix->a + first_row(matrix, leaf) * matrix->p;
}

/* The rows of one panel: its diagonal block at `diagonal`, and `count` rows from `below` on. */
typedef struct panel_rows {
    double *diagonal, *below;
    size_t cols, count;
} panel_rows;

static panel_rows rows_of_panel(const tall *matrix, const stack *stack, size_t first)
{
    const size_t p = matrix->p, cols = gr_min(GR_TILE, p - first);
    panel_rows rows = {.diagonal = stack->top + first * p, .cols = cols};
    rows.below = stack->bottom ? stack->bottom : rows.diagonal + cols * p;
    rows.count = stack->bottom ? first + cols : stack->rows - first - cols;
    return rows;
}

/* v <- `count` rows of `cols` entries, by columns */
static void gather(const double *a, size_t p, size_t count, size_t cols, double *v, size_t ld)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < cols; j++) v[i + j * ld] = a[i * p + j];
    }
}

static void load_panel(const tall *matrix, const panel_rows *rows, size_t first, gr_panel *panel)
{
    panel->cols = rows->cols;
    panel->rows = rows->cols + rows->count;
    gather(rows->diagonal + first, matrix->p, rows->cols, rows->cols, panel->v, panel->ld);
    gather(rows->below + first, matrix->p, rows->count, rows->cols, panel->v + rows->cols, panel->ld);
}

/* R to its place, and zeros below: a later elimination reads them. */
static void store_panel(const tall *matrix, const panel_rows *rows, size_t first, const gr_panel *panel)
{
    const size_t p = matrix->p, cols = rows->cols;
    for (size_t i = 0; i < cols; i++) {
        for (size_t j = 0; j < cols; j++) rows->diagonal[i * p + first + j] = panel->r[i + j * GR_TILE];
    }
    for (size_t i = 0; i < rows->count; i++) memset(rows->below + i * p + first, 0, cols * sizeof *rows->below);
}

/* W' <- W' + C'V, or C' <- C' + W'V'; row-major C is column-major C' */
static void collect(const double *c, size_t p, size_t count, size_t width, const gr_panel *panel, const double *v,
                    double *product)
{
    gr_tile_multiply(width, panel->cols, count, 1.0, gr_plain(c, p), gr_plain(v, panel->ld), product, GR_TILE);
}

static void spread(double *c, size_t p, size_t count, size_t width, const gr_panel *panel, const double *v,
                   const double *product)
{
    for (size_t i = 0; i < count; i += GR_TILE) {
        gr_tile_multiply(width, gr_min(GR_TILE, count - i), panel->cols, 1.0, gr_plain(product, GR_TILE),
                         gr_transposed(v + i, panel->ld), c + i * p, p);
    }
}

/* C <- (I - V T'V') C for the columns from `col` on, at most GR_TILE */
static void update_columns(const tall *matrix, const panel_rows *rows, const gr_panel *panel, size_t col)
{
    const size_t p = matrix->p, width = gr_min(GR_TILE, p - col), k = rows->cols;
    double *product = panel->work, *product_t = product + GR_TILE * GR_TILE;
    memset(product, 0, 2 * GR_TILE * GR_TILE * sizeof *product);
    collect(rows->diagonal + col, p, k, width, panel, panel->v, product);
    collect(rows->below + col, p, rows->count, width, panel, panel->v + k, product);
    gr_tile_multiply(width, k, k, -1.0, gr_plain(product, GR_TILE), gr_plain(panel->t, GR_TILE), product_t, GR_TILE);
    spread(rows->diagonal + col, p, k, width, panel, panel->v, product_t);
    spread(rows->below + col, p, rows->count, width, panel, panel->v + k, product_t);
}

static void eliminate(const tall *matrix, const stack *stack, gr_panel *panel)
{
    for (size_t first = 0; first < matrix->p; first += GR_TILE) {
        const panel_rows rows = rows_of_panel(matrix, stack, first);
        load_panel(matrix, &rows, first, panel);
        gr_panel_factor(panel);
        store_panel(matrix, &rows, first, panel);
        for (size_t col = first + rows.cols; col < matrix->p; col += GR_TILE)
            update_columns(matrix, &rows, panel, col);
    }
}

/* The panel of this thread */
static gr_panel panel_of_worker(const tall *matrix)
{
    double *next = matrix->memory;
#ifdef _OPENMP
    next += (size_t)omp_get_thread_num() * matrix->worker_doubles;
#endif
    gr_panel panel = {.ld = matrix->most_rows, .r = next};
    panel.t = panel.r + GR_TILE * GR_TILE;
    panel.work = panel.t + GR_TILE * GR_TILE;
    panel.v = panel.work + 2 * GR_TILE * GR_TILE;
    return panel;
}

/* The leaves, then pairs of triangles at distances 1, 2, 4, ...; inside a parallel region its threads share the work. */
static void factor_tree(const tall *matrix)
{
    gr_panel panel = panel_of_worker(matrix);
#pragma omp for schedule(dynamic)
    for (size_t leaf = 0; leaf < matrix->leaves; leaf++) {
        const size_t rows = first_row(matrix, leaf + 1) - first_row(matrix, leaf);
        eliminate(matrix, &(stack){.top = leaf_at(matrix, leaf), .rows = rows}, &panel);
    }
    for (size_t distance = 1; distance < matrix->leaves; distance *= 2) {
#pragma omp for schedule(dynamic)
        for (size_t leaf = 0; leaf < matrix->leaves - distance; leaf += 2 * distance) {
            const stack pair = {.top = leaf_at(matrix, leaf), .bottom = leaf_at(matrix, leaf + distance)};
            eliminate(matrix, &pair, &panel);
        }
    }
}

/* max_j sum_(i >= j) |l_ij| */
static double norm(size_t p, const double *l)
{
    double largest = 0.0;
    for (size_t j = 0; j < p; j++) largest = fmax(largest, gr_norm_1(p - j, l + j * (p + 1)));
    return largest;
}

static void solve(const void *lq, double *x)
{
    const gr_tiled_lq *factor = (const gr_tiled_lq *)lq;
    gr_solve_lower(factor->size, factor->l, x);
}

static void solve_transposed(const void *lq, double *x)
{
    const gr_tiled_lq *factor = (const gr_tiled_lq *)lq;
    gr_solve_lower_transposed(factor->size, factor->l, x);
}

static tall cut(size_t rows, size_t p, double *a)
{
    tall matrix = {.rows = rows, .p = p, .a = a};
    matrix.leaves = gr_max(1, gr_min(MOST_LEAVES, rows / gr_max(p, LEAF_ROWS)));
    matrix.most_rows = gr_max(first_row(&matrix, 1), p + GR_TILE) + 8;
    return matrix;
}

gradus_status gr_tiled_lq_factor(const gradus_allocator *allocator, size_t rows, size_t p, double *a, int threads,
                                 gr_tiled_lq *lq, gradus_error *error)
{
    *lq = (gr_tiled_lq){.size = p, .l = a};
    if (rows > INT_MAX / 2)
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)rows, INT_MAX / 2),
                        "a matrix of %zu x %zu is too large for BLAS", rows, p);
    tall matrix = cut(rows, p, a);
    threads = (int)gr_min((size_t)threads, matrix.leaves);
    size_t all;
    matrix.worker_doubles = GR_TILE * matrix.most_rows + 4 * GR_TILE * GR_TILE;
    if (gr_multiply(matrix.worker_doubles, (size_t)threads, &all)) matrix.memory = gr_allocate_doubles(allocator, all);
    if (!matrix.memory) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (threads <= 1) {
        factor_tree(&matrix);
    } else {
#pragma omp parallel num_threads(threads)
        factor_tree(&matrix);
    }
#ifndef NOCOND
    lq->reciprocal = gr_reciprocal_condition(p, norm(p, a), lq, solve, solve_transposed, matrix.memory);
#endif
    gr_release(allocator, matrix.memory);
    return GRADUS_OK;
}

void gr_tiled_lq_solve(const gr_tiled_lq *lq, double *x)
{
    gr_solve_lower(lq->size, lq->l, x);
    gr_solve_lower_transposed(lq->size, lq->l, x);
}
