/* SPDX-License-Identifier: BSD-3-Clause */
/* `gradus predict` from outside: predictions against formulas by plain loops, and every file that is refused. */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/datasets.h"
#include "program.h"
#include "program_json.h"

#define CARS   TEST_DATA "/regression/cars.csv"
#define CANCER TEST_DATA "/classification/breast_cancer_2.csv"

/* Fits with these arguments and saves the JSON under that name. */
static const char *save(const char *name, const char *const *arguments)
{
    const result r = run_with(arguments, "/dev/null", NULL);
    cr_assert(r.status == 0 || r.status == 4, "%s", r.err);
    return write_text(name, r.out);
}

#define SAVE(name, ...) save(name, ARGUMENTS("fit", __VA_ARGS__, "--json"))

static const char *predicted(const char *fit, const char *data)
{
    const result r = RUN("predict", fit, data);
    cr_assert(r.status == 0 && r.err[0] == '\0', "%d: %s", r.status, r.err);
    return r.out;
}

/* The next number, behind a line end or comma. */
static double next(const char **text)
{
    char *end;
    const double value = strtod(*text, &end);
    cr_assert(end > *text, "no number at \"%.20s\"", *text);
    *text = *end ? end + 1 : end;
    return value;
}

static const char *below(const char *text, const char *header)
{
    const size_t length = strlen(header);
    cr_assert(strncmp(text, header, length) == 0 && text[length] == '\n', "%.60s", text);
    return text + length + 1;
}

/* ---- the models ---- */

/* y = X theta by long double, of the built-in data and of the same data in a file. */
Test(predict, the_built_in_data, .init = make_folder, .fini = remove_folder)
{
    const char *fit = SAVE("fit.json", "--direction", "descent");
    const result r = RUN("predict", fit);
    cr_assert(r.status == 0, "%s", r.err);
    const char *at = below(r.out, "value");
    json_error_t error;
    json_t *saved = json_load_file(fit, 0, &error);
    cr_assert(saved);
    for (size_t i = 0; i < gr_longley.rows; i++) {
        long double exact = entry(saved, "theta", 6);
        for (size_t j = 0; j < 6; j++)
            exact += (long double)entry(saved, "theta", j) * gr_longley.x[6 * i + j];
        const double value = next(&at);
        cr_expect(digits(value, (double)exact) >= 14.5, "row %zu: %.17g, not %.17Lg", i, value, exact);
    }
    cr_expect(*at == '\0', "%s", at);
    json_decref(saved);
}

static void write_model(const char *name, const char *model, const char *theta)
{
    char text[600];
    (void)snprintf(
        text, sizeof text,
        "{\"format\": \"gradus-fit\", \"format_version\": 1, \"model\": \"%s\", \"columns\": [\"a\", \"b\"],"
        " \"intercept\": true, \"polynomial\": 0, \"offset\": null, \"outputs\": 1, \"converged\": true, "
        "\"theta\": %s}",
        model, theta);
    (void)write_text(name, text);
}

/* theta = (2, -1, 0.5): z = 2a - b + 0.5. The columns stand in another order, with others between them. */
Test(predict, every_model_by_its_formula, .init = make_folder, .fini = remove_folder)
{
    static const double z[] = {1.5, -2.5, 0.0, 40.5, -800.5};
    const char *data = write_text("rows.csv",
                                  "b,id,a,y\n1,7,1,0\n3,8,0,0\n0.5,9,0,0\n0,1,20,0\n1,2,-400,1\n");
    static const char *const models[] = {"least-squares", "huber", "poisson", "logistic", "squared-hinge"};
    static const char *const headers[] = {"value", "value", "mean", "probability,class", "decision,class"};
    for (size_t k = 0; k < 5; k++) {
        write_model("fit.json", models[k], "[2, -1.0, 0.5]");
        const char *at = below(predicted(in_folder("fit.json"), data), headers[k]);
        for (size_t i = 0; i < 5; i++) {
            const long double mean = expl((long double)z[i]);
            const long double exact = k == 2 ? mean : k == 3 ? mean / (1 + mean) : (long double)z[i];
            const double value = next(&at);
            cr_expect(digits(value, (double)exact) >= 14.5, "%s, row %zu: %.17g", models[k], i, value);
            if (k >= 3) cr_expect(next(&at) == (z[i] > 0.0 ? 1.0 : 0.0), "%s, row %zu", models[k], i);
        }
        cr_expect(*at == '\0');
    }
}

