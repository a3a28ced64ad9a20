/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: the points of a surface and of traces, what gnuplot makes of them, and what happens when it cannot. */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gradus.h>

#include "program.h"

#define SURFACES "bowl", "booth", "beale", "rosenbrock", "himmelblau", "camel", "two-valleys"

/* ---- the points of a surface ---- */

typedef struct point {
    char what[16];
    size_t index;
    double a, b, value;
} point;

typedef struct points {
    point *all;
    size_t count;
} points;

static points read_points(const char *text)
{
    points read = {(point *)calloc(60000, sizeof(point)), 0};
    cr_assert(read.all);
    for (const char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
        point *at = &read.all[read.count++];
        cr_assert(read.count < 60000);
        cr_assert(sscanf(line + 1, "%15[a-z],%zu,%lf,%lf,%lf", at->what, &at->index, &at->a, &at->b,
                         &at->value) == 5,
                  "%.80s", line + 1);
    }
    return read;
}

static size_t count_of(const points *read, const char *what)
{
    size_t count = 0;
    for (size_t k = 0; k < read->count; k++) count += strcmp(read->all[k].what, what) == 0;
    return count;
}

static const point *first_of(const points *read, const char *what)
{
    for (size_t k = 0; k < read->count; k++) {
        if (strcmp(read->all[k].what, what) == 0) return &read->all[k];
    }
    return NULL;
}

/* The formulas once more, as they stand in the literature. */
static double exact(const char *surface, double a, double b)
{
    if (strcmp(surface, "bowl") == 0) {
        const double u = a * sqrt(0.75) + b / 2, v = -a / 2 + b * sqrt(0.75);
        return (u * u + 10 * v * v) / 2;
    }
    if (strcmp(surface, "booth") == 0) return pow(a + 2 * b - 7, 2) + pow(2 * a + b - 5, 2);
    if (strcmp(surface, "beale") == 0)
        return pow(1.5 - a + a * b, 2) + pow(2.25 - a + a * b * b, 2) + pow(2.625 - a + a * b * b * b, 2);
    if (strcmp(surface, "rosenbrock") == 0) return pow(1 - a, 2) + 100 * pow(b - a * a, 2);
    if (strcmp(surface, "himmelblau") == 0) return pow(a * a + b - 11, 2) + pow(a + b * b - 7, 2);
    if (strcmp(surface, "camel") == 0) return 2 * a * a - 1.05 * pow(a, 4) + pow(a, 6) / 6 + a * b + b * b;
    return pow(a * a - 1, 2) + b * b + a / 4;
}

static void expect_formula(const char *surface, const points *read)
{
    double worst = 0;
    for (size_t k = 0; k < read->count; k++) {
        const point *at = &read->all[k];
        const double sign = strcmp(at->what, "ascent") == 0 ? -1 : 1, value = exact(surface, at->a, at->b);
        worst = fmax(worst, fabs(sign * at->value - value) / (1 + fabs(value)));
    }
    cr_expect(worst <= 1e-11, "%s: off by %g", surface, worst);
}

/* Point k of the climb is point k of the descent, turned over. */
static void expect_mirror(const char *surface, const points *read)
{
    const size_t count = count_of(read, "descent");
    const point *down = first_of(read, "descent"), *up = first_of(read, "ascent");
    cr_assert(count >= 2 && count == count_of(read, "ascent") && down && up, "%s", surface);
    for (size_t k = 0; k < count; k++) {
        cr_assert(down[k].index == k && up[k].index == k);
        cr_assert(down[k].a == up[k].a && down[k].b == up[k].b && down[k].value == -up[k].value,
                  "%s, point %zu", surface, k);
    }
    cr_expect(down[count - 1].value < down[0].value, "%s", surface);
}

