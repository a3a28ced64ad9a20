/* SPDX-License-Identifier: BSD-3-Clause */
#include "program_json.h"

#include <criterion/criterion.h>
#include <math.h>

/* The object that a run printed, which must have ended with `status` and said nothing else. */
json_t *json_of(result r, int status)
{
    json_error_t error;
    cr_assert(r.status == status, "exit status %d, not %d: %s", r.status, status, r.err);
    cr_assert(r.err[0] == '\0', "%s", r.err);
    json_t *object = json_loads(r.out, JSON_REJECT_DUPLICATES, &error);
    cr_assert(object, "%s in: %s", error.text, r.out);
    return object;
}

double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    cr_assert(json_is_number(value), "%s is no number", key);
    return json_number_value(value);
}

double entry(const json_t *object, const char *key, size_t index)
{
    const json_t *value = json_array_get(json_object_get(object, key), index);
    cr_assert(json_is_number(value), "%s[%zu] is no number", key, index);
    return json_number_value(value);
}

const char *word(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    cr_assert(value, "%s is no string", key);
    return value;
}

double digits(double value, double exact)
{
    const double error = fabs(value - exact) / (exact == 0.0 ? 1.0 : fabs(exact));
    return error < 1e-15 ? 15.0 : -log10(error);
}

void expect_digits(const json_t *object, size_t index, double exact, double least)
{
    const double theta = entry(object, "theta", index);
    cr_expect(digits(theta, exact) >= least, "theta[%zu] is %.17g, not %.17g: %.1f digits", index, theta,
              exact, digits(theta, exact));
}