/* Three classes: probabilities by long double that add up to 1, and the class of the largest; margins of 1000 do not overflow. */
Test(predict, softmax, .init = make_folder, .fini = remove_folder)
{
    const char *fit = write_text(
        "fit.json",
        "{\"format\": \"gradus-fit\", \"format_version\": 1, \"model\": \"softmax\", \"columns\": [\"a\"],"
        " \"intercept\": true, \"polynomial\": 0, \"offset\": null, \"outputs\": 3, \"converged\": true,"
        " \"theta\": [1, 0, -1, 0.5, 0.25, 2]}");
    static const double x[] = {0.0, 1.0, 4.0, -2.0, 1000.0, -1000.0};
    const char *at = below(predicted(fit, write_text("x.csv", "a\n0\n1\n4\n-2\n1000\n-1000\n")),
                           "probability_0,probability_1,probability_2,class");
    for (size_t i = 0; i < 6; i++) {
        const long double z[] = {x[i], 0.5L - x[i], 0.25L * x[i] + 2};
        const long double sum = expl(z[0]) + expl(z[1]) + expl(z[2]);
        size_t largest = 0;
        for (size_t c = 0; c < 3; c++) {
            const double probability = next(&at);
            largest = z[c] > z[largest] ? c : largest;
            cr_expect(fabsl(probability - expl(z[c]) / sum) <= 1e-15L, "%zu, %zu: %.17g", i, c, probability);
        }
        cr_expect(next(&at) == (double)largest, "row %zu", i);
    }
    cr_expect(*at == '\0');
}

/* A fit of real data has most of its own rows right. */
Test(predict, softmax_on_iris, .init = make_folder, .fini = remove_folder)
{
    const char *iris = TEST_DATA "/classification/iris_3class.csv";
    const char *fit = SAVE("fit.json", iris, "--model", "softmax", "--ridge", "0.01");
    const char *at = below(predicted(fit, iris), "probability_0,probability_1,probability_2,class");
    const char *rows = strchr(read_text(iris), '\n') + 1;
    size_t right = 0, count = 0;
    for (; *at; count++) {
        const double sum = next(&at) + next(&at) + next(&at);
        cr_expect(fabs(sum - 1.0) <= 1e-15);
        for (int j = 0; j < 4; j++) (void)next(&rows);
        right += next(&at) == next(&rows) ? 1 : 0;
    }
    cr_expect(count == 150 && right >= 143, "%zu of %zu", right, count);
}

/* The classes that a fit of real data predicts, counted: 62 of the 569 differ from the labels (Newton with 60 digits). */
Test(predict, classes_of_real_data, .init = make_folder, .fini = remove_folder)
{
    const char *fit = SAVE("fit.json", CANCER, "--model", "logistic");
    const char *at = below(predicted(fit, CANCER), "probability,class");
    const char *rows = strchr(read_text(CANCER), '\n') + 1;
    size_t wrong = 0, count = 0;
    for (; *at; count++) {
        const double probability = next(&at), label = next(&at);
        (void)next(&rows), (void)next(&rows);
        wrong += next(&rows) != label;
        cr_expect((probability > 0.5) == (label == 1.0) && probability >= 0.0 && probability <= 1.0);
    }
    cr_expect(count == 569 && wrong == 62, "%zu rows, %zu wrong", count, wrong);
}

/* 1 + t + t^3 */
Test(predict, a_polynomial, .init = make_folder, .fini = remove_folder)
{
    const char *data = write_text("powers.csv", "t,y\n-2,-9\n-1,-1\n0,1\n1,3\n2,11\n3,31\n");
    const char *fit = SAVE("fit.json", data, "--polynomial", "3");
    const char *at = below(predicted(fit, write_text("at.csv", "t\n4\n-3\n0.5\n")), "value");
    static const double exact[] = {69.0, -29.0, 1.625};
    for (size_t i = 0; i < 3; i++) cr_expect(fabs(next(&at) - exact[i]) <= 1e-10 * 69.0);
}

/* The offset's column by the fit's name for it, or by another. */
Test(predict, an_offset, .init = make_folder, .fini = remove_folder)
{
    const char *data = write_text("exposed.csv", "t,x,y\n0,1,3\n0.5,2,8\n1,3,1\n0.25,0,2\n");
    const char *fit = SAVE("fit.json", data, "--model", "poisson", "--offset", "t");
    const char *plain = below(predicted(fit, write_text("zero.csv", "t,x\n0,1\n0,2\n")), "mean");
    const char *moved = below(predicted(fit, write_text("one.csv", "x,t\n1,1\n2,2\n")), "mean");
    const result other = RUN("predict", fit, write_text("other.csv", "x,u\n1,1\n2,2\n"), "--offset", "u");
    cr_assert(other.status == 0, "%s", other.err);
    const char *renamed = below(other.out, "mean");
    for (int i = 1; i <= 2; i++) {
        const double mean = next(&plain), shifted = next(&moved);
        cr_expect(digits(shifted, mean * exp((double)i)) >= 13.0);
        cr_expect(next(&renamed) == shifted);
    }
}

