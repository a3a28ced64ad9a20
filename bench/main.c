/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus-bench [PROBLEM]: verifies and times. Exit status 1 when an answer was wrong, whatever the times. */
#include <cblas.h>
#include <gradus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

typedef struct problem {
    const char *name;
    int (*run)(const char *python);
} problem;

static const problem problems[] = {{"textbook", bench_textbook}};

static void print_machine(void)
{
    static const char *const builds[] = {"serial", "pthread", "OpenMP"};
    const int parallel = openblas_get_parallel();
    printf("gradus %s; %s; core type %s, %s build, %d threads\n\n", gradus_version(), openblas_get_config(),
           openblas_get_corename(), builds[parallel >= 0 && parallel <= 2 ? parallel : 0],
           openblas_get_num_threads());
}

int main(int count, char **arguments)
{
    const char *python = getenv("PYTHON");
    int wrong = 0, ran = 0;
    print_machine();
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        if (count > 1 && strcmp(arguments[1], problems[i].name) != 0) continue;
        wrong |= problems[i].run(python ? python : "python3");
        ran++;
    }
    if (ran > 0) return wrong;
    fprintf(stderr, "gradus-bench: there is no problem \"%s\"\n", arguments[1]);
    return 2;
}
