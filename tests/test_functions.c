/* SPDX-License-Identifier: BSD-3-Clause */
/* The test functions of More, Garbow and Hillstrom: right in themselves, and solved. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mgh_judge.h"
#include "support.h"

/* ---- the functions against the facts ---- */

static json_t *read_facts(void)
{
    json_error_t error;
    json_t *facts = json_load_file(TEST_DATA "/mgh.json", 0, &error);
    cr_assert(facts, "%s", error.text);
    return facts;
}

/* "0.5", "1e6" or "-10/121" */
static double number_of(const json_t *text)
{
    const char *words = json_string_value(text);
    cr_assert(words);
    char *rest;
    const double above = strtod(words, &rest);
    return *rest == '/' ? above / strtod(rest + 1, NULL) : above;
}

static size_t read_numbers(const json_t *list, double *numbers)
{
    const size_t count = json_array_size(list);
    for (size_t j = 0; j < count; j++) numbers[j] = number_of(json_array_get(list, j));
    return count;
}

static void expect_same_problem(const mgh_problem *problem, const json_t *facts)
{
    double numbers[MGH_MOST_VARIABLES];
    cr_assert_str_eq(problem->name, json_string_value(json_object_get(facts, "name")));
    cr_assert_eq(problem->number, json_integer_value(json_object_get(facts, "number")));
    cr_assert_eq(problem->m, (size_t)json_integer_value(json_object_get(facts, "m")));
    cr_assert_eq(problem->n, (size_t)json_integer_value(json_object_get(facts, "n")));
    cr_assert_eq(read_numbers(json_object_get(facts, "start"), numbers), problem->n);
    cr_assert(test_same_bits(problem->n, numbers, problem->start), "%s", problem->name);
    cr_assert_eq(read_numbers(json_object_get(facts, "minima"), numbers), problem->minima);
    cr_assert(test_same_bits(problem->minima, numbers, problem->minimum), "%s", problem->name);
}

/* 13 digits; the gradient's relative to its norm. */
static void expect_same_values(const mgh_problem *problem, const json_t *facts)
{
    double x[MGH_MOST_VARIABLES], gradient[MGH_MOST_VARIABLES], exact[MGH_MOST_VARIABLES];
    double apart = 0.0, size = 0.0;
    mgh_start(problem, 1.0, x);
    const double value = mgh_evaluate(problem, x, gradient);
    const double exact_value = number_of(json_object_get(facts, "f_at_start"));
    cr_assert_eq(read_numbers(json_object_get(facts, "gradient_at_start"), exact), problem->n);
    for (size_t j = 0; j < problem->n; j++) {
        apart = hypot(apart, gradient[j] - exact[j]);
        size = hypot(size, exact[j]);
    }
    cr_assert(fabs(value - exact_value) <= 1e-13 * exact_value, "%s: %.17g, not %.17g", problem->name, value,
              exact_value);
    cr_assert(apart <= 1e-13 * size, "%s: gradient %g away", problem->name, apart / size);
}

Test(functions, value_and_gradient_at_the_start_are_right_to_13_digits)
{
    json_t *facts = read_facts();
    const json_t *problems = json_object_get(facts, "problems");
    cr_assert_eq(json_array_size(problems), MGH_COUNT);
    for (size_t i = 0; i < MGH_COUNT; i++) {
        const json_t *problem = json_array_get(problems, i);
        expect_same_problem(&mgh_problems[i], problem);
        expect_same_values(&mgh_problems[i], problem);
    }
    json_decref(facts);
}

static gradus_objective *objective_of(const mgh_problem *problem)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(problem->n, mgh_callback, (void *)problem, &f), 0);
    return f;
}

