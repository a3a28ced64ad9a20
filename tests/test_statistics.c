/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `gradus fit` for statisticians, from outside: its models, and standard errors, tests, intervals and likelihood against NIST's
 * certified numbers, references with 30 digits, closed forms, and what R's summary() prints of the same data.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/datasets.h"
#include "program.h"
#include "program_json.h"

#define CARS   TEST_DATA "/regression/cars.csv"
#define CANCER TEST_DATA "/classification/breast_cancer_2.csv"

static json_t *inference_of(const json_t *fit)
{
    json_t *inference = json_object_get(fit, "inference");
    cr_assert(json_is_object(inference), "%s", word(fit, "no_inference"));
    cr_expect(json_is_null(json_object_get(fit, "no_inference")));
    return inference;
}

static void expect_entry(const json_t *object, const char *key, size_t index, double exact, double least)
{
    const double found = entry(object, key, index);
    cr_expect(digits(found, exact) >= least, "%s[%zu] is %.17g, not %.17g", key, index, found, exact);
}

static void expect_number(const json_t *object, const char *key, double exact, double least)
{
    const double found = number(object, key);
    cr_expect(digits(found, exact) >= least, "%s is %.17g, not %.17g", key, found, exact);
}

/* ---- least squares ---- */

/* NIST: standard deviations, residual standard deviation and R squared. R 4.2, summary(lm(Employed ~ .)), logLik, AIC, BIC; its p-values to
 * the digits that it prints. R's data have Employed in thousands: log-likelihood and criteria are of the response as it is here. */
Test(statistics, longley_as_certified, .init = make_folder, .fini = remove_folder)
{
    static const double p_values[] = {0.863141, 0.312681, 0.002535, 0.000944, 0.826212, 0.003037, 0.003560};
    json_t *fit = json_of(RUN("fit", "--json"), 0), *inference = inference_of(fit);
    cr_expect_str_eq(word(inference, "statistic"), "t");
    for (size_t j = 0; j < 7; j++) {
        expect_entry(inference, "standard_errors", j, gr_longley.deviations[j], 9.0);
        expect_entry(inference, "statistics", j, gr_longley.certified[j] / gr_longley.deviations[j], 9.0);
        cr_expect(fabs(entry(inference, "p_values", j) - p_values[j]) <= 0.6e-6, "%zu", j);
    }
    expect_number(inference, "residual_standard_error", 304.854073561965, 9.0);
    expect_number(inference, "r_squared", 0.995479004577296, 12.0);
    expect_number(inference, "adjusted_r_squared", 1.0 - (1.0 - 0.995479004577296) * 15.0 / 9.0, 12.0);
    expect_number(inference, "degrees_of_freedom", 9.0, 15.0);
    /* -W/2 (log(2 pi RSS/W) + 1), RSS as certified */
    const double likelihood = -8.0 * (log(2.0 * 3.14159265358979323846 * 836424.055505915 / 16.0) + 1.0);
    expect_number(inference, "log_likelihood", likelihood, 12.0);
    expect_number(inference, "aic", 16.0 - 2.0 * likelihood, 12.0);
    expect_number(inference, "bic", 8.0 * log(16.0) - 2.0 * likelihood, 12.0);
    cr_expect(json_is_null(json_object_get(inference, "deviance")));
    json_decref(fit);
}

/* What R 4.2 prints of summary(lm(dist ~ speed, cars)), confint, logLik, AIC and BIC. */
static const char *const cars_in_r[] = {"\n estimate std. error t value p-value 2.5 % 97.5 %\n",
                                        "\nspeed 3.9324 0.4155 9.464 1.49e-12 3.097 4.7679\n",
                                        "\n(intercept) -17.579 6.758 -2.601 0.0123 -31.168 -3.9903\n",
                                        "\nresidual standard error 15.3796 on 48 degrees of freedom\n",
                                        "\nR squared 0.651079, adjusted 0.64381\n",
                                        "\nlog-likelihood -206.57843, AIC 419.15686, BIC 424.89293\n"};

/* Every run of blanks becomes one. */
static void squeeze(char *text)
{
    char *to = text;
    for (const char *c = text; *c; c++) {
        if (*c != ' ' || c[1] != ' ') *to++ = *c;
    }
    *to = '\0';
}

