/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program without memory: every command line below is run again and again, its first, its second, ... request for memory refused,
 * once and from there on. Requests are those of the program, of the library, of libcsv and of jansson, and every file that is
 * opened. Each run is a child of its own, forked before main(): it ends by the exit status and a sentence about memory, has given
 * every block back, and leaves no file but whole ones. A run that could do without prints what it would have printed.
 *
 * Some requests of each command line are refused, with GRADUS_LONG=1 all of them. TAP, without a framework: main() is the program's.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#define _XOPEN_SOURCE   700

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "refusing.h"

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__real_fdopen(int descriptor, const char *mode);
FILE *__wrap_fdopen(int descriptor, const char *mode);

/* Time stands still, so that the same run prints the same. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){1000, 0};
    return 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    if (!refusing_refuses()) return __real_fopen(path, mode);
    errno = ENOMEM;
    return NULL;
}

FILE *__wrap_fdopen(int descriptor, const char *mode)
{
    if (!refusing_refuses()) return __real_fdopen(descriptor, mode);
    errno = ENOMEM;
    return NULL;
}

/* What cannot be done ends the test. */
static void must(bool done, const char *what)
{
    if (done) return;
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- the folder ---- */

static char folder[] = "/tmp/gradus-allocation-XXXXXX";

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    must(file && fputs(text, file) >= 0 && fclose(file) == 0, name);
}

/* 60 rows: two regressors, weights, an offset, and a response for each model. */
static void write_data(void)
{
    FILE *file = fopen("data.csv", "w"), *one = fopen("one.csv", "w");
    must(file && one, "data.csv");
    (void)fputs("a,b,w,o,\"the class\",count,label,y\n", file);
    (void)fputs("x,y\n", one);
    unsigned state = 12345;
    for (int i = 0; i < 60; i++) {
        double u[5];
        for (int k = 0; k < 5; k++) {
            state = state * 1664525u + 1013904223u;
            u[k] = (double)(state >> 8) / 16777216.0;
        }
        (void)fprintf(file, "%.6f,%.6f,%d,%.3f,%d,%d,%d,%.6f\n", u[0], u[1], 1 + i % 3, u[2] / 4.0, i % 3,
                      (int)(u[3] * 5.0), u[4] > 0.5, u[0] - 2.0 * u[1] + u[3] / 2.0);
        (void)fprintf(one, "%.6f,%.6f\n", u[0], u[0] * u[0] + u[3] / 9.0);
    }
    must(fclose(file) == 0 && fclose(one) == 0, "data.csv");
}

static bool is_file(const char *name)
{
    struct stat facts;
    return stat(name, &facts) == 0;
}

static size_t text_of(const char *name, char *text, size_t room)
{
    FILE *file = fopen(name, "rb");
    const size_t bytes = file ? fread(text, 1, room - 1, file) : 0;
    if (file) (void)fclose(file);
    text[bytes] = '\0';
    return bytes;
}

static void copy(const char *from, const char *to)
{
    static char text[1 << 20];
    const size_t bytes = text_of(from, text, sizeof text);
    FILE *file = fopen(to, "wb");
    must(file && fwrite(text, 1, bytes, file) == bytes && fclose(file) == 0, to);
}

/* The files of the folder; another run must leave as many. */
static size_t count_files(void)
{
    size_t count = 0;
    DIR *opened = opendir(".");
    while (opened && readdir(opened)) count++;
    if (opened) (void)closedir(opened);
    return count;
}

/* ---- one run, in a child ---- */

typedef struct outcome {
    int status; /* as the shell sees it */
    size_t requests, alive;
} outcome;

static outcome *shared; /* where the child writes */

enum { WORDS = 20 };

/* Arguments are words between blanks. */
static int split(char *line, char **words)
{
    int count = 0;
    for (char *word = strtok(line, " "); word && count < WORDS; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    return count;
}

static void play(const char *command, refusal manner, size_t at)
{
    char line[400], *words[WORDS + 1];
    (void)snprintf(line, sizeof line, "gradus %s", command);
    const int count = split(line, words);
    must(freopen("/dev/null", "r", stdin) && freopen("out", "w", stdout) && freopen("err", "w", stderr),
         "out");
    refusing_begin(manner, at);
    const int status = __real_main(count, words);
    refusing_end();
    shared->requests = refusing_requests();
    shared->alive = refusing_alive();
    (void)fflush(NULL);
    _exit(status);
}

static outcome run(const char *command, refusal manner, size_t at)
{
    *shared = (outcome){0};
    (void)fflush(stdout);
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) play(command, manner, at);
    int status;
    must(waitpid(child, &status, 0) == child, "waitpid");
    outcome o = *shared;
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return o;
}

