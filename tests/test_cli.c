/* SPDX-License-Identifier: BSD-3-Clause */
/* The program from outside: what it prints, what it writes, and the status with which it ends. */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gradus.h>

#include "data/datasets.h"
#include "program.h"
#include "program_json.h"

/* ---- the textbook's example ---- */

static const char *write_textbook(const char *y)
{
    char text[100];
    int used = snprintf(text, sizeof text, "one,x,y\n");
    for (int i = 0; i < 4; i++) {
        const int length = (int)strcspn(y, " ");
        used += snprintf(text + used, sizeof text - (size_t)used, "1,%d,%.*s\n", i + 1, length, y);
        y += length + (y[length] ? 1 : 0);
    }
    return write_text("textbook.csv", text);
}

Test(cli, fixed_steps_are_the_textbooks, .init = make_folder, .fini = remove_folder)
{
    json_t *down = json_of(RUN("fit", write_textbook("2 4 5 4"), "--no-intercept", "--no-standardize",
                               "--step", "fixed:0.01", "--max-iterations", "1000", "--tolerance", "0",
                               "--json"),
                           4);
    expect_digits(down, 0, 1.6469475051413238, 12.0);
    expect_digits(down, 1, 0.8200809018335663, 12.0);
    cr_expect_str_eq(word(down, "stop"), "max_iterations");
    cr_expect(number(down, "iterations") == 1000.0);
    json_t *up = json_of(RUN("fit", write_textbook("5 8 10 12"), "--no-intercept", "--no-standardize",
                             "--step", "fixed:0.01", "--max-iterations", "1000", "--tolerance", "0",
                             "--direction", "ascent", "--json"),
                         4);
    expect_digits(up, 0, 2.5556133119197173, 12.0);
    expect_digits(up, 1, 2.451145665431065, 12.0);
    cr_expect(number(up, "value") < 0.0, "what is climbed is -J");
    json_decref(down);
    json_decref(up);
}

Test(cli, backtracking_reaches_the_closed_form_of_the_textbook, .init = make_folder, .fini = remove_folder)
{
    json_t *down = json_of(
        RUN("fit", write_textbook("2 4 5 4"), "--no-intercept", "--no-standardize", "--json"), 0);
    expect_digits(down, 0, 2.0, 9.0);
    expect_digits(down, 1, 0.7, 9.0);
    json_t *up = json_of(RUN("fit", write_textbook("5 8 10 12"), "--no-intercept", "--no-standardize",
                             "--direction=ascent", "--step=backtracking:0.5", "--json"),
                         0);
    expect_digits(up, 0, 3.0, 9.0);
    expect_digits(up, 1, 2.3, 9.0);
    json_decref(down);
    json_decref(up);
}

/* ---- real data ---- */

/* The estimate in the row of NAME.ref.csv that begins with `name`. */
static double known_answer(const char *text, const char *name)
{
    const size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ',') return strtod(line + length + 1, NULL);
    }
    cr_assert_fail("no answer is called %s", name);
    return (double)NAN;
}

static void expect_known_answer(const char *name, const char *model, double least)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s.csv", TEST_DATA, name);
    json_t *fit = json_of(RUN("fit", path, "--model", model, "--json"), 0);
    (void)snprintf(path, sizeof path, "%s/%s.ref.csv", TEST_DATA, name);
    char *answers = read_text(path);
    cr_assert(answers, "%s is missing", path);
    const json_t *names = json_object_get(fit, "names");
    for (size_t j = 0; j < json_array_size(names); j++)
        expect_digits(fit, j, known_answer(answers, json_string_value(json_array_get(names, j))), least);
    cr_expect_str_eq(json_string_value(json_array_get(names, json_array_size(names) - 1)), "(intercept)");
    json_decref(fit);
}

Test(cli, least_squares_reaches_ten_digits_without_options, .init = make_folder, .fini = remove_folder)
{
    static const char *const names[] = {"anscombe1", "cars",      "diabetes",    "linnerud",
                                        "mtcars",    "stackloss", "wine_alcohol"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "regression/%s", names[i]);
        expect_known_answer(path, "least-squares", 10.0);
    }
}

/* Near working precision the line search must know when to end. */
static void expect_few_evaluations(const char *path)
{
    json_t *fit = json_of(RUN("fit", path, "--model", "logistic", "--json"), 0);
    cr_expect(number(fit, "evaluations") <= 1000.0, "%s: %g evaluations", path, number(fit, "evaluations"));
    json_decref(fit);
}

Test(cli, logistic_reaches_eight_digits_without_options, .init = make_folder, .fini = remove_folder)
{
    expect_known_answer("classification/breast_cancer_2", "logistic", 8.0);
    expect_known_answer("classification/iris_virginica_vs_versicolor", "logistic", 8.0);
    expect_few_evaluations(TEST_DATA "/classification/breast_cancer_2.csv");
    expect_few_evaluations(TEST_DATA "/classification/iris_virginica_vs_versicolor.csv");
}

Test(cli, the_first_command_shows_longleys_data, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("fit");
    cr_assert(r.status == 0, "%s", r.err);
    static const char *const parts[] = {"Longley",
                                        "16 rows x 6 columns and the intercept",
                                        "response \"employed\"",
                                        "least-squares by refinement in the Gram metric",
                                        "gradient descent, fixed steps, the Gram metric",
                                        "the Gram matrix holds, condition about",
                                        "1 of them for the metric",
                                        "closed form",
                                        "digits",
                                        "gnp_deflator",
                                        "(intercept)",
                                        "1829.1514",
                                        "objective",
                                        "gradient norm",
                                        "iterations",
                                        "over the data",
                                        "converged: the backward error",
                                        "QR, rank 7 of 7",
                                        "error bound     ",
                                        "backward error"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_expect(contains(r.out, parts[i]), "\"%s\" is missing in\n%s", parts[i], r.out);
    json_t *fit = json_of(RUN("fit", "--json"), 0);
    for (size_t j = 0; j < 7; j++) expect_digits(fit, j, gr_longley.certified[j], 10.5);
    cr_expect(number(fit, "passes") <= 6.0, "%g passes", number(fit, "passes"));
    json_decref(fit);
}

Test(cli, long_names_are_cut_to_the_width_of_a_terminal, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("wide.csv",
                                  "x,\"a very long name that nobody would type, but that a spreadsheet makes "
                                  "of its title row\",gr\xc3\xb6\xc3\x9f"
                                  "e,y\n1.123456789012,2,3,4\n2,3,9,1\n3,3,7,1e-5\n9,8,4,1\n7,7,7,8\n");
    const result r = RUN("fit", path);
    cr_assert(r.status == 0, "%s", r.err);
    expect_narrow(r.out);
    cr_expect(contains(r.out, "a very long name") && contains(r.out, "...") &&
                  contains(r.out, "gr\xc3\xb6\xc3\x9f"
                                  "e"),
              "%s", r.out);
    json_t *fit = json_of(RUN("fit", path, "--json"), 0);
    const char *whole = json_string_value(json_array_get(json_object_get(fit, "names"), 1));
    cr_expect_str_eq(
        whole, "a very long name that nobody would type, but that a spreadsheet makes of its title row");
    json_decref(fit);
}

/* ---- the classical exercise of logistic regression ---- */

static json_t *exercise(void)
{
    json_error_t error;
    json_t *known = json_load_file(REFERENCE_DATA "/mlia_testSet.json", 0, &error);
    if (!known) cr_skip_test("the classical exercise is not at %s", REFERENCE_DATA);
    return known;
}

/* The exercise's weights begin with the intercept, ours end with it. */
static void expect_weights(const json_t *fit, const json_t *weights, double least)
{
    for (size_t j = 0; j < 3; j++) {
        const char *text = json_string_value(json_array_get(weights, j));
        expect_digits(fit, (j + 2) % 3, strtod(text, NULL), least);
    }
}

static json_t *climb(const char *steps)
{
    return json_of(RUN("fit", REFERENCE_DATA "/mlia_testSet.csv", "--model", "logistic", "--direction",
                       "ascent", "--start", "ones", "--step", "fixed:0.1", "--no-standardize",
                       "--max-iterations", steps, "--trace", in_folder("trace.csv"), "--json"),
                   4);
}

/* The value in the row of that iteration. */
static double traced(const char *trace, const char *iteration)
{
    char start_of_row[32];
    (void)snprintf(start_of_row, sizeof start_of_row, "\n%s,", iteration);
    const char *row = strstr(trace, start_of_row);
    cr_assert(row, "the trace has no iteration %s", iteration);
    return strtod(row + strlen(start_of_row), NULL);
}

Test(cli, the_exercise_climbs_the_books_path, .init = make_folder, .fini = remove_folder)
{
    json_t *known = exercise(), *ascent = json_object_get(known, "gradient_ascent");
    json_t *fit = climb("500");
    expect_weights(fit, json_object_get(ascent, "weights_exact_30_digits"), 12.0);
    char *trace = read_text(in_folder("trace.csv"));
    cr_assert(trace);
    json_decref(fit);
    static const char *const steps[] = {"1", "2", "10", "100"};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const json_t *there = json_object_get(json_object_get(ascent, "trace_exact"), steps[i]);
        fit = climb(steps[i]);
        expect_weights(fit, json_object_get(there, "w"), 12.0);
        json_decref(fit);
        /* the book's likelihood is the sum over 100 rows */
        const double likelihood = strtod(json_string_value(json_object_get(there, "loglik")), NULL) / 100.0;
        cr_expect(digits(traced(trace, steps[i]), likelihood) >= 12.0);
    }
    json_decref(known);
}

Test(cli, the_exercise_run_to_convergence_is_the_maximum_likelihood, .init = make_folder,
     .fini = remove_folder)
{
    json_t *known = exercise();
    json_t *fit = json_of(RUN("fit", REFERENCE_DATA "/mlia_testSet.csv", "--model", "logistic", "--direction",
                              "ascent", "--json"),
                          0);
    const json_t *coefficients = json_object_get(json_object_get(known, "maximum_likelihood"),
                                                 "coefficients");
    for (size_t j = 0; j < 3; j++) {
        const json_t *estimate = json_object_get(json_array_get(coefficients, j), "estimate");
        expect_digits(fit, (j + 2) % 3, strtod(json_string_value(estimate), NULL), 8.0);
    }
    json_decref(fit);
    json_decref(known);
}

/* ---- the mirror contract ---- */

static void expect_mirror(const char *path, const char *model, const char *step)
{
    const char *const down[] = {GRADUS_PROGRAM,     "fit",  path,     "--model", model, "--step", step,
                                "--max-iterations", "3000", "--json", NULL};
    const char *const up[] = {GRADUS_PROGRAM,     "fit",  path,     "--model",     model,    "--step", step,
                              "--max-iterations", "3000", "--json", "--direction", "ascent", NULL};
    const result first = run_with(down, "/dev/null", NULL), second = run_with(up, "/dev/null", NULL);
    json_t *descent = json_of(first, first.status), *ascent = json_of(second, first.status);
    const json_t *theta = json_object_get(descent, "theta");
    cr_expect(json_equal(theta, json_object_get(ascent, "theta")), "%s %s %s", path, model, step);
    cr_expect(number(descent, "value") == -number(ascent, "value"));
    cr_expect(number(descent, "iterations") == number(ascent, "iterations"));
    cr_expect_str_eq(word(descent, "direction"), "descent");
    cr_expect_str_eq(word(ascent, "direction"), "ascent");
    json_decref(descent);
    json_decref(ascent);
}

