/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gradus fit --checkpoint: killed at any moment, again and again, a fit ends with the bits of the one that was left alone. And what is no
 * checkpoint of the fit is refused by name and left as it is.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "program_json.h"

enum { ROWS = 400, COLS = 5, MOST = 16 };

/* In (0, 1), all bits random. Steele, Lea and Flood, OOPSLA 2014. */
static double draw(unsigned long long *state)
{
    unsigned long long z = (*state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53 + 0x1p-60;
}

static const char *write_data(const char *name, unsigned long long seed)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    (void)fputs("a,b,c,d,e,y\n", file);
    for (size_t i = 0; i < ROWS; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < COLS; j++) {
            const double x = 2.0 * draw(&seed) - 1.0;
            sum += x * ((double)j - 1.7);
            (void)fprintf(file, "%.17g,", x);
        }
        (void)fprintf(file, "%d\n", sum + 2.0 * draw(&seed) > 0.5 ? 1 : 0);
    }
    cr_assert(fclose(file) == 0);
    return path;
}

/* ---- killed ---- */

static void wait_a_little(unsigned long long *seed)
{
    const struct timespec pause = {.tv_nsec = (long)(draw(seed) * 4e7)};
    (void)nanosleep(&pause, NULL);
}

/* Until the file is there */
static void wait_for(const char *path)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    while (access(path, F_OK) != 0) (void)nanosleep(&pause, NULL);
}

static void same_number(const json_t *a, const json_t *b, const char *key)
{
    cr_expect(json_equal(json_object_get(a, key), json_object_get(b, key)), "%s", key);
}

static void same_answer(const json_t *a, const json_t *b)
{
    const char *const keys[] = {"theta",  "value",       "gradient_norm", "iterations",       "passes",
                                "stop",   "evaluations", "metric",        "metric_condition", "epochs",
                                "method", "step",        "duality_gap",   "metric_reason",    "refinements"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) same_number(a, b, keys[k]);
}

/* The options, saved after every step, with a place to add to at the end */
static size_t arguments_of(const char *const *options, const char *data, const char **arguments)
{
    size_t count = 0;
    arguments[count++] = GRADUS_PROGRAM;
    arguments[count++] = "fit";
    arguments[count++] = data;
    arguments[count++] = "--json";
    while (*options) arguments[count++] = *options++;
    arguments[count] = NULL;
    return count;
}

static void killed_again_and_again(const char *const *options, unsigned long long seed)
{
    enum { KILLS = 12 };
    const char *data = write_data("data.csv", 5), *file = in_folder("run.checkpoint");
    const char *out = in_folder("stdout.killed"), *arguments[MOST + 8];
    const size_t count = arguments_of(options, data, arguments);
    const result alone = run_with(arguments, "/dev/null", NULL);
    json_t *whole = json_of(alone, alone.status);
    arguments[count] = "--checkpoint";
    arguments[count + 1] = file;
    arguments[count + 2] = "--every";
    arguments[count + 3] = "0";
    arguments[count + 4] = NULL;
    int status = 128 + SIGKILL;
    size_t kills = 0;
    for (; kills < KILLS && status == 128 + SIGKILL; kills++) {
        const pid_t child = start(arguments, "/dev/null", out, "/dev/null");
        wait_for(file);
        wait_a_little(&seed);
        cr_assert(kill(child, SIGKILL) == 0);
        status = finish(child);
    }
    cr_expect(kills > 0);
    const result last = run_with(arguments, "/dev/null", NULL);
    json_t *parts = json_of(last, alone.status);
    same_answer(whole, parts);
    cr_expect(json_is_integer(json_object_get(parts, "resumed_at")), "the last run resumed");
    cr_expect(json_is_null(json_object_get(whole, "resumed_at")));
    json_decref(whole);
    json_decref(parts);
}

#define LONG_RUN "--tolerance", "0", "--max-iterations", "400", "--no-inference"

Test(resume, killed_l_bfgs, .init = make_folder, .fini = remove_folder, .timeout = 300)
{
    killed_again_and_again((const char *const[]){"--model", "logistic", LONG_RUN, "--method", "l-bfgs",
                                                 "--step", "fixed:0.01", NULL},
                           1);
}

Test(resume, killed_svrg, .init = make_folder, .fini = remove_folder, .timeout = 300)
{
    killed_again_and_again((const char *const[]){"--model", "logistic", LONG_RUN, "--method", "svrg",
                                                 "--batch", "16", "--step", "fixed:0.05", NULL},
                           2);
}

Test(resume, killed_adam_in_random_order, .init = make_folder, .fini = remove_folder, .timeout = 300)
{
    killed_again_and_again((const char *const[]){"--model", "squared-hinge", LONG_RUN, "--method", "adam",
                                                 "--batch", "9", "--order", "replacement", "--seed", "3",
                                                 NULL},
                           3);
}

Test(resume, killed_compressed_least_squares, .init = make_folder, .fini = remove_folder, .timeout = 300)
{
    killed_again_and_again(
        (const char *const[]){LONG_RUN, "--compress", "--method", "nesterov", "--step", "fixed:0.002", NULL},
        4);
}

Test(resume, killed_lasso, .init = make_folder, .fini = remove_folder, .timeout = 300)
{
    killed_again_and_again((const char *const[]){LONG_RUN, "--lasso", "0.01", "--gap", "0", "--method",
                                                 "nesterov", "--step", "fixed:0.001", NULL},
                           5);
}

/* ---- interrupted ---- */

#define ENDLESS "--step", "fixed:1e-12", "--max-iterations", "9223372036854775807", "--tolerance", "0"

