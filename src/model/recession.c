/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every row says of a direction d: v'd >= 0, or v'd = 0. Where theta has gone far along such a direction, the rows whose residual has not
 * vanished are those that it does not move: v'd = 0. So d is what is left of theta beside the span of these rows; of the other rows
 * one that d moves the wrong way joins them, and d is made anew. Where the rows span everything there is no d.
 * In columns of one length; Gram and Schmidt's process, twice, because once is not enough: Giraud, Langou, Rozloznik and van den
 * Eshof, Numer. Math. 101 (2005) 87.
 */
#include "model/recession.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/options.h"

/* Of the lengths of two vectors: their product is no less than 0 where it is no less than minus this share of them. */
static const double NEARLY = 1e-12;

/* A residual below this share of the curvature's bound may vanish yet. */
static const double VANISHING = 0.2;

/* exp(z_c - z_y) below this may */
static const double UNLIKELY = 0.05;

/* A column in which rows that are asked have more than this times what those it was measured by have is measured anew. */
static const double MISSED = 16.0;

/* Reads of all rows at most; rows looked at for each coefficient before the first; rows between two looks at the caller's flag. */
enum { ROUNDS = 24, ROWS = 4, HEED = 1024 };

/* A whole number that d's entries may be multiples of; and how near they must be to it */
static const double LARGEST_WHOLE = 1e6, WHOLE = 1e-10;

typedef struct search {
    const gradus_objective *f;
    const gr_model *model;
    gr_workspace *work;
    const double *theta;
    size_t p, size, rank;
    double *scale; /* 1 over the columns' lengths, p */
    double *most;  /* of the columns' numbers, in the rows that were asked, p */
    double *x;     /* a row, the intercept's 1 included, p */
    double *v;     /* what it says, in columns of one length, and what is left of that beside the span */
    double *phi;   /* d in columns of one length */
    double *basis; /* of the span, orthonormal, size x size */
    double *d;
} search;

static bool has_direction(const gradus_objective *f)
{
    const gr_model *model = &f->model;
    const bool classes = gr_objective_has_outputs(f) && model->several->minima;
    const bool one = gr_objective_is_model(f) && model->loss->side;
    return (classes || one) && f->size <= GR_RECESSION_SIZE;
}

static void read_row(search *at, size_t i)
{
    gr_pass_rows(&at->work->reader, i, 1, at->x, 1);
    if (at->model->intercept) at->x[at->model->X.cols] = 1.0;
}

static bool counts(const search *at, size_t i)
{
    return !at->model->weights || at->model->weights[i] > 0.0;
}

/* Of one output the row itself is what it says; of classes there is one for every class but its own. */
static size_t sayings(const search *at)
{
    return gr_objective_has_outputs(at->f) ? at->model->outputs : 1;
}

/* v of row i, and of class c; false where there is none. *firm: v'd = 0. */
static bool say(search *at, size_t i, size_t c, bool *firm)
{
    const gr_model *model = at->model;
    const bool classes = gr_objective_has_outputs(at->f);
    const size_t own = classes ? (size_t)model->y[i] : 0;
    const int side = classes ? 1 : model->loss->side(model->y[i]);
    *firm = side == 0;
    if (classes && c == own) return false;
    memset(at->v, 0, at->size * sizeof *at->v);
    for (size_t j = 0; j < at->p; j++) {
        const double u = at->x[j] * at->scale[j];
        at->v[own * at->p + j] = side < 0 ? -u : u;
        if (classes) at->v[c * at->p + j] = -u;
    }
    return true;
}

static double margin_of(const search *at, size_t c)
{
    return gr_dot(at->p, at->x, at->theta + c * at->p);
}

/* Is what row i says of theta still far from what it would have in the end? */
static bool presses(const search *at, size_t i, size_t c)
{
    const gr_model *model = at->model;
    if (gr_objective_has_outputs(at->f))
        return exp(margin_of(at, c) - margin_of(at, (size_t)model->y[i])) > UNLIKELY;
    const gr_response response = gr_model_response(model);
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    double residual = margin_of(at, 0);
    gr_response_pointwise(&response, i, 1, &residual, &sums);
    const double weight = model->weights ? model->weights[i] : 1.0;
    return fabs(residual) > VANISHING * model->bound * weight;
}

/* v less its part in the span */
static void leave(const search *at, double *v)
{
    for (size_t k = 0; k < at->rank; k++) {
        const double *q = at->basis + k * at->size;
        cblas_daxpy((int)at->size, -cblas_ddot((int)at->size, q, 1, v, 1), q, 1, v, 1);
    }
}