Test(cli, ascent_and_descent_print_the_same_coefficients, .init = make_folder, .fini = remove_folder)
{
    static const char *const steps[] = {"backtracking", "backtracking:3", "fixed:0.1", "wolfe"};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        expect_mirror(TEST_DATA "/regression/mtcars.csv", "least-squares", steps[i]);
        expect_mirror(TEST_DATA "/classification/iris_virginica_vs_versicolor.csv", "logistic", steps[i]);
    }
}

/* ---- the ways to travel ---- */

typedef struct way {
    const char *arguments[5];
    const char *method, *metric, *step; /* what runs */
    double digits;                      /* of Longley's worst coefficient, at least */
} way;

static const way ways[] = {
    {{NULL}, "gradient", "gram", "fixed", 10.5},
    {{"--method", "automatic", "--metric", "automatic"}, "gradient", "gram", "fixed", 10.5},
    {{"--metric", "gram"}, "gradient", "gram", "fixed", 10.5},
    {{"--metric", "sketch"}, "gradient", "qr", "fixed", 10.5},
    {{"--metric", "identity"}, "l-bfgs", "standardized", "wolfe", 9.0},
    {{"--method", "gradient"}, "gradient", "standardized", "backtracking", 9.0},
    {{"--method", "gradient", "--metric", "gram"}, "gradient", "gram", "backtracking", 10.5},
    {{"--method", "l-bfgs"}, "l-bfgs", "standardized", "wolfe", 9.0},
    {{"--method", "l-bfgs", "--no-standardize"}, "l-bfgs", "identity", "wolfe", 9.0},
    {{"--method", "heavy-ball"}, "heavy-ball", "standardized", "backtracking", 8.0},
    {{"--method", "nesterov"}, "nesterov", "standardized", "backtracking", 8.0},
    {{"--method", "nesterov", "--metric", "gram"}, "nesterov", "gram", "backtracking", 10.0},
    {{"--method", "conjugate-gradient"}, "conjugate-gradient", "standardized", "exact", 9.0},
    {{"--method", "conjugate-gradient", "--step", "wolfe"},
     "conjugate-gradient",
     "standardized",
     "wolfe",
     8.0},
    {{"--metric", "standardized", "--no-standardize"}, "l-bfgs", "standardized", "wolfe", 9.0},
    {{"--metric", "diagonal"}, "l-bfgs", "diagonal", "wolfe", 8.0},
    {{"--metric", "hessian"}, "gradient", "hessian", "fixed", 10.5},
    {{"--metric", "sampled-hessian"}, "l-bfgs", "sampled-hessian", "wolfe", 9.0},
    {{"--metric", "qr"}, "gradient", "qr", "fixed", 10.5},
    {{"--metric", "sampled-gram"}, "l-bfgs", "sampled-gram", "wolfe", 9.0},
    {{"--step", "exact", "--metric", "gram"}, "gradient", "gram", "exact", 10.0},
    {{"--step", "barzilai-borwein"}, "gradient", "standardized", "barzilai-borwein", 8.0},
    {{"--step", "barzilai-borwein:0.5"}, "gradient", "standardized", "barzilai-borwein", 8.0},
    {{"--compress"}, "gradient", "gram", "fixed", 10.0},
    {{"--compress", "--metric", "gram", "--method", "l-bfgs"}, "l-bfgs", "gram", "wolfe", 9.0},
    {{"--refine"}, "gradient", "gram", "fixed", 14.0},
    {{"--refine", "--metric", "qr"}, "gradient", "qr", "fixed", 14.0},
    {{"--metric", "gram", "--step", "fixed:1"}, "gradient", "gram", "fixed", 9.0},
    {{"--step", "wolfe"}, "gradient", "standardized", "wolfe", 6.0},
    {{"--step", "wolfe:0.5", "--method", "l-bfgs"}, "l-bfgs", "standardized", "wolfe", 9.0},
    {{"--step", "backtracking:2"}, "gradient", "standardized", "backtracking", 9.0},
    {{"--threads", "1"}, "gradient", "gram", "fixed", 10.5},
};

static json_t *go(const way *along, const char *extra, int status)
{
    const char *arguments[10] = {GRADUS_PROGRAM, "fit", "--json"};
    size_t count = 3;
    for (size_t i = 0; i < 5 && along->arguments[i]; i++) arguments[count++] = along->arguments[i];
    if (extra) arguments[count++] = extra;
    return json_of(run_with(arguments, "/dev/null", NULL), status);
}

static void expect_ran(const json_t *fit, const way *along)
{
    cr_expect_str_eq(word(fit, "method"), along->method);
    cr_expect_str_eq(word(fit, "metric"), along->metric);
    cr_expect_str_eq(word(fit, "step"), along->step);
}

Test(cli, every_way_reaches_longleys_answer_and_says_what_ran, .init = make_folder, .fini = remove_folder)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        json_t *fit = go(&ways[i], NULL, 0);
        expect_ran(fit, &ways[i]);
        for (size_t j = 0; j < 7; j++) expect_digits(fit, j, gr_longley.certified[j], ways[i].digits);
        json_decref(fit);
    }
}

/* What the table calls it, by the word of the JSON. */
static const struct {
    const char *word, *phrase;
} phrases[] = {{"gradient", "gradient descent"},
               {"l-bfgs", "L-BFGS descent"},
               {"heavy-ball", "heavy-ball descent"},
               {"nesterov", "Nesterov's accelerated descent"},
               {"conjugate-gradient", "conjugate gradient descent"},
               {"gram", "the Gram metric"},
               {"sketch", "the sketch metric"},
               {"qr", "the QR metric"},
               {"hessian", "the Hessian metric"},
               {"sampled-gram", "the sampled Gram metric"},
               {"sampled-hessian", "the sampled Hessian metric"},
               {"diagonal", "the diagonal metric"},
               {"standardized", "standardised columns"},
               {"identity", "the columns as they are"},
               {"fixed", "fixed steps"},
               {"backtracking", "backtracking steps"},
               {"wolfe", "strong Wolfe steps"},
               {"exact", "exact steps"},
               {"barzilai-borwein", "Barzilai-Borwein steps"}};

static void expect_phrase(const char *table, const char *json)
{
    size_t i = 0;
    while (i < sizeof phrases / sizeof *phrases && strcmp(phrases[i].word, json) != 0) i++;
    cr_assert(i < sizeof phrases / sizeof *phrases, "%s", json);
    cr_expect(contains(table, phrases[i].phrase), "%s is not in\n%s", phrases[i].phrase, table);
}

/* The line on the method, which may be broken, as one */
static const char *method_line(char *table)
{
    char *line = strstr(table, "\nmethod ");
    cr_assert(line, "%s", table);
    char *to = ++line;
    for (const char *from = line; *from; from++) {
        const bool spaces = *from == ' ' || *from == '\n';
        if (*from == '\n' && from[1] != ' ') break;
        if (!spaces || to[-1] != ' ') *to++ = spaces ? ' ' : *from;
    }
    *to = '\0';
    return line;
}

Test(cli, the_table_names_what_ran, .init = make_folder, .fini = remove_folder)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *arguments[10] = {GRADUS_PROGRAM, "fit", "--no-closed-form"};
        for (size_t k = 0; k < 5 && ways[i].arguments[k]; k++) arguments[k + 3] = ways[i].arguments[k];
        const result r = run_with(arguments, "/dev/null", NULL);
        cr_assert(r.status == 0, "%s", r.err);
        cr_expect(contains(r.out, "in twice the precision") ==
                      (strcmp(ways[i].arguments[0] ? ways[i].arguments[0] : "", "--refine") == 0),
                  "%s", r.out);
        const char *line = method_line(r.out);
        expect_phrase(line, ways[i].method);
        expect_phrase(line, ways[i].metric);
        expect_phrase(line, ways[i].step);
    }
}

/* Rows enough for a sketch: where the Gram matrix breaks down, and by name */
Test(cli, tall_data_are_sketched, .init = make_folder, .fini = remove_folder)
{
    char text[40000];
    size_t used = (size_t)snprintf(text, sizeof text, "a,b,y\n");
    for (int i = 0; i < 500; i++) {
        const double a = sin(i * 1.7), b = cos(i * 0.9), y = 2.0 * a - 3.0 * b + 0.5;
        used += (size_t)snprintf(text + used, sizeof text - used, "%.17g,%.17g,%.17g\n", a, b, y);
    }
    const char *path = write_text("tall.csv", text);
    json_t *fit = json_of(RUN("fit", path, "--metric", "sketch", "--json"), 0);
    cr_expect_str_eq(word(fit, "metric"), "sketch");
    expect_digits(fit, 0, 2.0, 12.0);
    expect_digits(fit, 1, -3.0, 12.0);
    expect_digits(fit, 2, 0.5, 12.0);
    json_decref(fit);
    const result r = RUN("fit", path, "--metric", "sketch");
    expect_phrase(method_line(r.out), "sketch");
}

/* ---- batches ---- */

static json_t *by_batches(const char *const *arguments, int status)
{
    const char *all[20] = {GRADUS_PROGRAM, "fit", TEST_DATA "/regression/mtcars.csv", "--json"};
    for (size_t i = 0; arguments[i]; i++) all[i + 4] = arguments[i];
    return json_of(run_with(all, "/dev/null", NULL), status);
}

#define BY_BATCHES(status, ...) by_batches((const char *const[]){__VA_ARGS__, NULL}, status)

static bool same_theta(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "theta"), json_object_get(b, "theta")) == 1;
}

/* Variance-reduced batches converge to the closed form; what ran is said. */
Test(cli, svrg_reaches_the_closed_form, .init = make_folder, .fini = remove_folder)
{
    json_t *fit = BY_BATCHES(0, "--method", "svrg", "--batch", "8", "--step", "fixed:0.2", "--metric", "gram",
                             "--epochs", "1000", "--tolerance", "1e-12", "--seed", "5");
    cr_expect_str_eq(word(fit, "method"), "svrg");
    cr_expect_str_eq(word(fit, "metric"), "gram");
    cr_expect_str_eq(word(fit, "order"), "shuffled");
    cr_expect_str_eq(word(fit, "stop"), "gradient");
    cr_expect(number(fit, "batch") == 8.0 && number(fit, "seed") == 5.0 && number(fit, "epochs") < 1000.0);
    cr_expect(json_is_true(json_object_get(fit, "exact")));
    cr_expect_geq(number(json_object_get(fit, "certificate"), "digits"), 8.0);
    json_decref(fit);
}

