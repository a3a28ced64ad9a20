/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a checkpoint, and forged ones whose seal is right, so that the fuzzer gets behind it. A load that is refused leaves the
 * handle alone; one that is accepted can be reported, saved, and stepped. Most go a few steps, in which what was damaged is used; one input in
 * eight goes to its end, which comes.
 *
 *   byte 0   which run       byte 1   after how many steps it was saved
 *   byte 2   what the rest is: the checkpoint as it stands; its body, behind a head that fits; or changes of a genuine one
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "input.h"

/* ---- runs that were saved ---- */

enum { ROWS = 16, COLUMNS = 3, MOMENTS = 5, FEW_STEPS = 2, MOST_STEPS = 24 };

typedef gradus_status maker(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                            gradus_objective **objective);

static gradus_status softmax(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gradus_objective **objective)
{
    return gradus_softmax(X, y, 3, options, objective);
}

static gradus_status multiple(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                              gradus_objective **objective)
{
    return gradus_least_squares_multiple(X, y, 1, options, objective);
}

typedef struct kind_of_run {
    maker *make;
    gradus_method method;
    gradus_metric metric;
    gradus_step step;
    double lasso;
    size_t batch;
    int compress, refine;
} kind_of_run;

static const kind_of_run kinds[] = {
    {.make = gradus_least_squares},
    {.make = gradus_least_squares, .refine = 1},
    {.make = gradus_least_squares, .compress = 1, .step = {.rule = GRADUS_STEP_BACKTRACKING}},
    {.make = gradus_least_squares, .metric = GRADUS_METRIC_QR},
    {.make = gradus_least_squares, .metric = GRADUS_METRIC_SKETCH},
    {.make = gradus_least_squares, .metric = GRADUS_METRIC_SAMPLED_GRAM},
    {.make = gradus_least_squares,
     .method = GRADUS_METHOD_CONJUGATE_GRADIENT,
     .metric = GRADUS_METRIC_IDENTITY},
    {.make = gradus_least_squares,
     .method = GRADUS_METHOD_GRADIENT,
     .step = {.rule = GRADUS_STEP_BARZILAI_BORWEIN}},
    {.make = gradus_least_squares, .lasso = 0.05},
    {.make = gradus_least_squares, .lasso = 0.05, .method = GRADUS_METHOD_NESTEROV},
    {.make = gradus_least_squares, .lasso = 0.05, .method = GRADUS_METHOD_GRADIENT},
    {.make = gradus_logistic},
    {.make = gradus_logistic, .metric = GRADUS_METRIC_SAMPLED_HESSIAN},
    {.make = gradus_logistic, .metric = GRADUS_METRIC_HESSIAN},
    {.make = gradus_logistic, .method = GRADUS_METHOD_LBFGS, .metric = GRADUS_METRIC_STANDARDIZED},
    {.make = gradus_logistic,
     .method = GRADUS_METHOD_HEAVY_BALL,
     .step = {.rule = GRADUS_STEP_FIXED, .size = 0.1}},
    {.make = gradus_logistic, .method = GRADUS_METHOD_NESTEROV, .metric = GRADUS_METRIC_DIAGONAL},
    {.make = gradus_logistic, .method = GRADUS_METHOD_ADAM, .batch = 5},
    {.make = gradus_logistic,
     .method = GRADUS_METHOD_SVRG,
     .batch = 5,
     .step = {.rule = GRADUS_STEP_FIXED, .size = 0.1}},
    {.make = gradus_logistic, .lasso = 0.02},
    {.make = gradus_poisson, .lasso = 0.02},
    {.make = gradus_poisson},
    {.make = gradus_huber},
    {.make = gradus_squared_hinge},
    {.make = softmax},
    {.make = softmax, .metric = GRADUS_METRIC_HESSIAN},
    {.make = multiple},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
static const size_t moments[MOMENTS] = {0, 1, 2, 5, MOST_STEPS};

typedef struct checkpoint {
    unsigned char *memory;
    size_t bytes;
} checkpoint;

typedef struct run {
    gradus_objective *f;
    gradus_options options;
    checkpoint saved[MOMENTS];
} run;

static double data[ROWS * COLUMNS], response[ROWS];
static run runs[KINDS];

/* Responses of 0, 1 and 2 are numbers, counts and classes; those of two classes are cut to 0 and 1. */
static void make_data(bool two_classes)
{
    uint64_t state = 1;
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        data[i] = (double)(state >> 40) / 8388608.0 - 1.0;
    }
    for (size_t i = 0; i < ROWS; i++) {
        response[i] = (double)(i * 7 % 3);
        if (two_classes) response[i] = response[i] > 0.0 ? 1.0 : 0.0;
    }
}

