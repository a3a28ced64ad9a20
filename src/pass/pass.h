/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ways of reading X. Nothing outside this room touches an element of X, and every element that is touched is
 * counted, so `gr_reader_passes` is a measurement and not an estimate.
 */
#ifndef GR_PASS_PASS_H
#define GR_PASS_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pair.h"
#include "gradus/matrix.h"
#include "pass/partition.h"

/* One solve's reader of X: the view, how it is cut, the threads it may use, the caller's cancel flag, the count. */
typedef struct gr_reader {
    gradus_matrix X;
    gr_partition cut;
    double *memory;       /* what the owner lent */
    int threads;          /* at most so many; the result is the same for any */
    double *margins;      /* threads x margin_stride doubles: a thread's margins, X in double, scratch */
    double *sums;         /* leaves x sum_stride doubles: what each leaf added up */
    double *shares;       /* threads x a pair of cache lines: which leaves are whose, in sweep.c */
    size_t margin_stride; /* as sum_stride whole cache lines in pairs, so that threads do not share any */
    size_t sum_stride;
    size_t wide, scratch;       /* where these two begin behind a thread's margins */
    bool gathers;               /* blocks are copied, by row and in double; see gr_selection_open */
    const size_t *chosen;       /* row i is X's row chosen[i] then; NULL: X's row i */
    const volatile int *cancel; /* may be NULL */
    bool cancelled;             /* set when a pass was cut short; its results are then meaningless */
    int threads_seen;           /* threads that really took part in the last pass */
    double elements;            /* elements of X read so far */
} gr_reader;

/* Threads a reader of X will use under an upper limit (0: as many as the machine has). */
int gr_reader_threads(const gradus_matrix *X, int limit);

/* Doubles the owner must lend for that many threads; false when the number overflows. */
bool gr_reader_doubles(const gradus_matrix *X, int threads, size_t *doubles);

gr_reader gr_reader_open(const gradus_matrix *X, int threads, double *memory, const volatile int *cancel);

/* Looks at the cancel flag between passes; sets cancelled. */
void gr_reader_heed(gr_reader *reader);

/* Reads of the whole X so far; fractions count. */
double gr_reader_passes(const gr_reader *reader);

/* Takes over what a reader made of this one has counted and seen. */
void gr_reader_take(gr_reader *reader, const gr_reader *other);

/*
 * A reader of some rows of X at a time, at most `rows`: for gr_pass_gradient, which then speaks of those rows as 0 .. count - 1.
 * They are copied together block by block, and used twice while they are in cache; consecutive rows of row-major doubles are
 * read where they are. The cut is that of `rows` rows, whatever the count. Open it once, and aim it at rows first ..
 * first + count, or where `chosen` is not NULL at these `count` rows, which may repeat.
 */
bool gr_selection_doubles(const gradus_matrix *X, int threads, size_t rows, size_t *doubles);
gr_reader gr_selection_open(const gradus_matrix *X, int threads, size_t rows, double *memory,
                            const volatile int *cancel);
void gr_selection_aim(gr_reader *reader, const gradus_matrix *X, size_t first, size_t count,
                      const size_t *chosen);

/*
 * A reader for gr_pass_outputs with so many outputs and minima, and for all other passes but those of a single output (gradient, product,
 * line, precise). Threads, memory and opening as above.
 */
int gr_outputs_threads(const gradus_matrix *X, size_t outputs, int limit);
bool gr_outputs_doubles(const gradus_matrix *X, size_t outputs, size_t minima, int threads, size_t *doubles);
gr_reader gr_outputs_open(const gradus_matrix *X, size_t outputs, size_t minima, int threads, double *memory,
                          const volatile int *cancel);

/* What a pointwise loss adds up over rows. */
typedef struct gr_sums {
    double loss;     /* sum of w_i * loss(z_i, y_i) */
    double residual; /* sum of the residuals: the intercept's share of X'r */
    double
        separation; /* smallest signed margin, > 0 when theta splits the classes; -Inf for losses without classes */
} gr_sums;

/*
 * The pointwise part of a pass over rows first .. first + rows: turns margins z_i into residuals
 * w_i * d loss / d z_i in place, and adds to loss and separation of sums (not to residual).
 */
typedef void (*gr_pointwise)(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums);