/* 32 rows: the passes of ten epochs, with and without looking at all rows; the same seed alone gives the same bits. */
Test(cli, batches_as_they_are_asked_for, .init = make_folder, .fini = remove_folder)
{
#define TEN_EPOCHS "--batch", "5", "--step", "fixed:1e-3", "--epochs", "10"
    json_t *a = BY_BATCHES(4, TEN_EPOCHS, "--no-standardize", "--method", "adam", "--seed", "3"),
           *b = BY_BATCHES(4, TEN_EPOCHS, "--no-standardize", "--method", "adam", "--seed", "3", "--threads",
                           "1"),
           *c = BY_BATCHES(4, TEN_EPOCHS, "--no-standardize", "--method", "adam", "--seed", "4"),
           *d = BY_BATCHES(4, TEN_EPOCHS, "--method", "adam", "--order", "consecutive", "--check", "0"),
           *e = BY_BATCHES(4, TEN_EPOCHS, "--method", "adam", "--order", "replacement", "--check", "3");
    cr_expect(same_theta(a, b) && !same_theta(a, c) && !same_theta(a, d));
    cr_expect(number(a, "passes") == 12.0 && number(d, "passes") == 10.0 && number(e, "passes") == 15.0);
    cr_expect(number(a, "iterations") == 70.0 && number(a, "epochs") == 10.0);
    cr_expect(json_is_false(json_object_get(d, "exact")) && json_is_true(json_object_get(e, "exact")));
    cr_expect_str_eq(word(a, "metric"), "identity");
    cr_expect_str_eq(word(a, "stop"), "max_epochs");
    cr_expect_str_eq(word(d, "order"), "consecutive");
    cr_expect_str_eq(word(e, "order"), "replacement");
    json_t *all[] = {a, b, c, d, e};
    for (size_t i = 0; i < 5; i++) json_decref(all[i]);
}

/* Every schedule by its word, the last step by its formula, with all rows as with batches. */
Test(cli, schedules_as_they_are_asked_for, .init = make_folder, .fini = remove_folder)
{
    static const struct {
        const char *rule, *word;
        double last; /* after 6 steps, the step that the seventh takes */
    } schedules[] = {{"inverse-time:0.01,0.5", "inverse-time", 0.01 / 4.0},
                     {"inverse-square-root:0.01,0.5", "inverse-square-root", 0.01 / 2.0},
                     {"cosine:0.01,0.002,12", "cosine", 0.006},
                     {"decay:0.01,0.5,3", "decay", 0.01 / 4.0},
                     {"fixed:0.01", "fixed", 0.01}};
    for (size_t k = 0; k < 10; k++) {
        json_t *fit = BY_BATCHES(4, "--step", schedules[k / 2].rule, "--max-iterations", "7", "--trace",
                                 in_folder("trace.csv"), k % 2 ? "--batch" : "--clip", k % 2 ? "8" : "1e9");
        cr_expect_str_eq(word(fit, "step"), schedules[k / 2].word);
        const char *row = strstr(read_text(in_folder("trace.csv")), "\n7,");
        cr_assert(row);
        double step = 0.0;
        cr_assert(sscanf(row, "\n7,%*g,%*g,%lg,", &step) == 1);
        cr_expect(fabs(step - schedules[k / 2].last) <= 1e-15, "%s: %g", schedules[k / 2].rule, step);
        json_decref(fit);
    }
}

Test(cli, the_table_says_what_batches_ran, .init = make_folder, .fini = remove_folder)
{
    const char *cars = TEST_DATA "/regression/mtcars.csv";
    const result r = RUN("fit", cars, "--batch", "8", "--step", "fixed:0.01", "--epochs", "1", "--clip",
                         "1e9");
    cr_expect(r.status == 4 &&
                  contains(r.out, "least-squares by stochastic gradient descent in standardised") &&
                  contains(r.out, "batches         8 rows a step, shuffled, seed 0, 1 epoch\n"),
              "%s", r.out);
    const result adam = RUN("fit", cars, "--batch", "1", "--method", "adam", "--check", "0", "--order",
                            "replacement", "--seed", "9");
    cr_expect(adam.status == 4 &&
                  contains(adam.out, "by stochastic Adam descent in the columns as they are") &&
                  contains(adam.out, "1 row a step, replacement, seed 9, 100 epochs") &&
                  contains(adam.out, "of the last"),
              "%s", adam.out);
    const result full = RUN("fit", cars, "--method", "adam", "--max-iterations", "3");
    cr_expect(full.status == 4 && contains(full.out, "least-squares by Adam descent") &&
                  !contains(full.out, "batches"),
              "%s", full.out);
}

/* Alone it is the classical method; where a metric of its own is chosen it changes nothing. */
Test(cli, without_standardising_the_columns_are_as_they_are, .init = make_folder, .fini = remove_folder)
{
    static const way classical = {{"--max-iterations", "5"}, "gradient", "identity", "backtracking", 0.0};
    static const way chosen = {{"--metric", "gram"}, "gradient", "gram", "fixed", 0.0};
    json_t *fit = go(&classical, "--no-standardize", 4);
    expect_ran(fit, &classical);
    json_decref(fit);
    fit = go(&chosen, "--no-standardize", 0);
    expect_ran(fit, &chosen);
    json_decref(fit);
    const result r = RUN("fit", "--no-standardize", "--max-iterations", "5", "--direction", "ascent");
    cr_expect(contains(r.out, "least-squares by gradient ascent in the columns as they are") &&
                  contains(r.out, "gradient ascent, backtracking steps, the columns as they are"),
              "%s", r.out);
}

Test(cli, logistic_says_what_ran, .init = make_folder, .fini = remove_folder)
{
    const char *iris = TEST_DATA "/classification/iris_virginica_vs_versicolor.csv";
    const result r = RUN("fit", iris, "--model", "logistic");
    cr_expect(r.status == 0 && contains(r.out, "logistic by L-BFGS descent in the Gram metric"), "%s", r.out);
    const result up = RUN("fit", iris, "--model", "logistic", "--direction", "ascent", "--method",
                          "heavy-ball", "--metric", "identity", "--step", "backtracking");
    cr_expect(up.status == 0 && contains(up.out, "logistic by heavy-ball ascent in standardised columns"),
              "%s", up.out);
}

/* More rows than one block, so that there is something to share out. */
Test(cli, threads_do_not_change_a_bit, .init = make_folder, .fini = remove_folder)
{
    FILE *file = fopen(in_folder("long.csv"), "w");
    cr_assert(file);
    (void)fputs("a,b,y\n", file);
    for (int i = 1; i <= 40000; i++)
        (void)fprintf(file, "%.17g,%.17g,%.17g\n", sin(i * 1.7), cos(i * i * 0.3), sin(i * 1.1) + 0.01 * i);
    cr_assert(fclose(file) == 0);
    const char *path = in_folder("long.csv");
    json_t *one = json_of(RUN("fit", path, "--threads", "1", "--json"), 0);
    json_t *three = json_of(RUN("fit", path, "--threads", "3", "--json"), 0);
    json_t *all = json_of(RUN("fit", path, "--threads", "0", "--json"), 0);
    const json_t *theta = json_object_get(one, "theta");
    cr_expect(json_equal(theta, json_object_get(three, "theta")));
    cr_expect(json_equal(theta, json_object_get(all, "theta")));
    json_decref(one);
    json_decref(three);
    json_decref(all);
}

/* ---- JSON ---- */

static void expect_keys(const json_t *object, const char *const *keys)
{
    void *at = json_object_iter((json_t *)(size_t)object);
    for (; *keys && at; keys++, at = json_object_iter_next((json_t *)(size_t)object, at))
        cr_expect_str_eq(json_object_iter_key(at), *keys);
    cr_expect(!*keys, "%s is missing", *keys);
}

Test(cli, json_has_its_keys_in_their_order, .init = make_folder, .fini = remove_folder)
{
    static const char *const keys[] = {"names",
                                       "theta",
                                       "value",
                                       "gradient_norm",
                                       "iterations",
                                       "passes",
                                       "stop",
                                       "seconds",
                                       "certificate",
                                       "reference",
                                       "evaluations",
                                       "model",
                                       "direction",
                                       "converged",
                                       "method",
                                       "metric",
                                       "step",
                                       "metric_reason",
                                       "metric_condition",
                                       "metric_passes",
                                       "refinements",
                                       "batch",
                                       "order",
                                       "seed",
                                       "epochs",
                                       "exact",
                                       "duality_gap",
                                       "resumed_at",
                                       "separating_direction",
                                       "margin",
                                       "inference",
                                       "no_inference",
                                       "format",
                                       "format_version",
                                       "response",
                                       "columns",
                                       "intercept",
                                       "polynomial",
                                       "offset",
                                       "weights",
                                       "ridge",
                                       "lasso",
                                       "lower",
                                       "upper",
                                       "radius",
                                       "delta",
                                       "outputs",
                                       NULL};
    static const char *const of_certificate[] = {"backward_error", "orthogonality", "distance",
                                                 "digits",         "condition",     "rank",
                                                 "error_bound",    "bound_reason",  NULL};
    static const char *const of_reference[] = {"method", "theta", "rank", "condition", NULL};
    json_t *fit = json_of(RUN("fit", "--json"), 0);
    expect_keys(fit, keys);
    expect_keys(json_object_get(fit, "certificate"), of_certificate);
    expect_keys(json_object_get(fit, "reference"), of_reference);
    cr_expect_str_eq(word(fit, "stop"), "backward_error");
    cr_expect(number(fit, "metric_condition") > 1.0 && number(fit, "metric_passes") == 1.0);
    cr_expect(json_is_null(json_object_get(fit, "order")) && json_is_null(json_object_get(fit, "seed")));
    cr_expect(number(fit, "batch") == 0.0 && number(fit, "epochs") == 0.0);
    cr_expect(number(fit, "refinements") == 0.0 && contains(word(fit, "metric_reason"), "Gram"));
    const json_t *certificate = json_object_get(fit, "certificate");
    cr_expect(number(certificate, "digits") >= 9.0);
    cr_expect(number(certificate, "error_bound") > 0.0 && number(certificate, "error_bound") < 1e-8);
    cr_expect(contains(word(certificate, "bound_reason"), "twice the precision"));
    cr_expect(json_is_null(json_object_get(fit, "separating_direction")));
    cr_expect(json_is_null(json_object_get(fit, "margin")));
    json_t *logistic = json_of(
        RUN("fit", TEST_DATA "/classification/breast_cancer_2.csv", "--model", "logistic", "--json"), 0);
    cr_expect(json_is_null(json_object_get(logistic, "certificate")));
    cr_expect(json_is_null(json_object_get(logistic, "reference")));
    json_decref(logistic);
    json_decref(fit);
}

