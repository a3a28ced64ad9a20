/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gradus-bench-csv: the reader of CSV files beside Python's. Every run is a process of its own, so that its processor time and
 * the most memory it had are its alone; the readers take turns, and the ratios are within a round. A reader whose doubles are
 * not ours to the last bit is marked. Exit status 1: another shape or other bits where the peer rounds correctly, or memory above
 * 1.1 times the matrix.
 */
#include "io/csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "table.h"
#include "timing.h"

/* What a run says of itself. */
typedef struct report {
    size_t rows, cols;
    uint64_t parity;
    double seconds, bytes;
} report;

typedef struct reader {
    const char *name, *word;
    bool rounds_correctly; /* to the nearest double: its bits must be ours */
    bool slow;
} reader;

static const reader readers[] = {
    {"gradus", NULL, true, false},
    {"numpy.loadtxt", "loadtxt", true, false},
    {"numpy.genfromtxt", "genfromtxt", true, true},
    {"pandas.read_csv", "pandas", false, false},
    {"pandas.read_csv, round_trip", "pandas-round-trip", true, false},
};
enum { READERS = sizeof readers / sizeof *readers };

typedef struct problem {
    size_t rows, cols;
    int digits; /* of each number */
} problem;

/* ---- the file ---- */

static double number(uint64_t counter)
{
    return ldexp((double)(int64_t)gr_random_bits(41, counter), -62 + (int)(counter % 7));
}

static bool write_file(const problem *p, FILE *file)
{
    for (size_t j = 0; j < p->cols; j++) (void)fprintf(file, "c%zu%c", j, j + 1 < p->cols ? ',' : '\n');
    for (size_t k = 0; k < p->rows * p->cols; k++)
        (void)fprintf(file, "%.*g%c", p->digits, number(k), (k + 1) % p->cols ? ',' : '\n');
    return fflush(file) == 0 && !ferror(file);
}

/* ---- one run ---- */

static void measure(report *now)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    now->seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    now->bytes = 1024.0 * (double)usage.ru_maxrss;
}

/* What bench/peer_csv.py does. */
static void run_ours(const char *path, FILE *to)
{
    gr_table table;
    report before, after;
    measure(&before);
    if (gr_csv_read(path, NULL, &table, NULL)) return;
    measure(&after);
    uint64_t parity = 0;
    for (size_t k = 0; k < table.rows * table.columns; k++) {
        uint64_t bits;
        memcpy(&bits, &table.data[k], sizeof bits);
        parity ^= bits;
    }
    (void)fprintf(to, "%zu %zu %" PRIu64 " %.9g %.0f\n", table.rows, table.columns, parity,
                  after.seconds - before.seconds, after.bytes - before.bytes);
    (void)fflush(to);
    gr_table_free(&table);
}

static void become(const reader *who, const char *path, int out)
{
    const char *named = getenv("PYTHON"), *python = named ? named : "python3";
    if (!who->word) {
        FILE *to = fdopen(out, "w");
        if (to) run_ours(path, to);
        _exit(0);
    }
    (void)dup2(out, STDOUT_FILENO);
    (void)execlp(python, python, BENCH_SCRIPTS "/peer_csv.py", who->word, path, (char *)NULL);
    _exit(127);
}

static bool run(const reader *who, const char *path, report *said)
{
    int ends[2];
    char line[300] = "";
    if (pipe(ends) != 0) return false;
    const pid_t child = fork();
    if (child == 0) become(who, path, ends[1]);
    (void)close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    const bool heard = child > 0 && from && fgets(line, sizeof line, from);
    if (from) (void)fclose(from);
    if (child > 0) (void)waitpid(child, NULL, 0);
    if (!heard) return false;
    /* NOLINTNEXTLINE(cert-err34-c): the numbers are printed above and by peer_csv.py */
    return sscanf(line, "%zu %zu %" SCNu64 " %lf %lf", &said->rows, &said->cols, &said->parity,
                  &said->seconds, &said->bytes) == 5;
}

/* ---- the rounds ---- */

typedef struct score {
    bench_samples seconds, ratios; /* ratio: of theirs to ours in the same round */
    report last;
} score;

static void run_round(const char *path, size_t round, score *scores)
{
    double ours = (double)NAN;
    for (size_t i = 0; i < READERS; i++) {
        score *s = &scores[i];
        if ((readers[i].slow && round > 1) || !run(&readers[i], path, &s->last)) continue;
        if (i == 0) ours = s->last.seconds;
        if (round == 0) continue; /* the file comes into memory */
        bench_add(&s->seconds, s->last.seconds);
        bench_add(&s->ratios, s->last.seconds / ours);
    }
}

static bool is_wrong(const problem *p, const reader *who, const score *s, const score *ours)
{
    const bool same = s->last.parity == ours->last.parity;
    if (s->last.rows != p->rows || s->last.cols != p->cols) return true;
    if (!same && who->rounds_correctly) return true;
    return !who->word && s->last.bytes > 1.1 * 8.0 * (double)(p->rows * p->cols) && p->rows >= 100000;
}

static bool print(const problem *p, const score *scores)
{
    static const char *const titles[] = {"<reader", "s", "times gradus", "memory, of the matrix",
                                         "<bits",   NULL};
    static bench_table table;
    bool wrong = false;
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < READERS; i++) {
        const score *s = &scores[i];
        const bool absent = s->seconds.count == 0, same = s->last.parity == scores[0].last.parity;
        bench_table_cell(&table, "%s", readers[i].name);
        bench_table_cell(&table, "%.2f", bench_quantile(&s->seconds, 0.5));
        bench_table_cell(&table, "%.2f", bench_quantile(&s->ratios, 0.5));
        bench_table_cell(&table, "%.2f", s->last.bytes / (8.0 * (double)(p->rows * p->cols)));
        bench_table_cell(&table, "%s", absent ? "absent" : same ? "the same" : "others");
        wrong = wrong || (i == 0 && absent) || (!absent && is_wrong(p, &readers[i], s, &scores[0]));
    }
    (void)printf("%zu x %zu numbers of %d digits; processor seconds, medians\n\n", p->rows, p->cols,
                 p->digits);
    bench_table_print(&table, false);
    return wrong;
}

static bool show(const problem *p, size_t rounds)
{
    static score scores[READERS];
    const char *temporary = getenv("TMPDIR");
    char path[300];
    memset(scores, 0, sizeof scores);
    (void)snprintf(path, sizeof path, "%s/gradus-csv-XXXXXX", temporary ? temporary : "/tmp");
    const int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    bool wrong = !file || !write_file(p, file);
    if (file) (void)fclose(file);
    for (size_t round = 0; round <= rounds && !wrong; round++) run_round(path, round, scores);
    if (file) (void)remove(path);
    return wrong || print(p, scores);
}

int main(int argc, char **argv)
{
    static const problem problems[] = {{1000000, 10, 17}, {1000000, 10, 6}, {200000, 100, 17}};
    static const problem quick = {2000, 5, 17};
    const bool is_quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    const size_t rounds = is_quick ? 1 : argc == 2 ? strtoul(argv[1], NULL, 10) : 3;
    if (argc > 2 || rounds == 0 || rounds >= BENCH_MOST_RUNS) {
        (void)fputs("usage: gradus-bench-csv [--quick | ROUNDS]\n", stderr);
        return 2;
    }
    if (is_quick) return show(&quick, rounds);
    bool wrong = false;
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        wrong = show(&problems[i], rounds) || wrong;
    return wrong;
}
