/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * X'(Xtheta - y) in double-double: products and sums of doubles with their rounding errors, which are added up beside them in
 * double (Ogita, Rump and Oishi's Dot2), so that every sum comes out as if computed in twice the precision.
 */
#include <string.h>

#include "base/size.h"
#include "base/target.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

/* A running sum: its high part, and all the errors made on the way. */
GR_FOR_ALL void add_to(double *high, double *low, gr_pair term)
{
    const gr_pair sum = gr_two_sum(*high, term.high);
    *high = sum.high;
    *low += sum.low + term.low;
}

/* a b, its error and the small part of b's share in the low part */
GR_FOR_ALL gr_pair term_of(double a, double high, double low)
{
    const gr_pair product = gr_two_product(a, high);
    return (gr_pair){product.high, product.low + a * low};
}

enum { LANES = 8 }; /* independent sums, so that vector units and their latency are used */

/* A vector of pairs as two vectors. */
typedef struct pairs {
    double *high, *low;
} pairs;

static pairs pairs_at(double *memory, size_t count)
{
    return (pairs){memory, memory + count};
}

/* x'v */
GR_FOR_ALL gr_pair dot(size_t n, const double *x, pairs v)
{
    double high[LANES] = {0.0}, low[LANES] = {0.0};
    size_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        for (size_t k = 0; k < LANES; k++)
            add_to(&high[k], &low[k], term_of(x[j + k], v.high[j + k], v.low[j + k]));
    }
    for (size_t k = 0; j < n; j++, k++) add_to(&high[k], &low[k], term_of(x[j], v.high[j], v.low[j]));
    gr_pair sum = {0.0, 0.0};
    for (size_t k = 0; k < LANES; k++) sum = gr_pair_add(sum, gr_two_sum(high[k], low[k]));
    return sum;
}

/* v += a x */
GR_FOR_ALL void add_scaled(size_t n, gr_pair a, const double *x, pairs v)
{
    for (size_t j = 0; j < n; j++) add_to(&v.high[j], &v.low[j], term_of(x[j], a.high, a.low));
}

typedef struct precise_pass {
    const gr_precise *precise;
    pairs theta;
} precise_pass;

/* z = X_block theta + intercept */
GR_FOR_ALL void multiply(const precise_pass *pass, size_t cols, const gr_block *block, pairs z)
{
    for (size_t i = 0; i < block->rows; i++) {
        const gr_pair sum = block->by_row ? dot(cols, block->data + i * block->ld, pass->theta)
                                          : (gr_pair){0.0, 0.0};
        z.high[i] = sum.high;
        z.low[i] = sum.low;
        add_to(&z.high[i], &z.low[i], pass->precise->intercept);
    }
    for (size_t j = 0; !block->by_row && j < cols; j++)
        add_scaled(block->rows, (gr_pair){pass->theta.high[j], pass->theta.low[j]},
                   block->data + j * block->ld, z);
}

/* How L lies in memory, from a row on. */
typedef struct low_block {
    const double *first;
    size_t down, across;
} low_block;

GR_FOR_ALL low_block low_at(const gradus_matrix *low, size_t row)
{
    const bool by_row = low->layout == GRADUS_LAYOUT_ROW_MAJOR;
    return (low_block){(const double *)low->data + gr_matrix_offset(low, row, 0), by_row ? low->ld : 1,
                       by_row ? 1 : low->ld};
}

/* z += L_block theta. L is of rounding's size, so that double is precise enough. */
GR_FOR_ALL void multiply_low(const precise_pass *pass, size_t cols, const gr_block *block, pairs z)
{
    const low_block low = low_at(pass->precise->low, block->first);
    for (size_t i = 0; i < block->rows; i++) {
        for (size_t j = 0; j < cols; j++)
            z.low[i] += low.first[i * low.down + j * low.across] * pass->theta.high[j];
    }
}

/* gradient += L_block' r */
GR_FOR_ALL void multiply_low_transposed(const precise_pass *pass, size_t cols, const gr_block *block, pairs r,
                                        pairs gradient)
{
    const low_block low = low_at(pass->precise->low, block->first);
    for (size_t i = 0; i < block->rows; i++) {
        for (size_t j = 0; j < cols; j++)
            gradient.low[j] += low.first[i * low.down + j * low.across] * r.high[i];
    }
}

