/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nonlinear least squares as a function of the caller's: 12 problems of NIST, each from its two starts. Exit
 * status 0 when all 24 runs end at the certified coefficients, to 4 digits or more; 77 where there are no data.
 * NIST Statistical Reference Datasets, nonlinear regression, https://www.itl.nist.gov/div898/strd
 * usage: nonlinear_least_squares FOLDER. It holds NAME.csv of each set, predictors and then the response, and
 * NAME.ref.csv, for each coefficient its name, first start, second start and certified value.
 */
#include <complex.h>
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 256, COLUMNS = 8, COEFFICIENTS = 8, CERTIFIED = 3, RUNS = 24, SKIPPED = 77 };

/* Model minus response y, with the coefficients b. Nelson's has two predictors, and is a model of log y. */
/* clang-format off */
#define MODELS(MODEL)                                                                                        \
    MODEL(Misra1a, b[0] * (1 - cexp(-b[1] * x)) - y)                                                         \
    MODEL(DanWood, b[0] * cpow(x, b[1]) - y)                                                                 \
    MODEL(Chwirut2, cexp(-b[0] * x) / (b[1] + b[2] * x) - y)                                                 \
    MODEL(Lanczos3, b[0] * cexp(-b[1] * x) + b[2] * cexp(-b[3] * x) + b[4] * cexp(-b[5] * x) - y)            \
    MODEL(Gauss1, b[0] * cexp(-b[1] * x) + b[2] * cexp(-(x - b[3]) * (x - b[3]) / (b[4] * b[4])) +           \
                  b[5] * cexp(-(x - b[6]) * (x - b[6]) / (b[7] * b[7])) - y)                                 \
    MODEL(Kirby2, (b[0] + x * (b[1] + x * b[2])) / (1 + x * (b[3] + x * b[4])) - y)                          \
    MODEL(MGH17, b[0] + b[1] * cexp(-x * b[3]) + b[2] * cexp(-x * b[4]) - y)                                 \
    MODEL(Nelson, b[0] - b[1] * x * cexp(-b[2] * row[1]) - log(row[2]))                                      \
    MODEL(Roszman1, b[0] - b[1] * x - catan(b[2] / (x - b[3])) / acos(-1.0) - y)                             \
    MODEL(Bennett5, b[0] * cpow(b[1] + x, -1 / b[2]) - y)                                                    \
    MODEL(Rat43, b[0] / cpow(1 + cexp(b[1] - b[2] * x), 1 / b[3]) - y)                                       \
    MODEL(Thurber, (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1 + x * (b[4] + x * (b[5] + x * b[6]))) - y)
#define ENUMERATOR(name, formula) name,
#define NAME(name, formula) #name,
#define CASE(name, formula) case name: return formula;
/* clang-format on */
enum model { MODELS(ENUMERATOR) };
static const char *const names[] = {MODELS(NAME)};

typedef struct problem {
    enum model model;
    size_t start, rows, n; /* start: the column of its values */
    double data[LINES][COLUMNS], coefficients[LINES][COLUMNS];
} problem;

static double complex residual(enum model model, const double complex *b, const double *row)
{
    const double x = row[0], y = row[1];
    switch (model) {
        MODELS(CASE)
    }
    return (double)NAN;
}

/*
 * f(phi) = 1/2 sum r^2 at theta_j = start_j exp(phi_j): a step of phi is a relative change of the coefficients.
 * dr/dphi_j = theta_j dr/dtheta_j = Im r(theta_1, ..., theta_j (1 + ih), ..., theta_n) / h, exact to rounding.
 * Squire and Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998) 110.
 */
