/* SPDX-License-Identifier: BSD-3-Clause */
/* What the pieces of `gradus fit` hand to each other. */
#ifndef GR_CLI_FIT_H
#define GR_CLI_FIT_H

#include <jansson.h>
#include <stdbool.h>

#include "cli/models.h"
#include "cli/option.h"
#include "cli/problem.h"
#include "gradus/inference.h"
#include "gradus/objective.h"
#include "gradus/reference.h"
#include "gradus/solver.h"

/* The command line, read. */
typedef struct gr_fit_settings {
    const char *file; /* NULL: Longley's data */
    const char *response, *weights,
        *offset;   /* the first and the last: one name, or several with commas between */
    int model;     /* gr_fit_model */
    int direction; /* gradus_direction */
    int method;    /* gradus_method */
    int metric;    /* gradus_metric; IDENTITY is that of standardised columns, if `standardize` */
    gradus_step step;
    bool compress, refine;
    long long batch;               /* rows; 0: all of them, every step */
    int order;                     /* gradus_order; 0: not given */
    long long seed, epochs, check; /* -1, 0, -1: not given; check 0: never */
    double clip;                   /* 0: none */
    long long max_iterations;      /* 0: not given */
    double tolerance, gap;         /* relative; 0: off; -1: not given */
    const char *start;
    bool intercept;
    long long degree;
    double ridge, lasso;
    double lower, upper; /* of every coefficient but the intercept; infinite: none */
    double radius;       /* 0: none */
    double delta;        /* of Huber's loss; 0: not given */
    bool standardize;
    long long threads;
    const char *trace;
    const char *checkpoint; /* the file of --checkpoint; NULL: none */
    double every;           /* seconds; -1: not given */
    bool json;
    bool infer, infer_always; /* false with --no-inference; true with --inference */
    bool refer, refer_always; /* likewise --no-closed-form and --closed-form */
    double confidence;        /* of intervals; 0: not given */
    long long path;           /* how many values of the lasso; 0: not given */
    double path_ratio;        /* of the last to the first; 0: not given */
    const char *coefficients; /* the file of --coefficients */
} gr_fit_settings;

gr_fit_settings gr_fit_settings_default(void);
gr_option_reader gr_fit_read_step; /* fit_step.c: the field `step` */
extern const gr_option gr_fit_options[];

/* The words of --method and --metric, and what --help says is allowed. */
extern const gr_choice gr_fit_methods[], gr_fit_metrics[];
#define GR_METHOD_WORDS "automatic, gradient, l-bfgs, heavy-ball, nesterov, conjugate-gradient, adam or svrg"
#define GR_METRIC_WORDS                                                                                      \
    "automatic, identity, standardized, diagonal, gram, sampled-gram, hessian, sampled-hessian, sketch or "  \
    "qr"

/* What is said of the population: known, or why not. */
typedef struct gr_fit_statistics {
    bool known; /* what is below holds it */
    gradus_inference facts;
    gradus_inference *each; /* of every response by itself; where there are several, facts are those of all */
    double *standard_errors;
    double deviance; /* NaN for least squares */
    size_t
        reference; /* the first so many coefficients are those of class 0, from which all statistics count; 0: none are */
    gradus_error why_not;
} gr_fit_statistics;

/* What was found. */
typedef struct gr_fit {
    double *theta;
    gradus_report report;
    bool resumed; /* from a checkpoint after so many steps: */
    size_t resumed_at;
    bool has_closed_form; /* the four below hold it */
    double *closed_form;
    gradus_facts facts;
    gradus_certificate certificate; /* of several responses the worst of everything */
    gradus_error no_closed_form;    /* why there is none; least squares only */
    bool has_direction;             /* the two below hold the proof that no finite optimum exists: */
    double *direction;
    double margin; /* 0: rows lie on the direction's plane */
    gr_fit_statistics statistics;
} gr_fit;

/* fit_check.c: what does not go together is refused with GRADUS_ERROR_OPTION or _STEP_SIZE; so is a trace that would overwrite
 * what is read. */
gradus_status gr_fit_check(const gr_fit_settings *settings, gradus_error *error);

/* fit_objective.c: the function to descend or to climb. The trouble names the file of the data where they are refused. */
gradus_status gr_fit_objective(const gr_fit_settings *settings, const gr_problem *problem,
                               gradus_direction direction, gradus_objective **objective, gr_trouble *trouble);

