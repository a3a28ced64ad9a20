/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `gradus fit` and `gradus predict` with several outputs, from outside: several responses against a fit of each by itself, and softmax with
 * offsets against logistic regression and against the equations that a maximum of the likelihood fulfils.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "program_json.h"

/* Regressors a, b, c; weights w; offsets o, m, n; responses p, q, r; a label k of 3 classes and one, l, of 2 */
enum { ROWS = 90, COLUMNS = 12, SIZE = 4 };

static const char names[COLUMNS + 1] = "abcwomnpqrkl";
static double data[ROWS][COLUMNS];

static double value_of(size_t row, char name)
{
    const char *at = strchr(names, name);
    cr_assert(at);
    return data[row][at - names];
}

/* In (0, 1), all bits random. Steele, Lea and Flood, OOPSLA 2014. */
static double draw(void)
{
    static unsigned long long state = 20261122;
    unsigned long long z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53 + 0x1p-60;
}

static void make_data(void)
{
    make_folder();
    for (size_t i = 0; i < ROWS; i++) {
        double *row = data[i];
        for (size_t j = 0; j < 3; j++) row[j] = 4.0 * draw() - 2.0;
        row[3] = 1.0 + floor(3.0 * draw());
        for (size_t c = 0; c < 3; c++) {
            row[4 + c] = 3.0 * draw() - 1.5;
            row[7 + c] = row[4 + c] + 0.75 * (double)c + 2.0 * draw();
            for (size_t j = 0; j < 3; j++) row[7 + c] += row[j] * ((double)(c + 1) - 0.7 * (double)j);
        }
        row[10] = floor(3.0 * draw());
        row[11] = row[0] + 3.0 * draw() > 1.5 ? 1.0 : 0.0;
    }
}

TestSuite(responses, .init = make_data, .fini = remove_folder);

/* These columns of the data, in this order */
static const char *write_columns(const char *name, const char *columns)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    for (const char *c = columns; *c; c++) (void)fprintf(file, "%c%c", *c, c[1] ? ',' : '\n');
    for (size_t i = 0; i < ROWS; i++) {
        for (const char *c = columns; *c; c++)
            (void)fprintf(file, "%.17g%c", value_of(i, *c), c[1] ? ',' : '\n');
    }
    cr_assert(fclose(file) == 0);
    return path;
}

static const json_t *object_of(const json_t *fit, const char *key)
{
    const json_t *object = json_object_get(fit, key);
    cr_assert(json_is_object(object), "%s is none", key);
    return object;
}

/* The next number, behind a line end or comma */
static double next(const char **text)
{
    char *end;
    const double number_read = strtod(*text, &end);
    cr_assert(end > *text, "no number at \"%.20s\"", *text);
    *text = *end ? end + 1 : end;
    return number_read;
}

/* ---- several responses ---- */

/* Response c of all is the fit of it alone, key by key; from the first entry on that is its. */
static void expect_part(const json_t *all, const json_t *alone, const char *key, size_t c, double least)
{
    for (size_t j = 0; j < SIZE; j++) {
        const double found = entry(all, key, c * SIZE + j), exact = entry(alone, key, j);
        cr_expect(digits(found, exact) >= least, "%s of %zu: [%zu] is %.17g, not %.17g", key, c, j, found,
                  exact);
    }
}

static void expect_statistics(const json_t *all, json_t *const *alone)
{
    static const char *const sums[] = {"log_likelihood", "aic", "bic"};
    static const char *const own[] = {"residual_standard_error", "r_squared", "adjusted_r_squared"};
    static const char *const parts[] = {"estimates", "standard_errors", "statistics", "lower", "upper"};
    double sum[3] = {0.0, 0.0, 0.0};
    for (size_t c = 0; c < 3; c++) {
        const json_t *one = object_of(alone[c], "inference");
        for (size_t k = 0; k < 5; k++) expect_part(all, one, parts[k], c, 9.0);
        for (size_t k = 0; k < 3; k++) {
            cr_expect(digits(entry(all, own[k], c), number(one, own[k])) >= 10.0, "%s of %zu", own[k], c);
            sum[k] += number(one, sums[k]);
        }
        cr_expect(number(all, "degrees_of_freedom") == number(one, "degrees_of_freedom"));
    }
    for (size_t k = 0; k < 3; k++) cr_expect(digits(number(all, sums[k]), sum[k]) >= 11.0, "%s", sums[k]);
    cr_expect(json_is_null(json_object_get(all, "reference_class")));
}