/* z becomes w (z + offset - y); residual += its sum */
GR_FOR_ALL void subtract(const gr_precise *precise, const gr_block *block, pairs z, gr_pair *residual)
{
    for (size_t i = 0; i < block->rows; i++) {
        const double w = precise->weights ? precise->weights[block->first + i] : 1.0;
        if (precise->offset) add_to(&z.high[i], &z.low[i], (gr_pair){precise->offset[block->first + i], 0.0});
        add_to(&z.high[i], &z.low[i], (gr_pair){-precise->y[block->first + i], 0.0});
        const gr_pair r = gr_pair_scale(w, gr_two_sum(z.high[i], z.low[i]));
        z.high[i] = r.high;
        z.low[i] = r.low;
        *residual = gr_pair_add(*residual, r);
    }
}

/* gradient += X_block' r */
GR_FOR_ALL void multiply_transposed(size_t cols, const gr_block *block, pairs r, pairs gradient)
{
    for (size_t i = 0; block->by_row && i < block->rows; i++)
        add_scaled(cols, (gr_pair){r.high[i], r.low[i]}, block->data + i * block->ld, gradient);
    for (size_t j = 0; !block->by_row && j < cols; j++)
        add_to(&gradient.high[j], &gradient.low[j], dot(block->rows, block->data + j * block->ld, r));
}

/* A leaf's sums are cols + 1 pairs: the gradient and the sum of the residuals. */
GR_FOR_ALL void sweep_leaf(void *context, gr_leaf *leaf)
{
    const precise_pass *pass = (const precise_pass *)context;
    const size_t cols = leaf->reader->X.cols;
    pairs gradient = pairs_at(leaf->sums, cols + 1),
          z = pairs_at(leaf->scratch, leaf->reader->cut.block_rows);
    gr_pair residual = {0.0, 0.0};
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        multiply(pass, cols, &block, z);
        if (pass->precise->low) multiply_low(pass, cols, &block, z);
        subtract(pass->precise, &block, z, &residual);
        multiply_transposed(cols, &block, z, gradient);
        if (!pass->precise->low) continue;
        multiply_low_transposed(pass, cols, &block, z, gradient);
        leaf->elements += (double)block.rows * (double)cols;
    }
    gradient.high[cols] = residual.high;
    gradient.low[cols] = residual.low;
}

/* fma is an instruction where the processor has it, and a slow call elsewhere. */
GR_FOR_512 static void sweep_leaf_512(void *context, gr_leaf *leaf)
{
    sweep_leaf(context, leaf);
}

GR_FOR_256 static void sweep_leaf_256(void *context, gr_leaf *leaf)
{
    sweep_leaf(context, leaf);
}

static void sweep_leaf_plain(void *context, gr_leaf *leaf)
{
    sweep_leaf(context, leaf);
}

static gr_leaf_work work_here(void)
{
    const gr_target target = gr_target_here();
    if (target == GR_TARGET_512) return sweep_leaf_512;
    return target == GR_TARGET_256 ? sweep_leaf_256 : sweep_leaf_plain;
}

static void add_leaf(size_t count, double *into, const double *from)
{
    const size_t half = count / 2;
    for (size_t j = 0; j < half; j++) {
        const gr_pair a = gr_two_sum(into[j], into[j + half]), b = gr_two_sum(from[j], from[j + half]);
        const gr_pair sum = gr_pair_add(a, b);
        into[j] = sum.high;
        into[j + half] = sum.low;
    }
}

/* Before what the sweep needs, theta stands in memory as two vectors. */
bool gr_precise_doubles(const gr_reader *reader, size_t *doubles)
{
    const gr_partition cut = gr_partition_of(&reader->X);
    return gr_recut_doubles(reader, &cut, 2 * cut.block_rows, 2 * reader->X.cols + 2, doubles) &&
           gr_add(*doubles, 2 * reader->X.cols, doubles);
}

void gr_pass_precise(gr_reader *reader, gr_precise *precise, double *memory)
{
    const size_t cols = reader->X.cols, sums = 2 * cols + 2;
    precise_pass pass = {precise, pairs_at(memory, cols)};
    for (size_t j = 0; j < cols; j++) {
        pass.theta.high[j] = precise->theta[j].high;
        pass.theta.low[j] = precise->theta[j].low;
    }
    const gr_partition cut = gr_partition_of(&reader->X);
    gr_reader own = gr_reader_recut(reader, &cut, 2 * cut.block_rows, sums, memory + 2 * cols);
    gr_sweep_adding(&own, sums, work_here(), add_leaf, &pass);
    const pairs total = pairs_at(own.sums, cols + 1);
    for (size_t j = 0; j < cols; j++) precise->gradient[j] = gr_two_sum(total.high[j], total.low[j]);
    precise->residual = gr_two_sum(total.high[cols], total.low[cols]);
    gr_reader_take(reader, &own);
}