/* The same solve in this process: its bits are those that the program's decimal digits give back. */
Test(cli, json_gives_back_every_bit, .init = make_folder, .fini = remove_folder)
{
    const gradus_matrix X = gradus_row_major(gr_longley.rows, 6, gr_longley.x, 6);
    double theta[7] = {0.0};
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_GRADIENT;
    options.metric = GRADUS_METRIC_STANDARDIZED;
    options.stop.max_iterations = 1234;
    options.stop.gradient_tolerance = GRADUS_OFF;
    gradus_objective *f = NULL;
    gradus_report report;
    cr_assert(gradus_least_squares(&X, gr_longley.y, &model, &f) == GRADUS_OK);
    cr_assert(gradus_descend(f, theta, &options, &report) == GRADUS_OK);
    json_t *fit = json_of(RUN("fit", "--json", "--method", "gradient", "--max-iterations", "1234"), 4);
    for (size_t j = 0; j < 7; j++) {
        const double printed = entry(fit, "theta", j);
        cr_expect(memcmp(&printed, &theta[j], sizeof printed) == 0, "%.17g, not %.17g", printed, theta[j]);
    }
    cr_expect(number(fit, "value") == report.value);
    cr_expect(number(fit, "gradient_norm") == report.gradient_norm);
    cr_expect(number(fit, "passes") == report.passes);
    cr_expect(number(fit, "evaluations") == (double)report.evaluations);
    gradus_objective_free(f);
    json_decref(fit);
}

Test(cli, names_outside_of_utf_8_still_make_json, .init = make_folder, .fini = remove_folder)
{
    json_t *fit = json_of(RUN("fit", write_text("latin.csv", "b\xe9ton,y\n1,2\n2,3\n3,5\n"), "--json"), 0);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(fit, "names"), 0)), "b?ton");
    json_decref(fit);
}

/* ---- options that change the problem ---- */

Test(cli, a_weight_counts_rows, .init = make_folder, .fini = remove_folder)
{
    const char *weighted = write_text("weighted.csv", "x,y,w\n1,2,1\n2,4,3\n3,5,0\n4,4,1\n5,7,2\n");
    const char *repeated = write_text("repeated.csv", "x,y\n1,2\n2,4\n2,4\n2,4\n4,4\n5,7\n5,7\n");
    json_t *first = json_of(RUN("fit", weighted, "--weights", "w", "--json"), 0);
    json_t *second = json_of(RUN("fit", repeated, "--json"), 0);
    for (size_t j = 0; j < 2; j++) expect_digits(first, j, entry(second, "theta", j), 12.0);
    cr_expect(digits(number(first, "value"), number(second, "value")) >= 12.0);
    cr_expect(json_array_size(json_object_get(first, "names")) == 2);
    json_decref(first);
    json_decref(second);
}

/* By hand: sum of squares 30, x'y = 39, m = 4: theta = 39/(30 + 4 lambda), no intercept. */
Test(cli, ridge_has_the_scale_of_the_mean, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("ridge.csv", "y,x\n2,1\n4,2\n5,3\n3.5,4\n");
    json_t *fit = json_of(RUN("fit", path, "--response", "y", "--no-intercept", "--ridge", "2.5", "--json"),
                          0);
    expect_digits(fit, 0, 39.0 / 40.0, 14.0);
    cr_expect(digits(entry(json_object_get(fit, "reference"), "theta", 0), 39.0 / 40.0) >= 14.0);
    json_decref(fit);
}

/* By hand: x'x/m = 15/2, x'y/m = 39/4: theta = (39/4 - 1)/(15/2) with a lasso of 1, and at most what bounds and radius allow. */
Test(cli, lasso_and_constraints, .init = make_folder, .fini = remove_folder)
{
    static const char *const options[][3] = {{"--lasso", "1", "duality_gap"},
                                             {"--lasso", "9.75", "duality_gap"},
                                             {"--lower", "1.5", "gradient"},
                                             {"--upper", "-0.25", "gradient"},
                                             {"--radius", "0.5", "duality_gap"}};
    static const double exact[] = {(9.75 - 1.0) / 7.5, 0.0, 1.5, -0.25, 0.5};
    for (size_t k = 0; k < 5; k++) {
        for (int up = 0; up < 2; up++) {
            const char *path = write_text("lasso.csv", "y,x\n2,1\n4,2\n5,3\n3.5,4\n");
            json_t *fit = json_of(RUN("fit", path, "--response", "y", "--no-intercept", options[k][0],
                                      options[k][1], "--direction", up ? "ascent" : "descent", "--json"),
                                  0);
            expect_digits(fit, 0, exact[k], 12.0);
            cr_expect(json_is_null(json_object_get(fit, "reference")));
            cr_expect_str_eq(word(fit, "method"), "coordinate");
            const bool has_gap = strcmp(options[k][2], "duality_gap") == 0;
            cr_expect_eq(json_is_number(json_object_get(fit, "duality_gap")), has_gap, "case %zu", k);
            json_decref(fit);
        }
    }
}

Test(cli, a_polynomial_has_its_powers, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("powers.csv",
                                  "t,y\n-2,-9\n-1,-1\n0,1\n1,3\n2,11\n3,31\n"); /* 1 + t + t^3 */
    json_t *fit = json_of(RUN("fit", path, "--polynomial", "3", "--json"), 0);
    static const char *const names[] = {"t", "t^2", "t^3", "(intercept)"};
    static const double theta[] = {1.0, 0.0, 1.0, 1.0};
    for (size_t j = 0; j < 4; j++) {
        cr_expect_str_eq(json_string_value(json_array_get(json_object_get(fit, "names"), j)), names[j]);
        expect_digits(fit, j, theta[j], 11.0);
    }
    json_decref(fit);
}

Test(cli, a_start_may_come_from_a_file_and_data_from_standard_input, .init = make_folder,
     .fini = remove_folder)
{
    const char *data = write_text("line.csv", "x,y\n1,3\n2,5\n3,7\n");
    const char *begin = write_text("start.csv", "start\n2\n1\n"); /* the answer itself */
    const char *const arguments[] = {GRADUS_PROGRAM, "fit", "-", "--start", begin, "--json", NULL};
    json_t *fit = json_of(run_with(arguments, data, NULL), 0);
    cr_expect(entry(fit, "theta", 0) == 2.0 && entry(fit, "theta", 1) == 1.0);
    cr_expect(number(fit, "value") == 0.0 && number(fit, "iterations") <= 1.0);
    json_decref(fit);
}

Test(cli, dependent_columns_get_the_shortest_closed_form, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("dependent.csv", "a,b,y\n1,1,1\n2,2,2\n3,3,3.5\n4,4,4\n");
    const result r = RUN("fit", path);
    cr_assert(r.status == 0, "%s", r.err);
    cr_expect(contains(r.out, "SVD, rank 2 of 3: minimum-norm closed form"), "%s", r.out);
    json_t *fit = json_of(RUN("fit", path, "--json"), 0);
    const json_t *reference = json_object_get(fit, "reference");
    cr_expect_str_eq(word(reference, "method"), "SVD");
    cr_expect(contains(r.out, "error bound     none: "), "%s", r.out);
    cr_expect(json_is_null(json_object_get(json_object_get(fit, "certificate"), "error_bound")));
    cr_expect(number(reference, "rank") == 2.0);
    cr_expect(digits(entry(reference, "theta", 0), entry(reference, "theta", 1)) >= 13.0);
    json_decref(fit);
}

/* The coefficient would be 1e350. */
Test(cli, a_fit_without_a_closed_form_says_why_and_carries_on, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("small.csv", "x,y\n1e-200,1e150\n2e-200,2e150\n");
    const result table = RUN("fit", path, "--no-intercept", "--no-standardize", "--step", "fixed:1",
                             "--max-iterations", "2");
    cr_expect(table.status == 4, "%s", table.err);
    cr_expect(contains(table.out, "too large for a double") && !contains(table.out, "digits"), "%s",
              table.out);
    const result json = RUN("fit", path, "--no-intercept", "--no-standardize", "--step", "fixed:1",
                            "--max-iterations", "2", "--json");
    cr_expect(json.status == 4);
    cr_expect(contains(json.err, "gradus fit: no closed form: ") &&
              contains(json.err, "too large for a double"));
    cr_expect(contains(json.out, "\"certificate\": null, \"reference\": null"), "%s", json.out);
}

/* ---- what did not converge ---- */

Test(cli, a_spent_budget_is_not_convergence, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("fit", "--method", "gradient", "--max-iterations", "10");
    cr_expect(r.status == 4);
    cr_expect(contains(r.out, "not converged: the iteration budget is spent") &&
              contains(r.out, "closed form"));
    cr_expect_str_empty(r.err);
    json_t *fit = json_of(RUN("fit", "--tolerance", "1e-2", "--json"), 0);
    cr_expect_str_eq(word(fit, "stop"), "gradient");
    json_decref(fit);
}

Test(cli, separable_classes_are_found_out, .init = make_folder, .fini = remove_folder)
{
    const char *wine = TEST_DATA "/classification/wine_class0_vs_rest.csv";
    const char *cancer = TEST_DATA "/classification/breast_cancer.csv";
    json_t *found = json_of(RUN("fit", wine, "--model", "logistic", "--json"), 4);
    cr_expect_str_eq(word(found, "stop"), "separable");
    json_t *late = json_of(RUN("fit", cancer, "--model", "logistic", "--json"), 4);
    cr_expect_str_eq(word(late, "stop"), "separable");
    cr_expect(number(late, "evaluations") <= 300.0, "%g evaluations", number(late, "evaluations"));
    const result table = RUN("fit", wine, "--model", "logistic", "--direction", "ascent");
    cr_expect(table.status == 4 && contains(table.out, "separable: theta splits the classes"), "%s",
              table.out);
    json_t *off = json_of(
        RUN("fit", wine, "--model", "logistic", "--tolerance", "0", "--max-iterations", "50", "--json"), 4);
    cr_expect_str_eq(word(off, "stop"), "max_iterations");
    json_t *early = json_of(RUN("fit", cancer, "--model", "logistic", "--max-iterations", "5", "--json"), 4);
    cr_expect_str_eq(word(early, "stop"), "max_iterations");
    json_t *ridge = json_of(
        RUN("fit", wine, "--model", "logistic", "--ridge", "0.1", "--tolerance", "1e-3", "--json"), 0);
    cr_expect_str_eq(word(ridge, "stop"), "gradient");
    json_decref(found);
    json_decref(late);
    json_decref(off);
    json_decref(early);
    json_decref(ridge);
}

/* x'd_c with the intercept, d the direction of class c */
static double along(const json_t *fit, size_t c, const double *x)
{
    return entry(fit, "separating_direction", 3 * c) * x[0] +
           entry(fit, "separating_direction", 3 * c + 1) * x[1] +
           entry(fit, "separating_direction", 3 * c + 2);
}

/* By how much a row prefers its class to the others, but for those of its group, which go the same way; 1: of logistic */
static double preference(const json_t *fit, size_t classes, const double *x, size_t label)
{
    double least = (double)INFINITY;
    if (classes == 1) return label ? along(fit, 0, x) : -along(fit, 0, x);
    for (size_t c = 0; c < classes; c++) {
        bool same = true;
        for (size_t j = 0; j < 3; j++)
            same = same && !(fabs(entry(fit, "separating_direction", 3 * c + j) -
                                  entry(fit, "separating_direction", 3 * label + j)) > 0.0);
        if (!same) least = fmin(least, along(fit, label, x) - along(fit, c, x));
    }
    return least;
}