/* With weights and offsets, in both directions, with a ridge and without: coefficients, value, closed form, standard errors */
Test(responses, each_is_a_fit_of_its_own)
{
    static const char *const files[] = {"abcwmq", "abcwop", "abcwnr"};
    static const char *const responses[] = {"q", "p", "r"}, *const offsets[] = {"m", "o", "n"};
    (void)write_columns("all.csv", "pawmbqocnr");
    for (int k = 0; k < 4; k++) {
        const char *way = k % 2 ? "ascent" : "descent", *ridge = k / 2 ? "0.25" : "0";
        json_t *alone[3],
            *all = json_of(RUN("fit", in_folder("all.csv"), "--response", "q,p,r", "--weights", "w",
                               "--offset", "m,o,n", "--direction", way, "--ridge", ridge, "--json"),
                           0);
        double sum = 0.0, worst = 15.0;
        cr_assert_eq(json_array_size(json_object_get(all, "theta")), 3 * SIZE);
        for (size_t c = 0; c < 3; c++) {
            alone[c] = json_of(RUN("fit", write_columns("one.csv", files[c]), "--weights", "w", "--offset",
                                   offsets[c], "--direction", way, "--ridge", ridge, "--json"),
                               0);
            cr_assert_str_eq(word(alone[c], "response"), responses[c]);
            expect_part(all, alone[c], "theta", c, 12.0);
            expect_part(object_of(all, "reference"), object_of(alone[c], "reference"), "theta", c, 12.0);
            for (size_t j = 0; j < SIZE; j++)
                worst = fmin(worst, digits(entry(all, "theta", c * SIZE + j),
                                           entry(object_of(all, "reference"), "theta", c * SIZE + j)));
            sum += number(alone[c], "value");
        }
        cr_expect(digits(number(all, "value"), sum) >= 12.0);
        const json_t *certificate = object_of(all, "certificate");
        cr_expect(number(certificate, "digits") == worst && number(certificate, "backward_error") <= 1e-15);
        cr_expect(number(certificate, "error_bound") <= 1e-12 && number(certificate, "rank") == SIZE);
        if (k / 2 == 0) expect_statistics(object_of(all, "inference"), alone);
        if (k / 2 == 1) cr_expect(contains(word(all, "no_inference"), "ridge"));
        for (size_t c = 0; c < 3; c++) json_decref(alone[c]);
        json_decref(all);
    }
}

Test(responses, names_say_whose_a_coefficient_is)
{
    const char *path = write_text("named.csv",
                                  "x,\"p, first\",q,z\n1,2,3,5\n2,4,1,1\n3,5,0,1\n4,9,2,2\n5,8,1,0\n");
    json_t *fit = json_of(RUN("fit", path, "--response", "z,q", "--json"), 0);
    const char *const called[] = {"z: x", "z: p, first", "z: (intercept)",
                                  "q: x", "q: p, first", "q: (intercept)"};
    for (size_t j = 0; j < 6; j++)
        cr_expect_str_eq(json_string_value(json_array_get(json_object_get(fit, "names"), j)), called[j]);
    const json_t *response = json_object_get(fit, "response");
    cr_expect(json_array_size(response) == 2 && number(fit, "outputs") == 2.0);
    cr_expect_str_eq(json_string_value(json_array_get(response, 1)), "q");
    json_decref(fit);
    /* a name that holds a comma is one name where all of the option is that name */
    json_t *one = json_of(RUN("fit", path, "--response", "p, first", "--json"), 0);
    cr_expect_str_eq(word(one, "response"), "p, first");
    cr_expect(number(one, "outputs") == 1.0 && json_array_size(json_object_get(one, "theta")) == 4);
    json_decref(one);
    const result table = RUN("fit", path, "--response", "z,q", "--inference");
    cr_expect(table.status == 0 && contains(table.out, ", 2 responses \"z\", \"q\"\n"), "%s", table.out);
    cr_expect(contains(table.out, "\nz: p, first ") && contains(table.out, "\nq: (intercept) "));
    cr_expect(contains(table.out, "error, all responses)") &&
              contains(table.out, ", of the worst response\n"));
    cr_expect(contains(table.out, " on 2 degrees of freedom, \"q\"\n"), "%s", table.out);
    expect_narrow(table.out);
}