Test(plot, every_surface_has_its_formula_and_its_mirror_image, .init = make_folder, .fini = remove_folder)
{
    static const char *const surfaces[] = {SURFACES};
    for (size_t k = 0; k < sizeof surfaces / sizeof *surfaces; k++) {
        const result r = RUN("plot", "surface", "--surface", surfaces[k], "--method", "l-bfgs", "--data");
        cr_assert(r.status == 0 && r.err[0] == '\0', "%s", r.err);
        cr_expect(strncmp(r.out, "what,index,a,b,value\n", 21) == 0, "%.40s", r.out);
        const points read = read_points(r.out);
        cr_expect(count_of(&read, "surface") == 181 * 181);
        expect_formula(surfaces[k], &read);
        expect_mirror(surfaces[k], &read);
        free(read.all);
    }
}

Test(plot, the_surface_of_a_file_is_its_cost, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("four.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n");
    const result r = RUN("plot", "surface", path, "--start", "-1,2.5", "--data");
    cr_assert(r.status == 0, "%s", r.err);
    cr_expect(strncmp(r.out, "what,index,x,(intercept),value\n", 31) == 0, "%.40s", r.out);
    const points read = read_points(r.out);
    expect_mirror("four.csv", &read);
    cr_expect(read.all[0].a == -1 && read.all[0].b == 2.5);
    for (size_t k = 0; k < read.count; k++) {
        const point *at = &read.all[k];
        const double y[] = {2, 4, 5, 4};
        double sum = 0;
        for (int i = 0; i < 4; i++) sum += pow(at->a * (i + 1) + at->b - y[i], 2);
        const double sign = strcmp(at->what, "ascent") == 0 ? -1 : 1;
        cr_assert(fabs(sign * at->value - sum / 8) <= 1e-12 * (1 + sum), "point %zu", k);
    }
    const point *end = first_of(&read, "ascent") - 1; /* the last of the descent */
    cr_expect(fabs(end->a - 0.7) < 1e-6 &&
              fabs(end->b - 2) < 1e-6); /* the closed form of these four points */
    free(read.all);
}

Test(plot, logistic_climbs_its_log_likelihood, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("labels.csv", "x,y\n1,0\n2,1\n3,0\n4,1\n");
    const result r = RUN("plot", "surface", path, "--model", "logistic", "--data");
    cr_assert(r.status == 0, "%s", r.err);
    const points read = read_points(r.out);
    expect_mirror("labels.csv", &read);
    cr_expect(fabs(first_of(&read, "ascent")->value + log(2)) < 1e-15); /* at 0 every probability is 1/2 */
    free(read.all);
}

Test(plot, names_of_columns_stay_names, .init = make_folder, .fini = remove_folder)
{
    const char *path = write_text("odd.csv", "\"a \"\"b\"\", c\",y\n1,2\n2,4\n3,5\n");
    const result r = RUN("plot", "surface", path, "--data", "-o", in_folder("points.txt"));
    cr_assert(r.status == 0, "%s", r.err);
    cr_expect_str_empty(r.out);
    static const char header[] = "what,index,\"a \"\"b\"\", c\",(intercept),value\n";
    const char *text = read_text(in_folder("points.txt"));
    cr_expect(strncmp(text, header, sizeof header - 1) == 0, "%.60s", text);
}

/* ---- traces ---- */

static void write_trace(const char *name, const char *method, const char *direction)
{
    const result r = RUN("fit", TEST_DATA "/regression/stackloss.csv", "--method", method, "--direction",
                         direction, "--trace", in_folder(name));
    cr_assert(r.status == 0, "%s", r.err);
}