/* ---- one command line ---- */

typedef struct row {
    const char *command;
    const char *output; /* a file that is written as a whole, or not at all; NULL: none */
    const char *before; /* what `output` is before each run; NULL: it is not there */
    int most;           /* requests that are refused, unless all are */
} row;

static const row rows[] = {
    {"--help", NULL, NULL, 10},
    {"fit --help", NULL, NULL, 10},
    {"info", NULL, NULL, 10},
    {"fit", NULL, NULL, 12},
    {"fit --json", NULL, NULL, 12},
    {"fit --refine --confidence 0.9 --inference", NULL, NULL, 10},
    {"fit --response y --weights w --offset o data.csv", NULL, NULL, 12},
    {"fit --response y --json --closed-form --ridge 0.1 data.csv", NULL, NULL, 12},
    {"fit --response y --trace t.csv --method l-bfgs --step wolfe --tolerance 1e-8 data.csv", NULL, NULL, 10},
    {"fit --polynomial 3 --no-closed-form one.csv", NULL, NULL, 10},
    {"fit --model logistic --response label --direction ascent --offset o data.csv", NULL, NULL, 12},
    {"fit --model logistic --response label --lasso 0.01 --json data.csv", NULL, NULL, 10},
    {"fit --model poisson --response count --lower 0 --upper 2 data.csv", NULL, NULL, 10},
    {"fit --model huber --response y --delta 0.5 --metric qr --json data.csv", NULL, NULL, 10},
    {"fit --model squared-hinge --response label --radius 1 data.csv", NULL, NULL, 10},
    {"fit --model logistic --json separable.csv", NULL, NULL, 12},
    {"fit --response nobody data.csv", NULL, NULL, 10}, /* a column that is not there */
    {"fit --model softmax --json classes.csv", NULL, NULL, 12},
    {"fit --model softmax classes.csv", NULL, NULL, 10},
    {"fit --model softmax --offset o0,o1,o2 --json shifted.csv", NULL, NULL, 12},
    {"fit --model softmax --offset o0,o1 shifted.csv", NULL, NULL, 10}, /* one is missing */
    {"fit --response y,count --offset o,label --weights w data.csv", NULL, NULL, 12},
    {"fit --response count,y --json --confidence 0.9 --closed-form --inference data.csv", NULL, NULL, 12},
    {"fit --response count,y --lasso 0.01 --lower 0 --upper 2 data.csv", NULL, NULL, 10},
    {"fit --response count,y --path 3 --json data.csv", NULL, NULL, 10},
    {"fit --response y --batch 8 --step fixed:0.05 --order replacement --epochs 3 data.csv", NULL, NULL, 10},
    {"fit --response y --compress --method gradient --step exact --start start.csv data.csv", NULL, NULL, 10},
    {"fit --response y --path 5 data.csv", NULL, NULL, 12},
    {"fit --model logistic --response label --path 4 --json --coefficients c.csv data.csv", "c.csv", NULL,
     40},
    {"fit --response y --checkpoint k --every 0 --method l-bfgs data.csv", "k", NULL, 12},
    {"fit --response y --checkpoint k --every 0 --method l-bfgs data.csv", "k", "k.before", 12},
    {"predict fit.json data.csv", NULL, NULL, 16},
    {"predict --output p.csv fit.json data.csv", "p.csv", NULL, 60},
    {"predict -o p.csv --offset o logistic.json data.csv", "p.csv", "fit.json", 16},
    {"predict softmax.json classes.csv", NULL, NULL, 12},
    {"predict responses.json data.csv", NULL, NULL, 12},
    {"predict --offset o,w responses.json data.csv", NULL, NULL, 12},
    {"predict shifted.json shifted.csv", NULL, NULL, 12},
    {"predict long.json data.csv", NULL, NULL,
     400}, /* a name and a number of 300 KB: each request of its reader */
    {"plot surface --output s.png", "s.png", NULL, 8},
    {"plot surface --output s.svg --surface rosenbrock", "s.svg", "fit.json", 5},
    {"plot surface --data one.csv", NULL, NULL, 10},
    {"plot trace --output t.png trace.csv trace.csv", "t.png", NULL, 12},
    {"plot methods --output m.png data.csv", "m.png", NULL, 8},
    {"verify --exact", NULL, NULL, 2},
    {"verify --data certified", NULL, NULL, 1},
};