/* Along the direction every row prefers its class, by the margin: by plain sums over the file as it was written. */
Test(cli, separable_classes_come_with_their_direction, .init = make_folder, .fini = remove_folder)
{
    static const double x[6][2] = {{1, 0}, {2, 1}, {3, 0}, {4, 1}, {8, 0}, {9, 1}};
    static const size_t labels[2][6] = {{0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 2, 2}};
    for (size_t k = 0; k < 4; k++) {
        const size_t classes = k % 2 ? 3 : 1, *label = labels[k % 2];
        char text[200] = "u,v,y\n";
        for (size_t i = 0; i < 6; i++) {
            const size_t used = strlen(text);
            (void)snprintf(text + used, sizeof text - used, "%g,%g,%zu\n", x[i][0], x[i][1], label[i]);
        }
        const char *path = write_text("classes.csv", text), *model = k % 2 ? "softmax" : "logistic";
        const char *direction = k / 2 ? "ascent" : "descent";
        json_t *fit = json_of(RUN("fit", path, "--model", model, "--direction", direction, "--json"), 4);
        cr_expect_str_eq(word(fit, "stop"), "separable");
        double least = (double)INFINITY;
        for (size_t i = 0; i < 6; i++) least = fmin(least, preference(fit, classes, x[i], label[i]));
        cr_expect(least > 0.0 && fabs(least - number(fit, "margin")) <= 1e-12 * least, "case %zu: %g, not %g",
                  k, number(fit, "margin"), least);
        json_decref(fit);
        const result table = RUN("fit", path, "--model", model, "--direction", direction);
        cr_expect(contains(table.out, "coefficient   ") && contains(table.out, "direction\n"), "%s",
                  table.out);
        cr_expect(contains(table.out, "\nmargin          "), "%s", table.out);
        expect_narrow(table.out);
    }
}

/* A category without a count has no finite coefficient: the fit says so, and in which direction it goes. */
Test(cli, counts_of_zero_alone_come_with_their_direction, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("counts.csv", "u,v,y\n0,0,3\n0,0,5\n1,0,0\n1,0,0\n0,1,7\n0,1,2\n");
    json_t *fit = json_of(RUN("fit", path, "--model", "poisson", "--json"), 4);
    cr_expect_str_eq(word(fit, "stop"), "no_optimum");
    cr_expect(entry(fit, "separating_direction", 0) == -1.0 && entry(fit, "separating_direction", 1) == 0.0 &&
              entry(fit, "separating_direction", 2) == 0.0);
    cr_expect(number(fit, "margin") == 0.0);
    json_decref(fit);
    const result table = RUN("fit", path, "--model", "poisson");
    cr_expect(table.status == 4 && contains(table.out, "no finite optimum") &&
                  contains(table.out, "coefficient   ") && contains(table.out, "direction\n"),
              "%s", table.out);
    expect_narrow(table.out);
}

/* ---- the trace ---- */

Test(cli, the_trace_holds_every_iteration, .init = make_folder, .fini = remove_folder)
{
    const char *path = in_folder("trace.csv");
    json_t *fit = json_of(RUN("fit", TEST_DATA "/regression/cars.csv", "--step", "fixed:0.01",
                              "--max-iterations", "25", "--trace", path, "--json"),
                          4);
    char *trace = read_text(path);
    cr_assert(trace);
    cr_expect(strncmp(trace, "iteration,value,gradient_norm,step,evaluations,passes,exact\n0,", 62) == 0,
              "%.80s", trace);
    size_t rows = 0;
    const char *last = trace;
    for (const char *c = trace; *c; c++) {
        rows += *c == '\n';
        if (*c == '\n' && c[1]) last = c + 1;
    }
    cr_expect(rows == 27, "%zu rows", rows);
    double value, norm, step;
    unsigned long iteration;
    cr_assert(sscanf(last, "%lu,%lf,%lf,%lf", &iteration, &value, &norm, &step) == 4);
    cr_expect(iteration == 25 && step == 0.01);
    cr_expect(value == number(fit, "value") && norm == number(fit, "gradient_norm"));
    json_decref(fit);
}

Test(cli, refused_input_leaves_no_trace, .init = make_folder, .fini = remove_folder)
{
    const char *path = in_folder("trace.csv");
    const result r = RUN("fit", write_text("labels.csv", "x,y\n1,0\n2,2\n"), "--model", "logistic", "--trace",
                         path);
    cr_expect(r.status == 3);
    cr_expect(access(path, F_OK) != 0);
}

/* ---- what is wrong, said in one sentence ---- */

#define NUMBER_OF_ITERATIONS "a whole number from 1 to 9223372036854775807"
#define METHODS              "automatic, gradient, l-bfgs, heavy-ball, nesterov, conjugate-gradient, adam or svrg"
#define METRICS                                                                                              \
    "automatic, identity, standardized, diagonal, gram, sampled-gram, hessian, sampled-hessian, sketch or "  \
    "qr"
#define STEP_RULES                                                                                           \
    "fixed:A, backtracking[:A], wolfe[:A], barzilai-borwein[:A], exact, inverse-time:A,D, "                  \
    "inverse-square-root:A,D, cosine:A,LAST,PERIOD or decay:A,FACTOR,PERIOD, with A above 0 and at most "    \
    "1e300"
#define WRONG_STEP(text)                                                                                     \
    {                                                                                                        \
        {"fit", "--step", text}, "gradus fit: --step is \"" text "\"; allowed is " STEP_RULES                \
    }
#define NUMBER_OF_THREADS "a whole number from 0 to 2147483647"
#define NOT_AN_OPTION     " is not an option, or short for more than one; allowed are those that gradus "

