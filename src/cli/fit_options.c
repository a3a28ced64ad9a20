/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of `gradus fit`, one row each. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "cli/fit.h"

#define AT(field) offsetof(gr_fit_settings, field)

static const gr_choice directions[] = {
    {"descent", GRADUS_DIRECTION_DESCENT}, {"ascent", GRADUS_DIRECTION_ASCENT}, {NULL, 0}};
const gr_choice gr_fit_methods[] = {{"automatic", GRADUS_METHOD_AUTOMATIC},
                                    {"gradient", GRADUS_METHOD_GRADIENT},
                                    {"l-bfgs", GRADUS_METHOD_LBFGS},
                                    {"heavy-ball", GRADUS_METHOD_HEAVY_BALL},
                                    {"nesterov", GRADUS_METHOD_NESTEROV},
                                    {"conjugate-gradient", GRADUS_METHOD_CONJUGATE_GRADIENT},
                                    {"adam", GRADUS_METHOD_ADAM},
                                    {"svrg", GRADUS_METHOD_SVRG},
                                    {NULL, 0}};
const gr_choice gr_fit_metrics[] = {{"automatic", GRADUS_METRIC_AUTOMATIC},
                                    {"identity", GRADUS_METRIC_IDENTITY},
                                    {"standardized", GRADUS_METRIC_STANDARDIZED},
                                    {"diagonal", GRADUS_METRIC_DIAGONAL},
                                    {"gram", GRADUS_METRIC_GRAM},
                                    {"sampled-gram", GRADUS_METRIC_SAMPLED_GRAM},
                                    {"hessian", GRADUS_METRIC_HESSIAN},
                                    {"sketch", GRADUS_METRIC_SKETCH},
                                    {"qr", GRADUS_METRIC_QR},
                                    {"sampled-hessian", GRADUS_METRIC_SAMPLED_HESSIAN},
                                    {NULL, 0}};
static const gr_choice orders[] = {{"shuffled", GRADUS_ORDER_SHUFFLED},
                                   {"replacement", GRADUS_ORDER_REPLACEMENT},
                                   {"consecutive", GRADUS_ORDER_CONSECUTIVE},
                                   {NULL, 0}};
static const gr_range tolerances = {0.0, 1.0};
static const gr_range ridges = {0.0, 1e300};
static const gr_range bounds = {-1e300, 1e300};
static const gr_range deltas = {1e-300, 1e300};
static const gr_range confidences = {1e-6, 0.999999};
static const gr_count_range iterations = {1, LLONG_MAX};
static const gr_range ratios = {1e-12, 1.0};
static const gr_count_range values = {1, 1000000};
static const gr_count_range numbers = {0, LLONG_MAX};
static const gr_count_range degrees = {1, 30};
static const gr_count_range threads = {0, INT_MAX};

static bool read_model(const gr_option *option, const char *text, void *settings)
{
    const gr_model_row *row = gr_model_find(strcmp(text, "linear") == 0 ? "least-squares" : text);
    (void)option;
    if (row) ((gr_fit_settings *)settings)->model = (int)(row - gr_models);
    return row != NULL;
}