/* Columns orthogonal to each other and to 1, of mean square 1: theta_cj is x_j'y_c/m moved towards 0 by lambda, or cut off. */
Test(responses, penalties_by_soft_thresholds)
{
    const char *path = write_text("orthogonal.csv", "a,y,b,z\n1,7,1,2\n1,3,-1,0\n-1,-1,1,-1\n-1,-5,-1,-3\n");
    static const double least[] = {4.0, 2.0, 1.0, 1.5, 1.0, -0.5}; /* y: a, b, 1; z: a, b, 1 */
    static const char *const wanted[][3] = {{"--lasso", "1.25", "duality_gap"},
                                            {"--upper", "1.75", "gradient"}};
    for (size_t k = 0; k < 2; k++) {
        json_t *fit = json_of(RUN("fit", path, "--response", "y,z", wanted[k][0], wanted[k][1], "--json"), 0);
        for (size_t j = 0; j < 6; j++) {
            const double free = least[j], soft = k ? fmin(free, 1.75) : fmax(free - 1.25, 0.0);
            expect_digits(fit, j, j % 3 == 2 ? free : soft, 12.0);
        }
        cr_expect(json_is_null(json_object_get(fit, "reference")));
        json_decref(fit);
    }
    json_t *all = json_of(
        RUN("fit", path, "--response", "y,z", "--path", "3", "--path-ratio", "0.25", "--json"), 0);
    const json_t *path_of = json_object_get(all, "path");
    cr_expect(digits(number(all, "lasso_max"), 4.0) >= 14.0);
    for (size_t k = 0; k < 3; k++) {
        const json_t *one = json_array_get(path_of, k);
        const double lambda = 4.0 * pow(0.5, (double)k);
        size_t count = 0;
        for (size_t j = 0; j < 6; j++) {
            const double soft = fmax(least[j] - lambda, 0.0);
            if (j % 3 != 2) count += soft > 0.0;
            expect_digits(one, j, j % 3 == 2 ? least[j] : soft, 12.0);
        }
        cr_expect(number(one, "non_zeros") == (double)count);
    }
    json_decref(all);
}

/* y = t^2, z = 1 - t^3, and columns that the two depend on alike */
Test(responses, powers_and_dependent_columns)
{
    const char *path = write_text("powers.csv", "t,y,z\n-2,4,9\n-1,1,2\n0,0,1\n1,1,0\n2,4,-7\n3,9,-26\n");
    json_t *fit = json_of(RUN("fit", path, "--response", "y,z", "--polynomial", "3", "--json"), 0);
    static const double exact[] = {0, 1, 0, 0, 0, 0, -1, 1};
    for (size_t j = 0; j < 8; j++) cr_expect(fabs(entry(fit, "theta", j) - exact[j]) <= 1e-11);
    json_decref(fit);
    const char *twice = write_text("twice.csv", "u,v,y,z\n1,2,1,2\n2,4,3,1\n3,6,2,2\n4,8,5,9\n5,10,4,3\n");
    json_t *dependent = json_of(RUN("fit", twice, "--response", "y,z", "--json"), 0);
    cr_expect(number(object_of(dependent, "reference"), "rank") == 2.0);
    cr_expect(contains(word(dependent, "no_inference"), "\" depends on others"), "%s",
              word(dependent, "no_inference"));
    json_decref(dependent);
}