static const fault usage_faults[] = {
    {{NULL},
     "gradus: a command is missing; allowed is fit, predict, plot, verify or info (gradus --help tells "
     "more)"},
    {{"fti"},
     "gradus: fti is not a command; allowed is fit, predict, plot, verify or info (gradus --help tells "
     "more)"},
    {{"--json"},
     "gradus: --json is not a command; allowed is fit, predict, plot, verify or info (gradus --help tells "
     "more)"},
    {{"fit", "--bogus"}, "gradus fit: --bogus" NOT_AN_OPTION "fit --help lists"},
    {{"fit", "--st", "ones"}, "gradus fit: --st" NOT_AN_OPTION "fit --help lists"},
    {{"fit", "-z"}, "gradus fit: -z" NOT_AN_OPTION "fit --help lists"},
    {{"fit", "--json=yes"}, "gradus fit: --json=yes: --json takes no value"},
    {{"fit", "--help=yes"}, "gradus fit: --help=yes: --help takes no value"},
    {{"fit", "a.csv", "b.csv"}, "gradus fit: \"b.csv\" is one argument too many; allowed is one file"},
    {{"fit", "--model", "probit"},
     "gradus fit: --model is \"probit\"; allowed is least-squares, logistic, poisson, huber, squared-hinge "
     "or softmax"},
    {{"fit", "--direction", "up"}, "gradus fit: --direction is \"up\"; allowed is descent or ascent"},
    {{"fit", "--method", "newton"}, "gradus fit: --method is \"newton\"; allowed is " METHODS},
    {{"fit", "--method", "lbfgs"}, "gradus fit: --method is \"lbfgs\"; allowed is " METHODS},
    {{"fit", "--metric", "euclidean"}, "gradus fit: --metric is \"euclidean\"; allowed is " METRICS},
    {{"fit", "--step", "exact:1"}, "gradus fit: --step is \"exact:1\"; allowed is " STEP_RULES},
    {{"fit", "--step", "barzilai-borwein:0"},
     "gradus fit: --step is \"barzilai-borwein:0\"; allowed is " STEP_RULES},
    {{"fit", "@labels.csv", "--model", "logistic", "--step", "exact"},
     "gradus fit: the exact step is that of least squares, minimised"},
    {{"fit", "@labels.csv", "--model", "logistic", "--compress"},
     "gradus fit: only least squares, minimised, can be compressed to its Gram matrix"},
    {{"fit", "--method", "l-bfgs", "--refine"},
     "gradus fit: refinement is for least squares, minimised, with method and step automatic and the metric "
     "GRAM, HESSIAN, SKETCH or QR"},
    {{"fit", "--method", "nesterov", "--step", "barzilai-borwein"},
     "gradus fit: Barzilai and Borwein's step goes with the method GRADIENT"},
    {{"fit", "@good.csv", "--trace", "@good.csv"},
     "gradus fit: --trace is \"%s/good.csv\", the file of the data; allowed is another one"},
    {{"fit", "@good.csv", "--json", "--trace", "@link.csv"},
     "gradus fit: --trace is \"%s/link.csv\", the file of the data; allowed is another one"},
    {{"fit", "@good.csv", "--start", "@start.csv", "--trace", "@start.csv"},
     "gradus fit: --trace is \"%s/start.csv\", the file of the start; allowed is another one"},
    {{"fit", "--threads", "-1"}, "gradus fit: --threads is \"-1\"; allowed is " NUMBER_OF_THREADS},
    {{"fit", "--threads", "2147483648"},
     "gradus fit: --threads is \"2147483648\"; allowed is " NUMBER_OF_THREADS},
    {{"fit", "--step", "wolfe:0"}, "gradus fit: --step is \"wolfe:0\"; allowed is " STEP_RULES},
    {{"fit", "--step", "wolfe:"}, "gradus fit: --step is \"wolfe:\"; allowed is " STEP_RULES},
    {{"fit", "--step", "wolfes"}, "gradus fit: --step is \"wolfes\"; allowed is " STEP_RULES},
    {{"fit", "--step", "fixed"}, "gradus fit: --step is \"fixed\"; allowed is " STEP_RULES},
    {{"fit", "--step", "fixed:"}, "gradus fit: --step is \"fixed:\"; allowed is " STEP_RULES},
    {{"fit", "--step", "fixed:0"}, "gradus fit: --step is \"fixed:0\"; allowed is " STEP_RULES},
    {{"fit", "--step", "fixed:1x"}, "gradus fit: --step is \"fixed:1x\"; allowed is " STEP_RULES},
    {{"fit", "--step", "fixed:inf"}, "gradus fit: --step is \"fixed:inf\"; allowed is " STEP_RULES},
    {{"fit", "--step", "backtracking:-1"},
     "gradus fit: --step is \"backtracking:-1\"; allowed is " STEP_RULES},
    {{"fit", "--step", "backtracking1"}, "gradus fit: --step is \"backtracking1\"; allowed is " STEP_RULES},
    WRONG_STEP("fixed:1,2"),
    WRONG_STEP("fixed:1,"),
    WRONG_STEP("fixed:,1"),
    WRONG_STEP("wolfe:1,2"),
    WRONG_STEP("inverse-time"),
    WRONG_STEP("inverse-time:1"),
    WRONG_STEP("inverse-time:1,0"),
    WRONG_STEP("inverse-time:0,1"),
    WRONG_STEP("inverse-time:1,2,3"),
    WRONG_STEP("inverse-square-root:1,-1"),
    WRONG_STEP("cosine:1,0"),
    WRONG_STEP("cosine:1,-1,10"),
    WRONG_STEP("cosine:1,0,0"),
    WRONG_STEP("cosine:1,0,2.5"),
    WRONG_STEP("cosine:1,0,1e17"),
    WRONG_STEP("cosine:1,0,10,10"),
    WRONG_STEP("decay:1,1.5,10"),
    WRONG_STEP("decay:1,0,10"),
    WRONG_STEP("decay:1,0.5,-3"),
    WRONG_STEP("decay:1,0.5,nan"),
    WRONG_STEP("decay:1,0.5,"),
    {{"fit", "--batch", "0"}, "gradus fit: --batch is \"0\"; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--epochs", "0"}, "gradus fit: --epochs is \"0\"; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--order", "random"},
     "gradus fit: --order is \"random\"; allowed is shuffled, replacement or consecutive"},
    {{"fit", "--seed", "-1"},
     "gradus fit: --seed is \"-1\"; allowed is a whole number from 0 to 9223372036854775807"},
    {{"fit", "--check", "-1"},
     "gradus fit: --check is \"-1\"; allowed is a whole number from 0 to 9223372036854775807"},
    {{"fit", "--clip", "-1"}, "gradus fit: --clip is \"-1\"; allowed is a number from 0 to 1e300"},
    {{"fit", "--order", "shuffled"}, "gradus fit: --order goes with --batch ROWS"},
    {{"fit", "--seed", "0"}, "gradus fit: --seed goes with --batch ROWS"},
    {{"fit", "--epochs", "3"}, "gradus fit: --epochs goes with --batch ROWS"},
    {{"fit", "--check", "0"}, "gradus fit: --check goes with --batch ROWS"},
    {{"fit", "--method", "svrg"}, "gradus fit: --method svrg goes with --batch ROWS"},
    {{"fit", "--batch", "4"},
     "gradus fit: --batch goes with a --step that is fixed or a schedule, or with --method adam"},
    {{"fit", "--batch", "4", "--method", "svrg"},
     "gradus fit: --batch goes with a --step that is fixed or a schedule, or with --method adam"},
    {{"fit", "--batch", "4", "--step", "wolfe"},
     "gradus fit: a line search compares values, which with batches are values of different functions; take "
     "FIXED or a schedule"},
    {{"fit", "--batch", "4", "--compress"}, "gradus fit: the compressed form has no rows to make batches of"},
    {{"fit", "--batch", "4", "--refine"}, "gradus fit: refinement reads all rows, and goes without batches"},
    {{"fit", "--method", "adam", "--metric", "gram"},
     "gradus fit: ADAM scales every coefficient by itself: it goes with the metric IDENTITY"},
    {{"fit", "--clip", "1"},
     "gradus fit: a clip shortens steps of a given length: it goes with FIXED and the schedules"},
    {{"fit", "--max-iterations"},
     "gradus fit: --max-iterations has no value; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--max-iterations", "0"},
     "gradus fit: --max-iterations is \"0\"; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--max-iterations", "1e3"},
     "gradus fit: --max-iterations is \"1e3\"; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--max-iterations", "9223372036854775808"},
     "gradus fit: --max-iterations is \"9223372036854775808\"; allowed is " NUMBER_OF_ITERATIONS},
    {{"fit", "--tolerance", "1.5"}, "gradus fit: --tolerance is \"1.5\"; allowed is a number from 0 to 1"},
    {{"fit", "--tolerance", "-1"}, "gradus fit: --tolerance is \"-1\"; allowed is a number from 0 to 1"},
    {{"fit", "--tolerance", "nan"}, "gradus fit: --tolerance is \"nan\"; allowed is a number from 0 to 1"},
    {{"fit", "--tolerance", ""}, "gradus fit: --tolerance is \"\"; allowed is a number from 0 to 1"},
    {{"fit", "--ridge", "-0.5"}, "gradus fit: --ridge is \"-0.5\"; allowed is a number from 0 to 1e300"},
    {{"fit", "--lasso", "-1"}, "gradus fit: --lasso is \"-1\"; allowed is a number from 0 to 1e300"},
    {{"fit", "--lower", "low"}, "gradus fit: --lower is \"low\"; allowed is a number from -1e300 to 1e300"},
    {{"fit", "--ridge", "1e400"}, "gradus fit: --ridge is \"1e400\"; allowed is a number from 0 to 1e300"},
    {{"fit", "--polynomial", "31"},
     "gradus fit: --polynomial is \"31\"; allowed is a whole number from 1 to 30"},
    {{"fit", "--polynomial", "2.5"},
     "gradus fit: --polynomial is \"2.5\"; allowed is a whole number from 1 to 30"},
    {{"fit", "--polynomial", "2"},
     "gradus fit: --polynomial is 2, and there are 6 regressors; allowed is a table with exactly one"},
    {{"fit", "--response", ""},
     "gradus fit: --response is \"\"; allowed is the name of a column, or of several with commas between "
     "them"},
    {{"fit", "@good.csv", "--response", "z"},
     "gradus fit: %s/good.csv: --response is \"z\", and there is no such column; allowed is one of x, y"},
    {{"fit", "--weights", "GNP"},
     "gradus fit: --weights is \"GNP\", and there is no such column; allowed is one of gnp_deflator, gnp, "
     "unemployed, armed_forces, population, year, employed"},
    {{"fit", "@many.csv", "--weights", "w"},
     "gradus fit: %s/many.csv: --weights is \"w\", and there is no such column; allowed is one of "
     "a_rather_long_name_of_a_column_1, a_rather_long_name_of_a_column_2, "
     "a_rather_long_name_of_a_column_3, ..."},
    {{"fit", "--weights", "employed", "--response", "employed"},
     "gradus fit: --weights is \"employed\", which is the response; allowed is a column of its own"},
    {{"fit", "@good.csv", "--step", "fixed:5"},
     "gradus fit: --step: the fixed step 5 times the curvature 1 is 5 >= 2, so descent must diverge; "
     "take a step below 2"},
    {{"verify", "--data"}, "gradus verify: --data has no value; allowed is the path of a folder"},
    {{"verify", "here"}, "gradus verify: \"here\" is one argument too many; allowed is options alone"},
    {{"plot"},
     "gradus plot: a picture is missing; allowed is surface, trace or methods (gradus plot --help tells "
     "more)"},
    {{"plot", "--data"},
     "gradus plot: --data is not a picture; allowed is surface, trace or methods (gradus plot --help tells "
     "more)"},
    {{"info", "--json"}, "gradus info: --json" NOT_AN_OPTION "info --help lists"},
    {{"info", "here"}, "gradus info: \"here\" is one argument too many; allowed is options alone"},
};

static void write_files(void)
{
    (void)write_text("good.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n");
    (void)write_text("start.csv", "1\n2\n");
    (void)write_text("labels.csv", "x,y\n1,0\n2,1\n3,0\n4,1\n");
    cr_assert(symlink(in_folder("good.csv"), in_folder("link.csv")) == 0);
    (void)write_text("many.csv",
                     "a_rather_long_name_of_a_column_1,a_rather_long_name_of_a_column_2,"
                     "a_rather_long_name_of_a_column_3,a_rather_long_name_of_a_column_4\n1,2,3,4\n");
    (void)write_text("empty.csv", "");
    (void)write_text("header.csv", "x,y\n");
    (void)write_text("text.csv", "x,y\n1,2\n2,four\n");
    (void)write_text("nan.csv", "x,y\n1,2\n2,nan\n");
    (void)write_text("short.csv", "x,y\n1,2\n2\n");
    (void)write_text("alone.csv", "y\n1\n2\n");
    (void)write_text("large.csv", "x,y\n1,2\n1e200,3\n");
    (void)write_text("weights.csv", "x,w,y\n1,1,2\n2,-3,4\n");
    (void)write_text("weightless.csv", "x,w,y\n1,0,2\n2,0,4\n");
    (void)write_text("huge.csv", "x,y\n1,1e200\n2,3\n");
}

Test(cli, every_wrong_use_is_named_with_what_is_allowed, .init = make_folder, .fini = remove_folder)
{
    write_files();
    for (size_t i = 0; i < sizeof usage_faults / sizeof *usage_faults; i++) expect_fault(&usage_faults[i], 2);
    cr_expect_str_eq(read_text(in_folder("good.csv")), "x,y\n1,2\n2,4\n3,5\n4,4\n");
    cr_expect_str_eq(read_text(in_folder("start.csv")), "1\n2\n");
}

/* Standard input has no name, but may be the same file. */
Test(cli, a_trace_does_not_overwrite_standard_input, .init = make_folder, .fini = remove_folder)
{
    write_files();
    const result r = run_with(ARGUMENTS("fit", "-", "--trace", in_folder("good.csv")), in_folder("good.csv"),
                              NULL);
    cr_expect(r.status == 2 && contains(r.err, "the file of the data"), "%d: %s", r.status, r.err);
    cr_expect_str_eq(read_text(in_folder("good.csv")), "x,y\n1,2\n2,4\n3,5\n4,4\n");
    for (int k = 0; k < 2; k++) { /* an older trace may go */
        const result kept = RUN("fit", in_folder("good.csv"), "--trace", in_folder("trace.csv"));
        cr_expect(kept.status == 0, "%d: %s", kept.status, kept.err);
    }
}

static const fault data_faults[] = {
    {{"fit", "@none.csv"}, "gradus fit: %s/none.csv: cannot be opened: No such file or directory"},
    {{"fit", "-"},
     "gradus fit: standard input: the file is empty; a header row and at least one row of numbers are "
     "needed"},
    {{"fit", "@empty.csv"},
     "gradus fit: %s/empty.csv: the file is empty; a header row and at least one row of numbers are needed"},
    {{"fit", "@header.csv"},
     "gradus fit: %s/header.csv: the file ends after the header on line 1; at least one row of numbers is "
     "needed"},
    {{"fit", "@text.csv"}, "gradus fit: %s/text.csv: line 3, column 2 (\"y\"): \"four\" is not a number"},
    {{"fit", "@nan.csv", "--json"},
     "gradus fit: %s/nan.csv: line 3, column 2 (\"y\"): \"nan\" is not a finite number in double precision"},
    {{"fit", "@short.csv"}, "gradus fit: %s/short.csv: line 3 has 1 field, the header has 2"},
    {{"fit", "@alone.csv"},
     "gradus fit: %s/alone.csv: no column is left to explain \"y\"; at least one regressor is needed"},
    {{"fit", "@large.csv", "--polynomial", "2"},
     "gradus fit: %s/large.csv: row 2 of the data: 1e+200 to the power 2 is not finite in double precision; "
     "lower --polynomial"},
    {{"fit", "@good.csv", "--model", "logistic", "--json"},
     "gradus fit: %s/good.csv: row 1 of the data: \"y\" is 2; logistic regression takes exactly 0 and 1"},
    {{"fit", "@weights.csv", "--weights", "w"},
     "gradus fit: %s/weights.csv: row 2 of the data: the weight \"w\" is -3; weights count rows, from 0 on"},
    {{"fit", "@weightless.csv", "--weights", "w"},
     "gradus fit: %s/weightless.csv: all 2 weights are zero; no row is left"},
    {{"fit", "@huge.csv"}, "gradus fit: --start: the function or its gradient is not finite at the start"},
    {{"fit", "--start", "@none.csv"}, "gradus fit: %s/none.csv: cannot be opened: No such file or directory"},
    {{"fit", "--start", "@text.csv"}, "gradus fit: %s/text.csv: line 3, column 2: \"four\" is not a number"},
    {{"fit", "@good.csv", "--start", "@good.csv"},
     "gradus fit: %s/good.csv: the start has 8 numbers, the model has 2 coefficients"},
    {{"verify", "--data", "@none"},
     "gradus verify: %s/none: the folder cannot be read: No such file or directory"},
};