/* What is predicted for the rows of the fit has the residuals that make its value. */
Test(predict, the_fit_again, .init = make_folder, .fini = remove_folder)
{
    const char *fit = SAVE("fit.json", CARS);
    const char *at = below(predicted(fit, CARS), "value"), *rows = strchr(read_text(CARS), '\n') + 1;
    double sum = 0.0;
    for (size_t i = 0; i < 50; i++) {
        (void)next(&rows);
        sum += pow(next(&at) - next(&rows), 2.0);
    }
    json_error_t error;
    json_t *saved = json_load_file(fit, 0, &error);
    cr_expect(digits(sum / 100.0, number(saved, "value")) >= 12.0);
    json_decref(saved);
}

Test(predict, names_outside_of_utf_8, .init = make_folder, .fini = remove_folder)
{
    const char *data = write_text("latin.csv", "b\xe9ton,y\n1,2\n2,4\n3,6\n");
    const char *at = below(predicted(SAVE("fit.json", data), data), "value");
    for (int i = 1; i <= 3; i++) cr_expect(fabs(next(&at) - 2.0 * i) <= 1e-12);
    (void)write_text("two.csv", "b\xe9ton,b\xe8ton\n1,2\n");
    static const fault twice = {
        {"predict", "@fit.json", "@two.csv"},
        "gradus predict: %s/two.csv: line 1: more than one column is called \"b?ton\" as far as UTF-8 tells"};
    expect_fault(&twice, 3);
}

/* ---- where it goes ---- */

Test(predict, to_a_file_that_appears_when_it_is_complete, .init = make_folder, .fini = remove_folder)
{
    const char *fit = SAVE("fit.json", CARS), *out = in_folder("predicted.csv");
    const char *printed = predicted(fit, CARS);
    const result r = RUN("predict", fit, CARS, "-o", out);
    cr_expect(r.status == 0 && r.out[0] == '\0', "%s", r.err);
    cr_expect_str_eq(read_text(out), printed);
    (void)write_text("cut.csv", "speed\n1\n2\n\"3");
    const result wrong = RUN("predict", fit, in_folder("cut.csv"), "--output", out);
    cr_expect_eq(wrong.status, 3);
    cr_expect_str_eq(read_text(out), printed, "what was there is left alone");
    const result in = run_with(ARGUMENTS("predict", fit, "-"), CARS, NULL);
    cr_expect_str_eq(in.out, printed);
    const result pipe = run_with(ARGUMENTS("predict", "-", CARS), fit, NULL);
    cr_expect_str_eq(pipe.out, printed);
}

Test(predict, a_full_disk, .init = make_folder, .fini = remove_folder)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    (void)SAVE("fit.json", CARS);
    const result r = run_with(ARGUMENTS("predict", in_folder("fit.json"), CARS), "/dev/null", "/dev/full");
    cr_expect(r.status == 5, "%d", r.status);
    static const fault full = {{"predict", "@fit.json", CARS, "-o", "/dev/full"},
                               "gradus predict: /dev/full: cannot be written: No space left on device"};
    expect_fault(&full, 5);
    static const fault nowhere = {
        {"predict", "@fit.json", CARS, "-o", "@none/p.csv"},
        "gradus predict: %s/none/p.csv: cannot be written: No such file or directory"};
    expect_fault(&nowhere, 5);
}

Test(predict, a_fit_that_has_not_converged_says_so, .init = make_folder, .fini = remove_folder)
{
    const char *fit = SAVE("fit.json", CARS, "--method", "gradient", "--max-iterations", "2");
    const result r = RUN("predict", fit, CARS);
    cr_expect(r.status == 0 && contains(r.out, "value\n"));
    cr_expect_str_eq(r.err, "gradus predict: note: this fit has not converged\n");
}

/* ---- what is wrong ---- */

#define ALLOWED   "; allowed is FIT.json, as gradus fit --json prints it, and after it one CSV file"
#define PRINTED   "; wanted is what gradus fit --json printed, unchanged"
#define REST(...) "{\"format\": \"gradus-fit\", \"format_version\": 1, " __VA_ARGS__ "}"
#define MODEL     "\"model\": \"huber\", "
#define COLUMNS   "\"columns\": [\"x\"], "
#define SHAPE     "\"intercept\": true, \"polynomial\": 0, \"offset\": null, \"outputs\": 1, "