Test(plot, traces_are_measured_from_the_best_of_all, .init = make_folder, .fini = remove_folder)
{
    write_trace("down.csv", "gradient", "descent");
    write_trace("up.csv", "gradient", "ascent");
    write_trace("quick.csv", "l-bfgs", "descent");
    const result r = RUN("plot", "trace", in_folder("down.csv"), in_folder("up.csv"), in_folder("quick.csv"),
                         "--data");
    cr_assert(r.status == 0 && r.err[0] == '\0', "%s", r.err);
    cr_expect(strncmp(r.out, "run,iteration,passes,value,gap,gradient_norm\ndown,0,", 52) == 0, "%.80s",
              r.out);
    double smallest = INFINITY, gaps[2][4000] = {{0}}, passes = 0, before = 0;
    size_t counts[2] = {0, 0}, rows = 0;
    for (const char *line = strchr(r.out, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
        char run[16];
        size_t iteration;
        double value, gap, norm;
        cr_assert(sscanf(line + 1, "%15[a-z],%zu,%lf,%lf,%lf,%lf", run, &iteration, &passes, &value, &gap,
                         &norm) == 6);
        cr_assert(gap >= 0 && norm >= 0 && (iteration == 0 || passes > before));
        before = passes;
        smallest = fmin(smallest, gap);
        rows++;
        const int which = strcmp(run, "down") == 0 ? 0 : strcmp(run, "up") == 0 ? 1 : -1;
        if (which >= 0 && iteration < 4000) gaps[which][counts[which]++] = gap;
        cr_assert(strcmp(run, "up") != 0 || value < 0);
    }
    cr_expect(smallest == 0 && rows > 20);
    cr_expect(counts[0] > 2 && counts[0] == counts[1]); /* a climb of -J is the descent of J */
    cr_expect(memcmp(gaps[0], gaps[1], sizeof gaps[0]) == 0);
}

Test(plot, runs_without_passes_are_measured_in_evaluations, .init = make_folder, .fini = remove_folder)
{
    const char *data = write_text("function.csv",
                                  "iteration,value,gradient_norm,step,evaluations,passes,exact\n"
                                  "0,8,4,0,1,0,1\n1,2,1,0.5,3,0,1\n2,1,0,0.5,4,0,1\n");
    const result r = RUN("plot", "trace", data, "--data");
    cr_assert(r.status == 0, "%s", r.err);
    cr_expect_str_eq(r.out, "run,iteration,evaluations,value,gap,gradient_norm\n"
                            "function,0,1,8,7,4\nfunction,1,3,2,1,1\nfunction,2,4,1,0,0\n");
}

/* Only what all rows said is drawn: the start, the end of each epoch, and the end. */
Test(plot, a_batch_is_no_distance, .init = make_folder, .fini = remove_folder)
{
    const result fit = RUN("fit", TEST_DATA "/regression/mtcars.csv", "--batch", "4", "--step", "fixed:0.01",
                           "--epochs", "5", "--check", "1", "--trace", in_folder("sgd.csv"));
    cr_assert(fit.status == 4, "%s", fit.err);
    const result r = RUN("plot", "trace", in_folder("sgd.csv"), "--data");
    size_t lines = 0;
    for (const char *c = r.out; *c; c++) lines += *c == '\n';
    cr_expect(r.status == 0 && lines == 1 + 6, "%s%s", r.out, r.err);
    const char *none = write_text(
        "none.csv", "iteration,value,gradient_norm,step,evaluations,passes,exact\n0,8,4,0,1,0.1,0\n");
    const result empty = RUN("plot", "trace", none, "--data");
    cr_expect(empty.status == 3 &&
                  contains(empty.err, "no iterate was evaluated on all rows; fit it with --check 1"),
              "%s", empty.err);
}

/* ---- the same problem by each method ---- */

/* The last of `count` columns of numbers in the row of that name. */
static double column(const char *table, const char *name, int index)
{
    const char *row = strstr(table, name);
    double numbers[3] = {NAN, NAN, NAN};
    cr_assert(row, "no row %s in\n%s", name, table);
    cr_assert(sscanf(row + strlen(name), "%*s %*s %lf %lf %lf", &numbers[0], &numbers[1], &numbers[2]) >= 2,
              "%s", row);
    return numbers[index];
}

Test(plot, each_method_solves_the_same_problem, .init = make_folder, .fini = remove_folder)
{
    const char *data = TEST_DATA "/regression/stackloss.csv";
    const result down = RUN("plot", "methods", data, "--max-iterations", "3000");
    const result up = RUN("plot", "methods", data, "--max-iterations", "3000", "--direction", "ascent");
    static const char *const good[] = {"\ngradient  ", "\nBarzilai-Borwein",   "\nNesterov",
                                       "\nL-BFGS",     "\nconjugate gradient", "\nautomatic"};
    cr_assert(down.status == 0 && down.err[0] == '\0', "%s", down.err);
    cr_expect_str_eq(up.out, down.out); /* iterations, passes and digits, all of them */
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        cr_expect(column(down.out, good[k], 2) >= 9, "%s", good[k]);
    cr_expect(column(down.out, "\ngradient, unscaled", 0) == 3000 && contains(down.out, "not converged\n"));
    cr_expect(column(down.out, "\nautomatic", 1) <= 5 && column(down.out, "\ngradient  ", 1) > 50);
}

Test(plot, methods_of_a_likelihood_have_traces, .init = make_folder, .fini = remove_folder)
{
    const char *data = TEST_DATA "/classification/breast_cancer_2.csv";
    const result table = RUN("plot", "methods", data, "--model", "logistic", "--max-iterations", "400");
    cr_assert(table.status == 0, "%s", table.err);
    cr_expect(contains(table.out, " -") && contains(table.out, "\nautomatic            gram"));
    const result drawn = RUN("plot", "methods", data, "--model", "logistic", "--max-iterations", "400",
                             "--data");
    cr_assert(drawn.status == 0, "%s", drawn.err);
    cr_expect(strncmp(drawn.out, "run,iteration,passes,value,gap,gradient_norm\n\"gradient, unscaled\",0,1,",
                      70) == 0,
              "%.90s", drawn.out);
    cr_expect(contains(drawn.out, "\nautomatic,0,"));
    const result refused = RUN("plot", "methods", TEST_DATA "/regression/cars.csv", "--model", "logistic");
    cr_expect(refused.status == 3 && contains(refused.err, "cars.csv: "), "%s", refused.err);
}

/* ---- gnuplot ---- */

static bool has_gnuplot(void)
{
    static const char *const words[] = {"/bin/sh", "-c", "command -v gnuplot", NULL};
    return run_with(words, "/dev/null", NULL).status == 0;
}

static long size_of(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 ? (long)there.st_size : -1;
}

/* The size that a PNG's header names: two big-endian words behind the signature. */
static void expect_png(const char *path, unsigned width)
{
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    unsigned char head[24] = {0};
    FILE *file = fopen(path, "rb");
    cr_assert(file && fread(head, 1, sizeof head, file) == sizeof head && fclose(file) == 0, "%s", path);
    cr_expect(memcmp(head, signature, 8) == 0);
    cr_expect(((unsigned)head[18] << 8 | head[19]) == width && (unsigned)(head[22] << 8 | head[23]) > 400);
}

static void expect_svg(const char *path, const char *const *parts)
{
    const char *text = read_text(path);
    cr_assert(text && contains(text, "<svg") && contains(text, "</svg>"), "%s", path);
    for (; *parts; parts++) cr_expect(contains(text, *parts), "\"%s\" is missing in %s", *parts, path);
}

/* Nothing beside what is expected: no half a picture, no temporary file. */
static void expect_files(const char *part, size_t expected)
{
    size_t found = 0;
    DIR *opened = opendir(folder);
    cr_assert(opened);
    for (const struct dirent *entry; (entry = readdir(opened));) found += contains(entry->d_name, part);
    (void)closedir(opened);
    cr_expect(found == expected, "%zu files %s", found, part);
}

Test(plot, gnuplot_draws_png_and_svg, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    if (!has_gnuplot()) cr_skip_test("there is no gnuplot here");
    static const char *const surfaces[] = {SURFACES};
    for (size_t k = 0; k < sizeof surfaces / sizeof *surfaces; k++) {
        const result r = RUN("plot", "surface", "--surface", surfaces[k], "-o", in_folder("surface.png"));
        cr_assert(r.status == 0 && r.err[0] == '\0', "%s: %s", surfaces[k], r.err);
        cr_expect(contains(r.out, "iterations each, the same bits"));
        expect_png(in_folder("surface.png"), 1240);
    }
    static const char *const parts[] = {"Descent of J", "Ascent of −J", "bit for bit", "speed",
                                        "start",        "end",          NULL};
    const result r = RUN("plot", "surface", TEST_DATA "/regression/cars.csv", "--output",
                         in_folder("cars.svg"));
    cr_assert(r.status == 0, "%s", r.err);
    expect_svg(in_folder("cars.svg"), parts);
    cr_expect(size_of(in_folder("cars.svg")) < 250000);
    expect_files("surface.png", 1);
    expect_files("cars.svg", 1);
}

Test(plot, gnuplot_draws_traces, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    if (!has_gnuplot()) cr_skip_test("there is no gnuplot here");
    write_trace("steepest.csv", "gradient", "descent");
    write_trace("quick.csv", "l-bfgs", "ascent");
    cr_assert(
        RUN("plot", "trace", in_folder("steepest.csv"), in_folder("quick.csv"), "-o", in_folder("trace.png"))
            .status == 0);
    expect_png(in_folder("trace.png"), 1240);
    static const char *const parts[] = {"steepest", "quick", "passes over the data", "norm of the gradient",
                                        NULL};
    cr_assert(
        RUN("plot", "trace", in_folder("steepest.csv"), in_folder("quick.csv"), "-o", in_folder("trace.svg"))
            .status == 0);
    expect_svg(in_folder("trace.svg"), parts);
    cr_assert(RUN("plot", "methods", "-o", in_folder("methods.png"), "--max-iterations", "500").status == 0);
    expect_png(in_folder("methods.png"), 1240);
}

/* A run of one iterate, values that are all the same, a run that ran away. */
Test(plot, odd_runs_are_drawn_too, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    if (!has_gnuplot()) cr_skip_test("there is no gnuplot here");
    const char *one = write_text(
        "one.csv", "iteration,value,gradient_norm,step,evaluations,passes,exact\n0,8,0,0,1,1,1\n");
    result r = RUN("plot", "trace", one, "-o", in_folder("one.png"));
    cr_expect(r.status == 0, "%s", r.err);
    r = RUN("plot", "surface", "--start", "0,0", "-o", in_folder("minimum.png"));
    cr_expect(r.status == 0, "%s", r.err);
    r = RUN("plot", "surface", "--surface", "rosenbrock", "--step", "fixed:0.1", "-o", in_folder("away.png"));
    cr_expect(r.status == 0 && contains(r.out, "diverged"), "%s%s", r.out, r.err);
    r = RUN("plot", "surface", write_text("flat.csv", "x,y\n0,1\n0,1\n"), "--no-intercept", "--response", "y",
            "--polynomial", "2", "-o", in_folder("flat.png"));
    cr_expect(r.status == 0, "%s", r.err);
}

/* What a shell or gnuplot would run must stay a name. */
Test(plot, no_name_is_a_command, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    if (!has_gnuplot()) cr_skip_test("there is no gnuplot here");
    static const char *const names[] = {"'; system('touch hit'); '",
                                        "`touch hit`",
                                        "$(touch hit)",
                                        "a\"b\\n@x{^2}",
                                        "-e",
                                        "\xff\xfe\xc3",
                                        "<b>&amp;"};
    cr_assert(chdir(folder) == 0);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char header[100], name[60], picture[200], data[200];
        (void)snprintf(header, sizeof header, "\"%s\",y\n1,2\n2,3\n3,5\n",
                       k == 3 ? "a\"\"b\\n@x{^2}" : names[k]);
        (void)snprintf(name, sizeof name, "%s.csv", names[k]);
        (void)snprintf(picture, sizeof picture, "%s/%s.svg", folder, names[k]);
        (void)write_text(name, header);
        (void)snprintf(data, sizeof data, "%s/%s", folder, name);
        result r = RUN("plot", "surface", data, "-o", picture);
        cr_expect(r.status == 0, "%s: %s", names[k], r.err);
        cr_expect(contains(read_text(picture), "</svg>"));
        cr_expect(RUN("fit", data, "--trace", in_folder("trace.csv")).status == 0);
        cr_assert(rename(in_folder("trace.csv"), data) == 0);
        r = RUN("plot", "trace", data, "-o", picture);
        cr_expect(r.status == 0, "%s: %s", names[k], r.err);
        cr_expect(contains(read_text(picture), "</svg>"));
    }
    cr_expect(access("hit", F_OK) != 0);
}