Test(statistics, the_table_is_what_statisticians_expect, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("fit", CARS, "--confidence", "0.95");
    cr_expect_eq(r.status, 0);
    expect_narrow(r.out);
    squeeze(r.out);
    for (size_t i = 0; i < sizeof cars_in_r / sizeof *cars_in_r; i++)
        cr_expect(contains(r.out, cars_in_r[i]), "\"%s\" is missing in\n%s", cars_in_r[i], r.out);
    const result plain = RUN("fit", CARS), none = RUN("fit", CARS, "--no-inference");
    cr_expect(contains(plain.out, "p-value\n") && !contains(plain.out, "97.5"), "%s", plain.out);
    cr_expect(!contains(none.out, "p-value") && !contains(none.out, "inference"), "%s", none.out);
    json_t *fit = json_of(RUN("fit", CARS, "--no-inference", "--json"), 0);
    cr_expect(json_is_null(json_object_get(fit, "inference")));
    cr_expect_str_eq(word(fit, "no_inference"), "left out: --no-inference");
    json_decref(fit);
}

/* confint(lm(dist ~ speed, cars), level = 0.95) to the digits that R prints; and the definition at another level, by a table: t of 48
 * degrees of freedom and 0.9. */
Test(statistics, intervals_of_any_level, .init = make_folder, .fini = remove_folder)
{
    json_t *fit = json_of(RUN("fit", CARS, "--json"), 0), *inference = inference_of(fit);
    expect_number(inference, "confidence", 0.95, 15.0);
    cr_expect(fabs(entry(inference, "lower", 0) - 3.096964) < 0.6e-6 &&
              fabs(entry(inference, "upper", 0) - 4.767853) < 0.6e-6);
    cr_expect(fabs(entry(inference, "lower", 1) + 31.167850) < 0.6e-6 &&
              fabs(entry(inference, "upper", 1) + 3.990340) < 0.6e-6);
    json_decref(fit);
    fit = json_of(RUN("fit", CARS, "--json", "--confidence", "0.9"), 0);
    inference = inference_of(fit);
    const double half = (entry(inference, "upper", 0) - entry(inference, "lower", 0)) / 2.0;
    expect_number(inference, "confidence", 0.9, 15.0);
    cr_expect(fabs(half / 0.41551277665712319617 - 1.6772241961) < 1e-9);
    json_decref(fit);
}

/* A line through three points of weight 1, 2, 1 is the line through four. */
Test(statistics, weights_count_rows, .init = make_folder, .fini = remove_folder)
{
    const char *weighted = write_text("weighted.csv", "x,w,y\n1,1,2\n2,2,3\n4,1,4\n5,0,99\n7,3,5\n");
    const char *repeated = write_text("repeated.csv", "x,y\n1,2\n2,3\n2,3\n4,4\n7,5\n7,5\n7,5\n");
    static const char *const models[] = {"least-squares", "poisson", "huber"};
    for (size_t k = 0; k < 3; k++) {
        json_t *first = json_of(RUN("fit", weighted, "--weights", "w", "--model", models[k], "--json"), 0);
        json_t *second = json_of(RUN("fit", repeated, "--model", models[k], "--json"), 0);
        for (size_t j = 0; j < 2; j++) {
            expect_digits(first, j, entry(second, "theta", j), 10.0);
            if (k < 2)
                expect_entry(inference_of(first), "standard_errors", j,
                             entry(inference_of(second), "standard_errors", j), 9.0);
        }
        if (k < 2) expect_number(inference_of(first), "aic", number(inference_of(second), "aic"), 10.0);
        if (k == 1)
            expect_number(inference_of(first), "deviance", number(inference_of(second), "deviance"), 9.0);
        json_decref(first);
        json_decref(second);
    }
}

/* ---- logistic ---- */

/* Newton's method with 60 digits */
Test(statistics, logistic_against_sixty_digits, .init = make_folder, .fini = remove_folder)
{
    static const double errors[] = {0.101480632093635293, 0.0370660190400635531, 1.77394543723558242};
    json_t *fit = json_of(RUN("fit", CANCER, "--model", "logistic", "--json"), 0);
    json_t *inference = inference_of(fit);
    cr_expect_str_eq(word(inference, "statistic"), "z");
    for (size_t j = 0; j < 3; j++) expect_entry(inference, "standard_errors", j, errors[j], 8.0);
    expect_number(inference, "log_likelihood", -145.561653189045336, 12.0);
    expect_number(inference, "deviance", 291.123306378090672, 12.0);
    expect_number(inference, "aic", 6.0 + 291.123306378090672, 12.0);
    expect_number(inference, "degrees_of_freedom", 566.0, 15.0);
    cr_expect(json_is_null(json_object_get(inference, "r_squared")) &&
              json_is_null(json_object_get(inference, "residual_standard_error")));
    /* erfc(|z|/sqrt 2), in the far tail */
    const double z = -1.05710183052427233 / errors[0];
    expect_entry(inference, "p_values", 0, erfc(-z / sqrt(2.0)), 7.0);
    json_decref(fit);
    const result r = RUN("fit", CANCER, "--model", "logistic", "--direction", "ascent");
    cr_expect(contains(r.out, "residual deviance         291.123 on 566 degrees of freedom\n") &&
                  contains(r.out, "z value"),
              "%s", r.out);
}

