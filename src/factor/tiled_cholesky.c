/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Row of tiles after row of tiles:
 *
 *   R_ij = R_ii^(-T) (G_ij - sum_(k < i) R_ki' R_kj),    R_jj'R_jj = G_jj - sum_(k < j) R_kj' R_kj.
 *
 * A tile depends on the rows above it and on the diagonal tile of its own row. The thread that finishes the
 * tile beside the diagonal goes on to the next diagonal tile while the others finish the row.
 */
#include "factor/tiled_cholesky.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/condition.h"
#include "factor/share.h"
#include "factor/tile.h"
#include "factor/triangle.h"

enum {
    PIECES = 10, /* for each thread, at least, so that waking it is worth while */
    STRIP = 8,   /* rows that are solved for by plain loops; divides GR_TILE */
    COLUMNS = 32 /* and columns at once */
};

static double *entry(const gr_cholesky *cholesky, size_t row, size_t col)
{
    return cholesky->g + row + col * cholesky->size;
}

/* `rows` x `cols` entries from (row, col): minus the products of the rows above them, from row `top` on */
static void subtract_above(const gr_cholesky *cholesky, size_t top, size_t row, size_t rows, size_t col,
                           size_t cols)
{
    const size_t ld = cholesky->size;
    gr_tile_multiply(rows, cols, row - top, -1.0, gr_transposed(entry(cholesky, top, row), ld),
                     gr_plain(entry(cholesky, top, col), ld), 1.0, entry(cholesky, row, col), ld);
}

/* Half of the rows, in whole strips; all of them where there is but one strip. */
static size_t first_half(size_t rows)
{
    return rows <= STRIP ? rows : (rows / STRIP + 1) / 2 * STRIP;
}

/* X <- T^(-T) X, T the upper triangle of STRIP rows at `corner`; X: STRIP x cols, cols <= COLUMNS */
static void solve_strip(const double *corner, size_t ld, size_t cols, double *x)
{
    double piece[STRIP][COLUMNS] = {{0.0}};
    for (size_t j = 0; j < cols; j++) {
        for (size_t i = 0; i < STRIP; i++) piece[i][j] = x[i + j * ld];
    }
    for (size_t i = 0; i < STRIP; i++) {
        const double inverse = 1.0 / corner[i + i * ld];
        for (size_t k = 0; k < i; k++) {
            for (size_t j = 0; j < COLUMNS; j++) piece[i][j] -= corner[k + i * ld] * piece[k][j];
        }
        for (size_t j = 0; j < COLUMNS; j++) piece[i][j] *= inverse;
    }
    for (size_t j = 0; j < cols; j++) {
        for (size_t i = 0; i < STRIP; i++) x[i + j * ld] = piece[i][j];
    }
}

/* The same for any number of strips: the upper half, then with its help the lower half */
static void solve_rows(const gr_cholesky *cholesky, size_t row, size_t rows, size_t col, size_t cols)
{
    const size_t half = first_half(rows);
    if (half < rows) {
        solve_rows(cholesky, row, half, col, cols);
        subtract_above(cholesky, row, row + half, rows - half, col, cols);
        solve_rows(cholesky, row + half, rows - half, col, cols);
        return;
    }
    for (size_t j = 0; j < cols; j += COLUMNS)
        solve_strip(entry(cholesky, row, row), cholesky->size, gr_min(COLUMNS, cols - j),
                    entry(cholesky, row, col + j));
}

/* The small triangle of `rows` rows on the diagonal; false at a breakdown */
static bool factor_corner(gr_cholesky *cholesky, size_t first, size_t rows)
{
    const size_t ld = cholesky->size;
    double *corner = entry(cholesky, first, first);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i; j < rows; j++) {
            for (size_t k = 0; k < i; k++) corner[i + j * ld] -= corner[k + i * ld] * corner[k + j * ld];
        }
        const double pivot = corner[i + i * ld];
        if (!(pivot > 0.0)) {
            cholesky->pivot = pivot;
            __atomic_store_n(&cholesky->broke_at, first + i, __ATOMIC_RELAXED);
            return false;
        }
        const double root = sqrt(pivot);
        corner[i + i * ld] = root;
        for (size_t j = i + 1; j < rows; j++) corner[i + j * ld] /= root;
    }
    return true;
}

/* The triangle of `rows` rows on the diagonal, halved likewise; false at a breakdown */
static bool factor_rows(gr_cholesky *cholesky, size_t first, size_t rows)
{
    const size_t half = first_half(rows), second = first + half;
    if (half == rows) return factor_corner(cholesky, first, rows);
    if (!factor_rows(cholesky, first, half)) return false;
    solve_rows(cholesky, first, half, second, rows - half);
    subtract_above(cholesky, first, second, rows - half, second, rows - half);
    return factor_rows(cholesky, second, rows - half);
}

