/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classes that can be separated: a solve says so, and gradus_separating_direction hands over the proof, which plain loops check on
 * every row. Classes that cannot be are never called so.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { M = 240, N = 3, MOST = 8 * (N + 1) };

/* M rows in N columns and labels 0 .. k - 1, by row; row i has margins of D, each for one class. */
typedef struct labelled {
    double x[M * N], labels[M], weights[M];
    size_t classes; /* 1: logistic, with labels 0 and 1 */
} labelled;

static gradus_matrix view(const labelled *set)
{
    return gradus_row_major(M, N, set->x, N);
}

static labelled random_rows(uint64_t seed, size_t classes)
{
    labelled set = {.classes = classes};
    test_random random = test_random_from(seed);
    for (size_t i = 0; i < M * N; i++) set.x[i] = test_random_uniform(&random);
    for (size_t i = 0; i < M; i++) set.weights[i] = 1.0 + (double)(i % 3);
    return set;
}

/* Which group a row is in: bands of its first two columns' plane, with a gap between them that no row lies in. */
static size_t band(labelled *set, size_t i, size_t bands, double gap)
{
    double *x = set->x + i * N;
    const double z = x[0] + 0.5 * x[1];
    const size_t at = (size_t)((z + 1.5) / 3.0 * (double)bands);
    x[0] += gap * (double)at;
    return at;
}

/* Each band holds the classes of of[band], which are drawn at random within it. */
static labelled banded(uint64_t seed, size_t bands, const size_t (*of)[3], size_t classes, double gap)
{
    labelled set = random_rows(seed, classes);
    test_random random = test_random_from(seed + 1000);
    for (size_t i = 0; i < M; i++)
        set.labels[i] = (double)of[band(&set, i, bands, gap)][test_random_below(&random, 3)];
    return set;
}

static gradus_objective *model_of(const labelled *set, const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    const gradus_matrix X = view(set);
    const gradus_status status = set->classes == 1
                                     ? gradus_logistic(&X, set->labels, options, &f)
                                     : gradus_softmax(&X, set->labels, set->classes, options, &f);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    return f;
}

static gradus_model_options with_intercept(void)
{
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    return options;
}

/* x_i' D_c */
static double margin_of(const labelled *set, const double *D, size_t i, size_t c)
{
    double z = D[c * (N + 1) + N];
    for (size_t j = 0; j < N; j++) z += D[c * (N + 1) + j] * set->x[i * N + j];
    return z;
}

/* The least that a row says: of logistic its signed margin; of softmax z_y - z_c, but for those that are 0 because y and c are in
 * one group, which must be the same columns of D. */
static double least_of(const labelled *set, const double *D, size_t i)
{
    if (set->classes == 1) return (2.0 * set->labels[i] - 1.0) * margin_of(set, D, i, 0);
    const size_t y = (size_t)set->labels[i];
    double least = INFINITY;
    for (size_t c = 0; c < set->classes; c++) {
        if (memcmp(D + c * (N + 1), D + y * (N + 1), (N + 1) * sizeof *D) == 0) continue;
        least = fmin(least, margin_of(set, D, i, y) - margin_of(set, D, i, c));
    }
    return least;
}

/* D splits every row that counts, by the margin that was told; and the value falls along it, from anywhere. */
static void is_a_proof(const labelled *set, const gradus_objective *f, const double *D, double told,
                       bool weighted)
{
    double least = INFINITY, theta[MOST], values[2];
    for (size_t i = 0; i < M; i++) {
        if (!weighted || set->weights[i] > 0.0) least = fmin(least, least_of(set, D, i));
    }
    cr_assert(least > 0.0 && fabs(least - told) <= 1e-9 * told, "%g, told %g", least, told);
    test_random random = test_random_from(7);
    const size_t size = gradus_objective_size(f);
    for (size_t j = 0; j < size; j++) theta[j] = test_random_uniform(&random);
    cr_assert_eq(gradus_objective_evaluate(f, theta, values, NULL), 0);
    for (size_t j = 0; j < size; j++) theta[j] += D[j] / told;
    cr_assert_eq(gradus_objective_evaluate(f, theta, values + 1, NULL), 0);
    cr_assert(values[1] < values[0], "%g, then %g", values[0], values[1]);
}

static gradus_stop_reason run(const gradus_objective *f, const gradus_options *options, double *theta)
{
    gradus_report report;
    memset(theta, 0, MOST * sizeof *theta);
    cr_assert_eq(gradus_descend(f, theta, options, &report), 0);
    return report.stop;
}