/* Where a model is evaluated, by which loss, and where the results go. */
typedef struct gr_evaluation {
    const double *theta; /* cols doubles */
    double intercept;
    gr_pointwise pointwise;
    const void *context; /* of pointwise */
    gr_sums *sums;       /* out */
    double share;        /* of X'r, that the gradient is */
    double *gradient;    /* out: share X'r, cols doubles; NULL: not wanted */
    double *margins;     /* out: z, rows doubles; NULL: not wanted. By gr_pass_gradient only */
    bool residual;       /* is sums->residual wanted? Otherwise it is 0 */
} gr_evaluation;

/*
 * z = X theta + intercept;  sums and residuals r by `pointwise`;  gradient = share X'r.
 * One read of X: while a block is in cache it is used twice.
 */
void gr_pass_gradient(gr_reader *reader, const gr_evaluation *at);

/*
 * The pointwise part of a pass over several outputs, on rows first .. first + rows: turns the margins, rows x outputs,
 * column-major without gaps, into residuals w_i d loss_i / d z_ic in place; adds to *loss; and lowers each of the minima least[] to
 * what a row says of it, where that is less.
 */
typedef void (*gr_outputs_pointwise)(const void *context, size_t first, size_t rows, double *margins,
                                     double *loss, double *least);

/* Where a model with several outputs is evaluated. */
typedef struct gr_outputs_evaluation {
    size_t outputs;      /* k */
    const double *theta; /* p x k, column-major; p = cols, or cols + 1 with the intercepts in the last row */
    bool intercept;
    gr_outputs_pointwise pointwise;
    const void *context; /* of pointwise */
    gr_sums *sums;       /* out; residual is 0, separation -Inf */
    double *gradient;    /* out: [X 1]'R, p x k; NULL: not wanted */
    size_t minima;       /* what pointwise lowers; 0 where it lowers nothing */
    double *least;       /* out: the minima over all rows, Inf where no row says anything */
} gr_outputs_evaluation;

/*
 * Z = X Theta + intercepts;  R by `pointwise`;  gradient = [X 1]'R. One read of X by a reader of gr_outputs_open: while a block
 * is in cache it is multiplied twice.
 */
void gr_pass_outputs(gr_reader *reader, const gr_outputs_evaluation *at);

/* The second derivatives of a loss of several outputs over rows first .. first + rows, with margins as above. */
typedef struct gr_outputs_curvatures {
    /* turns the margins, in place, into what `pair` wants of them; returns the largest weight of any pair */
    double (*prepare)(const void *context, size_t first, size_t rows, double *margins);
    /* weights[i] = -w_i d^2 loss_i / dz_c dz_d >= 0, c and d different */
    void (*pair)(const void *context, size_t first, size_t rows, const double *prepared, size_t c, size_t d,
                 double *weights);
} gr_outputs_curvatures;

/*
 * [X 1]'D_cd[X 1] for all c < d < outputs, D_cd those weights at theta, but for rows of which they are negligible: p x p, column-major,
 * the upper triangles, one behind the other with c running first. Returns where they are in `memory`, gr_outputs_gram_doubles
 * doubles. One read by a reader of gr_outputs_open.
 */
typedef struct gr_outputs_gram {
    size_t outputs;
    const double *theta;
    bool intercept;
    const gr_outputs_curvatures *curvatures;
    const void *context; /* of curvatures */
} gr_outputs_gram;
bool gr_outputs_gram_doubles(const gr_reader *reader, const gr_outputs_gram *request, size_t *doubles);
const double *gr_pass_outputs_gram(gr_reader *reader, const gr_outputs_gram *request, double *memory);

/*
 * The same as gr_pass_gradient, with theta and X'r as unevaluated sums high + low of two doubles and everything between accumulated likewise:
 * r_i = w_i (x_i'theta + intercept + offset_i - y_i), gradient = X'r, residual = sum r_i. For least squares. One read.
 * memory: gr_precise_doubles doubles.
 */
typedef struct gr_precise {
    const gr_pair *theta; /* cols pairs */
    gr_pair intercept;
    const double *y, *weights; /* weights NULL for all 1 */
    const double *offset;      /* NULL for all 0 */
    const gradus_matrix
        *low; /* X + L is the data, L of X's shape and in double; NULL: X is. Reading L counts as reading X */
    gr_pair *gradient; /* out: cols pairs */
    gr_pair residual;  /* out */
} gr_precise;
bool gr_precise_doubles(const gr_reader *reader, size_t *doubles);
void gr_pass_precise(gr_reader *reader, gr_precise *precise, double *memory);

/* margins = X d + intercept, m doubles, for each of `count` products in the same read. */
typedef struct gr_product {
    const double *d;
    double intercept;
    double *margins;
} gr_product;
void gr_pass_product(gr_reader *reader, const gr_product *products, size_t count);