/* ---- Poisson ---- */

/*
 * A. J. Dobson, An Introduction to Generalized Linear Models, Chapman and Hall 1990, as in R's help on glm: a complete 3 x 3 table. Fitted
 * means are row sum times column sum over the total, and so are the coefficients their logarithms. R prints residual deviance 5.1291 on
 * 4 degrees of freedom and AIC 56.76.
 */
static const char dobson[] =
    "o2,o3,t2,t3,counts\n0,0,0,0,18\n1,0,0,0,17\n0,1,0,0,15\n0,0,1,0,20\n1,0,1,0,10\n"
    "0,1,1,0,20\n0,0,0,1,25\n1,0,0,1,13\n0,1,0,1,12\n";

Test(statistics, poisson_on_a_table_with_a_closed_form, .init = make_folder, .fini = remove_folder)
{
    const double exact[] = {log(40.0 / 63.0), log(47.0 / 63.0), 0.0, 0.0, log(21.0)};
    const double errors[] = {sqrt(1.0 / 63 + 1.0 / 40), sqrt(1.0 / 63 + 1.0 / 47), 0.2, 0.2,
                             sqrt(1.0 / 63 + 1.0 / 50 - 1.0 / 150)};
    const char *path = write_text("dobson.csv", dobson);
    for (int up = 0; up < 2; up++) {
        json_t *fit = json_of(
            RUN("fit", path, "--model", "poisson", "--json", "--direction", up ? "ascent" : "descent"), 0);
        json_t *inference = inference_of(fit);
        for (size_t j = 0; j < 5; j++) {
            expect_digits(fit, j, exact[j], 10.0);
            expect_entry(inference, "standard_errors", j, errors[j], 10.0);
        }
        cr_expect(fabs(number(inference, "deviance") - 5.1291) < 0.6e-4);
        cr_expect(fabs(number(inference, "aic") - 56.76) < 0.6e-2);
        expect_number(inference, "degrees_of_freedom", 4.0, 15.0);
        json_decref(fit);
    }
}

/* log(mean) = theta + log(exposure), without regressors but a column of ones: theta = log(sum of counts / sum of exposures). */
Test(statistics, an_offset_is_an_exposure, .init = make_folder, .fini = remove_folder)
{
    FILE *file = fopen(in_folder("exposed.csv"), "w");
    cr_assert(file);
    (void)fprintf(file, "log_t,one,count\n%.17g,1,3\n%.17g,1,8\n%.17g,1,0\n", log(2.0), log(5.0), log(0.5));
    cr_assert(fclose(file) == 0);
    json_t *fit = json_of(RUN("fit", in_folder("exposed.csv"), "--model", "poisson", "--offset", "log_t",
                              "--no-intercept", "--json"),
                          0);
    expect_digits(fit, 0, log(11.0 / 7.5), 12.0);
    expect_entry(inference_of(fit), "standard_errors", 0, sqrt(1.0 / 11.0), 10.0);
    cr_expect_str_eq(word(fit, "offset"), "log_t");
    json_decref(fit);
}

/* ---- Huber, squared hinge ---- */

/* The mean of 0, 0, 0, 10 by Huber: 3 (theta) = delta while the last one lies outside. In the other case it is the mean itself. */
Test(statistics, huber_has_its_delta, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("outlier.csv", "one,y\n1,0\n1,0\n1,0\n1,10\n");
    static const char *const deltas[] = {"0.6", "1.345", "30"};
    static const double exact[] = {0.2, 1.345 / 3.0, 2.5};
    for (size_t k = 0; k < 3; k++) {
        json_t *fit = json_of(
            RUN("fit", path, "--model", "huber", "--delta", deltas[k], "--no-intercept", "--json"), 0);
        expect_digits(fit, 0, exact[k], 12.0);
        expect_number(fit, "delta", strtod(deltas[k], NULL), 15.0);
        json_decref(fit);
    }
    json_t *fit = json_of(RUN("fit", path, "--model", "huber", "--no-intercept", "--json"), 0);
    expect_digits(fit, 0, 1.345 / 3.0, 12.0);
    cr_expect(contains(word(fit, "no_inference"), "this objective is none of them"));
    json_decref(fit);
}