/* A checkpoint of the same fit is gone on from; of the responses in another order it is none. */
Test(responses, a_checkpoint)
{
    const char *path = write_columns("data.csv", "abcpq"), *file = in_folder("run.checkpoint");
    const char *const keys[] = {"theta", "value", "iterations", "passes", "stop"};
    json_t *alone = json_of(RUN("fit", path, "--response", "p,q", "--json", "--method", "l-bfgs"), 0);
    json_t *first = json_of(RUN("fit", path, "--response", "p,q", "--json", "--method", "l-bfgs",
                                "--checkpoint", file, "--every", "0"),
                            0);
    json_t *again = json_of(RUN("fit", path, "--response", "p,q", "--json", "--method", "l-bfgs",
                                "--checkpoint", file, "--every", "0"),
                            0);
    for (size_t k = 0; k < 5; k++) {
        cr_expect(json_equal(json_object_get(first, keys[k]), json_object_get(alone, keys[k])), "%s",
                  keys[k]);
        cr_expect(json_equal(json_object_get(again, keys[k]), json_object_get(alone, keys[k])), "%s",
                  keys[k]);
    }
    cr_expect(number(again, "resumed_at") == number(alone, "iterations"));
    const result other = RUN("fit", path, "--response", "q,p", "--method", "l-bfgs", "--checkpoint", file);
    cr_expect(other.status == 3 && contains(other.err, "run.checkpoint: "), "%d: %s", other.status,
              other.err);
    json_decref(alone);
    json_decref(first);
    json_decref(again);
}

Test(responses, each_method_has_its_digits)
{
    const result table = RUN("plot", "methods", write_columns("data.csv", "abcpq"), "--response", "p,q");
    cr_expect(table.status == 0 && contains(table.out, "\nautomatic            gram "), "%s", table.out);
    cr_expect(!contains(table.out, "not converged") && !contains(table.out, " -\n"), "%s", table.out);
}

/* x'theta_c + o_c by long double, under the names of the responses; the offsets by the fit's names for them, or by others. */
Test(responses, predictions)
{
    json_t *fit = json_of(
        RUN("fit", write_columns("data.csv", "abcompq"), "--response", "q,p", "--offset", "m,o", "--json"),
        0);
    char *text = json_dumps(fit, JSON_REAL_PRECISION(17));
    const char *saved = write_text("fit.json", text);
    free(text);
    const char *again = write_columns("again.csv", "cmbao"), *renamed = write_columns("renamed.csv", "npabc");
    const result own = RUN("predict", saved, again);
    const result other = RUN("predict", saved, renamed, "--offset", "n,p");
    cr_assert(own.status == 0 && other.status == 0, "%s%s", own.err, other.err);
    cr_assert(strncmp(own.out, "q,p\n", 4) == 0 && strncmp(other.out, "q,p\n", 4) == 0, "%.20s", own.out);
    const char *at = own.out + 4, *at_other = other.out + 4;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t c = 0; c < 2; c++) {
            long double z = entry(fit, "theta", c * SIZE + 3);
            for (size_t j = 0; j < 3; j++) z += (long double)entry(fit, "theta", c * SIZE + j) * data[i][j];
            const long double o = value_of(i, c ? 'o' : 'm'), p = value_of(i, c ? 'p' : 'n');
            cr_expect(fabsl(next(&at) - (z + o)) <= 1e-14L, "row %zu, %zu", i, c);
            cr_expect(fabsl(next(&at_other) - (z + p)) <= 1e-14L, "row %zu, %zu", i, c);
        }
    }
    cr_expect(*at == '\0' && *at_other == '\0');
    json_decref(fit);
}

