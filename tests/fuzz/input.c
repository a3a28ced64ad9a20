/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* memfd_create */
#include "input.h"

#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void fuzz_broken(const char *condition, const char *file, int line)
{
    dprintf(STDERR_FILENO, "%s:%d: claim broken: %s\n", file, line, condition);
    abort();
}

/* The streams, not the descriptors: libFuzzer and the sanitizers write to those. */
void fuzz_silence(void)
{
    FILE *nowhere = fopen("/dev/null", "w");
    claim(nowhere);
    stdout = stderr = nowhere;
}

/* ---- a file in memory ---- */

const char *fuzz_file(const void *bytes, size_t count)
{
    static int descriptor = -1;
    static char path[40];
    if (descriptor < 0) {
        descriptor = memfd_create("fuzz", MFD_CLOEXEC);
        claim(descriptor >= 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    claim(ftruncate(descriptor, 0) == 0);
    claim(pwrite(descriptor, bytes, count, 0) == (ssize_t)count);
    return path;
}

/* ---- numbers and choices ---- */

uint8_t fuzz_byte(fuzz_input *in)
{
    if (in->left == 0) return 0;
    in->left--;
    return *in->bytes++;
}

bool fuzz_flag(fuzz_input *in)
{
    return fuzz_byte(in) % 2 == 1;
}

size_t fuzz_below(fuzz_input *in, size_t limit)
{
    return fuzz_byte(in) % limit;
}

uint64_t fuzz_word(fuzz_input *in)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word |= (uint64_t)fuzz_byte(in) << 8 * i;
    return word;
}

static const double named[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, -0.0,     DBL_MIN, -DBL_MIN,
                               4.9e-324,    -4.9e-324,        DBL_MAX,           -DBL_MAX, 1e154,   -1e154,
                               1e300,       1e-160,           DBL_EPSILON,       1e16};
enum { NAMED = sizeof named / sizeof *named, TAME = 161 };

static double power_of_two(fuzz_input *in)
{
    const uint8_t byte = fuzz_byte(in);
    return ldexp(byte % 2 ? -1.0 : 1.0, 8 * (byte / 2) - 512);
}

double fuzz_double(fuzz_input *in, bool tame)
{
    const uint8_t byte = fuzz_byte(in);
    if (tame || byte < TAME) return (byte % TAME - 80) / 16.0;
    if (byte < TAME + NAMED) return named[byte - TAME];
    if (byte < 220) return power_of_two(in);
    const uint64_t word = fuzz_word(in);
    double number;
    memcpy(&number, &word, sizeof number);
    return number;
}

/* ---- what a call must have done ---- */

enum { BLANK = 0x5A };

gradus_error fuzz_error_blank(void)
{
    gradus_error error;
    memset(&error, BLANK, sizeof error);
    return error;
}

bool fuzz_error_is_blank(const gradus_error *error)
{
    const gradus_error blank = fuzz_error_blank();
    return memcmp(error, &blank, sizeof blank) == 0;
}

void fuzz_claim_status(gradus_status status)
{
    const char *sentence = gradus_strerror(status);
    claim(sentence && *sentence);
    claim(status <= 0 && status > GRADUS_STATUS_LAST_ && status != GRADUS_REJECT);
    claim(strcmp(sentence, gradus_strerror(GRADUS_STATUS_LAST_)) != 0);
}

void fuzz_claim_error(gradus_status status, const gradus_error *error)
{
    claim((status == 0) == fuzz_error_is_blank(error));
    if (status == 0) return;
    claim(error->sentence[0] && memchr(error->sentence, 0, sizeof error->sentence));
    for (size_t i = 0; i < sizeof error->reserved / sizeof *error->reserved; i++)
        claim(error->reserved[i] == 0.0);
}

/* ---- memory ---- */

static void *heap_allocate(void *context, size_t bytes)
{
    void *pointer = malloc(bytes);
    if (pointer) ((fuzz_heap *)context)->alive++;
    return pointer;
}

static void heap_release(void *context, void *pointer)
{
    ((fuzz_heap *)context)->alive--;
    free(pointer);
}

void fuzz_heap_begin(fuzz_heap *heap)
{
    *heap = (fuzz_heap){.face = {heap_allocate, heap_release, heap}};
}

bool fuzz_same_bits(size_t count, const double *a, const double *b)
{
    return memcmp(a, b, count * sizeof *a) == 0;
}

bool fuzz_all_finite(size_t count, const double *numbers)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i])) return false;
    }
    return true;
}