/* 2 rows of class 1 and 1 of class 0, x = 1: minimise 2 (1 - t)^2 + (1 + t)^2: t = 1/3. */
Test(statistics, squared_hinge_by_hand, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("votes.csv", "x,y\n1,1\n1,0\n1,1\n");
    json_t *fit = json_of(RUN("fit", path, "--model", "squared-hinge", "--no-intercept", "--json"), 0);
    expect_digits(fit, 0, 1.0 / 3.0, 12.0);
    expect_number(fit, "value", (2.0 * 4.0 / 9.0 + 16.0 / 9.0) / 3.0, 13.0);
    cr_expect_str_eq(word(fit, "model"), "squared-hinge");
    json_decref(fit);
}

Test(statistics, linear_is_least_squares, .init = make_folder, .fini = remove_folder)
{
    json_t *fit = json_of(RUN("fit", CARS, "--model", "linear", "--json"), 0);
    cr_expect_str_eq(word(fit, "model"), "least-squares");
    json_decref(fit);
}

/* Non-negative least squares by hand: y = -x + 3z is fitted by z alone where x may not be negative, for x and z are orthogonal. */
Test(statistics, non_negative_coefficients, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("signs.csv", "x,z,y\n1,1,2\n1,-1,-4\n-1,1,4\n-1,-1,-2\n");
    json_t *fit = json_of(RUN("fit", path, "--lower", "0", "--json"), 0);
    expect_digits(fit, 0, 0.0, 15.0);
    expect_digits(fit, 1, 3.0, 12.0);
    cr_expect(contains(word(fit, "no_inference"), "standard errors would not hold"));
    json_decref(fit);
}

/* ---- softmax ---- */

/* The estimates of a file of name,class,estimate, class by class as theta has them; returns how many. */
static size_t read_estimates(const char *path, double *estimates)
{
    size_t count = 0;
    const char *row = read_text(path);
    cr_assert(row, "%s is missing", path);
    for (row = strchr(row, '\n') + 1; *row && strncmp(row, "log", 3) != 0; row = strchr(row, '\n') + 1)
        estimates[count++] = strtod(strchr(strchr(row, ',') + 1, ',') + 1, NULL);
    return count;
}

/* Newton's method with 60 digits, and the names class by class. */
Test(statistics, softmax_against_sixty_digits, .init = make_folder, .fini = remove_folder)
{
    const char *iris = TEST_DATA "/classification/iris_3class.csv";
    double exact[20];
    cr_assert_eq(read_estimates(TEST_DATA "/classification/iris_3class.softmax.csv", exact), 15);
    for (int up = 0; up < 2; up++) {
        json_t *fit = json_of(RUN("fit", iris, "--model", "softmax", "--ridge", "0.01", "--json",
                                  "--direction", up ? "ascent" : "descent"),
                              0);
        for (size_t j = 0; j < 15; j++) expect_digits(fit, j, exact[j], 9.0);
        const json_t *names = json_object_get(fit, "names"), *columns = json_object_get(fit, "columns");
        cr_expect(json_array_size(names) == 15 && json_array_size(columns) == 4);
        cr_expect_str_eq(json_string_value(json_array_get(names, 5)), "1: sepal_length");
        cr_expect_str_eq(json_string_value(json_array_get(names, 14)), "2: (intercept)");
        cr_expect_str_eq(json_string_value(json_array_get(columns, 0)), "sepal_length");
        expect_number(fit, "outputs", 3.0, 15.0);
        json_decref(fit);
    }
    const result table = RUN("fit", iris, "--model", "softmax", "--ridge", "0.01");
    cr_expect(table.status == 0 && contains(table.out, "response \"y\", 3 classes\n") &&
                  contains(table.out, "\n2: petal_width ") &&
                  contains(table.out, "log-likelihood (mean), ridge"),
              "%s", table.out);
    const result separable = RUN("fit", iris, "--model", "softmax");
    cr_expect(separable.status == 4 && contains(separable.out, "separable: "), "%s", separable.out);
}

/* Two columns of the wine and the class; the file of it */
static const char *write_wine(void)
{
    static char text[8192];
    const char *row = read_text(TEST_DATA "/classification/wine_3class.csv");
    size_t used = (size_t)snprintf(text, sizeof text, "alcohol,malic_acid,y\n");
    cr_assert(row);
    for (row = strchr(row, '\n') + 1; *row; row = strchr(row, '\n') + 1) {
        const char *end = strchr(strchr(row, ',') + 1, ','), *last = strchr(row, '\n') - 1;
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s,%c\n", (int)(end - row), row, *last);
        cr_assert_lt(used, sizeof text);
    }
    return write_text("wine.csv", text);
}