/* ---- when it cannot be drawn ---- */

/* A gnuplot of the test's own, alone on the PATH; NULL: none at all. */
static void replace_gnuplot(const char *script)
{
    if (script) cr_assert(chmod(write_text("gnuplot", script), 0700) == 0);
    cr_assert(setenv("PATH", folder, 1) == 0);
}

Test(plot, without_gnuplot_one_sentence_says_so, .init = make_folder, .fini = remove_folder)
{
    char sentence[300];
    char picture[100];
    (void)snprintf(picture, sizeof picture, "%s/bowl.png", folder);
    replace_gnuplot(NULL);
    result r = RUN("plot", "surface", "-o", picture);
    cr_expect(r.status == 5, "%d", r.status);
    (void)snprintf(
        sentence, sizeof sentence,
        "gradus plot surface: %s: there is no gnuplot here to draw it; install it (Debian: gnuplot-nox), or "
        "write the points with --data\n",
        picture);
    cr_expect_str_eq(r.err, sentence);
    cr_expect_str_empty(r.out);
    expect_files("bowl.png", 0);
    r = RUN("plot", "surface", "--data");
    cr_expect(r.status == 0 && strlen(r.out) > 100000);
}

Test(plot, a_gnuplot_that_fails_leaves_the_old_picture, .init = make_folder, .fini = remove_folder)
{
    const char *picture = write_text("bowl.png", "the old one");
    replace_gnuplot("#!/bin/sh\necho half; echo 'gnuplot> set' >&2; echo '   line 0: no such terminal' >&2; "
                    "echo >&2; exit 3\n");
    const result r = RUN("plot", "surface", "-o", picture);
    cr_expect(r.status == 5);
    cr_expect(contains(r.err, "bowl.png: gnuplot ended with status 3: line 0: no such terminal\n"), "%s",
              r.err);
    cr_expect_str_eq(read_text(picture), "the old one");
    expect_files("bowl.png", 1);
}

