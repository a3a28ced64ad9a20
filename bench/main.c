/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gradus-bench [OPTION...] [FIGURE...]: verifies and times. Exit status 1 when an answer of ours was wrong, whatever
 * the times; a bar that fails is said, and is no error of this program.
 */
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "minimizer.h"
#include "record.h"

static const char usage[] =
    "usage: gradus-bench [--list] [--quick] [--without-slow] [--without-scripts] [--only PEER]\n"
    "                    [--markdown] [--rounds N] [--budget SECONDS] [--csv FILE] [FIGURE...]\n"
    "a FIGURE may be a problem of your own: KIND:MxN[:column][:kappa=K][:steps=S]\n"
    "KIND: gradient, least-squares, logistic, steps\n";

static void list_contestants(const char *title, const bench_contestant *const *contestants)
{
    printf("\n%s\n", title);
    for (; *contestants; contestants++)
        printf("  %-30s %s\n", (*contestants)->name, (*contestants)->configuration);
}

static void list_minimizers(void)
{
    printf("\ntest functions\n");
    for (size_t i = 0; bench_minimizers[i]; i++)
        printf("  %-30s %s\n", bench_minimizers[i]->name, bench_minimizers[i]->configuration);
}

static int list(void)
{
    for (size_t i = 0; bench_figures[i]; i++)
        printf("%-14s %s\n", bench_figures[i]->name, bench_figures[i]->sentence);
    list_contestants("one gradient", bench_gradient_contestants);
    list_contestants("least squares", bench_least_squares_contestants);
    list_contestants("logistic regression", bench_logistic_contestants);
    list_contestants("softmax regression", bench_softmax_contestants);
    list_contestants("fixed steps", bench_steps_contestants);
    list_contestants("paths of lassos", bench_path_contestants);
    list_minimizers();
    return 0;
}

/* What the command line says, beside the run's own settings. */
typedef struct command_line {
    const char *csv;
    bool list, bad;
    bool chosen[32]; /* of bench_figures */
    bool any;
    const char *problems[8]; /* of the user's own */
    size_t problem_count;
} command_line;

static void choose(command_line *command, const char *name)
{
    for (size_t i = 0; bench_figures[i]; i++) {
        if (strcmp(bench_figures[i]->name, name) != 0) continue;
        command->chosen[i] = command->any = true;
        return;
    }
    bench_problem problem;
    const bench_contestant *const *contestants;
    if (command->problem_count < sizeof command->problems / sizeof *command->problems &&
        bench_problem_read(name, &problem, &contestants)) {
        command->problems[command->problem_count++] = name;
        command->any = true;
        return;
    }
    fprintf(stderr, "gradus-bench: there is no figure \"%s\"; --list names them\n", name);
    command->bad = true;
}

/* An option that takes a value: takes it, and says whether `word` was one. */
static bool read_value(bench_run *run, command_line *command, const char *word, const char *value)
{
    if (strcmp(word, "--csv") == 0)
        command->csv = value;
    else if (strcmp(word, "--only") == 0)
        run->only = value;
    else if (strcmp(word, "--rounds") == 0)
        run->rounds = strtoul(value, NULL, 10);
    else if (strcmp(word, "--budget") == 0)
        run->budget = strtod(value, NULL);
    else
        return false;
    return true;
}

static bool read_flag(bench_run *run, command_line *command, const char *word)
{
    if (strcmp(word, "--quick") == 0)
        run->quick = true;
    else if (strcmp(word, "--without-slow") == 0)
        run->without_slow = true;
    else if (strcmp(word, "--without-scripts") == 0)
        run->without_scripts = true;
    else if (strcmp(word, "--markdown") == 0)
        run->markdown = true;
    else if (strcmp(word, "--list") == 0)
        command->list = true;
    else
        return false;
    return true;
}

static command_line read_words(bench_run *run, int count, char **words)
{
    command_line command = {0};
    for (int i = 1; i < count; i++) {
        if (read_flag(run, &command, words[i])) continue;
        if (i + 1 < count && read_value(run, &command, words[i], words[i + 1]))
            i++;
        else if (words[i][0] == '-')
            command.bad = true;
        else
            choose(&command, words[i]);
    }
    if (run->rounds == 0) run->rounds = run->quick ? 2 : 7;
    if (run->budget == 0.0) run->budget = run->quick ? 0.2 : 10.0;
    if (run->rounds >= BENCH_MOST_RUNS || !(run->budget > 0.0)) command.bad = true;
    return command;
}

static void show_problem(bench_run *run, const char *text)
{
    bench_problem problem;
    bench_results results;
    const bench_contestant *const *contestants;
    if (bench_problem_read(text, &problem, &contestants))
        bench_show_race(run, "problem", problem, contestants, false, &results);
}

static void show(bench_run *run, const command_line *command)
{
    bench_print_machine(run);
    bench_record_begin(run);
    for (size_t i = 0; bench_figures[i]; i++) {
        if (command->any && !command->chosen[i]) continue;
        printf("%s%s: %s\n\n", run->markdown ? "### " : "== ", bench_figures[i]->name,
               bench_figures[i]->sentence);
        bench_figures[i]->show(run, bench_figures[i]->name);
    }
    for (size_t i = 0; i < command->problem_count; i++) show_problem(run, command->problems[i]);
    bench_print_bars(run);
    if (run->wrong) printf("an answer of gradus was WRONG\n");
}

int main(int count, char **words)
{
    static bench_run run;
    const command_line command = read_words(&run, count, words);
    if (command.bad) {
        fputs(usage, stderr);
        return 2;
    }
    if (command.list) return list();
    if (command.csv && !(run.csv = fopen(command.csv, "w"))) {
        fprintf(stderr, "gradus-bench: %s cannot be written\n", command.csv);
        return 2;
    }
    show(&run, &command);
    if (run.csv) fclose(run.csv);
    return run.wrong ? 1 : 0;
}