static bool has_two_classes(const kind_of_run *kind)
{
    return kind->make == gradus_logistic || kind->make == gradus_squared_hinge;
}

static void save(gradus_solver *solver, checkpoint *saved)
{
    claim(gradus_solver_save(solver, NULL, &saved->bytes) == 0);
    saved->memory = (unsigned char *)malloc(saved->bytes);
    claim(saved->memory && gradus_solver_save(solver, saved->memory, &saved->bytes) == 0);
}

static void save_moments(run *r)
{
    static const double start[8 * COLUMNS];
    gradus_solver *solver = NULL;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    claim(gradus_solver_create(r->f, GRADUS_DIRECTION_DESCENT, start, &r->options, &solver) == 0);
    size_t taken = 0;
    for (size_t k = 0; k < MOMENTS; k++) {
        for (; taken < moments[k] && reason == GRADUS_STOP_RUNNING; taken++)
            claim(gradus_solver_step(solver, &reason) == 0);
        save(solver, &r->saved[k]);
    }
    gradus_solver_free(solver);
}

/* The response is borrowed, and every run wants its own. */
static double *copy_of_response(const kind_of_run *kind)
{
    double *copy = (double *)malloc(sizeof response);
    claim(copy);
    make_data(has_two_classes(kind));
    return (double *)memcpy(copy, response, sizeof response);
}

static void make_run(const kind_of_run *kind, run *r)
{
    const gradus_matrix X = gradus_row_major(ROWS, COLUMNS, data, COLUMNS);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    model.lasso = kind->lasso;
    model.ridge = kind->make == softmax ? 0.01 : 0.0;
    claim(kind->make(&X, copy_of_response(kind), &model, &r->f) == 0);
    r->options = gradus_options_default();
    r->options.threads = 1;
    r->options.method = kind->method;
    r->options.metric = kind->metric;
    r->options.step = kind->step;
    r->options.batch.rows = kind->batch;
    r->options.compress = kind->compress;
    r->options.refine = kind->refine;
    r->options.stop.max_iterations = 12;
    save_moments(r);
}

/* ---- forgeries ---- */

/* The head, as solver/checkpoint.c describes it. */
enum {
    HEAD_WORDS = 7,
    BYTES_AT = 4,
    SEAL_AT = 6,
    HEAD = HEAD_WORDS * 8,
    MOST_BYTES = 16384,
    MOST_CHANGES = 8
};

static uint64_t seal_of(const unsigned char *memory, size_t bytes)
{
    gr_hash hash = gr_hash_begin();
    gr_hash_words(&hash, memory, SEAL_AT);
    gr_hash_words(&hash, memory + HEAD, (bytes - HEAD) / 8);
    return gr_hash_end(&hash);
}

static void put(unsigned char *memory, size_t place, uint64_t word)
{
    memcpy(memory + 8 * place, &word, sizeof word);
}

static void seal(unsigned char *memory, size_t bytes)
{
    put(memory, BYTES_AT, bytes - HEAD);
    put(memory, SEAL_AT, seal_of(memory, bytes));
}

static size_t forge_body(const checkpoint *genuine, const fuzz_input *in, unsigned char *memory)
{
    const size_t body = in->left < MOST_BYTES - HEAD ? in->left : MOST_BYTES - HEAD;
    memcpy(memory, genuine->memory, HEAD);
    memcpy(memory + HEAD, in->bytes, body);
    seal(memory, HEAD + body);
    return HEAD + body;
}

/* The word at `place`: another double, a small whole number, one bit changed, or any bits. */
static void change(unsigned char *memory, size_t place, fuzz_input *in)
{
    uint64_t word;
    double number;
    memcpy(&word, memory + 8 * place, sizeof word);
    switch (fuzz_below(in, 4)) {
    case 0:
        number = fuzz_double(in, false);
        memcpy(&word, &number, sizeof word);
        break;
    case 1:
        word = fuzz_byte(in);
        break;
    case 2:
        word ^= (uint64_t)1 << fuzz_below(in, 64);
        break;
    default:
        word = fuzz_word(in);
    }
    put(memory, place, word);
}