Test(cli, every_bad_file_is_named_with_what_is_wrong, .init = make_folder, .fini = remove_folder)
{
    write_files();
    for (size_t i = 0; i < sizeof data_faults / sizeof *data_faults; i++) expect_fault(&data_faults[i], 3);
}

/* ---- outputs that cannot be written ---- */

static void expect_full(const char *const *arguments)
{
    const result r = run_with(arguments, "/dev/null", "/dev/full");
    cr_expect(r.status == 5, "%s: exit status %d", arguments[1], r.status);
    cr_expect_str_eq(r.err, "gradus: standard output cannot be written: No space left on device\n");
}

Test(cli, a_full_disk_is_noticed, .init = make_folder, .fini = remove_folder)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    expect_full(ARGUMENTS("fit", TEST_DATA "/regression/cars.csv"));
    expect_full(ARGUMENTS("fit", TEST_DATA "/regression/cars.csv", "--json"));
    expect_full(ARGUMENTS("fit", "--max-iterations", "1"));
    expect_full(ARGUMENTS("info"));
    expect_full(ARGUMENTS("--version"));
    expect_full(ARGUMENTS("--help"));
    expect_full(ARGUMENTS("fit", "--help"));
    static const fault full = {{"fit", "--max-iterations", "9", "--trace", "/dev/full", "--json"},
                               "gradus fit: /dev/full: cannot be written: No space left on device"};
    expect_fault(&full, 5);
}

Test(cli, a_trace_that_cannot_be_created_ends_the_fit, .init = make_folder, .fini = remove_folder)
{
    static const fault missing = {
        {"fit", "--trace", "@none/trace.csv"},
        "gradus fit: %s/none/trace.csv: cannot be written: No such file or directory"};
    expect_fault(&missing, 5);
}

/* ---- help, version, info ---- */

static void expect_help(const char *const *arguments, const char *const *parts)
{
    const result r = run_with(arguments, "/dev/null", NULL);
    cr_expect(r.status == 0 && r.err[0] == '\0', "%s", r.err);
    for (; *parts; parts++) cr_expect(contains(r.out, *parts), "\"%s\" is missing in\n%s", *parts, r.out);
    cr_expect(contains(r.out, "Usage: gradus") && contains(r.out, "Exit status:"));
    expect_narrow(r.out);
}

Test(cli, help_is_everywhere_and_names_every_option, .init = make_folder, .fini = remove_folder)
{
    static const char *const of_program[] = {"fit ",  "predict ",  "plot ",  "verify ",
                                             "info ", "--version", "--help", NULL};
    static const char *const of_fit[] = {"--model MODEL",
                                         "--direction WAY",
                                         "--method METHOD",
                                         "--metric METRIC",
                                         "--step RULE",
                                         "--threads N",
                                         "--max-iterations N",
                                         "--tolerance T",
                                         "--start WHERE",
                                         "--no-intercept",
                                         "--polynomial DEGREE",
                                         "--ridge LAMBDA",
                                         "--lasso LAMBDA",
                                         "--lower BOUND",
                                         "--upper BOUND",
                                         "--radius R",
                                         "--path N",
                                         "--path-ratio RATIO",
                                         "--coefficients FILE.csv",
                                         "--gap T",
                                         "--weights COLUMN",
                                         "--offset COLUMN",
                                         "--delta DELTA",
                                         "--confidence LEVEL",
                                         "--closed-form",
                                         "--no-closed-form",
                                         "--inference",
                                         "--no-inference",
                                         "--response NAME",
                                         "--no-standardize",
                                         "--trace FILE.csv",
                                         "--compress",
                                         "--refine",
                                         "--json",
                                         "--help",
                                         NULL};
    static const char *const of_predict[] = {
        "FIT.json [FILE.csv]", "--output FILE.csv", "-o", "--offset COLUMN", "--help", NULL};
    static const char *const of_verify[] = {"--data DIR", "--exact", "--help", NULL};
    static const char *const of_info[] = {"--help", NULL};
    static const char *const of_plot[] = {"surface ", "trace ", "methods ", "--help", NULL};
    static const char *const of_surface[] = {"--surface NAME",
                                             "--condition K",
                                             "--output FILE, -o",
                                             "--data",
                                             "--start A,B",
                                             "--method METHOD",
                                             "--metric METRIC",
                                             "--tolerance T",
                                             "--step RULE",
                                             "--max-iterations N",
                                             "--model MODEL",
                                             "--response NAME",
                                             "--weights COLUMN",
                                             "--no-intercept",
                                             "--polynomial DEGREE",
                                             "--ridge LAMBDA",
                                             "--help",
                                             NULL};
    static const char *const of_methods[] = {"--output FILE, -o", "--data",        "--model MODEL",
                                             "--direction WAY",   "--tolerance T", NULL};
    static const char *const of_trace[] = {"--output FILE, -o", "--data", "--help", NULL};
    expect_help(ARGUMENTS("--help"), of_program);
    expect_help(ARGUMENTS("-h"), of_program);
    expect_help(ARGUMENTS("fit", "--help"), of_fit);
    expect_help(ARGUMENTS("fit", "nosuch.csv", "--json", "-h"), of_fit);
    expect_help(ARGUMENTS("predict", "--help"), of_predict);
    expect_help(ARGUMENTS("verify", "--help"), of_verify);
    expect_help(ARGUMENTS("info", "--help"), of_info);
    expect_help(ARGUMENTS("plot", "--help"), of_plot);
    expect_help(ARGUMENTS("plot", "surface", "--help"), of_surface);
    expect_help(ARGUMENTS("plot", "trace", "-h"), of_trace);
    expect_help(ARGUMENTS("plot", "methods", "-h"), of_methods);
}

/* "--max-iterations" as the manual page writes it: "\\-\\-max\\-iterations" */
static void in_manual_spelling(const char *option, size_t length, char *spelled)
{
    for (size_t i = 0; i < length; i++) {
        if (option[i] == '-') *spelled++ = '\\';
        *spelled++ = option[i];
    }
    *spelled = '\0';
}

static void expect_in_manual(const char *manual, const char *const *arguments)
{
    const result r = run_with(arguments, "/dev/null", NULL);
    size_t options = 0;
    for (const char *row = r.out; (row = strstr(row, "\n  --")); row += 5) {
        char spelled[100];
        in_manual_spelling(row + 3, strcspn(row + 3, " ,\n"), spelled);
        cr_expect(contains(manual, spelled), "%s is not in the manual page", spelled);
        options++;
    }
    cr_expect(options > 0);
}

Test(cli, the_manual_page_has_every_option, .init = make_folder, .fini = remove_folder)
{
    const char *manual = read_text(MANUAL_PAGE);
    char title[64];
    cr_assert(manual, "%s is missing", MANUAL_PAGE);
    (void)snprintf(title, sizeof title, "\"gradus %s\"", gradus_version());
    cr_expect(contains(manual, title), "the title of the manual page is not %s", title);
    expect_in_manual(manual, ARGUMENTS("--help"));
    expect_in_manual(manual, ARGUMENTS("fit", "--help"));
    expect_in_manual(manual, ARGUMENTS("predict", "--help"));
    expect_in_manual(manual, ARGUMENTS("verify", "--help"));
    expect_in_manual(manual, ARGUMENTS("info", "--help"));
    expect_in_manual(manual, ARGUMENTS("plot", "--help"));
    expect_in_manual(manual, ARGUMENTS("plot", "surface", "--help"));
    expect_in_manual(manual, ARGUMENTS("plot", "trace", "--help"));
    expect_in_manual(manual, ARGUMENTS("plot", "methods", "--help"));
}

Test(cli, version_is_the_librarys, .init = make_folder, .fini = remove_folder)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "gradus %s\n", gradus_version());
    const result r = RUN("--version");
    cr_expect(r.status == 0);
    cr_expect_str_eq(r.out, expected);
}

static bool has_wide_vectors(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

Test(cli, info_says_what_runs_and_what_lies_idle, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("info");
    cr_expect(r.status == 0 && r.err[0] == '\0', "%s", r.err);
    static const char *const parts[] = {"OpenBLAS ", "threading ", "threads ", "core type ", "CPU vectors "};
    cr_expect(contains(r.out, gradus_version()), "%s", r.out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_expect(contains(r.out, parts[i]), "\"%s\" is missing in\n%s", parts[i], r.out);
    if (!has_wide_vectors()) cr_skip_test("this CPU has no vectors of 256 bits that could lie idle");
    (void)setenv("OPENBLAS_CORETYPE", "Prescott", 1);
    const result idle = RUN("info");
    if (!contains(idle.out, "Prescott")) cr_skip_test("this OpenBLAS has kernels of one core type only");
    cr_expect(contains(idle.out, "kernels for vectors of 128 bits") && contains(idle.out, "advice") &&
                  contains(idle.out, "OPENBLAS_CORETYPE="),
              "%s", idle.out);
    (void)setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    const result haswell = RUN("info");
    cr_expect(contains(haswell.out, "advice") == contains(haswell.out, "CPU vectors   512"), "%s",
              haswell.out);
}

/* ---- verify ---- */

/* Copies tests/data/NAME.csv and its answers; `changed` (may be NULL) gets the relative change. */
static void copy_set(const char *room, const char *name, const char *changed, double change)
{
    char path[400], file[100];
    (void)snprintf(path, sizeof path, "%s/%s/%s.csv", TEST_DATA, room, name);
    (void)snprintf(file, sizeof file, "%s.csv", name);
    (void)write_text(file, read_text(path));
    (void)snprintf(path, sizeof path, "%s/%s/%s.ref.csv", TEST_DATA, room, name);
    (void)snprintf(file, sizeof file, "%s.ref.csv", name);
    char *answers = read_text(path);
    cr_assert(answers);
    if (!changed) {
        (void)write_text(file, answers);
        return;
    }
    const double estimate = known_answer(answers, changed) * (1.0 + change);
    FILE *out = fopen(in_folder(file), "w");
    cr_assert(out);
    for (char *line = strtok(answers, "\n"); line; line = strtok(NULL, "\n")) {
        const size_t length = strlen(changed);
        if (strncmp(line, changed, length) == 0 && line[length] == ',')
            (void)fprintf(out, "%s,%.17g\n", changed, estimate);
        else
            (void)fprintf(out, "%s\n", line);
    }
    cr_assert(fclose(out) == 0);
}

/* The bar in the row of that set and solver. */
static double bar_of(const char *table, const char *set, const char *solver)
{
    for (const char *line = table; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char row[200] = "";
        (void)strncat(row, line, strcspn(line, "\n") % sizeof row);
        char *end = strstr(row, "  ok");
        if (!contains(row, set) || !contains(row, solver) || !end) continue;
        *end = '\0';
        return strtod(strrchr(row, ' '), NULL);
    }
    cr_assert_fail("no row %s %s in\n%s", set, solver, table);
    return (double)NAN;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part)) count++;
    return count;
}

