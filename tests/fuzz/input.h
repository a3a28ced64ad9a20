/* SPDX-License-Identifier: BSD-3-Clause */
/* What the harnesses share: claims, numbers and choices out of a fuzzer's bytes, a file in memory, an allocator that counts. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <gradus.h>
#include <stdbool.h>
#include <stdint.h>

/* libFuzzer's side of a harness. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* A property that must hold whatever the input is; otherwise the fuzzer has found something. */
#define claim(condition) ((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *condition, const char *file, int line);

/* What standard output and standard error are told is thrown away; claims and sanitizers are still heard. */
void fuzz_silence(void);

/* A file of these bytes that lies in memory; its path. The same file every time. */
const char *fuzz_file(const void *bytes, size_t count);

/* The bytes that are left; behind the last one follow zeros. */
typedef struct fuzz_input {
    const uint8_t *bytes;
    size_t left;
} fuzz_input;

uint8_t fuzz_byte(fuzz_input *in);
bool fuzz_flag(fuzz_input *in);
size_t fuzz_below(fuzz_input *in, size_t limit); /* 0 .. limit - 1, limit at most 256 */
uint64_t fuzz_word(fuzz_input *in);              /* eight bytes */

/*
 * A double: mostly one byte, a multiple of 1/16 from -5 to 5; or a number with a name, such as NaN, -Inf, -0, the smallest and the
 * largest; or a power of two; or any eight bytes. `tame`: always one of the first kind.
 */
double fuzz_double(fuzz_input *in, bool tame);

/* An error of which nothing has been written, and whether that is still so. */
gradus_error fuzz_error_blank(void);
bool fuzz_error_is_blank(const gradus_error *error);

/* A status that a call may return, with a sentence of its own; and where it is an error, the sentence written ends. */
void fuzz_claim_status(gradus_status status);
void fuzz_claim_error(gradus_status status, const gradus_error *error);

/* malloc and free, and how many blocks are alive. */
typedef struct fuzz_heap {
    gradus_allocator face;
    size_t alive;
} fuzz_heap;
void fuzz_heap_begin(fuzz_heap *heap);

bool fuzz_same_bits(size_t count, const double *a, const double *b);
bool fuzz_all_finite(size_t count, const double *numbers);

#endif