/* Changes of single words, one after another, and last of all a few words more or fewer. */
static size_t forge_changes(const checkpoint *genuine, fuzz_input *in, unsigned char *memory)
{
    const size_t words = genuine->bytes / 8;
    const size_t more = fuzz_below(in, 16), fewer = fuzz_below(in, 16);
    memcpy(memory, genuine->memory, genuine->bytes);
    memset(memory + genuine->bytes, 0, 8 * 16);
    for (size_t k = 0; k < MOST_CHANGES && in->left > 0; k++) {
        const size_t place = fuzz_byte(in) + ((size_t)fuzz_byte(in) << 8);
        change(memory, HEAD_WORDS + place % (words - HEAD_WORDS), in);
    }
    const size_t bytes = genuine->bytes + 8 * (more == 1 ? fewer : 0) - 8 * (more == 2 ? fewer : 0);
    seal(memory, bytes);
    return bytes;
}

/* ---- what a load must do ---- */

static void follow(size_t n, gradus_solver *solver, size_t steps)
{
    double theta[8 * COLUMNS];
    gradus_report report;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    gradus_status status = 0;
    for (size_t k = 0; k < steps && !status && reason == GRADUS_STOP_RUNNING; k++)
        status = gradus_solver_step(solver, &reason);
    fuzz_claim_status(status);
    claim(status || reason != GRADUS_STOP_RUNNING || steps < MOST_STEPS);
    claim(gradus_solver_report(solver, theta, &report) == 0);
    claim(report.stop == reason && *gradus_stop_sentence(report.stop));
    claim(memchr(report.metric_reason, 0, sizeof report.metric_reason));
    claim(fuzz_all_finite(n, theta));
}

static void save_again(gradus_solver *solver)
{
    checkpoint again = {.memory = NULL};
    if (gradus_solver_save(solver, NULL, &again.bytes)) return;
    save(solver, &again);
    claim(seal_of(again.memory, again.bytes) != 0);
    free(again.memory);
}

static void load(run *r, const unsigned char *memory, size_t bytes, size_t steps)
{
    fuzz_heap heap;
    gradus_options options = r->options;
    gradus_error error = fuzz_error_blank();
    gradus_solver *untouched = (gradus_solver *)&heap, *solver = untouched;
    unsigned char *exact = (unsigned char *)malloc(
        bytes + 1); /* at an address that suits no number, and ends where it ends */
    claim(exact);
    memcpy(exact + 1, memory, bytes);
    fuzz_heap_begin(&heap);
    options.allocator = &heap.face;
    options.error = &error;
    const gradus_status status = gradus_solver_load(r->f, GRADUS_DIRECTION_DESCENT, &options, exact + 1,
                                                    bytes, &solver);
    free(exact);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim((status != 0) == (solver == untouched));
    if (!status) {
        save_again(solver);
        follow(gradus_objective_size(r->f), solver, steps);
        save_again(solver);
        gradus_solver_free(solver);
    }
    claim(heap.alive == 0);
}

/* The seal computed here is that of the library, and every run goes on. */
static void claim_genuine(run *r)
{
    for (size_t k = 0; k < MOMENTS; k++) {
        uint64_t there;
        memcpy(&there, r->saved[k].memory + 8 * SEAL_AT, sizeof there);
        claim(there == seal_of(r->saved[k].memory, r->saved[k].bytes));
        claim(r->saved[k].bytes + 8 * 16 <= MOST_BYTES);
        load(r, r->saved[k].memory, r->saved[k].bytes, MOST_STEPS);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (size_t k = 0; k < KINDS; k++) {
        make_run(&kinds[k], &runs[k]);
        claim_genuine(&runs[k]);
    }
    return 0;
}

/* Which inputs go on to the end is as good as drawn by lot, but always the same. */
static size_t steps_of(const uint8_t *bytes, size_t size)
{
    uint32_t lot = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < size; i++) lot = (uint32_t)((uint64_t)(lot ^ bytes[i]) * 16777619u);
    return (lot >> 16) % 8 == 0 ? MOST_STEPS : FEW_STEPS;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static unsigned char memory[MOST_BYTES];
    const size_t steps = steps_of(bytes, size);
    fuzz_input in = {bytes, size};
    run *r = &runs[fuzz_below(&in, KINDS)];
    const checkpoint *genuine = &r->saved[fuzz_below(&in, MOMENTS)];
    switch (fuzz_below(&in, 4)) {
    case 0:
        load(r, in.bytes, in.left, steps);
        break;
    case 1:
        load(r, memory, forge_body(genuine, &in, memory), steps);
        break;
    default:
        load(r, memory, forge_changes(genuine, &in, memory), steps);
    }
    return 0;
}