/* Ctrl-C reaches gnuplot and the program alike. */
Test(plot, an_interrupt_leaves_nothing, .init = make_folder, .fini = remove_folder, .timeout = 60)
{
    char ready[100], script[300];
    (void)snprintf(ready, sizeof ready, "%s/ready", folder);
    (void)snprintf(script, sizeof script, "#!/bin/sh\necho half\n: > '%s'\nkill -INT $PPID\nkill -INT $$\n",
                   ready);
    replace_gnuplot(script);
    const result r = RUN("plot", "surface", "-o", in_folder("bowl.png"));
    cr_expect(r.status == 5 && contains(r.err, "bowl.png: interrupted; nothing was drawn\n"), "%d: %s",
              r.status, r.err);
    cr_expect(access(ready, F_OK) == 0);
    expect_files("bowl.png", 0);
}

Test(plot, half_a_picture_is_none, .init = make_folder, .fini = remove_folder)
{
    const char *picture = in_folder("bowl.svg");
    replace_gnuplot("#!/bin/sh\necho '<svg>'\n");
    result r = RUN("plot", "surface", "-o", picture);
    cr_expect(r.status == 5 &&
                  contains(r.err, "the picture is not complete after 6 bytes; is the disk full?"),
              "%s", r.err);
    replace_gnuplot("#!/bin/sh\nkill -TERM $$\n"); /* it reads nothing: there is no pipe to break */
    r = RUN("plot", "surface", "-o", picture);
    cr_expect(r.status == 5 && contains(r.err, "gnuplot was ended by signal 15"), "%s", r.err);
    expect_files("bowl.svg", 0);
}

