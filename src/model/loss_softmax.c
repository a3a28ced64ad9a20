/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stddef.h>

#include "model/loss.h"

/* One row of margins: z[c * stride], c < k. */
typedef struct margins_of_row {
    double *z;
    size_t stride, outputs, label;
} margins_of_row;

static size_t largest(const margins_of_row *row)
{
    size_t at = 0;
    for (size_t c = 1; c < row->outputs; c++) {
        if (row->z[c * row->stride] > row->z[at * row->stride]) at = c;
    }
    return at;
}

/*
 * loss = log sum_c exp(z_c) - z_y, residuals p_c - [c = y] with p_c = exp(z_c)/sum exp(z).
 *
 * With a the largest margin and s the sum of exp(z_c - z_a) over the other classes, the loss is log1p(s) + (z_a - z_y), and the
 * residual of the class itself is minus the others' share, so that no difference of close numbers is taken and nothing overflows.
 */
static double lose(const margins_of_row *row, double weight)
{
    const size_t k = row->outputs, stride = row->stride, top = largest(row);
    const double highest = row->z[top * stride], behind = highest - row->z[row->label * stride];
    double others = 0.0;
    for (size_t c = 0; c < k; c++) {
        row->z[c * stride] = c == top ? 1.0 : exp(row->z[c * stride] - highest);
        if (c != top) others += row->z[c * stride];
    }
    const double wrong = top == row->label ? others : 1.0 + (others - row->z[row->label * stride]);
    const double share = weight / (1.0 + others);
    row->z[row->label * stride] = -wrong;
    for (size_t c = 0; c < k; c++) row->z[c * stride] *= share;
    return log1p(others) + behind;
}

/* X theta separates the classes or not, whatever the offset says of them: it is added once they were looked at. */
static void add_offset(const gr_outputs_response *response, size_t i, const margins_of_row *row)
{
    for (size_t c = 0; response->offset && c < row->outputs; c++)
        row->z[c * row->stride] += response->offset[c * response->rows + i];
}

static void pointwise(const void *context, size_t first, size_t rows, double *margins, double *loss,
                      double *least)
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        margins_of_row row = {NULL, rows, response->outputs, (size_t)response->y[first + i]};
        row.z = margins + i;
        if (response->looks && weight > 0.0)
            gr_classes_look(row.outputs, response->groups, row.label, row.z, row.stride, least);
        add_offset(response, first + i, &row);
        const double lost = lose(&row, weight);
        *loss += weight * lost;
        if (response->losses) response->losses[first + i] = lost;
    }
}

/* p_c in the place of z_c, of row i; the product of the two largest */
static double shares_of_row(double *z, size_t rows, size_t outputs)
{
    double sum = 0.0, most = z[0], first = 0.0, second = 0.0;
    for (size_t c = 1; c < outputs; c++) most = z[c * rows] > most ? z[c * rows] : most;
    for (size_t c = 0; c < outputs; c++) sum += z[c * rows] = exp(z[c * rows] - most);
    for (size_t c = 0; c < outputs; c++) {
        const double share = z[c * rows] /= sum;
        second = share > first ? first : (share > second ? share : second);
        first = share > first ? share : first;
    }
    return first * second;
}

static double prepare(const void *context, size_t first, size_t rows, double *margins)
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    double largest = 0.0;
    gr_outputs_add_offset(response, first, rows, margins);
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        const double product = weight * shares_of_row(margins + i, rows, response->outputs);
        if (product > largest) largest = product;
    }
    return largest;
}

/* w p_c p_d */
static void weigh_pair(const void *context, size_t first, size_t rows, const double *prepared, size_t c,
                       size_t d, double *weights)
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        weights[i] = weight * prepared[c * rows + i] * prepared[d * rows + i];
    }
}

static const double large = 30.0; /* from here on log(1 - c s) + loss does not cancel */

/*
 * The conjugate of log sum exp(z_d) - z_y at nu is sum q_d log q_d where q = nu + e_y is a distribution, and for nu = c (p - e_y) that is
 * q = c p + (1 - c) e_y. What c nu lacks is then the divergence of q from p, sum q_d log(q_d/p_d), which depends on p_y = exp(-loss) alone:
 * c s log c + (1 - c s) log((1 - c s)/p_y), s = 1 - p_y. Boyd and Vandenberghe, Convex Optimization, Cambridge 2004, example 3.25.
 */
static double divergence(double loss, double c)
{
    const double others = -expm1(-loss);
    const double ratio = loss > large ? log1p(-c * others) + loss : log1p((1.0 - c) * expm1(loss));
    const double sum = (c > 0.0 ? c * others * log(c) : 0.0) + (1.0 - c * others) * ratio;
    return sum > 0.0 || isnan(sum) ? sum : 0.0;
}

static double slack(const gr_outputs_response *response, const double *losses, double c)
{
    double sum = 0.0;
    for (size_t i = 0; i < response->rows; i++) {
        const double weight = response->weights ? response->weights[i] : 1.0;
        if (weight > 0.0) sum += weight * divergence(losses[i], c);
    }
    return sum;
}

static const gr_outputs_curvatures curvatures = {prepare, weigh_pair};

/*
 * The Hessian of a row's loss, diag(p) - pp', is at most (I - 11'/k)/2.
 * Bohning, Multinomial logistic regression algorithm, Ann. Inst. Statist. Math. 44 (1992) 197.
 */
const gr_outputs_loss gr_loss_softmax = {.name = "softmax",
                                         .pointwise = pointwise,
                                         .curvature_bound = 0.5,
                                         .balanced = true,
                                         .curvatures = &curvatures,
                                         .slack = slack,
                                         .minima = gr_classes_minima};
