/* SPDX-License-Identifier: BSD-3-Clause */
/* A problem in words, as the command line gives it: KIND:MxN[:column][:kappa=K][:steps=S]. */
#include <stdlib.h>
#include <string.h>

#include "contestant.h"

static const struct kind_word {
    const char *word;
    bench_problem preset; /* what the words leave open */
    const bench_contestant *const *contestants;
} kinds[] = {
    {"gradient", {.kind = &bench_kind_gradient, .asked = 1e-11}, bench_gradient_contestants},
    {"least-squares", {.kind = &bench_kind_least_squares, .condition = 1e2}, bench_least_squares_contestants},
    {"logistic",
     {.kind = &bench_kind_logistic, .condition = 1e2, .ridge_rows = 1.0, .asked = 1e-8},
     bench_logistic_contestants},
    {"steps",
     {.kind = &bench_kind_steps, .condition = 1e2, .steps = 100, .asked = 1e-9},
     bench_steps_contestants},
};

/* Does `text` begin with `word` and a colon? Then *rest is behind it. */
static bool begins(const char *text, const char *word, const char **rest)
{
    const size_t length = strlen(word);
    if (strncmp(text, word, length) != 0 || text[length] != ':') return false;
    *rest = text + length + 1;
    return true;
}

/* MxN, each in the range of BLAS's integers and their product in that of memory. */
static bool read_shape(const char **text, bench_problem *problem)
{
    char *end;
    const unsigned long most = 1UL << 30;
    const unsigned long rows = strtoul(*text, &end, 10);
    if (*end != 'x') return false;
    const unsigned long cols = strtoul(end + 1, &end, 10);
    if (rows < 1 || cols < 1 || rows > most || cols > most / 64 || (*end != ':' && *end != '\0'))
        return false;
    problem->rows = rows;
    problem->cols = cols;
    *text = end;
    return problem->kind == &bench_kind_gradient || rows >= cols;
}

/* One word behind a colon. */
static bool read_word(const char *word, bench_problem *problem)
{
    if (strcmp(word, "column") == 0)
        problem->layout = GRADUS_LAYOUT_COL_MAJOR;
    else if (strncmp(word, "kappa=", 6) == 0)
        problem->condition = strtod(word + 6, NULL);
    else if (strncmp(word, "steps=", 6) == 0)
        problem->steps = strtoul(word + 6, NULL, 10);
    else
        return false;
    return problem->condition == 0.0 || (problem->condition >= 1.0 && problem->condition <= 1e15);
}

static bool read_words(const char *text, bench_problem *problem)
{
    char word[32];
    while (*text == ':') {
        const size_t length = strcspn(++text, ":");
        if (length >= sizeof word) return false;
        memcpy(word, text, length);
        word[length] = '\0';
        if (!read_word(word, problem)) return false;
        text += length;
    }
    return true;
}

bool bench_problem_read(const char *text, bench_problem *problem, const bench_contestant *const **contestants)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *rest;
        if (!begins(text, kinds[i].word, &rest)) continue;
        *problem = kinds[i].preset;
        problem->layout = GRADUS_LAYOUT_ROW_MAJOR;
        *contestants = kinds[i].contestants;
        return read_shape(&rest, problem) && read_words(rest, problem);
    }
    return false;
}