/* fit.c: the columns of the file, or of Longley's data. The trouble names the file. */
gradus_status gr_fit_load(const gr_fit_settings *settings, gr_problem *problem, gr_trouble *trouble);

/* fit_solve.c: theta and report. theta starts as --start says. The trouble names the file it comes from. */
gradus_status gr_fit_solve(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                           gr_trouble *trouble);

/* fit_solve.c: method, metric, step, budget and the like for the library; without monitor and cancel flag. */
gradus_options gr_fit_solver_options(const gr_fit_settings *settings, gradus_error *error);

/* fit_afford.c: is a QR factorisation of the data done in about a second? If not, the error says which option asks for it. */
bool gr_fit_affords_qr(const gr_problem *problem, const char *option, gradus_error *error);

/* fit_separation.c: the direction that proves it, where the run ended because no finite optimum exists, as separable or not; where one is
 * found it is shown beside the coefficients. GRADUS_ERROR_MEMORY is all that can go wrong. */
gradus_status gr_fit_separate(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                              gradus_error *error);

/* fit_resume.c: the solve with --checkpoint, from its file where there is one. The trouble names the file where it is to blame. */
gradus_status gr_fit_resume(const gr_fit_settings *settings, const gradus_objective *objective,
                            const gradus_options *options, const volatile int *interrupted, gr_fit *fit,
                            gr_trouble *trouble);

/*
 * fit_judge.c: the closed form and the certificate, where the model has one, and where they are wanted or cheap. The status is that of
 * the closed form; fit->no_closed_form says why there is none.
 */
gradus_status gr_fit_judge(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit);

/* fit_inference.c: the statistics, where they are wanted or cheap; of coefficient j, where they are known, its estimate, of softmax less
 * that of class 0, its t or z, its p-value and the ends of its interval. */
void gr_fit_infer(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit);
double gr_fit_estimate(const gr_fit *fit, size_t j);
double gr_fit_statistic(const gr_fit *fit, size_t j);
double gr_fit_p_value(const gr_fit *fit, size_t j);
double gr_fit_lower(const gr_fit *fit, size_t j);
double gr_fit_upper(const gr_fit *fit, size_t j);

/* fit_inference_table.c: nothing where they are not known. fit_inference_json.c: NULL when memory is out. */
void gr_fit_print_inference(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit);
json_t *gr_fit_inference_json(const gr_problem *problem, const gr_fit *fit);

/* fit_json.c: what has to be known to predict with a fit, and with which penalties it was made; NULL when memory is out. Adds the
 * keys of `part`, which is freed, to an object; false when either is NULL, or memory is out. */
json_t *gr_fit_recipe_json(const gr_fit_settings *settings, const gr_problem *problem, const char *format);
bool gr_fit_json_add(json_t *object, json_t *part);

/* fit_table.c, fit_summary.c, fit_json.c: on standard output. GRADUS_ERROR_MEMORY for JSON alone. */
void gr_fit_print_table(const gr_problem *problem, const gr_fit *fit);
void gr_fit_print_data(const gr_fit_settings *settings, const gr_problem *problem);
void gr_fit_print_title(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit);
void gr_fit_print_summary(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit);
gradus_status gr_fit_print_json(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit,
                                gradus_error *error);

/* fit_words.c: is there a lasso, a path of them, or a constraint? The delta of Huber's loss, given or not. */
bool gr_fit_is_proximal(const gr_fit_settings *settings);
double gr_fit_delta(const gr_fit_settings *settings);

/*
 * fit_words.c: the file by name (NULL for the built-in data), "least-squares", "descent", and the word of a
 * stop reason in small letters: "no_progress".
 */
const char *gr_fit_file_word(const gr_fit_settings *settings);
const char *gr_fit_model_word(const gr_fit_settings *settings);
const char *gr_fit_direction_word(const gr_fit_settings *settings);
void gr_stop_word(gradus_stop_reason reason, size_t size, char *word);

/* fit_words.c: what ran, in the words of the options; the metric STANDARDIZED is "standardized". */
const char *gr_method_word(gradus_method method);
const char *gr_metric_word(gradus_metric metric);
const char *gr_step_word(gradus_step_rule rule);
const char *gr_order_word(int order);
const char *gr_reference_word(gradus_reference method);

#endif