/* A response whose name holds a comma, or a quote, is still one column of what is predicted. */
Test(responses, predictions_are_a_table)
{
    const char *saved = write_text(
        "fit.json", "{\"format\": \"gradus-fit\", \"format_version\": 1, \"model\": \"least-squares\","
                    " \"columns\": [\"x\"], \"intercept\": false, \"polynomial\": 0, \"offset\": null,"
                    " \"outputs\": 2, \"response\": [\"p, first\", \"q \\\"\"], \"converged\": true,"
                    " \"theta\": [2, -3]}");
    const result r = RUN("predict", saved, write_text("x.csv", "x\n1\n-2\n"));
    cr_expect_str_eq(r.out, "\"p, first\",\"q \"\"\"\n2,-3\n-4,6\n", "%s%s", r.out, r.err);
}

/* ---- softmax with an offset for each class ---- */

/* Two classes: theta_1 - theta_0 is that of logistic regression whose offset is the difference of the two. */
Test(responses, two_classes_are_logistic_regression)
{
    const char *path = write_columns("two.csv", "abcwoml");
    FILE *file = fopen(in_folder("difference.csv"), "w");
    cr_assert(file);
    (void)fputs("a,b,c,w,d,l\n", file);
    for (size_t i = 0; i < ROWS; i++)
        (void)fprintf(file, "%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", data[i][0], data[i][1], data[i][2],
                      data[i][3], value_of(i, 'm') - value_of(i, 'o'), value_of(i, 'l'));
    cr_assert(fclose(file) == 0);
    for (int up = 0; up < 2; up++) {
        const char *way = up ? "ascent" : "descent";
        json_t *softmax = json_of(RUN("fit", path, "--model", "softmax", "--weights", "w", "--offset", "o,m",
                                      "--direction", way, "--json"),
                                  0);
        json_t *logistic = json_of(RUN("fit", in_folder("difference.csv"), "--model", "logistic", "--weights",
                                       "w", "--offset", "d", "--direction", way, "--json"),
                                   0);
        const json_t *all = object_of(softmax, "inference"), *one = object_of(logistic, "inference");
        for (size_t j = 0; j < SIZE; j++) {
            const double exact = entry(logistic, "theta", j);
            cr_expect(digits(entry(softmax, "theta", SIZE + j) - entry(softmax, "theta", j), exact) >= 8.0);
            cr_expect(digits(entry(all, "standard_errors", SIZE + j), entry(one, "standard_errors", j)) >=
                      8.0);
        }
        cr_expect(digits(number(softmax, "value"), number(logistic, "value")) >= 12.0);
        cr_expect(digits(number(all, "deviance"), number(one, "deviance")) >= 12.0);
        json_decref(softmax);
        json_decref(logistic);
    }
}

/* Three classes: at the maximum sum_i w_i x_ij (p_ic - [k_i = c]) = 0, with the probabilities that `gradus predict` gives. */
Test(responses, three_classes_fulfil_their_equations)
{
    const char *path = write_columns("three.csv", "abcwomnk");
    const result fit = RUN("fit", path, "--model", "softmax", "--weights", "w", "--offset", "n,o,m",
                           "--json");
    cr_assert(fit.status == 0, "%s", fit.err);
    json_t *whole = json_of(fit, 0);
    const json_t *offset = json_object_get(whole, "offset");
    cr_expect(json_array_size(offset) == 3 && number(whole, "outputs") == 3.0);
    cr_expect_str_eq(json_string_value(json_array_get(offset, 0)), "n");
    json_decref(whole);
    const result rows = RUN("predict", write_text("fit.json", fit.out), path);
    static const char header[] = "probability_0,probability_1,probability_2,class\n";
    cr_assert(rows.status == 0 && strncmp(rows.out, header, strlen(header)) == 0, "%s", rows.err);
    const char *at = rows.out + strlen(header);
    double sums[3][SIZE] = {{0.0}}, plain[3] = {0.0};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t c = 0; c < 3; c++) {
            const double p = next(&at), r = value_of(i, 'w') * (p - (value_of(i, 'k') == (double)c));
            for (size_t j = 0; j < SIZE; j++) sums[c][j] += r * (j < 3 ? data[i][j] : 1.0);
            plain[c] += fabs(r);
        }
        (void)next(&at);
    }
    for (size_t c = 0; c < 3; c++) {
        for (size_t j = 0; j < SIZE; j++)
            cr_expect(fabs(sums[c][j]) <= 1e-7 * plain[c], "%zu, %zu: %g of %g", c, j, sums[c][j], plain[c]);
    }
    /* the offsets count: without them the probabilities are others */
    const result without = RUN("fit", path, "--model", "softmax", "--weights", "w", "--response", "k",
                               "--json");
    cr_expect(without.status == 0 && strcmp(without.out, fit.out) != 0);
}