static char whole_out[1 << 20], out[1 << 20], err[1 << 16], whole_file[1 << 20], file[1 << 20];

static void set_output(const row *r)
{
    if (r->output) (void)remove(r->output);
    if (r->output && r->before) copy(r->before, r->output);
}

/* The file is what it was, or what the whole run makes of it. */
static bool is_whole(const row *r)
{
    static char old[1 << 20];
    if (!r->output) return true;
    if (!is_file(r->output)) return !r->before;
    const size_t bytes = text_of(r->output, file, sizeof file);
    const bool complete = bytes > 0 && (strcmp(file, whole_file) == 0 || strcmp(r->output, "k") == 0);
    if (complete || !r->before) return complete;
    (void)text_of(r->before, old, sizeof old);
    return strcmp(file, old) == 0;
}

/* What is wrong with a run, or NULL. */
static const char *judge(const row *r, const outcome *o, const outcome *clean, size_t files)
{
    (void)text_of("err", err, sizeof err);
    (void)text_of("out", out, sizeof out);
    if (o->status >= 128) return "ended by a signal";
    if (o->alive > 0) return "blocks were not given back";
    if (!is_whole(r)) return "a file is not whole";
    if (count_files() > files) return "there is a file too many";
    const bool told = strstr(err, "memory"), told_beside = told || strstr(out, "memory");
    if (o->status != clean->status)
        return told && (o->status == 5 || o->status == 3) ? NULL : "no word of memory";
    return told_beside || strcmp(out, whole_out) == 0 ? NULL : "another answer without a word";
}

static bool all_of_it(void)
{
    const char *given = getenv("GRADUS_LONG");
    return given && strcmp(given, "1") == 0;
}

static size_t runs;

/* 0, or 1 where one of the runs is not as it should be. */
static int sweep(const row *r, int number)
{
    set_output(r);
    const outcome clean = run(r->command, REFUSE_NOTHING, 0);
    (void)text_of("out", whole_out, sizeof whole_out);
    if (r->output) (void)text_of(r->output, whole_file, sizeof whole_file);
    (void)text_of("err", err, sizeof err);
    const size_t files = count_files();
    const size_t stride = all_of_it() ? 1 : clean.requests / (size_t)r->most + 1;
    const char *wrong = clean.status >= 5 ? "the whole run fails"
                        : clean.alive > 0 ? "the whole run leaks"
                                          : NULL;
    size_t at = 1;
    int manner = REFUSE_NOTHING;
    for (; !wrong && at <= clean.requests; at += stride) {
        for (manner = REFUSE_ONCE; !wrong && manner <= REFUSE_FROM_THERE_ON; manner++, runs++) {
            set_output(r);
            const outcome o = run(r->command, (refusal)manner, at);
            wrong = judge(r, &o, &clean, files);
            if (wrong)
                printf("# request %zu %s: exit status %d, %zu alive\n", at,
                       manner == REFUSE_ONCE ? "once" : "for good", o.status, o.alive);
        }
    }
    if (r->output) (void)remove(r->output);
    printf("%sok %d - %s: %zu requests, exit status %d%s%s\n", wrong ? "not " : "", number, r->command,
           clean.requests, clean.status, wrong ? ": " : "", wrong ? wrong : "");
    if (wrong) printf("# %s\n", err);
    return wrong ? 1 : 0;
}

/* ---- all of them ---- */

/* What stands for gnuplot, which is slow: it reads its script and writes something. */
static void write_gnuplot(void)
{
    char path[4096];
    write_text("gnuplot", "#!/bin/sh\ncat >/dev/null\necho 'picture IEND </svg>'\n");
    must(chmod("gnuplot", 0700) == 0, "gnuplot");
    (void)snprintf(path, sizeof path, "%s:%s", folder, getenv("PATH"));
    must(setenv("PATH", path, 1) == 0, "PATH");
}

