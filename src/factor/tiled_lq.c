/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The caller's memory holds A by rows. R of A = QR is upper triangular there, and the same memory read by columns is
 * L = R'; what follows speaks of A and R. A is cut into leaves, blocks of rows, each of which is brought to a triangle
 * by itself; the triangles are then brought to one, in pairs. Panel after panel of columns, from the left.
 */
#include "factor/tiled_lq.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/condition.h"
#include "factor/panel.h"
#include "factor/share.h"
#include "factor/triangle.h"

enum {
    MOST_LEAVES = 64,
    LEAF_SHAPE = 2,  /* rows of a leaf, at least so many times p: the tree costs little beside the leaves */
    LEAF_ROWS = 512, /* and at least so many */
    WORK = 4000000   /* rows p^2 for each thread, at least, so that waking it is worth while */
};

/* A, how its shape alone says that it is cut, and the workers' memory */
typedef struct tall {
    size_t rows, p;
    double *a;
    size_t leaves; /* a power of two */
    size_t ld;     /* of the panels */
    size_t worker_doubles;
    double *memory;
    gr_progress level[MOST_LEAVES]; /* of the tree that each leaf's triangle has reached */
} tall;

/*
 * What is brought to one triangle, in the place of `top`: the rows of a leaf, or two triangles, of whose lower one
 * only the rows take part that have an entry in the panel's columns.
 */
typedef struct stack {
    double *top, *bottom; /* bottom: the lower triangle, NULL for a leaf */
    size_t rows;          /* of the leaf */
} stack;

/* The part of a stack that one panel's reflectors change: `cols` rows from `upper`, `count` rows from `lower` */
typedef struct active {
    double *upper, *lower;
    size_t cols, count;
} active;

static size_t first_row(const tall *matrix, size_t leaf)
{
    return matrix->rows / matrix->leaves * leaf + gr_min(leaf, matrix->rows % matrix->leaves);
}

static double *leaf_at(const tall *matrix, size_t leaf)
{
    return matrix->a + first_row(matrix, leaf) * matrix->p;
}

static active rows_of_panel(const tall *matrix, const stack *both, size_t first)
{
    const size_t p = matrix->p, cols = gr_min(GR_PANEL, p - first);
    active rows = {.upper = both->top + first * p, .cols = cols};
    rows.lower = both->bottom ? both->bottom : rows.upper + cols * p;
    rows.count = both->bottom ? first + cols : both->rows - first - cols;
    return rows;
}

/* v <- `count` rows of `cols` entries, by columns */
static void gather(const double *a, size_t p, size_t count, size_t cols, double *v, size_t ld)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < cols; j++) v[i + j * ld] = a[i * p + j];
    }
}

static void load_panel(const tall *matrix, const active *rows, size_t first, gr_panel *panel)
{
    panel->cols = rows->cols;
    panel->rows = rows->cols + rows->count;
    gather(rows->upper + first, matrix->p, rows->cols, rows->cols, panel->v, panel->ld);
    gather(rows->lower + first, matrix->p, rows->count, rows->cols, panel->v + rows->cols, panel->ld);
}

/* R to its place, and zeros in the square below its diagonal, which the next level of the tree reads */
static void store_panel(const tall *matrix, const active *rows, size_t first, const gr_panel *panel)
{
    for (size_t i = 0; i < rows->cols; i++) {
        double *row = rows->upper + i * matrix->p + first;
        for (size_t j = 0; j < rows->cols; j++) row[j] = panel->r[i + j * GR_PANEL];
    }
}

/* C <- (I - V T'V') C for at most GR_TILE columns from `col` on. Row-major C is column-major C', and W' = C'V. */
static void update_columns(const tall *matrix, const active *rows, const gr_panel *panel, size_t col)
{
    const size_t p = matrix->p, width = gr_min(GR_TILE, p - col), k = rows->cols, count = rows->count;
    double *upper = rows->upper + col, *lower = rows->lower + col;
    double *w = panel->work, *wt = w + GR_PANEL_WORK / 2;
    const double *v = panel->v;
    gr_tile_multiply(width, k, k, 1.0, gr_plain(upper, p), gr_plain(v, panel->ld), 0.0, w, GR_TILE);
    gr_tile_multiply(width, k, count, 1.0, gr_plain(lower, p), gr_plain(v + k, panel->ld), 1.0, w, GR_TILE);
    gr_tile_multiply(width, k, k, -1.0, gr_plain(w, GR_TILE), gr_plain(panel->t, GR_PANEL), 0.0, wt, GR_TILE);
    gr_tile_multiply(width, k, k, 1.0, gr_plain(wt, GR_TILE), gr_transposed(v, panel->ld), 1.0, upper, p);
    gr_tile_multiply(width, count, k, 1.0, gr_plain(wt, GR_TILE), gr_transposed(v + k, panel->ld), 1.0, lower,
                     p);
}

static void eliminate(const tall *matrix, const stack *both, gr_panel *panel)
{
    for (size_t first = 0; first < matrix->p; first += GR_PANEL) {
        const active rows = rows_of_panel(matrix, both, first);
        load_panel(matrix, &rows, first, panel);
        gr_panel_factor(panel);
        store_panel(matrix, &rows, first, panel);
        for (size_t col = first + rows.cols; col < matrix->p; col += GR_TILE)
            update_columns(matrix, &rows, panel, col);
    }
}