static double entry_of(const json_t *object, const char *key, size_t j)
{
    return json_number_value(json_array_get(json_object_get(object, key), j));
}

static bool agrees(double computed, double exact, double tolerance)
{
    return fabs(computed - exact) <= tolerance * fabs(exact);
}

/* Newton's method in 40 digits, with class 0 as reference: estimates, standard errors, the log-likelihood */
Test(statistics, softmax_standard_errors, .init = make_folder, .fini = remove_folder)
{
    static const double exact[][2] = {
        {-5.0880585256567348, 0.72563163466243192}, {0.055446380339672301, 0.33533278828015203},
        {66.318288127701749, 9.4838480403499886},   {-2.174016565172112, 0.54049628047990843},
        {1.2096137557805709, 0.26251222643942107},  {25.938943109956664, 7.1843746121795722}};
    const char *wine = write_wine();
    json_t *fit = json_of(RUN("fit", wine, "--model", "softmax", "--json"), 0);
    const json_t *facts = json_object_get(fit, "inference");
    cr_assert(json_is_object(facts), "%s", word(fit, "no_inference"));
    for (size_t j = 0; j < 6; j++) {
        cr_expect(agrees(entry_of(facts, "estimates", j + 3), exact[j][0], 1e-8));
        cr_expect(agrees(entry_of(facts, "standard_errors", j + 3), exact[j][1], 1e-8));
        cr_expect(agrees(entry_of(facts, "statistics", j + 3), exact[j][0] / exact[j][1], 1e-8));
    }
    for (size_t j = 0; j < 3; j++) {
        cr_expect_eq(entry_of(facts, "standard_errors", j), 0.0);
        cr_expect(json_is_null(json_array_get(json_object_get(facts, "statistics"), j)));
    }
    cr_expect(agrees(json_number_value(json_object_get(facts, "log_likelihood")), -94.09846414358158, 1e-12));
    cr_expect(agrees(json_number_value(json_object_get(facts, "deviance")), 188.19692828716316, 1e-12));
    cr_expect(json_integer_value(json_object_get(facts, "reference_class")) == 0 &&
              json_is_integer(json_object_get(facts, "reference_class")));
    json_decref(fit);
    const result table = RUN("fit", wine, "--model", "softmax", "--confidence", "0.9");
    cr_expect(contains(table.out, "\nless class 0 ") && contains(table.out, "z value") &&
                  contains(table.out, "\n2: malic_acid     1.2096      0.2625    4.608  4.07e-06") &&
                  contains(table.out, "residual deviance         188.197 on 172 degrees"),
              "%s", table.out);
}

/* A lasso with bounds from the command line, and a path of them: its first fit is nothing but intercepts, log shares of the classes. */
Test(statistics, softmax_with_a_lasso, .init = make_folder, .fini = remove_folder)
{
    const char *wine = write_wine();
    json_t *fit = json_of(RUN("fit", wine, "--model", "softmax", "--lasso", "0.05", "--lower", "0", "--json"),
                          0);
    for (size_t j = 0; j < 9; j++) cr_expect(j % 3 == 2 || entry_of(fit, "theta", j) >= 0.0);
    expect_digits(fit, 1, 0.0, 15.0);
    cr_expect_str_eq(word(fit, "stop"), "duality_gap");
    cr_expect(contains(word(fit, "no_inference"), "lasso"));
    json_decref(fit);
    json_t *all = json_of(RUN("fit", wine, "--model", "softmax", "--path", "6", "--json"), 0);
    const json_t *path = json_object_get(all, "path"), *first = json_array_get(path, 0);
    static const double rows[] = {59.0, 71.0, 48.0};
    cr_assert_eq(json_array_size(path), 6);
    cr_expect_eq(json_integer_value(json_object_get(first, "non_zeros")), 0);
    for (size_t c = 0; c < 3; c++)
        cr_expect(fabs(entry_of(first, "theta", 3 * c + 2) - entry_of(first, "theta", 2) -
                       log(rows[c] / rows[0])) <= 1e-12);
    const json_t *last = json_array_get(path, 5);
    cr_expect(json_integer_value(json_object_get(last, "non_zeros")) == 4 &&
              json_is_true(json_object_get(last, "converged")));
    json_decref(all);
}

/* ---- a path of lassos ---- */