static const fault usage_faults[] = {
    {{"predict"}, "gradus predict: the fit is missing" ALLOWED},
    {{"predict", "a", "b", "c"}, "gradus predict: \"c\" is one argument too many" ALLOWED},
    {{"predict", "-", "-"},
     "gradus predict: both files are \"-\"; allowed is standard input for one of them"},
    {{"predict", "@good.json", "@good.csv", "-o", "@good.csv"},
     "gradus predict: --output is \"%s/good.csv\", the file of the data; allowed is another one"},
    {{"predict", "@good.json", "@good.csv", "-o", "@link.csv"},
     "gradus predict: --output is \"%s/link.csv\", the file of the data; allowed is another one"},
    {{"predict", "@good.json", "@good.csv", "--output", "@good.json"},
     "gradus predict: --output is \"%s/good.json\", the file of the fit; allowed is another one"},
};

static const fault data_faults[] = {
    {{"predict", "@none.json"}, "gradus predict: %s/none.json: cannot be opened: No such file or directory"},
    {{"predict", "@good.csv"},
     "gradus predict: %s/good.csv: line 1, column 1: this is not JSON: '[' or '{' expected near 'x'; wanted "
     "is what "
     "gradus fit --json printed"},
    {{"predict", "@cut.json", "@good.csv"},
     "gradus predict: %s/cut.json: line 2, column 8: this is not JSON: ']' expected near end of file; wanted "
     "is what "
     "gradus fit --json printed"},
    {{"predict", "@list.json"}, "gradus predict: %s/list.json: \"format\" is not \"gradus-fit\"" PRINTED},
    {{"predict", "@other.json"}, "gradus predict: %s/other.json: \"format\" is not \"gradus-fit\"" PRINTED},
    {{"predict", "@new.json"},
     "gradus predict: %s/new.json: the fit has format version 2, and this program reads version 1; fit again "
     "with this one"},
    {{"predict", "@words.json"},
     "gradus predict: %s/words.json: \"format_version\" is not a whole number" PRINTED},
    {{"predict", "@model.json"},
     "gradus predict: %s/model.json: \"model\" is \"probit\", which this program does not know"},
    {{"predict", "@modelless.json"},
     "gradus predict: %s/modelless.json: \"model\" is not the name of a model" PRINTED},
    {{"predict", "@columnless.json"},
     "gradus predict: %s/columnless.json: \"columns\" is not a list of names" PRINTED},
    {{"predict", "@twice.json"},
     "gradus predict: %s/twice.json: \"columns\" is not a list of different names" PRINTED},
    {{"predict", "@degree.json"},
     "gradus predict: %s/degree.json: \"polynomial\" is not 0, or the degree of a polynomial in one "
     "column" PRINTED},
    {{"predict", "@constant.json"},
     "gradus predict: %s/constant.json: \"intercept\" is not true or false" PRINTED},
    {{"predict", "@shift.json"},
     "gradus predict: %s/shift.json: \"offset\" is not null, or the name of a column, for several outputs a "
     "list of one for each" PRINTED},
    {{"predict", "@classes.json"},
     "gradus predict: %s/classes.json: \"outputs\" is not 1, or the number of classes or responses" PRINTED},
    {{"predict", "@thetaless.json"},
     "gradus predict: %s/thetaless.json: \"theta\" is not a list of numbers" PRINTED},
    {{"predict", "@short.json"},
     "gradus predict: %s/short.json: \"theta\" has 1 entry, and the columns need 2"},
    {{"predict", "@null.json"},
     "gradus predict: %s/null.json: entry 2 of \"theta\" is no number: the fit has no answer to predict "
     "with"},
    {{"predict", "@good.json"}, "gradus predict: line 1: no column is called \"x\", as the fit's regressor"},
    {{"predict", "@good.json", "@none.csv"},
     "gradus predict: %s/none.csv: cannot be opened: No such file or directory"},
    {{"predict", "@good.json", "@lost.csv"},
     "gradus predict: %s/lost.csv: line 1: no column is called \"x\", as the fit's regressor"},
    {{"predict", "@good.json", "@good.csv", "--offset", "z"},
     "gradus predict: %s/good.csv: line 1: no column is called \"z\", as the fit's offset"},
    {{"predict", "@good.json", "@cut.csv"},
     "gradus predict: %s/cut.csv: line 3 has 1 field, the header has 2; the file ends here, it may be cut "
     "off"},
    {{"predict", "@good.json", "@text.csv"},
     "gradus predict: %s/text.csv: line 2, column 1 (\"x\"): \"one\" is not a number"},
    {{"predict", "@huge.json", "@good.csv"},
     "gradus predict: %s/huge.json: \"theta\" has 1 entry, and the columns need 2"},
    {{"predict", "@poisson.json", "@large.csv"},
     "gradus predict: %s/large.csv: row 2 of the data: the mean is not a finite number in double precision"},
    {{"predict", "@good.json", "@overflow.csv"},
     "gradus predict: %s/overflow.csv: row 1 of the data: the value is not a finite number in double "
     "precision"},
};

