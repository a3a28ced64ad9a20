/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands above and below the coefficients: what was fitted, how it went, how good the answer is. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/fit.h"
#include "cli/text.h"
#include "io/number.h"

enum { LABEL = 16 };

static void print_line(const char *label, const char *text)
{
    gr_print_wrapped(printf("%-*s", LABEL, label), LABEL, text);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static const char *method_name(const gradus_report *report)
{
    switch (report->method) {
    case GRADUS_METHOD_LBFGS:
        return "L-BFGS";
    case GRADUS_METHOD_NESTEROV:
        return "Nesterov's accelerated";
    case GRADUS_METHOD_CONJUGATE_GRADIENT:
        return "conjugate gradient";
    case GRADUS_METHOD_ADAM:
        return "Adam";
    case GRADUS_METHOD_SVRG:
        return "variance-reduced gradient";
    default:
        return gr_method_word(report->method);
    }
}

static const char *metric_name(const gradus_report *report)
{
    switch (report->metric) {
    case GRADUS_METRIC_GRAM:
        return "the Gram metric";
    case GRADUS_METRIC_SKETCH:
        return "the sketch metric";
    case GRADUS_METRIC_QR:
        return "the QR metric";
    case GRADUS_METRIC_SAMPLED_GRAM:
        return "the sampled Gram metric";
    case GRADUS_METRIC_HESSIAN:
        return "the Hessian metric";
    case GRADUS_METRIC_SAMPLED_HESSIAN:
        return "the sampled Hessian metric";
    case GRADUS_METRIC_DIAGONAL:
        return "the diagonal metric";
    case GRADUS_METRIC_STANDARDIZED:
        return "standardised columns";
    default:
        return "the columns as they are";
    }
}

static const char *step_name(const gradus_report *report)
{
    if (report->step_rule == GRADUS_STEP_WOLFE) return "strong Wolfe";
    if (report->step_rule == GRADUS_STEP_BARZILAI_BORWEIN) return "Barzilai-Borwein";
    return gr_step_word(report->step_rule);
}

/* In the metric of its own Hessian least squares ends as iterative refinement does: in fixed steps that nobody chose. */
static bool refines(const gr_fit_settings *settings, const gradus_report *report)
{
    return settings->model == GR_FIT_LEAST_SQUARES && settings->step.rule == GRADUS_STEP_AUTOMATIC &&
           report->step_rule == GRADUS_STEP_FIXED && report->method != GRADUS_METHOD_ADAM;
}

static const char *stochastic(const gr_fit_settings *settings)
{
    return settings->batch > 0 ? "stochastic " : "";
}

static void print_way(const gr_fit_settings *settings, const gradus_report *report)
{
    char line[160];
    if (refines(settings, report))
        (void)snprintf(line, sizeof line, "%s by refinement in %s", gr_fit_model_word(settings),
                       metric_name(report));
    else
        (void)snprintf(line, sizeof line, "%s by %s%s %s in %s", gr_fit_model_word(settings),
                       stochastic(settings), method_name(report), gr_fit_direction_word(settings),
                       metric_name(report));
    gr_print_wrapped(0, 0, line);
}

/* response "a", or 3 responses "a", "b", "c", as many as there is room for */
static void name_responses(const gr_problem *problem, size_t size, char *text)
{
    const size_t count = problem->response_count;
    if (count == 1) {
        (void)snprintf(text, size, "response \"%.200s\"", problem->responses[0]);
        return;
    }
    size_t used = (size_t)snprintf(text, size, "%zu responses", count);
    for (size_t c = 0; c < count; c++) {
        const gr_excerpt name = gr_excerpt_of(problem->responses[c]);
        const char *comma = c ? "," : "";
        if (used + sizeof name + 8 > size) {
            (void)snprintf(text + used, size - used, "%s ...", comma);
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%s \"%s\"", comma, name.text);
    }
}

void gr_fit_print_data(const gr_fit_settings *settings, const gr_problem *problem)
{
    char line[512], responses[240], classes[40] = "";
    (void)snprintf(line, sizeof line, "Longley (1967), built in: %.300s", gr_longley.title);
    gr_print_wrapped(0, 0, settings->file ? gr_fit_file_word(settings) : line);
    name_responses(problem, sizeof responses, responses);
    if (problem->outputs > problem->response_count)
        (void)snprintf(classes, sizeof classes, ", %zu classes", problem->outputs);
    (void)snprintf(line, sizeof line, "%zu row%s x %zu column%s%s, %s%s", problem->X.rows,
                   plural(problem->X.rows), problem->X.cols, plural(problem->X.cols),
                   problem->intercept ? " and the intercept" : ", no intercept", responses, classes);
    gr_print_wrapped(0, 0, line);
}

void gr_fit_print_title(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    gr_fit_print_data(settings, problem);
    print_way(settings, &fit->report);
}

/* What the value is, in the sign in which it was descended or climbed. */
static const char *value_word(const gr_fit_settings *settings)
{
    const gr_model_row *model = &gr_models[settings->model];
    return settings->direction == GRADUS_DIRECTION_ASCENT ? model->gain_is : model->cost_is;
}

static const char *penalty_word(const gr_fit_settings *settings)
{
    if (settings->lasso > 0.0)
        return settings->ridge > 0.0 ? ", elastic net included" : ", lasso penalty included";
    return settings->ridge > 0.0 ? ", ridge penalty included" : "";
}

static void print_value(const gr_fit_settings *settings, const gr_problem *problem,
                        const gradus_report *report)
{
    char text[160];
    (void)snprintf(text, sizeof text, "%.12g (%s%s%s%s)", report->value, value_word(settings),
                   problem->response_count > 1 ? ", all responses" : "", penalty_word(settings),
                   report->exact ? "" : ", of the last batch");
    print_line("objective", text);
    (void)snprintf(text, sizeof text, "%.3g%s", report->gradient_norm,
                   gr_fit_is_proximal(settings) ? " (of the gradient mapping)" : "");
    print_line("gradient norm", text);
    if (isnan(report->duality_gap)) return;
    (void)snprintf(text, sizeof text, "%.3g: the objective is at most so far from its optimum",
                   report->duality_gap);
    print_line("duality gap", text);
}

static void print_batches(const gr_fit_settings *settings, const gradus_report *report)
{
    char text[160];
    const size_t batch = (size_t)settings->batch;
    (void)snprintf(text, sizeof text, "%zu row%s a step, %s, seed %lld, %.6g epoch%s", batch, plural(batch),
                   gr_order_word(settings->order), settings->seed > 0 ? settings->seed : 0, report->epochs,
                   report->epochs == 1.0 ? "" : "s");
    print_line("batches", text);
}

/* What ran, and why in this metric; that it was chosen its user knows. */
static void print_means(const gr_fit_settings *settings, const gradus_report *report)
{
    char text[320];
    (void)snprintf(text, sizeof text, "%s%s %s, %s steps, %s%s", stochastic(settings), method_name(report),
                   gr_fit_direction_word(settings), step_name(report), metric_name(report),
                   settings->compress ? ", X compressed to X'X" : "");
    print_line("method", text);
    if (settings->batch > 0) print_batches(settings, report);
    if (*report->metric_reason && strcmp(report->metric_reason, "chosen by name") != 0)
        print_line("metric", report->metric_reason);
}

static void print_resumption(const gr_fit_settings *settings, const gr_fit *fit)
{
    char text[320];
    if (!settings->checkpoint) return;
    if (fit->resumed)
        (void)snprintf(text, sizeof text, "resumed from \"%.200s\" after %zu iteration%s",
                       settings->checkpoint, fit->resumed_at, plural(fit->resumed_at));
    else
        (void)snprintf(text, sizeof text, "saved to \"%.200s\"", settings->checkpoint);
    print_line("checkpoint", text);
}

static void print_work(const gr_fit_settings *settings, const gradus_report *report)
{
    char text[320], part[80] = "";
    print_means(settings, report);
    if (report->refinements > 0)
        (void)snprintf(part, sizeof part, ", the last %zu in twice the precision", report->refinements);
    (void)snprintf(text, sizeof text, "%zu, in %.3g s%s", report->iterations, report->seconds, part);
    print_line("iterations", text);
    part[0] = '\0';
    if (report->metric_passes > 0.0)
        (void)snprintf(part, sizeof part, ", %.3g of them for the metric", report->metric_passes);
    (void)snprintf(text, sizeof text, "%.10g over the data%s, %zu evaluation%s of the objective",
                   report->passes, part, report->evaluations, plural(report->evaluations));
    print_line("passes", text);
    print_line("stopped", gradus_stop_sentence(report->stop));
}

static void print_closed_form(const gr_fit *fit)
{
    char text[200];
    const gradus_facts *facts = &fit->facts;
    (void)snprintf(text, sizeof text, "%s, rank %zu of %zu%s, condition %.2g with columns of one length",
                   gr_reference_word(facts->method), facts->rank, facts->size,
                   facts->rank < facts->size ? ": minimum-norm closed form" : "", facts->condition);
    print_line("closed form", text);
}

/* The backward error in plain words: theta solves a problem whose data differ that little exactly. */
static void print_verdict(const gradus_certificate *certificate)
{
    char text[200];
    const double error = certificate->backward_error;
    if (error <= 100.0 * DBL_EPSILON)
        (void)snprintf(text, sizeof text, "It is exact for data that differ from these by rounding alone.");
    else if (error < 0.1)
        (void)snprintf(text, sizeof text,
                       "It is exact for data that differ from these in digit %.0f; by rounding alone, that "
                       "would be digit 16.",
                       floor(-log10(error)) + 1.0);
    else
        (void)snprintf(text, sizeof text, "It is not yet an answer to these data.");
    gr_print_wrapped(0, LABEL, text);
}

static void print_error_bound(const gradus_certificate *certificate)
{
    char text[300];
    if (isfinite(certificate->error_bound))
        (void)snprintf(text, sizeof text, "%.2g of the coefficients' length, columns equilibrated: %s",
                       certificate->error_bound, certificate->bound_reason);
    else
        (void)snprintf(text, sizeof text, "none: %s", certificate->bound_reason);
    print_line("error bound", text);
}

static void print_certificate(const gr_problem *problem, const gr_fit *fit)
{
    char text[200];
    const gradus_certificate *certificate = &fit->certificate;
    (void)snprintf(text, sizeof text, "%.1f digits agree, backward error %.2g%s", certificate->digits,
                   certificate->backward_error, problem->response_count > 1 ? ", of the worst response" : "");
    print_line("certificate", text);
    print_verdict(certificate);
    if (certificate->rank < fit->facts.size)
        gr_print_wrapped(
            0, LABEL, "Many answers fit these data equally well; the closed form is the shortest of them.");
    print_error_bound(certificate);
}

static void print_no_inference(const gr_fit_settings *settings, const gr_fit *fit)
{
    char text[300];
    if (fit->statistics.known || !settings->infer) return;
    (void)snprintf(text, sizeof text, "none: %s", fit->statistics.why_not.sentence);
    print_line("inference", text);
}

static void print_margin(const gr_fit *fit)
{
    char text[160];
    if (!fit->has_direction) return;
    if (!(fit->margin > 0.0)) {
        print_line("margin",
                   "0: along the direction above no row loses, some gain, and others lie on its plane");
        return;
    }
    (void)snprintf(text, sizeof text,
                   "%.6g: along the direction above every row prefers its class, or group of classes, "
                   "by at least that",
                   fit->margin);
    print_line("margin", text);
}

void gr_fit_print_summary(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    print_value(settings, problem, &fit->report);
    print_work(settings, &fit->report);
    print_margin(fit);
    print_resumption(settings, fit);
    if (fit->has_closed_form) {
        print_closed_form(fit);
        print_certificate(problem, fit);
    } else if (settings->model == GR_FIT_LEAST_SQUARES)
        print_line("closed form", fit->no_closed_form.sentence);
    print_no_inference(settings, fit);
}