/* Columns orthogonal to each other and to 1, of mean square 1: theta_j is x_j'y/m moved towards 0 by lambda, as far as 0. */
Test(statistics, a_path_by_soft_thresholds, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("orthogonal.csv", "a,b,y\n1,1,7\n1,-1,3\n-1,1,-1\n-1,-1,-5\n");
    static const double least[] = {4.0, 2.0}; /* x_j'y/m; the mean is 1 */
    for (int up = 0; up < 2; up++) {
        json_t *all = json_of(RUN("fit", path, "--path", "5", "--path-ratio", "0.0625", "--json",
                                  "--direction", up ? "ascent" : "descent"),
                              0);
        const json_t *fits = json_object_get(all, "path");
        cr_assert_eq(json_array_size(fits), 5);
        expect_number(all, "lasso_max", 4.0, 14.0);
        cr_expect_str_eq(word(all, "format"), "gradus-path");
        for (size_t k = 0; k < 5; k++) {
            const json_t *fit = json_array_get(fits, k);
            const double lambda = 4.0 / (double)(1 << k);
            expect_number(fit, "lasso", lambda, 14.0);
            for (size_t j = 0; j < 2; j++) {
                const double exact = fmax(least[j] - lambda, 0.0);
                cr_expect(fabs(entry(fit, "theta", j) - exact) <= 1e-5, "%zu, %zu: %g", k, j,
                          entry(fit, "theta", j));
            }
            expect_entry(fit, "theta", 2, 1.0, 9.0);
            cr_expect(number(fit, "duality_gap") <= 1e-10 && json_is_true(json_object_get(fit, "converged")));
            if (k > 1) cr_expect(number(fit, "non_zeros") == 2.0, "%zu", k);
        }
        json_decref(all);
    }
}

/* The same as fits one by one, and the coefficients as a file; the data are read once. */
Test(statistics, a_path_is_fits_one_by_one, .init = make_folder, .fini = remove_folder)
{
    const char *data = TEST_DATA "/regression/diabetes.csv", *written = in_folder("coefficients.csv");
    const result table = RUN("fit", data, "--path", "4", "--coefficients", written, "--path-ratio", "1e-3");
    cr_expect(table.status == 0 && contains(table.out, "4 of 4 fits converged, in 1 pass over the data"),
              "%s", table.out);
    expect_narrow(table.out);
    const char *at = read_text(written);
    cr_assert(strncmp(at, "lasso,age,sex,bmi,bp,s1,s2,s3,s4,s5,s6,(intercept)\n", 51) == 0, "%.60s", at);
    for (int k = 0; k < 4; k++) {
        char lasso[40], *end;
        at = strchr(at, '\n') + 1;
        const double lambda = strtod(at, &end);
        (void)snprintf(lasso, sizeof lasso, "%.17g", lambda);
        json_t *fit = json_of(RUN("fit", data, "--lasso", lasso, "--json", "--gap", "1e-10"), 0);
        for (size_t j = 0; k > 0 && j < 11; j++) {
            const double theta = strtod(end + 1, &end);
            cr_expect(fabs(theta - entry(fit, "theta", j)) <= 1e-3 * (1.0 + fabs(theta)), "%d, %zu: %g, %g",
                      k, j, theta, entry(fit, "theta", j));
        }
        json_decref(fit);
    }
}

/* ---- refused, but the fit is printed ---- */

typedef struct refusal {
    const char *name, *text; /* of the file */
    const char *options[4];
    int status;
    const char *why;
} refusal;

static const refusal refusals[] = {
    {"line.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n", {"--ridge", "0.5"}, 0, "the ridge is 0.5"},
    {"line.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n", {"--lasso", "0.5"}, 0, "the lasso is 0.5"},
    {"line.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n", {"--radius", "3"}, 0, "constraints hold theta"},
    {"line.csv",
     "x,y\n1,2\n2,4\n3,5\n4,4\n",
     {"--step", "fixed:0.01", "--max-iterations", "3"},
     4,
     "theta is no optimum"},
    {"twice.csv", "a,b,y\n1,2,1\n2,4,3\n3,6,2\n5,10,7\n", {NULL}, 0, "depends on others"},
    {"full.csv", "x,y\n1,2\n2,4\n", {NULL}, 0, "no degree of freedom is left"},
    {"split.csv", "x,y\n1,0\n2,0\n3,1\n4,1\n", {"--model", "logistic"}, 4, "separates the classes"},
    {"split.csv",
     "x,y\n1,0\n2,1\n3,0\n4,1\n",
     {"--model", "squared-hinge"},
     0,
     "this objective is none of them"},
};