static void prepare(const char *command, const char *to)
{
    const outcome o = run(command, REFUSE_NOTHING, 0);
    (void)text_of("err", err, sizeof err);
    if (o.status != 0 && o.status != 4) printf("# %s: %d %s\n", command, o.status, err);
    if (strcmp(to, "k.before") == 0)
        must(rename("k", to) == 0, to);
    else if (strcmp(to, "t.csv") == 0)
        copy(to, "trace.csv");
    else
        copy("out", to);
}

/* A saved fit with tokens longer than any buffer that is there before them */
static void write_long(void)
{
    enum { LONG = 300000 };
    FILE *whole = fopen("long.json", "w");
    must(whole, "long.json");
    (void)fputs(
        "{\"format\": \"gradus-fit\", \"format_version\": 1, \"model\": \"huber\", \"columns\": [\"a\"], "
        "\"intercept\": true, \"polynomial\": 0, \"offset\": null, \"outputs\": 1, \"converged\": true, "
        "\"note\": \"",
        whole);
    for (int i = 0; i < LONG; i++) (void)fputc('a' + i % 26, whole);
    (void)fputs("\", \"theta\": [1, 0.", whole);
    for (int i = 0; i < LONG; i++) (void)fputc('0' + i % 10, whole);
    (void)fputs("]}\n", whole);
    must(fclose(whole) == 0, "long.json");
}

static void fill_folder(void)
{
    must(mkdtemp(folder) && chdir(folder) == 0, folder);
    write_data();
    write_text("start.csv", "0.5\n0.25\n0.1\n0.2\n0.1\n0.1\n0.1\n0.1\n");
    write_text("classes.csv", "a,b,class\n1,2,0\n2,1,1\n3,3,2\n1.5,2,1\n2,2,0\n3,1,2\n1,1,2\n0,2,0\n2,3,1\n");
    write_text("shifted.csv",
               "a,o0,o1,o2,class\n1,0,1,0.5,0\n2,0.5,0,1,1\n3,1,0.5,0,2\n1.5,0,0,0.25,1\n2,1,1,0,0\n"
               "3,0.25,0,1,2\n1,1,0,0,2\n0,0.5,1,0.5,0\n2,0,0,1,1\n");
    write_long();
    write_text("separable.csv", "x,y\n1,0\n2,0\n3,0\n4,1\n5,1\n6,1\n");
    must(mkdir("certified", 0700) == 0, "certified");
    write_text("certified/line.csv", "x,y\n1,2\n2,4\n3,5\n4,4\n");
    write_text("certified/line.ref.csv", "name,estimate\nx,0.7\n(intercept),2\n");
    write_gnuplot();
    prepare("fit --response y --json data.csv", "fit.json");
    prepare("fit --model logistic --response label --offset o --json data.csv", "logistic.json");
    prepare("fit --model softmax --json --ridge 0.1 classes.csv", "softmax.json");
    prepare("fit --response y,count --offset o,label --json data.csv", "responses.json");
    prepare("fit --model softmax --offset o0,o1,o2 --json shifted.csv", "shifted.json");
    prepare("fit --response y --trace t.csv --method l-bfgs --step wolfe data.csv", "t.csv");
    prepare("fit --response y --checkpoint k --every 0 --method l-bfgs data.csv", "k.before");
}

static void empty_folder(void)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    must(system(command) == 0, command);
}

int __wrap_main(int argc, char **argv)
{
    const size_t count = sizeof rows / sizeof *rows;
    int failed = 0;
    shared = (outcome *)mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "mmap");
    fill_folder();
    if (argc == 4) /* for a debugger: one run alone, in this process */
        play(argv[1], strcmp(argv[2], "once") == 0 ? REFUSE_ONCE : REFUSE_FROM_THERE_ON,
             strtoul(argv[3], NULL, 10));
    for (size_t k = 0; k < count; k++) failed |= sweep(&rows[k], (int)k + 1);
    printf("1..%zu\n# %zu runs\n", count, runs);
    empty_folder();
    return failed;
}
