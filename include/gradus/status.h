/* SPDX-License-Identifier: BSD-3-Clause */
/* What every call returns; the sentence and the measured number behind it; the caller's allocator. */
#ifndef GRADUS_STATUS_H
#define GRADUS_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GRADUS_API __attribute__((visibility("default")))
#else
#define GRADUS_API
#endif

/*
 * Could the call be carried out? 0 is yes; every other value is one cause. It is an int so that a C++ callback
 * may `return 0`. Values below zero belong to gradus; a callback may return any value above zero, which ends the
 * solve and is handed back unchanged.
 *
 * X(name, value, sentence): one list makes the enumerators and their sentences, so that they cannot drift apart.
 */
typedef int gradus_status;

/* clang-format off */
#define GRADUS_STATUS_LIST(X)                                                                                              \
    X(OK, 0, "success")                                                                                                    \
    X(REJECT, -1, "the function is not defined at this point; the solver takes a shorter step")                            \
    X(ERROR_NULL, -10, "a required pointer is NULL; pass the address of the data or of the place for the answer")          \
    X(ERROR_EMPTY, -11, "a size is zero; at least one row and one column (or one variable) are needed")                    \
    X(ERROR_LEADING_DIMENSION, -12, "the leading dimension is too small; row-major needs ld >= cols, column-major ld >= rows") \
    X(ERROR_SIZE_OVERFLOW, -13, "a size computation overflows size_t; the problem cannot be addressed on this machine")    \
    X(ERROR_TOO_LARGE, -14, "a size exceeds the largest integer that BLAS and LAPACK take; use fewer columns or rows")     \
    X(ERROR_STRUCT_SIZE, -15, "a struct was not made by its maker, or by a newer gradus.h; use gradus_..._default() or gradus_row_major()") \
    X(ERROR_OPTION, -16, "an option is outside its range; the error's sentence names the field and its limits")            \
    X(ERROR_STEP_SIZE, -17, "the step size is not a finite number above zero; pass one, or use backtracking")              \
    X(ERROR_STEP_TOO_LARGE, -18, "the fixed step is provably too large: step x curvature >= 2, so descent must diverge; shorten it or use backtracking") \
    X(ERROR_UNSUPPORTED, -19, "this objective does not offer what the options ask for; choose another metric or method")   \
    X(ERROR_DATA_NOT_FINITE, -30, "X holds NaN or Inf; the error names the first row and column")                          \
    X(ERROR_RESPONSE_NOT_FINITE, -31, "the response holds NaN or Inf; the error names the first row")                      \
    X(ERROR_WEIGHT, -32, "a weight is negative, NaN or Inf, or all are zero; weights count rows")                          \
    X(ERROR_LABEL, -33, "a label is none of the classes; a model of two takes exactly 0 and 1, softmax 0 to classes - 1")                         \
    X(ERROR_START_NOT_FINITE, -34, "the start holds NaN or Inf; the error names the first entry")                          \
    X(ERROR_START_VALUE, -35, "the function has no finite value or gradient at the start; begin elsewhere or rescale")     \
    X(ERROR_RANK_DEFICIENT, -36, "the columns are linearly dependent at working precision; use the SVD reference or a ridge") \
    X(ERROR_GRADIENT, -37, "the gradient disagrees with differences of the value; the error names the worst coordinate")   \
    X(ERROR_GRADIENT_UNKNOWN, -38, "rounding of the value drowns its differences; the gradient cannot be judged here")     \
    X(ERROR_COUNT, -39, "a count is negative; Poisson regression takes numbers that are 0 or more")                        \
    X(ERROR_PENALISED, -40, "the fit is penalised, so its estimates are biased and have no standard errors of this kind; fit without") \
    X(ERROR_NOT_OPTIMUM, -41, "theta is not the optimum, of which alone inference can speak; solve until it converges") \
    X(ERROR_DEGREES_OF_FREEDOM, -42, "there are no more rows than coefficients; nothing is left to estimate the error from") \
    X(ERROR_MEMORY, -50, "out of memory; nothing was lost, use fewer rows or give an allocator that has more")             \
    X(ERROR_LAPACK, -51, "LAPACK did not finish its factorisation; the error holds its info")                              \
    X(ERROR_BLAS_INTEGERS, -52, "this OpenBLAS takes 64-bit integers; link gradus with the 32-bit-integer build")          \
    X(ERROR_ABORTED, -53, "the monitor asked to abort; the start vector holds the best iterate seen")                      \
    X(ERROR_FILE_READ, -60, "the file cannot be opened or read")                                                           \
    X(ERROR_FILE_FORMAT, -61, "the file is not well formed; the error names line and column")                              \
    X(ERROR_FILE_WRITE, -62, "the file cannot be written")                                                                 \
    X(ERROR_CHECKPOINT_FORMAT, -70, "these bytes are not a checkpoint of gradus; pass what gradus_solver_save has written") \
    X(ERROR_CHECKPOINT_VERSION, -71, "the checkpoint is of another version of its format; load it with the gradus that saved it") \
    X(ERROR_CHECKPOINT_DAMAGED, -72, "the checkpoint is damaged: it is not what was saved; take an older one, or begin anew") \
    X(ERROR_CHECKPOINT_OPTIONS, -73, "the checkpoint is of a run with other options; pass those it was saved with")        \
    X(ERROR_CHECKPOINT_DATA, -74, "the checkpoint is of another objective; pass the data and the model it was saved with") \
    X(ERROR_CHECKPOINT_STATE, -75, "a run that was cancelled or ended by an error was cut short within a step and cannot be saved; save between steps") \
    X(ERROR_CHECKPOINT_ROOM, -76, "the memory is too small for the checkpoint; ask for its size with NULL first")
/* clang-format on */

enum gradus_status_code {
#define GRADUS_STATUS_ENUMERATOR(name, value, sentence) GRADUS_##name = value,
    GRADUS_STATUS_LIST(GRADUS_STATUS_ENUMERATOR)
#undef GRADUS_STATUS_ENUMERATOR
        GRADUS_STATUS_LAST_ = -77 /* not a status: ends the list without a dangling comma */
};

/* The sentence of a status: what happened, and what to do about it. Never NULL; a value that is not in the list
 * (a callback's own) gets a sentence that says so. */
GRADUS_API const char *gradus_strerror(gradus_status status);

/* No row or column applies. */
#define GRADUS_NOWHERE ((size_t)-1)

/*
 * The measured number behind a status. Point `error` of either options struct at one of these; gradus writes it
 * when, and only when, a call returns a status other than 0. It needs no initialisation.
 */
typedef struct gradus_error {
    char sentence[256]; /* what happened here, with the numbers, ready to print */
    size_t row;    /* row, or entry of a vector, from 0; of a file the line, from 1; GRADUS_NOWHERE if none */
    size_t column; /* column from 0; of a file the field, from 1; GRADUS_NOWHERE if none */
    double measured;    /* the number that was found, NaN where none applies */
    double limit;       /* the number it was held against, NaN where none applies */
    double reserved[4]; /* zero */
} gradus_error;

/*
 * Where working memory comes from. `allocate` returns NULL when it has none and must align as malloc does;
 * `release` takes what `allocate` returned, never NULL. Both get `context`. A NULL gradus_allocator means malloc
 * and free. What OpenBLAS allocates inside itself does not pass through here.
 */
typedef struct gradus_allocator {
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *pointer);
    void *context;
} gradus_allocator;

/* The version of the library that is linked, as "major.minor.patch". */
GRADUS_API const char *gradus_version(void);

#ifdef __cplusplus
}
#endif

#endif