typedef struct plot_fault {
    const char *arguments[8];
    int status;
    const char *part; /* of standard error */
} plot_fault;

static const plot_fault faults[] = {
    {{"surface"},
     2,
     "plot surface: --output is missing; allowed is a name that ends in .png or .svg, or --data"},
    {{"surface", "-o", "a.pdf"}, 2, "--output is \"a.pdf\"; allowed is a name that ends in .png or .svg"},
    {{"surface", "-o", ".png"}, 2, "--output is \".png\"; allowed is"},
    {{"surface", "-o"}, 2, "--output has no value; allowed is the path of a file"},
    {{"surface", "--surface", "plane", "--data"},
     2,
     "--surface is \"plane\"; allowed is bowl, booth, beale, rosenbrock, himmelblau, camel or two-valleys"},
    {{"surface", "--condition", "0.5", "--data"},
     2,
     "--condition is \"0.5\"; allowed is a number from 1 to 1000"},
    {{"surface", "--start", "1", "--data"},
     2,
     "--start is \"1\"; allowed is two numbers with a comma between them"},
    {{"surface", "--start", "1,2,3", "--data"}, 2, "--start is \"1,2,3\"; allowed is two numbers"},
    {{"surface", "--start", "nan,0", "--data"}, 2, "--start is \"nan,0\"; allowed is two numbers"},
    {{"surface", "--surface", "beale", "--metric", "gram", "--data"}, 2, "plot surface: "},
    {{"surface", "--step", "fixed:9", "--data"},
     2,
     "plot surface: --step: the fixed step 9 times the curvature"},
    {{"surface", "--surface", "beale", "--start", "1e300,1e300", "--data"}, 3, "plot surface: --start: "},
    {{"surface", TEST_DATA "/regression/stackloss.csv", "--data"},
     2,
     "stackloss.csv: the model has 4 coefficients, and a picture has room for exactly two"},
    {{"surface", "nosuch.csv", "--data"}, 3, "plot surface: nosuch.csv: cannot be opened"},
    {{"surface", "--data", "-o", "/nosuch/points.csv"},
     5,
     "plot surface: /nosuch/points.csv: cannot be written: No such file or directory"},
    {{"surface", "--bogus"}, 2, "gradus plot surface --help lists"},
    {{"trace", "--data"}, 2, "plot trace: there are 0 traces; allowed is 1 to 8 files"},
    {{"trace", "-z"}, 2, "plot trace: -z is not an option"},
    {{"trace", "nosuch.csv", "--data"}, 3, "plot trace: nosuch.csv: cannot be opened"},
    {{"trace", TEST_DATA "/regression/cars.csv", "--data"},
     3,
     "cars.csv: there is no column \"value\"; a trace"},
};