/*
 * The loss along a line, from the margins z at its origin and q = X d + d_0 along it: loss and separation at z + alpha q, and
 * *slope = sum r_i q_i. Reads no element of X: O(m).
 */
typedef struct gr_line {
    const double *z, *q;
    gr_pointwise pointwise;
    const void *context;
} gr_line;
void gr_pass_line(gr_reader *reader, const gr_line *line, double alpha, gr_sums *sums, double *slope);

/* ||D^(1/2) (X d + intercept)||_2^2, weights NULL for all 1: the curvature along d of least squares, times W. One read. */
double gr_pass_product_norm(gr_reader *reader, const double *d, double intercept, const double *weights);

/* Are all elements of X finite? If not: the first one, by rows, that is NaN or Inf, and its place. One read. */
bool gr_pass_finite(gr_reader *reader, size_t *row, size_t *column, double *measured);

/*
 * Column means and scales: center_j = sum w x_j / W, or 0 when not centred; scale_j = sqrt(sum w (x_j - center_j)^2 / W),
 * safe from overflow. A column whose spread about its mean is rounding has scale 0. weights NULL for all 1; work: cols
 * doubles. Two reads.
 */
void gr_pass_scales(gr_reader *reader, const double *weights, bool centred, double *center, double *scale,
                    double *work);

/* The curvature of a loss over rows first .. first + rows: curvatures[i] = w_i d^2 loss / dz^2 at margins[i]. */
typedef void (*gr_curvatures)(const void *context, size_t first, size_t rows, const double *margins,
                              double *curvatures);

/*
 * gram = [X 1]'D[X 1], the column of ones only with intercept: p x p, column-major, its upper triangle; p = cols or
 * cols + 1. D = diag(weights), NULL for all 1, or where `curvatures` is set the loss's curvatures at `start`.
 * With `start` the model is evaluated there in the same read.
 * With `sample` > 0 and below rows, only so many rows, one drawn at random from each of as many equal strata; `start` must
 * then be NULL, and total is the sum of the weights drawn.
 * memory: gr_gram_doubles doubles. One read, or sample / rows of one.
 */
typedef struct gr_gram {
    const double *weights;
    bool intercept;
    const gr_evaluation *start; /* may be NULL */
    gr_curvatures curvatures;   /* may be NULL; its context is that of start */
    size_t sample;              /* 0: every row */
    double total;               /* out: sum of the weights of the rows read */
} gr_gram;
bool gr_gram_doubles(const gr_reader *reader, const gr_gram *request, size_t *doubles);
void gr_pass_gram(gr_reader *reader, gr_gram *request, double *gram, double *memory);

/*
 * S D^(1/2) [X 1], row-major with p columns, in memory (gr_sketch_doubles doubles): returns where. S is a sparse sign
 * embedding of GR_SKETCH_FACTOR p rows; where X has not GR_SKETCH_PAYS times p rows, it is the identity. One read.
 */
enum { GR_SKETCH_FACTOR = 8, GR_SKETCH_PAYS = 16 };
size_t gr_sketch_rows(const gr_reader *reader, bool intercept);
bool gr_sketch_doubles(const gr_reader *reader, bool intercept, size_t *doubles);
double *gr_pass_sketch(gr_reader *reader, const double *weights, bool intercept, double *memory);

/* D^(1/2) [X 1], row-major with p columns, into rows x p doubles. One read. */
void gr_pass_design(gr_reader *reader, const double *weights, bool intercept, double *copy);

/* A mark of X's elements, each as a double, and of how they lie; see base/hash.h. The same for any number of threads. One read. */
uint64_t gr_pass_fingerprint(gr_reader *reader);

/*
 * A random sample of X: one row from each of `rows` equal strata, at most as many as X has. Which row the k-th is; and all of them,
 * copied row-major without gaps, rows x cols doubles: rows / m of a read. Returns the elements read.
 */
size_t gr_sample_row(size_t population, size_t rows, size_t k);
double gr_pass_sample(const gradus_matrix *X, size_t rows, double *copy);

/* So many columns of X, copied to column-major `copy` with leading dimension rows. count / cols of a read. */
void gr_pass_columns(gr_reader *reader, size_t count, const size_t *columns, double *copy);

/* Rows first .. first + rows, copied to column-major `copy` with leading dimension ld >= rows. One read of those rows. */
void gr_pass_rows(gr_reader *reader, size_t first, size_t rows, double *copy, size_t ld);

#endif