/* Away from the start, whose zeros and ones would hide a wrong term. */
Test(functions, gradients_are_the_derivatives)
{
    test_random random = test_random_from(35);
    for (size_t i = 0; i < MGH_COUNT; i++) {
        const mgh_problem *problem = &mgh_problems[i];
        gradus_objective *f = objective_of(problem);
        double x[MGH_MOST_VARIABLES];
        for (size_t j = 0; j < problem->n; j++)
            x[j] = problem->start[j] * (1.0 + 0.1 * test_random_uniform(&random)) +
                   0.05 * test_random_uniform(&random) * (problem->start[j] == 0.0);
        gradus_gradient_check check;
        cr_assert_eq(gradus_check_gradient(f, x, &check, NULL), 0);
        cr_assert_eq(check.coordinate, GRADUS_NOWHERE, "%s: error %g, coordinate %zu", problem->name,
                     check.error, check.coordinate);
        gradus_objective_free(f);
    }
}

/* ---- the functions solved ---- */

static gradus_status judged(void *context, size_t n, const double *x, double *value, double *gradient)
{
    (void)n;
    *value = mgh_judge_evaluate((mgh_judge *)context, x, gradient);
    return 0;
}

/* A whole run; how many evaluations it took to the minimum, 0 where it did not come there. */
static size_t solve(const mgh_problem *problem, double factor, const gradus_options *options)
{
    mgh_judge judge = mgh_judge_begin(problem);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(problem->n, judged, &judge, &f), 0);
    double x[MGH_MOST_VARIABLES];
    mgh_start(problem, factor, x);
    gradus_report report;
    const gradus_status status = gradus_descend(f, x, options, &report);
    gradus_objective_free(f);
    cr_assert(status == 0 || status == GRADUS_ERROR_START_VALUE, "%s: %s", problem->name,
              gradus_strerror(status));
    return judge.solved_at;
}

/* Measured: 42 in 2344 evaluations. */
Test(functions, all_are_solved_from_the_standard_start)
{
    size_t evaluations = 0;
    for (size_t i = 0; i < MGH_COUNT; i++) {
        const size_t taken = solve(&mgh_problems[i], 1.0, NULL);
        cr_expect_gt(taken, 0, "%s is not solved", mgh_problems[i].name);
        evaluations += taken;
    }
    cr_expect_leq(evaluations, 2800, "%zu evaluations", evaluations);
}

/* The tolerance of the gradient is relative to that at the start, which is as far away as the start is: it is switched off. */
static size_t count_solved(double factor)
{
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = GRADUS_OFF;
    options.stop.max_iterations = MGH_BUDGET;
    size_t solved = 0;
    for (size_t i = 0; i < MGH_COUNT; i++) solved += solve(&mgh_problems[i], factor, &options) > 0;
    return solved;
}

/* What is left are plateaus, values that overflow, and minima at infinity. Measured: 40 and 36. */
Test(functions, most_are_solved_from_far_away)
{
    const size_t far = count_solved(10.0), farther = count_solved(100.0);
    cr_expect_geq(far, 38, "%zu", far);
    cr_expect_geq(farther, 33, "%zu", farther);
}

/* Climbing -f passes the same points as descending f, from near and far. */
Test(functions, ascending_the_negative_is_the_same_path)
{
    for (size_t i = 0; i < (size_t)3 * MGH_COUNT; i++) {
        const mgh_problem *problem = &mgh_problems[i / 3];
        gradus_objective *f = objective_of(problem), *g = NULL;
        cr_assert_eq(gradus_negate(f, &g), 0);
        double start[MGH_MOST_VARIABLES];
        mgh_start(problem, i % 3 == 0 ? 1.0 : (i % 3 == 1 ? 10.0 : 100.0), start);
        gradus_options options = gradus_options_default();
        options.stop.max_iterations = 300;
        test_run down = test_solve(gradus_descend, f, start, &options);
        test_run up = test_solve(gradus_ascend, g, start, &options);
        cr_assert(down.status == up.status && down.count == up.count, "%s", problem->name);
        for (size_t k = 0; k < down.count; k++) {
            const test_iterate *p = &down.iterates[k], *q = &up.iterates[k];
            cr_assert(test_same_bits(problem->n, p->theta, q->theta), "%s: %zu", problem->name, k);
            cr_assert(test_same(p->seen.value, -q->seen.value), "%s: %zu", problem->name, k);
        }
        cr_assert(test_same_bits(problem->n, down.theta, up.theta), "%s", problem->name);
        test_run_free(&down);
        test_run_free(&up);
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
}