/* Every save is another file under the same name. */
static ino_t file_of(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 ? there.st_ino : 0;
}

/* Interrupted as soon as it has saved once more */
static json_t *interrupted(const char *file)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    const char *out = in_folder("stdout");
    const ino_t before = file_of(file);
    const pid_t child = start(ARGUMENTS("fit", ENDLESS, "--json", "--checkpoint", file, "--every", "0"),
                              "/dev/null", out, "/dev/null");
    while (file_of(file) == before) (void)nanosleep(&pause, NULL);
    cr_assert(kill(child, SIGINT) == 0);
    cr_assert(finish(child) == 4);
    json_t *object = json_loads(read_text(out), 0, NULL);
    cr_assert(object != NULL);
    return object;
}

Test(resume, an_interrupt_saves_what_it_prints, .init = make_folder, .fini = remove_folder, .timeout = 120)
{
    const char *file = in_folder("run.checkpoint");
    json_t *first = interrupted(file), *second = interrupted(file);
    cr_expect_str_eq(word(first, "stop"), "cancelled");
    cr_expect(number(second, "resumed_at") == number(first, "iterations"));
    cr_expect(number(second, "iterations") > number(first, "iterations"));
    json_decref(first);
    json_decref(second);
}

Test(resume, the_summary_says_so, .init = make_folder, .fini = remove_folder)
{
    const char *file = in_folder("run");
    const result first = RUN("fit", "--checkpoint", file), second = RUN("fit", "--checkpoint", file);
    cr_expect(first.status == 0 && second.status == 0, "%s%s", first.err, second.err);
    cr_expect(contains(first.out, "checkpoint      saved to \"") && contains(first.out, "/run\"\n"), "%s",
              first.out);
    cr_expect(contains(second.out, "resumed from \"") && contains(second.out, "/run\" after "), "%s",
              second.out);
    struct stat there;
    cr_expect(stat(file, &there) == 0 && there.st_size > 0);
}

/* ---- refused ---- */

static void flip_last_byte(const char *path)
{
    FILE *file = fopen(path, "r+");
    cr_assert(file && fseek(file, -1, SEEK_END) == 0);
    const int byte = fgetc(file);
    cr_assert(byte != EOF && fseek(file, -1, SEEK_END) == 0 && fputc(byte ^ 1, file) != EOF &&
              fclose(file) == 0);
}

static long long size_of(const char *path)
{
    struct stat there;
    cr_assert(stat(path, &there) == 0);
    return (long long)there.st_size;
}

Test(resume, what_is_no_checkpoint_of_this_fit_is_refused, .init = make_folder, .fini = remove_folder)
{
    const char *run = in_folder("run");
    (void)write_data("data.csv", 6);
    (void)write_data("other.csv", 7);
    (void)write_text("text", "theta\n1\n");
    (void)write_text("empty", "");
    (void)write_text("damaged", "");
    cr_assert(RUN("fit", in_folder("data.csv"), "--checkpoint", run).status == 0);
    cr_assert(RUN("fit", in_folder("data.csv"), "--checkpoint", in_folder("whole")).status == 0);
    cr_assert(rename(in_folder("whole"), in_folder("damaged")) == 0);
    flip_last_byte(in_folder("damaged"));
    const long long size = size_of(run);
#define NONE "these bytes are not a checkpoint of gradus; pass what gradus_solver_save has written"
    const fault data[] = {
        {{"fit", "@data.csv", "--checkpoint", "@text"}, "gradus fit: %s/text: " NONE},
        {{"fit", "@data.csv", "--checkpoint", "@empty"}, "gradus fit: %s/empty: " NONE},
        {{"fit", "@data.csv", "--checkpoint", "@other.csv"}, "gradus fit: %s/other.csv: " NONE},
        {{"fit", "@data.csv", "--checkpoint", "@damaged"},
         "gradus fit: %s/damaged: the checkpoint is damaged: it is not what was saved; take an older one, or "
         "begin anew"},
        {{"fit", "@other.csv", "--checkpoint", "@run"},
         "gradus fit: %s/run: the checkpoint is of another objective; pass the data and the model it was "
         "saved with"},
        {{"fit", "@data.csv", "--checkpoint", "@"}, "gradus fit: %s/: cannot be read: it is no regular file"},
    };
    const fault usage[] = {
        {{"fit", "@data.csv", "--compress", "--checkpoint", "@run"},
         "gradus fit: %s/run: the checkpoint is of a run with other options; pass those it was saved with"},
        {{"fit", "@data.csv", "--every", "1"}, "gradus fit: --every goes with --checkpoint"},
        {{"fit", "--checkpoint", "@run", "--path", "5"}, "gradus fit: --path does not go with --checkpoint"},
        {{"fit", "--checkpoint", "@run", "--trace", "@t"},
         "gradus fit: --trace does not go with --checkpoint"},
    };
    for (size_t k = 0; k < sizeof data / sizeof *data; k++) expect_fault(&data[k], 3);
    for (size_t k = 0; k < sizeof usage / sizeof *usage; k++) expect_fault(&usage[k], 2);
    cr_expect(size_of(run) == size && size_of(in_folder("text")) == 8 && size_of(in_folder("empty")) == 0);
}

Test(resume, a_checkpoint_that_cannot_be_written_ends_the_fit, .init = make_folder, .fini = remove_folder)
{
    const result r = RUN("fit", "--checkpoint", in_folder("nowhere/run"));
    cr_expect(r.status == 5, "%d: %s", r.status, r.err);
    cr_expect(contains(r.err, "nowhere/run: cannot be written: "), "%s", r.err);
    cr_expect_str_empty(r.out);
}