Test(statistics, refused_in_a_sentence_and_the_fit_is_printed, .init = make_folder, .fini = remove_folder)
{
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++) {
        const refusal *r = &refusals[k];
        const char *arguments[10] = {GRADUS_PROGRAM, "fit", write_text(r->name, r->text)};
        size_t count = 3;
        for (size_t i = 0; i < 4 && r->options[i]; i++) arguments[count++] = r->options[i];
        const result table = run_with(arguments, "/dev/null", NULL);
        cr_expect(table.status == r->status && contains(table.out, "\ninference       none: ") &&
                      contains(table.out, "coefficient"),
                  "case %zu: %d %s%s", k, table.status, table.out, table.err);
        expect_narrow(table.out);
        arguments[count++] = "--inference";
        arguments[count] = "--json";
        json_t *fit = json_of(run_with(arguments, "/dev/null", NULL), r->status);
        cr_expect(json_is_null(json_object_get(fit, "inference")));
        cr_expect(contains(word(fit, "no_inference"), r->why), "case %zu: %s", k, word(fit, "no_inference"));
        cr_expect(json_array_size(json_object_get(fit, "theta")) >= 1);
        json_decref(fit);
    }
}

/* The name of the column, not its number. */
Test(statistics, the_dependent_column_is_named, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("twice.csv", "a,b,y\n1,2,1\n2,4,3\n3,6,2\n5,10,7\n");
    const result r = RUN("fit", path);
    cr_expect(contains(r.out, "linearly dependent: \"a\"") || contains(r.out, "linearly dependent: \"b\""),
              "%s", r.out);
}

/* 10^5 rows of 101 coefficients: 10^9 and more, which nobody did not ask for. */
Test(statistics, what_would_cost_much_is_asked_for, .init = make_folder, .fini = remove_folder)
{
    enum { ROWS = 100001 };
    FILE *file = fopen(in_folder("long.csv"), "w");
    cr_assert(file);
    (void)fputs("x,y\n", file);
    for (int i = 0; i < ROWS; i++) (void)fprintf(file, "%d,%d\n", i % 17, (i * 7 + i / 3) % 11);
    cr_assert(fclose(file) == 0);
    json_t *fit = json_of(RUN("fit", in_folder("long.csv"), "--json"), 0);
    expect_number(inference_of(fit), "degrees_of_freedom", ROWS - 2.0, 15.0);
    json_decref(fit);
    file = fopen(in_folder("wide.csv"), "w");
    cr_assert(file);
    for (int j = 0; j < 24; j++) (void)fprintf(file, "x%d,", j);
    (void)fputs("y\n", file);
    unsigned state = 12345;
    for (int i = 0; i < 400400; i++) {
        for (int j = 0; j < 25; j++) {
            state = state * 1664525u + 1013904223u;
            (void)fprintf(file, j < 24 ? "%u," : "%u\n", state >> 28);
        }
    }
    cr_assert(fclose(file) == 0);
    result left_out = RUN("fit", in_folder("wide.csv"), "--json");
    cr_expect_str_eq(left_out.err,
                     "gradus fit: no closed form: left out: 400400 rows and 25 coefficients take a QR "
                     "factorisation of a copy of the data; --closed-form asks for it\n");
    left_out.err[0] = '\0';
    fit = json_of(left_out, 0);
    cr_expect(json_is_null(json_object_get(fit, "reference")) &&
              json_is_null(json_object_get(fit, "certificate")));
    cr_expect_str_eq(word(fit, "no_inference"),
                     "left out: 400400 rows and 25 coefficients take a QR factorisation of a copy of the "
                     "data; --inference asks for it");
    json_decref(fit);
    fit = json_of(RUN("fit", in_folder("wide.csv"), "--inference", "--closed-form", "--json"), 0);
    expect_number(inference_of(fit), "degrees_of_freedom", 400400.0 - 25.0, 15.0);
    cr_expect(number(json_object_get(fit, "certificate"), "error_bound") <= 1e-12);
    json_decref(fit);
}

/* ---- what is wrong ---- */

#define MODELS "least-squares, logistic, poisson, huber, squared-hinge or softmax"

