/* SPDX-License-Identifier: BSD-3-Clause */
/* An objective from the inside: what a kind of objective offers, and the working memory of one solve. */
#ifndef GR_MODEL_OBJECTIVE_H
#define GR_MODEL_OBJECTIVE_H

#include <stdbool.h>

#include "gradus/model.h"
#include "gradus/objective.h"
#include "model/loss.h"
#include "model/penalty.h"
#include "pass/pass.h"

/* Working memory that one solve lends to the objective it evaluates; the objective itself stays immutable. */
typedef struct gr_workspace {
    gr_reader reader; /* of X; for a caller's function only its cancel flag is used */
    gr_sums sums;     /* what the last evaluation of a model added up */
    double *
        margins; /* where evaluations of a model leave X theta, of several outputs each row's loss, where it has a use; m doubles;
                         NULL: nowhere */
    double rows_read; /* that a caller's function over rows was asked for so far */
    gr_reader batch;  /* batch.c: of a batch's rows of X; */
    double *response; /* and for their responses and weights, three times the rows of the largest batch */
    bool looks;       /* of several classes: for what separates them, which means nothing beside a ridge */
    double *least;    /* what the last evaluation noted of that, */
    gr_groups groups; /* the partition to ask of the next, */
    gr_groups proof;  /* and that of the last one's widest proof */
} gr_workspace;

/* Matrix, response, weights, loss and penalty. */
typedef struct gr_model {
    gradus_matrix X;
    const double *y;
    const double *weights; /* NULL: all 1 */
    const double *offset;  /* NULL: all 0 */
    double huber;          /* delta */
    double total_weight;   /* W */
    double bound;          /* b: the loss's curvature bound; its expected mean curvature where it has none */
    double ridge;          /* lambda */
    bool intercept;
    gr_penalty penalty;  /* what has no gradient */
    bool proximal;       /* the penalty is something */
    gradus_matrix low;   /* what X's doubles leave out; its data are NULL where there is nothing */
    const gr_loss *loss; /* of one output; NULL otherwise */
    const gr_outputs_loss
        *several;   /* of several outputs, theta then holds them one behind the other; NULL otherwise */
    size_t outputs; /* k of them; 0 otherwise */
} gr_model;

/* The caller's own function; where it is a mean over rows `rows` and `batched` are set, otherwise `callback`. */
typedef struct gr_user_function {
    gradus_callback callback;
    void *context;
    size_t rows;
    gradus_batch_callback batched;
} gr_user_function;

/*
 * One kind of objective. `evaluate` is required; the others are NULL where a kind has nothing of the sort. All speak
 * of the function before negation.
 */
typedef struct gr_objective_kind {
    const char *name;
    /* f and, unless NULL, its gradient at theta */
    gradus_status (*evaluate)(const gradus_objective *f, gr_workspace *work, const double *theta,
                              double *value, double *gradient);
    /* v'Hv for a quadratic: one pass */
    double (*curvature)(const gradus_objective *f, gr_workspace *work, const double *v);
    /* names the first element of the data that is NaN or Inf; 0 when all are finite: one pass */
    gradus_status (*find_bad_data)(gr_workspace *work, gradus_error *error);
    /* the mean over some rows, likewise `evaluate`; see batch.h */
    gradus_status (*evaluate_batch)(const gradus_objective *f, gr_workspace *work, const gradus_batch *batch,
                                    const double *theta, double *value, double *gradient);
    /* what gr_workspace_threads, _doubles and _open ask; NULL, all three: one thread, and nothing to lend */
    int (*threads)(const gr_model *model, int limit);
    bool (*doubles)(const gr_model *model, int threads, size_t *doubles);
    gr_workspace (*open)(const gr_model *model, int threads, double *memory, const volatile int *cancel);
} gr_objective_kind;

struct gradus_objective {
    const gr_objective_kind *kind;
    size_t size;  /* entries of theta */
    bool negated; /* f is minus what the kind computes */
    gradus_allocator allocator;
    gr_model model;            /* linear models */
    gr_user_function function; /* callers' functions */
};

/* Threads a solve of f uses under an upper limit (0: the machine's); the doubles its owner must then lend a workspace,
 * false when their number overflows; and the opening of one over that memory. */
int gr_workspace_threads(const gradus_objective *f, int limit);
bool gr_workspace_doubles(const gradus_objective *f, int threads, size_t *doubles);
gr_workspace gr_workspace_open(const gradus_objective *f, int threads, double *memory,
                               const volatile int *cancel);

/* Reads of the whole X so far, or of all rows of a caller's function over rows; 0 for any other caller's function. */
double gr_workspace_passes(const gradus_objective *f, const gr_workspace *work);

/* Has the caller cancelled? Looked at before every call of a caller's function. */
bool gr_workspace_cancelled(gr_workspace *work);

/* f(theta), negation included. May return a callback's status; sets work->reader.cancelled when cut short. */
gradus_status gr_objective_evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                                    double *value, double *gradient);

/*
 * fingerprint.c: a mark of all that f is made of, see base/hash.h; of a caller's function no more than its size and rows can be known. One
 * read of the data, two where X has a low part, which is not counted among those of the solve.
 */
uint64_t gr_objective_fingerprint(const gradus_objective *f, const gr_workspace *work);

/* Turns the sign of what a kind computed, where f is negated. */
void gr_objective_turn_sign(const gradus_objective *f, double *value, double *gradient);

/* A new objective on the heap, a copy of *made; NULL when memory is out. */
gradus_objective *gr_objective_new(const gradus_objective *made);

/* Is f a linear model, with columns that can be standardised? */
bool gr_objective_is_model(const gradus_objective *f);

/* Has f a lasso or constraints? What evaluates it speaks of loss and ridge alone. */
bool gr_objective_is_proximal(const gradus_objective *f);

/* Is f a model with several outputs? That is none of the above. */
bool gr_objective_has_outputs(const gradus_objective *f);

/* A workspace for a single evaluation or two, on all threads of the machine, with memory that the caller releases; NULL when there is
 * none. */
double *gr_workspace_lend(const gradus_objective *f, gr_workspace *work);

/* Does this theta prove that the classes are separable, so that no finite optimum exists? Valid after an evaluation. */
bool gr_objective_separated(const gradus_objective *f, const gr_workspace *work);

#endif