static void separates(const labelled *set, const gradus_model_options *options, const gradus_options *how,
                      const char *what)
{
    double theta[MOST], D[MOST], margin;
    gradus_objective *f = model_of(set, options);
    const gradus_stop_reason stop = run(f, how, theta);
    cr_assert_eq(stop, GRADUS_STOP_SEPARABLE, "%s: %s", what, gradus_stop_sentence(stop));
    cr_assert_eq(gradus_separating_direction(f, theta, D, &margin), 0);
    is_a_proof(set, f, D, margin, options->weights != NULL);
    if (set->classes == 1) cr_assert(test_same_bits(N + 1, theta, D), "logistic: theta is the direction");
    gradus_objective_free(f);
}

static void does_not_separate(const labelled *set, const gradus_model_options *options, const char *what)
{
    double theta[MOST], D[MOST], margin;
    gradus_objective *f = model_of(set, options);
    const gradus_stop_reason stop = run(f, NULL, theta);
    cr_assert(gradus_stop_converged(stop), "%s: %s", what, gradus_stop_sentence(stop));
    cr_assert_eq(gradus_separating_direction(f, theta, D, &margin), 0);
    cr_assert(margin == 0.0, "%s: %g", what, margin);
    for (size_t j = 0; j < gradus_objective_size(f); j++) cr_assert(D[j] == 0.0);
    gradus_objective_free(f);
}

/* The ways a solve may take: automatic, and a few by name. */
static gradus_options way(int k)
{
    gradus_options options = gradus_options_default();
    options.threads = 1;
    if (k == 1) options.metric = GRADUS_METRIC_IDENTITY;
    if (k == 2) options.method = GRADUS_METHOD_NESTEROV;
    if (k == 3) options.method = GRADUS_METHOD_CONJUGATE_GRADIENT;
    if (k == 4) options.metric = GRADUS_METRIC_GRAM;
    if (k == 4) options.method = GRADUS_METHOD_GRADIENT;
    if (k == 5) options.step = gradus_step_fixed(0.3);
    return options;
}

static const size_t apart[][3] = {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}, {3, 3, 3}};
/* two groups of classes; three, of which no plane cuts the middle one off; four, two of them of one class */
static const size_t two_groups[][3] = {{0, 1, 3}, {2, 4, 4}};
static const size_t three_groups[][3] = {{0, 3, 3}, {1, 4, 1}, {2, 5, 5}};
static const size_t four_groups[][3] = {{6, 2, 2}, {1, 1, 1}, {0, 4, 4}, {5, 3, 3}};
/* class 1 is in both bands: nothing can be cut off */
static const size_t shared[][3] = {{0, 1, 1}, {2, 1, 3}};

Test(separable, logistic_hands_over_its_theta)
{
    const gradus_model_options options = with_intercept();
    for (int k = 0; k <= 5; k++) {
        const labelled set = banded((uint64_t)k, 2, apart, 1, 0.1);
        const gradus_options how = way(k);
        separates(&set, &options, &how, "two bands");
    }
}

Test(separable, softmax_by_classes_and_by_groups)
{
    static const struct {
        size_t bands;
        const size_t (*of)[3];
        size_t classes;
    } cases[] = {{3, apart, 3}, {4, apart, 4}, {2, two_groups, 5}, {3, three_groups, 6}, {4, four_groups, 7}};
    const gradus_model_options options = with_intercept();
    for (size_t s = 0; s < sizeof cases / sizeof *cases; s++) {
        for (int k = 0; k <= 5; k++) {
            const labelled set = banded(10 + (uint64_t)k, cases[s].bands, cases[s].of, cases[s].classes, 0.3);
            const gradus_options how = way(k);
            separates(&set, &options, &how, "bands");
        }
    }
}

/* Classes of one band alone: no partition with more than one group exists. */
Test(separable, classes_that_overlap_are_not)
{
    const gradus_model_options options = with_intercept();
    for (uint64_t seed = 0; seed < 6; seed++) {
        const labelled four = banded(seed, 2, shared, 4, 0.0), five = banded(seed, 2, two_groups, 5, -1.0);
        does_not_separate(&four, &options, "a class in both bands");
        does_not_separate(&five, &options, "bands that overlap");
    }
}

/* A ridge makes the optimum finite, whatever the classes; the proof is still there at a theta that splits them. */
Test(separable, a_ridge_brings_the_optimum_back)
{
    const labelled set = banded(3, 2, two_groups, 5, 0.5);
    gradus_model_options options = with_intercept();
    double theta[MOST];
    options.ridge = 1e-3;
    gradus_objective *f = model_of(&set, &options);
    cr_assert(gradus_stop_converged(run(f, NULL, theta)));
    double D[MOST], margin;
    cr_assert_eq(gradus_separating_direction(f, theta, D, &margin), 0);
    cr_assert_gt(margin, 0.0);
    for (size_t i = 0; i < M; i++) cr_assert_gt(least_of(&set, D, i), 0.0, "row %zu", i);
    gradus_objective_free(f);
}

