/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of `gradus fit`, one row each. */
#include <limits.h>
#include <string.h>

#include "cli/fit.h"
#include "io/number.h"

#define AT(field) offsetof(gr_fit_settings, field)

static const gr_choice models[] = {
    {"least-squares", GR_FIT_LEAST_SQUARES}, {"logistic", GR_FIT_LOGISTIC}, {NULL, 0}};
static const gr_choice directions[] = {
    {"descent", GRADUS_DIRECTION_DESCENT}, {"ascent", GRADUS_DIRECTION_ASCENT}, {NULL, 0}};
static const gr_choice methods[] = {{"gradient", GRADUS_METHOD_GRADIENT}, {NULL, 0}};
static const gr_choice metrics[] = {{"identity", GRADUS_METRIC_IDENTITY}, {NULL, 0}};
static const gr_range tolerances = {0.0, 1.0};
static const gr_range ridges = {0.0, 1e300};
static const gr_count_range iterations = {1, LLONG_MAX};
static const gr_count_range degrees = {1, 30};

/* The number behind "fixed:" or "backtracking:". */
static bool read_step_size(const char *text, double *size)
{
    return gr_number_read(text, size) == GR_NUMBER_FINITE && *size > 0.0 && *size <= 1e300;
}

static bool read_step(const gr_option *option, const char *text, void *settings)
{
    gradus_step *step = &((gr_fit_settings *)settings)->step;
    double size = 0.0;
    (void)option;
    if (strncmp(text, "fixed:", 6) == 0) {
        *step = gradus_step_fixed(0.0);
        return read_step_size(text + 6, &step->size);
    }
    if (strcmp(text, "backtracking") != 0 &&
        !(strncmp(text, "backtracking:", 13) == 0 && read_step_size(text + 13, &size)))
        return false;
    *step = gradus_step_backtracking(size);
    return true;
}

const gr_option gr_fit_options[] = {
    {"model", "MODEL", "least-squares or logistic",
     "least-squares (default), or logistic: the response is 0 or 1.", gr_read_choice, AT(model), models},
    {"direction", "WAY", "descent or ascent",
     "descent (default) of the cost, or ascent: of the log-likelihood for logistic, of minus the cost for "
     "least-squares. Both find the same coefficients, bit for bit.",
     gr_read_choice, AT(direction), directions},
    {"response", "NAME", "the name of a column", "The column to explain; default: the last one.",
     gr_read_text, AT(response), NULL},
    {"weights", "COLUMN", "the name of a column",
     "A column of row weights: a row of weight k counts k times.", gr_read_text, AT(weights), NULL},
    {"polynomial", "DEGREE", "a whole number from 1 to 30",
     "Fits the powers 1 .. DEGREE of the only regressor.", gr_read_count, AT(degree), &degrees},
    {"no-intercept", NULL, NULL, "Leaves the constant term out.", gr_read_false, AT(intercept), NULL},
    {"ridge", "LAMBDA", "a number from 0 to 1e300",
     "Adds (LAMBDA/2) times the sum of the squared coefficients to the cost, the intercept excepted; in the "
     "columns of the file. Default 0.",
     gr_read_number, AT(ridge), &ridges},
    {"no-standardize", NULL, NULL,
     "Works in the columns as they are. By default the program works in columns of mean 0 and standard "
     "deviation 1 (without intercept: root mean square 1) and reports in those of the file.",
     gr_read_false, AT(standardize), NULL},
    {"method", "METHOD", "gradient", "gradient (default): steepest descent or ascent.", gr_read_choice,
     AT(method), methods},
    {"metric", "METRIC", "identity",
     "identity (default): steepest is measured in the columns the program works in.", gr_read_choice,
     AT(metric), metrics},
    {"step", "RULE", "fixed:ALPHA or backtracking[:INITIAL], the number above 0 and at most 1e300",
     "fixed:ALPHA, always the same step; or backtracking[:INITIAL] (default), which tries INITIAL (1) first "
     "and shrinks a step until the cost falls enough.",
     read_step, 0, NULL},
    {"start", "WHERE", "zeros, ones or the path of a file",
     "zeros (default), ones, or a file with one number for each coefficient, the intercept last.",
     gr_read_text, AT(start), NULL},
    {"max-iterations", "N", "a whole number from 1 to 9223372036854775807",
     "The budget of steps; default 1000000.", gr_read_count, AT(max_iterations), &iterations},
    {"tolerance", "T", "a number from 0 to 1",
     "Stops when the gradient norm is T times that of the start; 0 switches this off. By default the run "
     "goes on until no further progress is possible at working precision: the gradient norm in the columns "
     "of the file says little about digits where the columns differ in size.",
     gr_read_number, AT(tolerance), &tolerances},
    {"trace", "FILE.csv", "the path of a file",
     "Writes iteration, value, gradient norm and step of every iteration; row 0 is the start.", gr_read_text,
     AT(trace), NULL},
    {"json", NULL, NULL, "Prints one JSON object with 17 significant digits in place of the table.",
     gr_read_true, AT(json), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

gr_fit_settings gr_fit_settings_default(void)
{
    return (gr_fit_settings){
        .model = GR_FIT_LEAST_SQUARES,
        .direction = GRADUS_DIRECTION_DESCENT,
        .method = GRADUS_METHOD_GRADIENT,
        .metric = GRADUS_METRIC_IDENTITY,
        .step = gradus_step_backtracking(0.0),
        .max_iterations = 1000000,
        .tolerance = -1.0,
        .start = "zeros",
        .intercept = true,
        .standardize = true,
    };
}