/* The panel of a worker, in its part of the memory */
static gr_panel panel_of(const tall *matrix, size_t worker)
{
    gr_panel panel = {.ld = matrix->ld, .r = matrix->memory + worker * matrix->worker_doubles};
    panel.t = panel.r + GR_PANEL_SQUARE;
    panel.work = panel.t + GR_PANEL_SQUARE;
    panel.v = panel.work + GR_PANEL_WORK;
    return panel;
}

static void eliminate_leaf(tall *matrix, size_t leaf, gr_panel *panel)
{
    const size_t rows = first_row(matrix, leaf + 1) - first_row(matrix, leaf);
    const stack block = {.top = leaf_at(matrix, leaf), .rows = rows};
    eliminate(matrix, &block, panel);
    gr_publish(matrix->level + leaf, 1);
}

/* Two triangles of one level, `distance` = 2^(level - 1) leaves apart */
static void eliminate_pair(tall *matrix, size_t leaf, size_t distance, size_t level, gr_panel *panel)
{
    const stack pair = {.top = leaf_at(matrix, leaf), .bottom = leaf_at(matrix, leaf + distance)};
    gr_wait_for(matrix->level + leaf, level);
    gr_wait_for(matrix->level + leaf + distance, level);
    eliminate(matrix, &pair, panel);
    gr_publish(matrix->level + leaf, level + 1);
}

/* The pieces: the leaves, then the pairs of level 1, of level 2, ... */
static void eliminate_piece(void *context, size_t piece, size_t worker)
{
    tall *matrix = (tall *)context;
    gr_panel panel = panel_of(matrix, worker);
    if (piece < matrix->leaves) {
        eliminate_leaf(matrix, piece, &panel);
        return;
    }
    size_t distance = 1, level = 1, pair = piece - matrix->leaves;
    for (; pair >= matrix->leaves / (2 * distance); level++) {
        pair -= matrix->leaves / (2 * distance);
        distance *= 2;
    }
    eliminate_pair(matrix, 2 * distance * pair, distance, level, &panel);
}

static tall cut(size_t rows, size_t p)
{
    tall matrix = {.rows = rows, .p = p, .leaves = 1};
    const size_t least = gr_max(LEAF_SHAPE * p, LEAF_ROWS);
    while (matrix.leaves < MOST_LEAVES && rows / least >= 2 * matrix.leaves) matrix.leaves *= 2;
    const size_t most_rows = gr_max(first_row(&matrix, 1), p + GR_PANEL);
    matrix.ld = (most_rows / 16 + 1) * 16 + 8; /* a row of a panel is not all in one cache set */
    return matrix;
}

static size_t workers_for(const tall *matrix, int threads)
{
    const double worth = (double)matrix->rows * (double)matrix->p * (double)matrix->p / WORK;
    const size_t useful = gr_min((size_t)threads, matrix->leaves);
    return worth >= (double)useful ? useful : gr_max(1, (size_t)worth);
}

/* max_j sum_(i >= j) |l_ij| */
static double norm(const gr_tiled_lq *lq)
{
    const size_t p = lq->size;
    double largest = 0.0;
    for (size_t j = 0; j < p; j++) largest = fmax(largest, gr_norm_1(p - j, lq->l + j * (p + 1)));
    return largest;
}

static void solve(const void *context, double *x)
{
    const gr_tiled_lq *lq = (const gr_tiled_lq *)context;
    gr_solve_lower(lq->size, lq->l, x);
}

static void solve_transposed(const void *context, double *x)
{
    const gr_tiled_lq *lq = (const gr_tiled_lq *)context;
    gr_solve_lower_transposed(lq->size, lq->l, x);
}

/* Each worker's part has room for the 2 p doubles of the condition estimate too. */
static bool allocate(const gradus_allocator *allocator, tall *matrix, size_t workers)
{
    size_t doubles;
    if (gr_multiply(matrix->ld, GR_PANEL, &doubles) &&
        gr_add(doubles, 2 * GR_PANEL_SQUARE + GR_PANEL_WORK, &matrix->worker_doubles) &&
        gr_multiply(matrix->worker_doubles, workers, &doubles))
        matrix->memory = gr_allocate_doubles(allocator, doubles);
    return matrix->memory != NULL;
}

gradus_status gr_tiled_lq_factor(const gradus_allocator *allocator, size_t rows, size_t p, double *a,
                                 int threads, gr_tiled_lq *lq, gradus_error *error)
{
    *lq = (gr_tiled_lq){.size = p, .l = a};
    if (rows > INT_MAX / 2) /* the panels' leading dimension is a little more */
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)rows, INT_MAX / 2),
                        "a matrix of %zu x %zu is too large for BLAS", rows, p);
    tall matrix = cut(rows, p);
    matrix.a = a;
    const size_t workers = workers_for(&matrix, threads);
    if (!allocate(allocator, &matrix, workers)) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gr_share(2 * matrix.leaves - 1, workers, eliminate_piece, &matrix);
    lq->reciprocal = gr_reciprocal_condition(p, norm(lq), lq, solve, solve_transposed, matrix.memory);
    gr_release(allocator, matrix.memory);
    return GRADUS_OK;
}

void gr_tiled_lq_solve(const gr_tiled_lq *lq, double *x)
{
    gr_solve_lower(lq->size, lq->l, x);
    gr_solve_lower_transposed(lq->size, lq->l, x);
}
