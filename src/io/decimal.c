/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SIZEOF_INT128__

__extension__ typedef unsigned __int128 wide;

enum { MOST_DIGITS = 19, MOST_POWER = 27, EXPONENT_DIGITS = 4 };

static const uint64_t power_of_five[MOST_POWER + 1] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

/* A number as it is written: w * 10^exponent */
typedef struct decimal {
    bool negative;
    uint64_t w;
    int exponent;
} decimal;

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Zeros at the front do not count as digits of w. */
static const char *read_digits(const char *text, uint64_t *w, int *digits)
{
    for (; is_digit(*text); text++) {
        *digits += *w > 0 || *text != '0';
        if (*digits <= MOST_DIGITS) *w = 10 * *w + (uint64_t)(*text - '0');
    }
    return text;
}

/* NULL where the exponent has no digit, or more than it may have here. */
static const char *read_exponent(const char *text, int *exponent)
{
    const bool negative = *text == '-';
    int number = 0;
    if (negative || *text == '+') text++;
    const char *const start = text;
    for (; is_digit(*text) && text - start <= EXPONENT_DIGITS; text++) number = 10 * number + (*text - '0');
    if (text == start || text - start > EXPONENT_DIGITS) return NULL;
    *exponent += negative ? -number : number;
    return text;
}

/* Where the number ends; NULL where there is none, or one of too many digits. */
static const char *read_parts(const char *text, decimal *number)
{
    int digits = 0;
    number->negative = *text == '-';
    if (number->negative || *text == '+') text++;
    const char *end = read_digits(text, &number->w, &digits);
    bool any = end > text;
    if (*end == '.') {
        const char *const fraction = end + 1;
        end = read_digits(fraction, &number->w, &digits);
        if (end - fraction > MOST_DIGITS + MOST_POWER) return NULL;
        number->exponent = -(int)(end - fraction);
        any = any || end > fraction;
    }
    if (!any || digits > MOST_DIGITS) return NULL;
    return *end == 'e' || *end == 'E' ? read_exponent(end + 1, &number->exponent) : end;
}

/* 2^k, -1022 <= k <= 1023 */
static double power_of_two(int k)
{
    const uint64_t bits = (uint64_t)(k + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* w * 5^p * 2^p; the product is below 2^128. */
static double multiply(uint64_t w, int p)
{
    const wide product = (wide)w * power_of_five[p];
    const uint64_t high = (uint64_t)(product >> 64);
    if (high == 0) return (double)(uint64_t)product * power_of_two(p);
    const int cut = 64 - __builtin_clzll(high);
    const bool rest = (product & (((wide)1 << cut) - 1)) != 0;
    return (double)((uint64_t)(product >> cut) | (rest ? 1u : 0u)) * power_of_two(p + cut);
}

/*
 * w / 5^p / 2^p. With w and 5^p shifted until they begin with a 1, w / 5^p is above 1/2 and below 2, and w * 2^63 / 5^p,
 * the quotient of whole numbers, has 63 or 64 bits.
 */
static double divide(uint64_t w, int p)
{
    const uint64_t power = power_of_five[p];
    const int shift = __builtin_clzll(w), power_shift = __builtin_clzll(power);
    const uint64_t divisor = power << power_shift;
    const wide dividend = (wide)(w << shift) << 63;
    const uint64_t quotient = (uint64_t)(dividend / divisor);
    const bool rest = dividend != (wide)quotient * divisor;
    return (double)(quotient | (rest ? 1u : 0u)) * power_of_two(power_shift - shift - 63 - p);
}

const char *gr_decimal_read(const char *text, double *value)
{
    decimal number = {.negative = false};
    const char *const end = read_parts(text, &number);
    if (!end || number.exponent < -MOST_POWER || number.exponent > MOST_POWER) return NULL;
    double size = 0.0;
    if (number.w > 0)
        size = number.exponent < 0 ? divide(number.w, -number.exponent) : multiply(number.w, number.exponent);
    *value = number.negative ? -size : size;
    return end;
}

#else

const char *gr_decimal_read(const char *text, double *value)
{
    (void)text;
    (void)value;
    return NULL;
}

#endif