/* Rows of weight 0 may lie where they like, and repeated rows change nothing. */
Test(separable, rows_without_weight_do_not_count)
{
    gradus_model_options options = with_intercept();
    for (size_t classes = 1; classes <= 5; classes += 4) {
        labelled set = banded(4, 2, classes == 1 ? apart : two_groups, classes, 0.3);
        for (size_t i = 0; i < M; i += 40) {
            set.labels[i] = set.labels[i] > 0.0 ? 0.0 : 1.0;
            if (classes == 5) set.labels[i] = (double)(i % 5);
        }
        does_not_separate(&set, &options, "wrong rows");
        for (size_t i = 0; i < M; i += 40) set.weights[i] = 0.0;
        options.weights = set.weights;
        separates(&set, &options, NULL, "wrong rows of weight 0");
        options.weights = NULL;
    }
}

/* An offset that sorts the classes is no plane that does: without one the optimum is finite. And a plane stays one beside an offset. */
Test(separable, an_offset_proves_nothing)
{
    double offset[M];
    gradus_model_options options = with_intercept();
    options.offset = offset;
    labelled set = random_rows(9, 1);
    test_random random = test_random_from(77);
    for (size_t i = 0; i < M; i++) {
        set.labels[i] = (double)test_random_below(&random, 2);
        offset[i] = set.labels[i] > 0.0 ? 4.0 : -4.0;
    }
    does_not_separate(&set, &options, "sorted by the offset");
    set = banded(9, 2, apart, 1, 0.2);
    for (size_t i = 0; i < M; i++) offset[i] = set.labels[i] > 0.0 ? -4.0 : 4.0;
    separates(&set, &options, NULL, "against the offset");
}

/* More classes than groups are looked for among: the proofs of single classes remain. */
Test(separable, many_classes)
{
    enum { CLASSES = 70 };
    labelled set = random_rows(5, CLASSES);
    double theta[CLASSES * (N + 1)] = {0.0}, D[CLASSES * (N + 1)], margin;
    for (size_t i = 0; i < M; i++) set.labels[i] = (double)(i % (CLASSES - 1));
    for (size_t i = 0; i < M; i++) set.x[i * N] += set.labels[i] == 7.0 ? 5.0 : 0.0;
    const gradus_model_options options = with_intercept();
    gradus_objective *f = model_of(&set, &options);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_SEPARABLE, "%s", gradus_stop_sentence(report.stop));
    cr_assert_eq(gradus_separating_direction(f, theta, D, &margin), 0);
    cr_assert_gt(margin, 0.0);
    for (size_t i = 0; i < M; i++) cr_assert_gt(least_of(&set, D, i), 0.0, "row %zu", i);
    gradus_objective_free(f);
}

/* The negative has the same direction; a theta that splits nothing has none; neither has what knows no classes. */
Test(separable, what_has_no_direction)
{
    const labelled set = banded(6, 2, two_groups, 5, 0.4);
    const gradus_model_options options = with_intercept();
    const gradus_matrix X = view(&set);
    double theta[MOST], D[MOST], E[MOST], zeros[MOST] = {0.0}, margin, other;
    gradus_objective *f = model_of(&set, &options), *g = NULL, *squares = NULL, *function = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    cr_assert_eq(run(f, NULL, theta), GRADUS_STOP_SEPARABLE);
    cr_assert_eq(gradus_separating_direction(f, theta, D, &margin), 0);
    cr_assert_eq(gradus_separating_direction(g, theta, E, &other), 0);
    cr_assert(margin == other && test_same_bits(5 * (N + 1), D, E));
    cr_assert_eq(gradus_separating_direction(f, zeros, D, &margin), 0);
    cr_assert(margin == 0.0 && test_same_bits(5 * (N + 1), D, zeros));
    cr_assert_eq(gradus_least_squares(&X, set.labels, &options, &squares), 0);
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &function), 0);
    cr_assert_eq(gradus_separating_direction(squares, theta, D, &margin), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_separating_direction(function, theta, D, &margin), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_separating_direction(NULL, theta, D, &margin), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_separating_direction(f, theta, NULL, &margin), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_separating_direction(f, NULL, D, &margin), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_separating_direction(f, theta, D, NULL), GRADUS_ERROR_NULL);
    gradus_objective *all[] = {f, g, squares, function};
    for (size_t k = 0; k < 4; k++) gradus_objective_free(all[k]);
}