/* v joins the span, unless it is in it already. */
static void join(search *at)
{
    const double length = gr_norm(at->size, at->v);
    if (at->rank == at->size || !(length > 0.0) || !isfinite(length)) return;
    leave(at, at->v);
    const double left = gr_norm(at->size, at->v);
    if (!(left > NEARLY * length)) return;
    for (size_t j = 0; j < at->size; j++) at->v[j] /= left;
    leave(at, at->v);
    const double again = gr_norm(at->size, at->v);
    double *q = at->basis + at->rank++ * at->size;
    for (size_t j = 0; j < at->size; j++) q[j] = at->v[j] / again;
}

static void join_unit(search *at, size_t j)
{
    memset(at->v, 0, at->size * sizeof *at->v);
    at->v[j] = 1.0;
    join(at);
}

static bool is_intercept(const search *at, size_t e)
{
    return e % at->p == at->model->X.cols;
}

/* May entry e of theta go to infinity in this direction? Intercepts may; bounds know nothing of them. */
static bool may_go(const search *at, size_t e, double direction)
{
    const gr_model *model = at->model;
    const gr_penalty *h = &model->penalty;
    const size_t j = e / at->p * model->X.cols + e % at->p;
    if (is_intercept(at, e)) return true;
    if (model->ridge > 0.0 || h->lasso > 0.0 || h->radius > 0.0) return false;
    return isinf(direction > 0.0 ? gr_penalty_upper(h, j) : gr_penalty_lower(h, j));
}

/* Entry e, while there is nothing in the basis but such: it is orthogonal to them already. */
static void hold_unit(search *at, size_t e)
{
    double *q = at->basis + at->rank++ * at->size;
    memset(q, 0, at->size * sizeof *q);
    q[e] = 1.0;
}

/* What penalties and two bounds hold; and of classes what moves all of them alike, where no bound can tell them apart */
static void hold(search *at)
{
    for (size_t e = 0; e < at->size; e++) {
        if (!may_go(at, e, 1.0) && !may_go(at, e, -1.0)) hold_unit(at, e);
    }
    const bool alike = !at->model->penalty.lower && !at->model->penalty.upper;
    for (size_t j = 0; alike && gr_objective_has_outputs(at->f) && j < at->p; j++) {
        memset(at->v, 0, at->size * sizeof *at->v);
        for (size_t c = 0; c < at->model->outputs; c++) at->v[c * at->p + j] = 1.0;
        join(at);
    }
}

static size_t rows_first(const search *at)
{
    return gr_min(at->model->X.rows, ROWS * at->size);
}

static void measure(search *at)
{
    const size_t rows = gr_min(at->model->X.rows, at->size);
    for (size_t j = 0; j < at->p; j++) at->scale[j] = 0.0;
    for (size_t k = 0; k < rows; k++) {
        read_row(at, gr_sample_row(at->model->X.rows, rows, k));
        for (size_t j = 0; j < at->p; j++) at->scale[j] = fmax(at->scale[j], fabs(at->x[j]));
    }
    for (size_t j = 0; j < at->p; j++) at->scale[j] = at->scale[j] > 0.0 ? 1.0 / at->scale[j] : 1.0;
}

/*
 * Columns of which the rows that were asked have far more than those that measured them get the length that they have; are there any?
 * Beside a number that is too long by 1e12 what is left of a row would pass for rounding.
 */
static bool measure_again(search *at)
{
    bool any = false;
    for (size_t j = 0; j < at->p; j++) {
        if (!(at->most[j] * at->scale[j] > MISSED)) continue;
        at->scale[j] = 1.0 / at->most[j];
        any = true;
    }
    return any;
}

/* Rows spread over X that press already: where there is an optimum they span everything. */
static void press(search *at)
{
    const size_t rows = rows_first(at);
    for (size_t k = 0; k < rows && at->rank < at->size; k++) {
        const size_t i = gr_sample_row(at->model->X.rows, rows, k);
        bool firm;
        if (!counts(at, i)) continue;
        read_row(at, i);
        for (size_t c = 0; c < sayings(at); c++) {
            if (say(at, i, c, &firm) && (firm || presses(at, i, c))) join(at);
        }
    }
}

/* Where d is a multiple of small whole numbers but for rounding, those: rows of whole numbers are then on the plane exactly. */
static void make_whole(search *at)
{
    double least = (double)INFINITY;
    for (size_t e = 0; e < at->size; e++) {
        if (at->d[e] != 0.0) least = fmin(least, fabs(at->d[e]));
    }
    for (size_t e = 0; e < at->size; e++) {
        const double whole = at->d[e] / least;
        if (!(fabs(whole) <= LARGEST_WHOLE && fabs(whole - round(whole)) <= WHOLE)) return;
    }
    for (size_t e = 0; e < at->size; e++) at->d[e] = round(at->d[e] / least);
}

static double largest_of(size_t n, const double *v)
{
    double largest = 0.0;
    for (size_t e = 0; e < n; e++) largest = fmax(largest, fabs(v[e]));
    return largest;
}