static void write_files(void)
{
    (void)write_text("good.json", REST(MODEL COLUMNS SHAPE "\"theta\": [2.5, 1], \"converged\": true"));
    (void)write_text("good.csv", "x,y\n1,2\n2,4\n");
    cr_assert(symlink(in_folder("good.csv"), in_folder("link.csv")) == 0);
    (void)write_text("cut.json", "{\"theta\":\n[1.0,2.0");
    (void)write_text("list.json", "[1, 2]");
    (void)write_text("other.json", "{\"format\": \"a-fit\"}");
    (void)write_text("new.json", "{\"format\": \"gradus-fit\", \"format_version\": 2}");
    (void)write_text("words.json", "{\"format\": \"gradus-fit\", \"format_version\": \"1\"}");
    (void)write_text("model.json", REST("\"model\": \"probit\""));
    (void)write_text("modelless.json", REST("\"model\": 3"));
    (void)write_text("columnless.json", REST(MODEL "\"columns\": []"));
    (void)write_text("twice.json", REST(MODEL "\"columns\": [\"x\", \"x\"]"));
    (void)write_text("degree.json", REST(MODEL COLUMNS "\"polynomial\": 31"));
    (void)write_text("constant.json", REST(MODEL COLUMNS "\"polynomial\": 0"));
    (void)write_text("shift.json",
                     REST(MODEL COLUMNS "\"polynomial\": 0, \"intercept\": true, \"outputs\": 1"));
    (void)write_text(
        "classes.json",
        REST(MODEL COLUMNS "\"polynomial\": 0, \"intercept\": true, \"offset\": null, \"outputs\": 3"));
    (void)write_text("thetaless.json", REST(MODEL COLUMNS SHAPE "\"theta\": 1"));
    (void)write_text("short.json", REST(MODEL COLUMNS SHAPE "\"theta\": [1]"));
    (void)write_text("huge.json", REST(MODEL COLUMNS SHAPE "\"theta\": [1e300]"));
    (void)write_text("null.json", REST(MODEL COLUMNS SHAPE "\"theta\": [1, null]"));
    (void)write_text("poisson.json",
                     REST("\"model\": \"poisson\", " COLUMNS SHAPE "\"theta\": [1, 0], \"converged\": true"));
    (void)write_text("lost.csv", "t,y\n1,2\n");
    (void)write_text("cut.csv", "x,y\n1,2\n2");
    (void)write_text("text.csv", "x,y\none,2\n");
    (void)write_text("large.csv", "x,y\n700,2\n710,2\n");
    (void)write_text("overflow.csv", "x\n1e308\n");
}

Test(predict, what_is_wrong_is_named, .init = make_folder, .fini = remove_folder)
{
    write_files();
    for (size_t i = 0; i < sizeof usage_faults / sizeof *usage_faults; i++) expect_fault(&usage_faults[i], 2);
    for (size_t i = 0; i < sizeof data_faults / sizeof *data_faults; i++) expect_fault(&data_faults[i], 3);
    cr_expect_str_eq(read_text(in_folder("good.csv")), "x,y\n1,2\n2,4\n");
}

/* A fit cut off at any byte is refused, or is whole but for its line end; nothing is printed. */
Test(predict, a_fit_cut_off_anywhere, .init = make_folder, .fini = remove_folder)
{
    const char *whole = read_text(SAVE("fit.json", CARS));
    const size_t length = strlen(whole);
    for (size_t bytes = 0; bytes + 2 < length; bytes += 37) {
        char *part = strdup(whole);
        cr_assert(part);
        part[bytes] = '\0';
        const result r = RUN("predict", write_text("part.json", part), CARS);
        cr_expect(r.status == 3 && r.out[0] == '\0' && contains(r.err, "this is not JSON"),
                  "%zu bytes: %d %s", bytes, r.status, r.err);
        free(part);
    }
}
