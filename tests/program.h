/* SPDX-License-Identifier: BSD-3-Clause */
/* Running the program from a test, and a folder for the files of one test. */
#ifndef GR_TESTS_PROGRAM_H
#define GR_TESTS_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

/* The folder: made before a test and removed, with its files, behind it. */
extern char folder[64];
void make_folder(void);
void remove_folder(void);

/* "folder/name", in one of a few places, so that a call may hold several. */
const char *in_folder(const char *name);
const char *write_text(const char *name, const char *text);

/* The whole file with a NUL behind it, until the test ends; NULL when there is none. */
char *read_text(const char *path);

typedef struct result {
    int status; /* as the shell sees it; 128 + signal */
    char *out, *err;
} result;

/* Starts arguments[0], a path, with standard input, output and error from and to these files. */
pid_t start(const char *const *arguments, const char *in, const char *out, const char *err);
int finish(pid_t child);

/* Both; `out` NULL: to a file that is then read. */
result run_with(const char *const *arguments, const char *in, const char *out);

#define ARGUMENTS(...) ((const char *const[]){GRADUS_PROGRAM, __VA_ARGS__, NULL})
#define RUN(...)       run_with(ARGUMENTS(__VA_ARGS__), "/dev/null", NULL)

bool contains(const char *text, const char *part);

typedef struct fault {
    const char *arguments[6];
    const char *sentence; /* all of standard error, without its line end; "%s" is the folder */
} fault;

/* "@name" among the arguments is in_folder("name"). Nothing is on standard output. */
void expect_fault(const fault *wrong, int status);

/* No line of a table is longer than a terminal is wide, whatever the columns are called. */
void expect_narrow(const char *text);

#endif