static gradus_status half_squares(void *context, size_t n, const double *phi, double *value, double *gradient)
{
    const problem *p = (const problem *)context;
    const double h = 1e-30;
    double complex theta[COEFFICIENTS];
    for (size_t j = 0; j < n; j++) theta[j] = p->coefficients[j][p->start] * exp(phi[j]);
    *value = 0.0;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = 0.0;
    for (size_t i = 0; i < p->rows; i++) {
        const double r = creal(residual(p->model, theta, p->data[i]));
        *value += 0.5 * r * r;
        for (size_t j = 0; gradient && j < n; j++) {
            const double complex kept = theta[j];
            theta[j] *= 1.0 + h * I;
            gradient[j] += r * cimag(residual(p->model, theta, p->data[i])) / h;
            theta[j] = kept;
        }
    }
    return GRADUS_OK;
}

/* The columns of each line below the first, a name as 0; how many lines, 0 where there is no such file. */
static size_t read_table(const char *folder, enum model model, const char *suffix, double table[][COLUMNS])
{
    char line[1024];
    size_t lines = 0;
    snprintf(line, sizeof line, "%s/%s%s", folder, names[model], suffix);
    FILE *file = fopen(line, "r");
    if (!file) return 0;
    const char *names_above = fgets(line, sizeof line, file);
    for (; names_above && lines < LINES && fgets(line, sizeof line, file); lines++) {
        char *at = strtok(line, ",");
        for (size_t k = 0; at && k < COLUMNS; k++, at = strtok(NULL, ",")) table[lines][k] = strtod(at, NULL);
    }
    fclose(file);
    return lines;
}

static int by_rate(const void *first, const void *second)
{
    const double a = ((const double *)first)[1], b = ((const double *)second)[1];
    return (a > b) - (a < b);
}

/* Descends from the start, and prints it; returns -log10 of the relative error of the worst coefficient. */
static double solve(problem *p)
{
    double phi[COEFFICIENTS] = {0}, theta[COEFFICIENTS], digits = 15.0;
    gradus_objective *f = NULL;
    gradus_report run;
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = GRADUS_OFF; /* the gradient of a distant start says nothing */
    options.stop.step_tolerance = 1e-14;          /* go on until a step is rounding */
    gradus_status status = gradus_function(p->n, half_squares, p, &f);
    if (!status) status = gradus_descend(f, phi, &options, &run);
    gradus_objective_free(f);
    if (status) return 0.0;
    for (size_t j = 0; j < p->n; j++) theta[j] = p->coefficients[j][p->start] * exp(phi[j]);
    if (p->model == Lanczos3) qsort(theta, 3, 2 * sizeof *theta, by_rate); /* its terms may change places */
    for (size_t j = 0; j < p->n; j++) {
        const double agreeing = -log10(fabs(theta[j] / p->coefficients[j][CERTIFIED] - 1.0));
        if (!(agreeing >= digits)) digits = agreeing; /* NaN too */
    }
    printf("%-9s%6zu%8.1f%12zu%13zu\n", names[p->model], p->start, digits, run.iterations, run.evaluations);
    return digits;
}

int main(int argc, char **argv)
{
    static problem p;
    int solved = 0;
    double least = 15.0;
    printf("set       start  digits  iterations  evaluations\n");
    for (int run = 0; run < RUNS; run++) {
        p.model = (enum model)(run / 2);
        p.start = (size_t)run % 2 + 1;
        p.rows = argc > 1 ? read_table(argv[1], p.model, ".csv", p.data) : 0;
        p.n = argc > 1 ? read_table(argv[1], p.model, ".ref.csv", p.coefficients) : 0;
        if (p.rows == 0 || p.n == 0 || p.n > COEFFICIENTS) {
            printf("%s: there are no data\n", names[p.model]);
            return run == 0 ? SKIPPED : EXIT_FAILURE;
        }
        const double digits = solve(&p);
        solved += digits >= 4.0;
        least = fmin(least, digits);
    }
    printf("%d of %d runs solved, the worst to %.1f digits\n", solved, RUNS, least);
    return solved == RUNS ? EXIT_SUCCESS : EXIT_FAILURE;
}