const gr_option gr_fit_options[] = {
    {"model", "MODEL", "least-squares, logistic, poisson, huber, squared-hinge or softmax",
     "least-squares (default, also: linear); logistic: the response is 0 or 1; poisson: it is a count, or 0 "
     "or "
     "more, and the logarithm of its mean is linear; huber: least squares that outliers do not rule; "
     "squared-hinge: the response is 0 or 1, as support vector machines take it; softmax: "
     "the response is a class, 0, 1, 2 and so on, each with coefficients of its own.",
     read_model, AT(model), NULL},
    {"delta", "DELTA", "a number from 1e-300 to 1e300",
     "For huber: residuals beyond DELTA count linearly; in the unit of the response. Default 1.345.",
     gr_read_number, AT(delta), &deltas},
    {"direction", "WAY", "descent or ascent",
     "descent (default) of the cost, or ascent: of the log-likelihood for logistic, poisson and softmax, "
     "of minus the cost otherwise. Both find the same coefficients, bit for bit.",
     gr_read_choice, AT(direction), directions},
    {"response", "NAME", "the name of a column, or of several with commas between them",
     "The column to explain; default: the last one. For least-squares also several, as a,b,c: each has "
     "coefficients of its own.",
     gr_read_text, AT(response), NULL},
    {"weights", "COLUMN", "the name of a column",
     "A column of row weights: a row of weight k counts k times.", gr_read_text, AT(weights), NULL},
    {"offset", "COLUMN", "the name of a column, or of several with commas between them",
     "A column that is added to what the coefficients make of the row: for poisson the logarithm of an "
     "exposure. For softmax one for each class, for several responses one for each, as a,b,c.",
     gr_read_text, AT(offset), NULL},
    {"polynomial", "DEGREE", "a whole number from 1 to 30",
     "Fits the powers 1 .. DEGREE of the only regressor.", gr_read_count, AT(degree), &degrees},
    {"no-intercept", NULL, NULL, "Leaves the constant term out.", gr_read_false, AT(intercept), NULL},
    {"ridge", "LAMBDA", "a number from 0 to 1e300",
     "Adds (LAMBDA/2) times the sum of the squared coefficients to the cost, the intercept excepted; in "
     "the columns of the file. Default 0.",
     gr_read_number, AT(ridge), &ridges},
    {"lasso", "LAMBDA", "a number from 0 to 1e300",
     "Adds LAMBDA times the sum of the absolute coefficients to the cost, the intercept excepted, which "
     "makes coefficients "
     "exactly 0; beside --ridge the elastic net. Default 0.",
     gr_read_number, AT(lasso), &ridges},
    {"path", "N", "a whole number from 1 to 1000000",
     "Fits N values of the lasso, from the smallest that makes every coefficient 0 down, each begun where "
     "the one before ended, and prints a line for each.",
     gr_read_count, AT(path), &values},
    {"path-ratio", "RATIO", "a number from 1e-12 to 1",
     "With --path: the last value over the first. Default 0.0001, or 0.01 where there are no more rows than "
     "columns.",
     gr_read_number, AT(path_ratio), &ratios},
    {"coefficients", "FILE.csv", "the path of a file",
     "With --path: writes the coefficients of every fit as CSV. Not into a file that is read.", gr_read_text,
     AT(coefficients), NULL},
    {"lower", "BOUND", "a number from -1e300 to 1e300",
     "No coefficient but the intercept below BOUND; 0: none negative. Default: none.", gr_read_number,
     AT(lower), &bounds},
    {"upper", "BOUND", "a number from -1e300 to 1e300",
     "No coefficient but the intercept above BOUND. Default: none.", gr_read_number, AT(upper), &bounds},
    {"radius", "R", "a number from 0 to 1e300",
     "The coefficients, the intercept excepted, as a vector no longer than R; 0 (default): of any length.",
     gr_read_number, AT(radius), &ridges},
    {"no-standardize", NULL, NULL,
     "Identity metric of the columns as they are, where otherwise that of columns with mean 0 and standard "
     "deviation 1 (without intercept: root mean square 1) would be used. When nothing else is chosen: "
     "gradient steps with backtracking. The report is in the columns of the file in either case.",
     gr_read_false, AT(standardize), NULL},
    {"method", "METHOD", GR_METHOD_WORDS,
     "automatic (default): the best for the model; gradient: steepest descent or ascent; l-bfgs: "
     "limited-memory BFGS; heavy-ball: gradient steps with momentum 0.9; nesterov: accelerated gradient "
     "steps, restarted; conjugate-gradient: Hager and Zhang's; adam: steps of 0.001 or as chosen, in each "
     "coefficient of the file by itself; svrg: with --batch, gradients of batches without their noise.",
     gr_read_choice, AT(method), gr_fit_methods},
    {"metric", "METRIC", GR_METRIC_WORDS,
     "How steepness is measured. automatic (default): gram, or identity as soon as a method or a step is "
     "chosen; identity: lengths in standardised columns, or with --no-standardize in those of the file; "
     "standardized: in standardised columns in either case; diagonal: each coefficient's own curvature; "
     "gram: the curvature X'X; sampled-gram: the same from a sample of the rows; hessian: the curvature at "
     "the start; sampled-hessian: the curvature at the optimum of a sample; sketch: gram by QR of a random "
     "sketch of X; qr: gram by QR of X itself. Where one breaks "
     "down, a sturdier one takes over, and the table says why.",
     gr_read_choice, AT(metric), gr_fit_metrics},
    {"step", "RULE",
     "fixed:A, backtracking[:A], wolfe[:A], barzilai-borwein[:A], exact, inverse-time:A,D, "
     "inverse-square-root:A,D, cosine:A,LAST,PERIOD or decay:A,FACTOR,PERIOD, with A above 0 and at most "
     "1e300",
     "fixed:ALPHA, always the same step; backtracking[:INITIAL], which tries INITIAL (1) first and shrinks "
     "a step until the cost falls enough; wolfe[:INITIAL], which also asks that the slope has become "
     "flatter; barzilai-borwein[:INITIAL], the length that the last step's curvature suggests, for the "
     "gradient method; exact, for least squares: to the lowest point along the way. After k steps "
     "inverse-time:ALPHA,DECAY takes ALPHA/(1 + DECAY k); inverse-square-root:ALPHA,DECAY that with the "
     "square root; cosine:ALPHA,LAST,PERIOD half a wave from ALPHA down to LAST over PERIOD steps; "
     "decay:ALPHA,FACTOR,PERIOD ALPHA, times FACTOR after every PERIOD steps. Default: what goes with the "
     "method.",
     gr_fit_read_step, 0, NULL},
    {"batch", "ROWS", "a whole number from 1 to 9223372036854775807",
     "Stochastic gradients: every step reads ROWS rows. Needs a --step that is fixed or a schedule, or "
     "--method "
     "adam.",
     gr_read_count, AT(batch), &iterations},
    {"order", "ORDER", "shuffled, replacement or consecutive",
     "With --batch: shuffled (default): every epoch reads each row once, in a new random order; replacement: "
     "every row is drawn by itself; consecutive: as they lie in the file.",
     gr_read_choice, AT(order), orders},
    {"seed", "N", "a whole number from 0 to 9223372036854775807",
     "With --batch: of the random order; default 0. The same seed gives the same coefficients, bit for bit.",
     gr_read_count, AT(seed), &numbers},
    {"epochs", "N", "a whole number from 1 to 9223372036854775807",
     "With --batch: the budget of epochs, each as many steps as read the number of all rows; default 100.",
     gr_read_count, AT(epochs), &iterations},
    {"check", "N", "a whole number from 0 to 9223372036854775807",
     "With --batch: reads all rows after every N epochs, to see whether the run has converged; 0: never. By "
     "default only at the start and the end, with --method svrg after every epoch.",
     gr_read_count, AT(check), &numbers},
    {"clip", "C", "a number from 0 to 1e300",
     "Shortens gradients longer than C to that length, for fixed steps and schedules; 0 (default): never.",
     gr_read_number, AT(clip), &ridges},
    {"compress", NULL, NULL,
     "Least squares: reads the data once, for X'X, and takes its steps from that, each at the square of the "
     "number of coefficients instead of the size of the data. For many steps on many rows.",
     gr_read_true, AT(compress), NULL},
    {"refine", NULL, NULL,
     "Least squares in its default way: goes on in twice the precision until the coefficients are correct "
     "to the last digit of the data as read.",
     gr_read_true, AT(refine), NULL},
    {"threads", "N", "a whole number from 0 to 2147483647",
     "The most threads to use; 0 (default): as many as the machine has. The coefficients are the same, bit "
     "for bit, whatever it is.",
     gr_read_count, AT(threads), &threads},
    {"start", "WHERE", "zeros, ones or the path of a file",
     "zeros (default), ones, or a file with one number for each coefficient, the intercept last.",
     gr_read_text, AT(start), NULL},
    {"max-iterations", "N", "a whole number from 1 to 9223372036854775807",
     "The budget of steps; default 1000000, with --batch no limit but --epochs.", gr_read_count,
     AT(max_iterations), &iterations},
    {"tolerance", "T", "a number from 0 to 1",
     "Stops when the gradient norm is T times that of the start; 0 switches this off. By default the run "
     "goes on to working precision: the gradient norm in the columns of the file says little about digits "
     "where the columns differ in size.",
     gr_read_number, AT(tolerance), &tolerances},
    {"gap", "T", "a number from 0 to 1",
     "With a lasso or constraints: stops when the duality gap, which the objective is at most above its "
     "optimum, is T times the objective; 0 switches this off. Default 1e-12.",
     gr_read_number, AT(gap), &tolerances},
    {"closed-form", NULL, NULL,
     "Least squares: computes the closed form and the certificate whatever they cost: QR factorisations of "
     "copies of the data. They are computed without it too where that takes no more than a second or so.",
     gr_read_true, AT(refer_always), NULL},
    {"no-closed-form", NULL, NULL, "Leaves the closed form and the certificate out.", gr_read_false,
     AT(refer), NULL},
    {"confidence", "LEVEL", "a number from 1e-06 to 0.999999",
     "Prints confidence intervals of that level beside the standard errors; --json has them in any case, "
     "by default of 0.95.",
     gr_read_number, AT(confidence), &confidences},
    {"inference", NULL, NULL,
     "Prints standard errors, tests and likelihood whatever they cost: a QR factorisation of a copy of the "
     "data. They are printed without it too where that takes no more than about a second.",
     gr_read_true, AT(infer_always), NULL},
    {"no-inference", NULL, NULL, "Leaves standard errors, tests and likelihood out.", gr_read_false,
     AT(infer), NULL},
    {"trace", "FILE.csv", "the path of a file",
     "Writes value, gradient norm, step, evaluations and passes of every iteration, and whether all rows "
     "were read; row 0 is the start. For "
     "gradus plot trace. Not into a file that is read.",
     gr_read_text, AT(trace), NULL},
    {"checkpoint", "FILE", "the path of a file",
     "Saves the run to FILE now and then, and when it ends; where FILE is there, the fit goes on from it, to "
     "the same "
     "bits as if it had never been interrupted. FILE is replaced as a whole. Ctrl-C ends the fit after the "
     "step at "
     "hand. Remove FILE to begin anew.",
     gr_read_text, AT(checkpoint), NULL},
    {"every", "SECONDS", "a number from 0 to 1e300",
     "With --checkpoint: the seconds between two saves; 0: after every step. Default 60.", gr_read_number,
     AT(every), &ridges},
    {"json", NULL, NULL, "Prints one JSON object with 17 significant digits in place of the table.",
     gr_read_true, AT(json), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

gr_fit_settings gr_fit_settings_default(void)
{
    return (gr_fit_settings){
        .model = GR_FIT_LEAST_SQUARES,
        .direction = GRADUS_DIRECTION_DESCENT,
        .method = GRADUS_METHOD_AUTOMATIC,
        .metric = GRADUS_METRIC_AUTOMATIC,
        .seed = -1,
        .check = -1,
        .tolerance = -1.0,
        .gap = -1.0,
        .every = -1.0,
        .start = "zeros",
        .lower = -(double)INFINITY,
        .upper = (double)INFINITY,
        .intercept = true,
        .infer = true,
        .refer = true,
        .standardize = true,
    };
}