/* A change in the digit of the bar itself: bar is rounded. */
static void change(const char *room, const char *name, const char *coefficient, double bar)
{
    copy_set(room, name, coefficient, pow(10.0, -floor(bar - 0.05)));
}

/* Rows that fail are of one of the two sets, and each set has some. */
static void expect_failures_of(const char *table, const char *one, const char *other)
{
    size_t of_one = 0, of_other = 0;
    for (const char *line = table; (line = strstr(line, "FAIL")); line++) {
        const char *begin = line;
        while (begin > table && begin[-1] != '\n') begin--;
        const bool first = strncmp(begin, one, strlen(one)) == 0;
        cr_expect(first || strncmp(begin, other, strlen(other)) == 0, "%.80s", begin);
        *(first ? &of_one : &of_other) += 1;
    }
    cr_expect(of_one > 0 && of_other > 0, "%zu and %zu", of_one, of_other);
}

/* Files whose answers have numbers in the place of names */
static void write_numbered_sets(void)
{
    (void)write_text("cubic.csv", "t,y\n-2,-9\n-1,-1\n0,1\n1,3\n2,11\n3,31\n"); /* 1 + t + t^3 */
    (void)write_text("cubic.ref.csv", "name,estimate,sd\nB0,1,0\nB1,1,0\nB2,0,0\nB3,1,0\n");
    (void)write_text("through.csv", "x,y\n1,0\n2,1\n4,1\n"); /* 0 and 1, but least squares: 6/21 */
    (void)write_text("through.ref.csv", "name,estimate\nB1,0.28571428571428571429\n");
}

/* Every run holds all sets: there are as few as will do. */
Test(cli, verify_meets_every_bar_and_notices_one_changed_digit, .init = make_folder, .fini = remove_folder,
     .timeout = 1200)
{
    copy_set("regression", "stackloss", NULL, 0.0);
    copy_set("classification", "breast_cancer_2", NULL, 0.0);
    (void)write_text("unknown.csv", "x,y\n1,2\n");
    write_numbered_sets();
    const result r = RUN("verify", "--data", folder);
    cr_assert(r.status == 0, "%s%s", r.out, r.err);
    cr_expect(count_of(r.out, "\ncubic ") == 9 && count_of(r.out, "\nthrough ") == 9, "%s", r.out);
    cr_expect(contains(r.out, "unknown: skipped, there is no unknown.ref.csv"), "%s", r.out);
    cr_expect(!contains(r.out, "FAIL"));
    for (size_t i = 0; i < gr_datasets_count; i++) {
        char row[64];
        (void)snprintf(row, sizeof row, "\n%s ", gr_datasets[i]->name);
        cr_expect(count_of(r.out, row) == 5 + 9, "%s: %zu rows", gr_datasets[i]->name, count_of(r.out, row));
    }
    cr_expect(count_of(r.out, "\nstackloss ") == 9 && count_of(r.out, "\nbreast_cancer_2 ") == 6);
    for (size_t i = 0; i < gr_datasets_count; i++) /* of full rank: the default promises what QR does */
        cr_expect(bar_of(r.out, gr_datasets[i]->name, "descent, default") ==
                      bar_of(r.out, gr_datasets[i]->name, "QR"),
                  "%s", gr_datasets[i]->name);
    expect_narrow(r.out);
    const double plain = bar_of(r.out, "stackloss", "QR"),
                 logistic = bar_of(r.out, "breast_cancer_2", "descent");
    cr_expect(plain >= 10.0 && logistic >= 10.0, "%.1f, %.1f", plain, logistic);
    change("regression", "stackloss", "air_flow", plain);
    change("classification", "breast_cancer_2", "mean_texture", logistic);
    const result changed = RUN("verify", "--data", folder);
    cr_expect(changed.status == 1, "exit status %d\n%s", changed.status, changed.out);
    expect_failures_of(changed.out, "stackloss", "breast_cancer_2");
}

/* The number in that column of the first row of set and solver; NaN for what is no number. */
static double cell_of(const char *table, const char *set, const char *solver, size_t column)
{
    char key[64];
    (void)snprintf(key, sizeof key, "\n%-10s%-16s ", set, solver);
    const char *row = strstr(table, key);
    cr_assert(row, "no row %s %s in\n%s", set, solver, table);
    char *at = NULL;
    double value = strtod(row + strlen(key), &at);
    if (at == row + strlen(key)) return (double)NAN;
    for (size_t k = 0; k < column; k++) value = strtod(at, &at);
    return value;
}

/* The digits that are asked stand here once more, so that the program cannot ask less. */
static void expect_exact(const char *table, const char *set, double plain, double refined)
{
    cr_expect(cell_of(table, set, "gradus", 0) >= plain, "%s: %g", set, cell_of(table, set, "gradus", 0));
    cr_expect(cell_of(table, set, "gradus", 3) == plain &&
              cell_of(table, set, "gradus, refined", 3) == refined);
    for (size_t column = 0; column < 3; column++) {
        const double digits = cell_of(table, set, "gradus, refined", column);
        cr_expect(digits >= (column == 0 ? refined : 13.0), "%s, column %zu: %g", set, column, digits);
    }
    for (size_t column = 0; column < 3; column++) { /* LAPACK's QR is no worse than its condition says */
        const double digits = cell_of(table, set, "LAPACK QR", column);
        cr_expect(digits >= plain - 1.0 || digits >= 6.0, "%s, column %zu: %g", set, column, digits);
    }
}

Test(cli, verify_holds_nists_sets_against_their_exact_answers, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("verify", "--exact");
    cr_assert(r.status == 0, "%s%s", r.out, r.err);
    expect_narrow(r.out);
    cr_expect(contains(r.out, "\nNorris    skipped: "), "%s", r.out);
    cr_expect(contains(r.out, "\n20 of 20 rows reach their bar.\n"), "%s", r.out);
    expect_exact(r.out, "Pontius", 11.5, 13.0);
    expect_exact(r.out, "NoInt1", 14.5, 15.0);
    expect_exact(r.out, "NoInt2", 14.5, 15.0);
    expect_exact(r.out, "Filip", 6.5, 13.0);
    expect_exact(r.out, "Longley", 10.0, 14.0);
    expect_exact(r.out, "Wampler1", 8.5, 15.0);
    expect_exact(r.out, "Wampler2", 11.5, 13.0);
    expect_exact(r.out, "Wampler3", 8.5, 15.0);
    expect_exact(r.out, "Wampler4", 6.5, 15.0);
    expect_exact(r.out, "Wampler5", 4.5, 15.0);
}

/* Copies a file of the reference data; false where it is not there. */
static bool copy_reference(const char *name)
{
    char path[500];
    (void)snprintf(path, sizeof path, "%s/nist/%s", REFERENCE_DATA, name);
    if (access(path, R_OK) != 0) return false;
    (void)write_text(name, read_text(path));
    return true;
}

Test(cli, verify_finds_norris_in_a_folder, .init = make_folder, .fini = remove_folder)
{
    if (!copy_reference("Norris.csv") || !copy_reference("Norris.ref.csv"))
        cr_skip_test("the folder with NIST's files, " REFERENCE_DATA "/nist, is not here");
    const result r = RUN("verify", "--exact", "--data", folder);
    cr_assert(r.status == 0, "%s%s", r.out, r.err);
    expect_exact(r.out, "Norris", 12.0, 13.5);
    cr_expect(contains(r.out, "\n22 of 22 rows reach their bar.\n"), "%s", r.out);
    const char *data = read_text(in_folder("Norris.csv")); /* one response changed in its ninth digit */
    cr_assert(data && strstr(data, ",0.1\n"));
    char *changed = (char *)malloc(strlen(data) + 20);
    const size_t before = (size_t)(strstr(data, ",0.1\n") - data);
    (void)sprintf(changed, "%.*s,0.100000001\n%s", (int)before, data, strstr(data, ",0.1\n") + 5);
    (void)write_text("Norris.csv", changed);
    free(changed);
    const result wrong = RUN("verify", "--exact", "--data", folder);
    cr_expect(wrong.status == 1 && count_of(wrong.out, "FAIL") == 2, "%s", wrong.out);
}

Test(cli, verify_refuses_answers_of_other_columns, .init = make_folder, .fini = remove_folder,
     .timeout = 1200)
{
    write_numbered_sets();
    (void)write_text("cubic.ref.csv", "name,estimate\n(intercept),1\nx,1\n");
    const result wrong = RUN("verify", "--data", folder);
    cr_expect(wrong.status == 3);
    cr_expect(
        contains(wrong.err, ": cubic.ref.csv: no row is called \"t\"; every coefficient needs its answer\n"),
        "%s", wrong.err);
}

/* ---- Ctrl-C and the progress line ---- */

/* So small a step, and so large a budget, that the fit goes on until it is interrupted. */
#define ENDLESS "--step", "fixed:1e-12", "--max-iterations", "9223372036854775807"

Test(cli, an_interrupt_prints_the_best_so_far, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    const char *trace = in_folder("trace.fifo"), *out = in_folder("stdout");
    cr_assert(mkfifo(trace, 0600) == 0);
    const pid_t child = start(ARGUMENTS("fit", ENDLESS, "--trace", trace, "--json"), "/dev/null", out,
                              "/dev/null");
    FILE *reader = fopen(trace, "r"); /* opens when the program has begun to iterate */
    cr_assert(reader && fgetc(reader) == 'i');
    cr_assert(kill(child, SIGINT) == 0);
    while (fgetc(reader) != EOF) continue;
    (void)fclose(reader);
    cr_expect(finish(child) == 4);
    char *text = read_text(out);
    cr_expect(contains(text, "\"stop\": \"cancelled\"") && contains(text, "\"theta\": ["), "%s", text);
}

Test(cli, a_terminal_sees_the_progress, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        cr_skip_test("this system gives no pseudo-terminal");
    const int keep = open(ptsname(terminal), O_RDWR | O_NOCTTY); /* so that the last bytes are not lost */
    const char *out = in_folder("stdout");
    const pid_t child = start(ARGUMENTS("fit", ENDLESS), "/dev/null", out, ptsname(terminal));
    char seen[4096];
    size_t used = 0;
    while (!(used > 0 && contains(seen, "gradient norm"))) {
        const ssize_t got = read(terminal, seen + used, sizeof seen - used - 1);
        cr_assert(got > 0);
        used += (size_t)got;
        seen[used] = '\0';
    }
    cr_expect(contains(seen, "iteration ") && contains(seen, "value "), "%s", seen);
    cr_assert(kill(child, SIGINT) == 0);
    cr_expect(finish(child) == 4);
    const ssize_t got = read(terminal, seen + used, sizeof seen - used - 1);
    cr_assert(got > 0);
    used += (size_t)got;
    cr_expect(used >= 4 && memcmp(seen + used - 4, "\r\033[K", 4) == 0, "the line is erased at the end");
    char *text = read_text(out);
    cr_expect(contains(text, "ended early: cancelled"), "%s", text);
    (void)close(keep);
    (void)close(terminal);
}