static void finish_diagonal_tile(gr_cholesky *cholesky, size_t first)
{
    const size_t rows = gr_min(GR_TILE, cholesky->size - first);
    subtract_above(cholesky, 0, first, rows, first, rows);
    (void)factor_rows(cholesky, first, rows);
}

/* A tile to the right of the diagonal */
static void finish_tile(const gr_cholesky *cholesky, size_t row, size_t col)
{
    const size_t cols = gr_min(GR_TILE, cholesky->size - col);
    subtract_above(cholesky, 0, row, GR_TILE, col, cols);
    solve_rows(cholesky, row, GR_TILE, col, cols);
}

/* The pieces: the tiles to the right of the diagonal, row by row */
typedef struct tiling {
    gr_cholesky *cholesky;
    size_t tiles;          /* of a row or column */
    gr_progress *finished; /* how many tiles of each column, from above */
} tiling;

/* The row of a piece, and its column */
static size_t place(const tiling *matrix, size_t piece, size_t *col)
{
    size_t row = 0;
    for (; piece >= matrix->tiles - 1 - row; row++) piece -= matrix->tiles - 1 - row;
    *col = row + 1 + piece;
    return row;
}

/* After a breakdown the rest is only passed through. */
static bool is_whole(const gr_cholesky *cholesky)
{
    return __atomic_load_n(&cholesky->broke_at, __ATOMIC_RELAXED) == GRADUS_NOWHERE;
}

static void finish_piece(void *context, size_t piece, size_t worker)
{
    (void)worker;
    const tiling *matrix = (const tiling *)context;
    size_t col;
    const size_t row = place(matrix, piece, &col);
    gr_wait_for(matrix->finished + row, row + 1);
    gr_wait_for(matrix->finished + col, row);
    if (is_whole(matrix->cholesky)) finish_tile(matrix->cholesky, row * GR_TILE, col * GR_TILE);
    gr_publish(matrix->finished + col, row + 1);
    if (col > row + 1) return;
    if (is_whole(matrix->cholesky)) finish_diagonal_tile(matrix->cholesky, col * GR_TILE);
    gr_publish(matrix->finished + col, col + 1);
}

static void factor(tiling *matrix, size_t threads)
{
    const size_t tiles = matrix->tiles, pieces = tiles * (tiles - 1) / 2;
    finish_diagonal_tile(matrix->cholesky, 0);
    gr_publish(matrix->finished, 1);
    gr_share(pieces, gr_min(threads, pieces / PIECES), finish_piece, matrix);
}

/* ||G||_1 of the upper triangle; sums: size doubles, 0 */
static double norm(const gr_cholesky *cholesky, double *sums)
{
    double largest = 0.0;
    for (size_t j = 0; j < cholesky->size; j++) {
        const double *column = entry(cholesky, 0, j);
        for (size_t i = 0; i < j; i++) sums[i] += fabs(column[i]);
        sums[j] = gr_norm_1(j + 1, column);
    }
    for (size_t j = 0; j < cholesky->size; j++) largest = fmax(largest, sums[j]);
    return largest;
}

static void solve(const void *cholesky, double *x)
{
    gr_tiled_cholesky_solve((const gr_cholesky *)cholesky, x);
}

/* work: 2 size doubles, 0 */
static void factor_and_estimate(tiling *matrix, size_t threads, double *work)
{
    gr_cholesky *cholesky = matrix->cholesky;
    const double size_of_g = norm(cholesky, work);
    factor(matrix, threads);
    if (cholesky->broke_at == GRADUS_NOWHERE)
        cholesky->reciprocal = gr_reciprocal_condition(cholesky->size, size_of_g, cholesky, solve, solve,
                                                       work);
}

gradus_status gr_tiled_cholesky_factor(const gradus_allocator *allocator, size_t size, double *g, int threads,
                                       gr_cholesky *cholesky, gradus_error *error)
{
    *cholesky = (gr_cholesky){.size = size, .broke_at = GRADUS_NOWHERE};
    cholesky->g = g;
    if (!gr_fits_int(size)) {
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)size, INT_MAX),
                        "a matrix of order %zu is too large for BLAS", size);
    }
    tiling matrix = {.cholesky = cholesky, .tiles = (size + GR_TILE - 1) / GR_TILE};
    matrix.finished = (gr_progress *)gr_allocate(allocator, matrix.tiles, sizeof *matrix.finished);
    double *work = gr_allocate_doubles(allocator, 2 * size);
    const bool enough = matrix.finished && work;
    if (enough) factor_and_estimate(&matrix, (size_t)threads, work);
    gr_release(allocator, matrix.finished);
    gr_release(allocator, work);
    return enough ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

void gr_tiled_cholesky_solve(const gr_cholesky *cholesky, double *x)
{
    gr_solve_upper_transposed(cholesky->size, cholesky->g, x);
    gr_solve_upper(cholesky->size, cholesky->g, x);
}