static const fault usage_faults[] = {
    {{"fit", "--model", "softmin"}, "gradus fit: --model is \"softmin\"; allowed is " MODELS},
    {{"fit", "--delta", "2"}, "gradus fit: --delta goes with --model huber"},
    {{"fit", "--model", "huber", "--delta", "0"},
     "gradus fit: --delta is \"0\"; allowed is a number from 1e-300 to 1e300"},
    {{"fit", "--lower", "2", "--upper", "1"},
     "gradus fit: --lower is 2, above --upper, which is 1; allowed is at most that"},
    {{"fit", "--confidence", "1"},
     "gradus fit: --confidence is \"1\"; allowed is a number from 1e-06 to 0.999999"},
    {{"fit", "--confidence", "95"},
     "gradus fit: --confidence is \"95\"; allowed is a number from 1e-06 to 0.999999"},
    {{"fit", "--no-inference", "--confidence", "0.9"},
     "gradus fit: --no-inference does not go with --confidence"},
    {{"fit", "--no-inference", "--inference"}, "gradus fit: --no-inference does not go with --inference"},
    {{"fit", "--offset", "gdp"},
     "gradus fit: --offset is \"gdp\", and there is no such column; allowed is one of gnp_deflator, gnp, "
     "unemployed, armed_forces, population, year, employed"},
    {{"fit", "--offset", "year", "--weights", "year"},
     "gradus fit: --offset is \"year\", which is the column of the weights; allowed is a column of its own"},
    {{"fit", "--offset", "year", "--response", "year"},
     "gradus fit: --offset is \"year\", which is the response; allowed is a column of its own"},
};

static const fault path_faults[] = {
    {{"fit", "--path", "0"}, "gradus fit: --path is \"0\"; allowed is a whole number from 1 to 1000000"},
    {{"fit", "--path-ratio", "0.1"}, "gradus fit: --path-ratio goes with --path"},
    {{"fit", "--coefficients", "a.csv"}, "gradus fit: --coefficients goes with --path"},
    {{"fit", "--path", "3", "--lasso", "1"}, "gradus fit: --lasso does not go with --path"},
    {{"fit", "--path", "3", "--trace", "a.csv"}, "gradus fit: --trace does not go with --path"},
    {{"fit", "--no-closed-form", "--closed-form"},
     "gradus fit: --no-closed-form does not go with --closed-form"},
    {{"fit", "--closed-form", "--lasso", "1"},
     "gradus fit: --closed-form goes with --model least-squares, without a lasso and constraints"},
    {{"fit", "--path", "3", "--inference"}, "gradus fit: --inference does not go with --path"},
    {{"fit", "--path", "3", "--start", "ones"}, "gradus fit: --start does not go with --path"},
    {{"fit", "@counts.csv", "--path=3", "--coefficients", "@counts.csv"},
     "gradus fit: --coefficients is \"%s/counts.csv\", the file of the data; allowed is another one"},
    {{"fit", "@flat.csv", "--path", "3"},
     "gradus fit: --path begins at the lasso that makes every coefficient 0, and that is 0 here"},
    {{"fit", "--gap", "1e-6"},
     "gradus fit: stop.gap_tolerance is set, but the duality gap is that of a lasso or of constraints"},
};

static const fault data_faults[] = {
    {{"fit", "@counts.csv", "--model", "poisson"},
     "gradus fit: %s/counts.csv: row 2 of the data: \"y\" is -3; Poisson regression takes numbers that are 0 "
     "or more"},
    {{"fit", "@counts.csv", "--model", "softmax"},
     "gradus fit: %s/counts.csv: the largest label is 2, and there are 2 rows: some classes have none"},
    {{"fit", "@halves.csv", "--model", "softmax"},
     "gradus fit: %s/halves.csv: row 2 of the data: \"y\" is 0.5; softmax takes the whole numbers from 0 to "
     "the "
     "number of classes less 1"},
    {{"fit", "@counts.csv", "--model", "squared-hinge"},
     "gradus fit: %s/counts.csv: row 1 of the data: \"y\" is 2; the squared hinge takes exactly 0 and 1"},
};

Test(statistics, what_is_wrong_is_named, .init = make_folder, .fini = remove_folder)
{
    (void)write_text("counts.csv", "x,y\n1,2\n2,-3\n");
    for (size_t i = 0; i < sizeof usage_faults / sizeof *usage_faults; i++) expect_fault(&usage_faults[i], 2);
    (void)write_text("halves.csv", "x,y\n1,0\n2,0.5\n3,1\n");
    (void)write_text("flat.csv", "x,y\n1,2\n2,2\n3,2\n");
    for (size_t i = 0; i < sizeof path_faults / sizeof *path_faults; i++) expect_fault(&path_faults[i], 2);
    for (size_t i = 0; i < sizeof data_faults / sizeof *data_faults; i++) expect_fault(&data_faults[i], 3);
}

/* The last column is the response unless it plays another part. */
Test(statistics, the_response_is_the_last_free_column, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("parts.csv", "x,y,w,o\n1,3,1,0\n2,5,1,0\n3,7,2,0\n");
    json_t *fit = json_of(RUN("fit", path, "--offset", "o", "--weights", "w", "--json"), 0);
    cr_expect_str_eq(word(fit, "response"), "y");
    expect_digits(fit, 0, 2.0, 12.0);
    json_decref(fit);
}