/* Powers of one column are those columns, in the fit and in what is predicted by it. */
Test(responses, classes_by_powers)
{
    FILE *file = fopen(in_folder("squares.csv"), "w");
    cr_assert(file);
    (void)fputs("a,square,k\n", file);
    for (size_t i = 0; i < ROWS; i++)
        (void)fprintf(file, "%.17g,%.17g,%.17g\n", data[i][0], data[i][0] * data[i][0], value_of(i, 'k'));
    cr_assert(fclose(file) == 0);
    const char *one = write_columns("one.csv", "ak"), *two = in_folder("squares.csv");
    const result by_power = RUN("fit", one, "--model", "softmax", "--polynomial", "2", "--json");
    const result by_column = RUN("fit", two, "--model", "softmax", "--json");
    json_t *powers = json_of(by_power, 0), *columns = json_of(by_column, 0);
    cr_assert_eq(json_array_size(json_object_get(powers, "theta")), 9);
    for (size_t j = 0; j < 9; j++) expect_digits(powers, j, entry(columns, "theta", j), 7.0);
    cr_expect(digits(number(powers, "value"), number(columns, "value")) >= 13.0);
    const result first = RUN("predict", write_text("powers.json", by_power.out), one);
    const result second = RUN("predict", write_text("columns.json", by_column.out), two);
    cr_assert(first.status == 0 && second.status == 0, "%s%s", first.err, second.err);
    static const char header[] = "probability_0,probability_1,probability_2,class\n";
    const char *at = first.out + strlen(header), *other = second.out + strlen(header);
    for (size_t i = 0; i < 4 * ROWS; i++) cr_expect(fabs(next(&at) - next(&other)) <= 1e-8, "%zu", i / 4);
    json_decref(powers);
    json_decref(columns);
}

/* ---- what is wrong ---- */

static const fault usage_faults[] = {
    {{"fit", "@data.csv", "--response", "p,z"},
     "gradus fit: %s/data.csv: --response is \"z\", and there is no such column; allowed is one of a, b, c, "
     "w, "
     "o, m, p, q, k"},
    {{"fit", "@data.csv", "--response", "p,,q"},
     "gradus fit: %s/data.csv: --response is \"\", and there is no such column; allowed is one of a, b, c, "
     "w, "
     "o, m, p, q, k"},
    {{"fit", "@data.csv", "--response", "p,q,p"},
     "gradus fit: %s/data.csv: --response names \"p\" twice; allowed is a column of its own"},
    {{"fit", "@data.csv", "--response=p,q", "--weights", "q"},
     "gradus fit: %s/data.csv: --weights is \"q\", which is the response; allowed is a column of its own"},
    {{"fit", "@data.csv", "--response=p,q", "--offset", "o,q"},
     "gradus fit: %s/data.csv: --offset is \"q\", which is the response; allowed is a column of its own"},
    {{"fit", "@data.csv", "--response=p,q", "--offset", "o,o"},
     "gradus fit: %s/data.csv: --offset names \"o\" twice; allowed is a column of its own"},
    {{"fit", "@data.csv", "--response=p,q", "--offset", "o"},
     "gradus fit: %s/data.csv: --offset names 1 column; allowed are 2, one for each response, with commas "
     "between them"},
    {{"fit", "@data.csv", "--response=p", "--offset", "o,m"},
     "gradus fit: %s/data.csv: --offset names 2 columns; allowed is 1, one for each response, with commas "
     "between them"},
    {{"fit", "@data.csv", "--model=softmax", "--offset", "o,m"},
     "gradus fit: %s/data.csv: --offset names 2 columns; allowed are 3, one for each class, with commas "
     "between them"},
    {{"fit", "@data.csv", "--model=softmax", "--response", "k,p"},
     "gradus fit: %s/data.csv: --response names 2 columns; allowed is one for --model softmax"},
    {{"fit", "@data.csv", "--model=huber", "--response", "p,q"},
     "gradus fit: %s/data.csv: --response names 2 columns; allowed is one for --model huber"},
    {{"predict", "@fit.json", "@data.csv", "--offset", "o"},
     "gradus predict: %s/data.csv: --offset names 1 column, and the fit has 2 outputs; allowed is one for "
     "each"},
};