/* phi = theta beside the span, its largest entry 1; false where that is nothing. Twice, the second time in its own size. */
static bool aim(search *at)
{
    for (size_t e = 0; e < at->size; e++) at->phi[e] = at->theta[e] / at->scale[e % at->p];
    double before = largest_of(at->size, at->phi);
    for (int k = 0; k < 2; k++) {
        leave(at, at->phi);
        const double size = largest_of(at->size, at->phi);
        if (!(size > NEARLY * before) || !isfinite(size)) return false;
        for (size_t e = 0; e < at->size; e++) at->phi[e] /= size;
        before = 1.0;
    }
    for (size_t e = 0; e < at->size; e++)
        at->d[e] = fabs(at->phi[e]) <= NEARLY ? 0.0 : at->phi[e] * at->scale[e % at->p];
    make_whole(at);
    for (size_t e = 0; e < at->size; e++) at->phi[e] = at->d[e] / at->scale[e % at->p];
    return true;
}

/* Entries that bounds forbid join the span; are there any? */
static bool bounded(search *at)
{
    bool any = false;
    for (size_t e = 0; e < at->size; e++) {
        if (!(at->d[e] > 0.0 || at->d[e] < 0.0) || may_go(at, e, at->d[e])) continue;
        join_unit(at, e);
        any = true;
    }
    return any;
}

/* Aims until no bound is in the way; false where nothing is left. */
static bool keep_bounds(search *at)
{
    while (at->rank < at->size && aim(at)) {
        const size_t before = at->rank;
        if (!bounded(at)) return true;
        if (at->rank == before) return false;
    }
    return false;
}

typedef struct verdict {
    double worst; /* the least v'd by the lengths of both, of those that are below 0 */
    bool refuted; /* there was one, or one that is to be 0 and is not */
    bool falls;   /* the loss does, on a row */
} verdict;

/* v joins where d moves it the wrong way, and about as wrong as any before. */
static void weigh(search *at, bool firm, double length, verdict *found)
{
    const double size = gr_norm(at->size, at->v) * length;
    const double product = cblas_ddot((int)at->size, at->v, 1, at->phi, 1);
    const double share = size > 0.0 ? product / size : 0.0;
    const bool on_plane = fabs(share) <= NEARLY;
    if (on_plane) return;
    if (!firm && share > 0.0) {
        found->falls = true;
        return;
    }
    found->refuted = true;
    if (!firm && !(share <= 0.5 * found->worst)) return; /* NaN refutes, and joins nothing */
    if (!firm) found->worst = fmin(found->worst, share);
    join(at);
}

/* All rows are asked for their opinion of d; none is where the caller has cancelled. */
static verdict ask(search *at)
{
    const double length = gr_norm(at->size, at->phi);
    verdict found = {0.0, false, false};
    bool firm;
    for (size_t i = 0; i < at->model->X.rows; i++) {
        if (i % HEED == 0 && gr_workspace_cancelled(at->work)) return (verdict){0.0, true, false};
        if (!counts(at, i)) continue;
        read_row(at, i);
        for (size_t j = 0; j < at->p; j++) at->most[j] = fmax(at->most[j], fabs(at->x[j]));
        for (size_t c = 0; c < sayings(at); c++) {
            if (say(at, i, c, &firm)) weigh(at, firm, length, &found);
        }
    }
    return found;
}

static bool run(search *at)
{
    hold(at);
    const size_t held = at->rank;
    if (held == at->size) return false;
    measure(at);
    press(at);
    for (int round = 0; round < ROUNDS; round++) {
        const size_t before = at->rank;
        if (!keep_bounds(at)) return false;
        const verdict found = ask(at);
        if (found.refuted && at->rank == before) return false;
        if (found.refuted) continue;
        if (!measure_again(at)) return found.falls;
        at->rank = held; /* which knows no lengths */
        press(at);
    }
    return false;
}

size_t gr_recession_doubles(const gradus_objective *f)
{
    return has_direction(f) ? f->size * f->size + 3 * f->size + 3 * gr_model_size(&f->model) : 0;
}

bool gr_recession(const gradus_objective *f, gr_workspace *work, double *memory, const double *theta,
                  double *direction)
{
    if (!has_direction(f)) return false;
    const size_t size = f->size, p = gr_model_size(&f->model);
    search at = {.f = f, .model = &f->model, .work = work, .theta = theta, .p = p, .size = size};
    at.v = memory;
    at.phi = at.v + size;
    at.d = at.phi + size;
    at.scale = at.d + size;
    at.most = at.scale + p;
    at.x = at.most + p;
    memset(at.most, 0, p * sizeof *at.most);
    at.basis = at.x + p;
    if (!run(&at)) return false;
    memcpy(direction, at.d, size * sizeof *direction);
    return true;
}