Test(plot, every_wrong_use_is_named, .init = make_folder, .fini = remove_folder)
{
    for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
        const char *arguments[11] = {GRADUS_PROGRAM, "plot"};
        memcpy((void *)(arguments + 2), (const void *)faults[k].arguments, sizeof faults[k].arguments);
        const result r = run_with(arguments, "/dev/null", NULL);
        cr_expect(r.status == faults[k].status, "%zu: exit status %d: %s", k, r.status, r.err);
        cr_expect(contains(r.err, faults[k].part), "%zu: %s", k, r.err);
        cr_expect(strchr(r.err, '\n') == r.err + strlen(r.err) - 1, "one line: %s", r.err);
        cr_expect_str_empty(r.out);
    }
}

/* Whoever writes over what is read has lost it. */
Test(plot, a_file_that_is_read_is_not_overwritten, .init = make_folder, .fini = remove_folder)
{
    static const char line[] = "x,y\n1,2\n2,4\n3,5\n";
    static const char *const pictures[] = {"surface", "methods", "trace"};
    for (size_t k = 0; k < 3; k++) {
        const char *path = write_text("own.csv", line);
        const result r = RUN("plot", pictures[k], path, "--data", "--output", path);
        cr_expect(r.status == 2 && contains(r.err, "a file that is read; allowed is another one"), "%s",
                  r.err);
        cr_expect_str_eq(read_text(path), line);
    }
}

Test(plot, a_device_is_written_and_not_replaced, .init = make_folder, .fini = remove_folder)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    const result r = RUN("plot", "surface", "--data", "-o", "/dev/full");
    struct stat there;
    cr_expect(r.status == 5 && contains(r.err, "/dev/full: cannot be written: No space left on device"), "%s",
              r.err);
    cr_expect(stat("/dev/full", &there) == 0 && S_ISCHR(there.st_mode));
}