#define BEGIN                                                                                                \
    "{\"format\": \"gradus-fit\", \"format_version\": 1, \"model\": \"least-squares\", \"columns\": "        \
    "[\"a\"], "                                                                                              \
    "\"intercept\": false, \"polynomial\": 0, \"converged\": true, \"theta\": [2, -3], "

static const fault data_faults[] = {
    {{"predict", "@nameless.json", "@data.csv"},
     "gradus predict: %s/nameless.json: \"response\" is not a list of names, one for each output; wanted is "
     "what gradus fit --json printed, unchanged"},
    {{"predict", "@numbers.json", "@data.csv"},
     "gradus predict: %s/numbers.json: \"response\" is not a list of names, one for each output; wanted is "
     "what gradus fit --json printed, unchanged"},
    {{"predict", "@shift.json", "@data.csv"},
     "gradus predict: %s/shift.json: \"offset\" is not null, or the name of a column, for several outputs a "
     "list of one for each; wanted is what gradus fit --json printed, unchanged"},
    {{"predict", "@fit.json", "@data.csv", "--offset", "o,z"},
     "gradus predict: %s/data.csv: line 1: no column is called \"z\", as the fit's offset"},
};

Test(responses, what_is_wrong_is_named)
{
    (void)write_columns("data.csv", "abcwompqk");
    (void)write_text("fit.json", BEGIN "\"outputs\": 2, \"offset\": null, \"response\": [\"y\", \"z\"]}");
    (void)write_text("nameless.json", BEGIN "\"outputs\": 2, \"offset\": null, \"response\": \"y\"}");
    (void)write_text("numbers.json", BEGIN "\"outputs\": 2, \"offset\": null, \"response\": [\"y\", 1]}");
    (void)write_text("shift.json", BEGIN "\"outputs\": 2, \"offset\": \"o\", \"response\": [\"y\", \"z\"]}");
    for (size_t i = 0; i < sizeof usage_faults / sizeof *usage_faults; i++) expect_fault(&usage_faults[i], 2);
    for (size_t i = 0; i < sizeof data_faults / sizeof *data_faults; i++) expect_fault(&data_faults[i], 3);
}

/* What the library refuses for several outputs, it refuses here by name. */
Test(responses, what_goes_with_one_response_alone)
{
    static const char *const lines[][3] = {
        {"--refine", NULL, NULL}, {"--compress", NULL, NULL}, {"--batch=8", "--step=fixed:0.1", NULL}};
    const char *path = write_columns("data.csv", "abcpq");
    for (size_t k = 0; k < 3; k++) {
        const result r = RUN("fit", path, "--response", "p,q", lines[k][0], lines[k][1]);
        cr_expect(r.status == 2 && contains(r.err, "output") && r.out[0] == '\0', "%s: %d: %s", lines[k][0],
                  r.status, r.err);
    }
}
