/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/hash.h"
#include "model/objective.h"
#include "model/options.h"

static void mark_vector(gr_hash *hash, size_t count, const double *vector)
{
    gr_hash_word(hash, vector ? count : 0);
    if (vector) gr_hash_doubles(hash, count, vector);
}

static void mark_name(gr_hash *hash, const char *name)
{
    for (const char *at = name; *at; at++) gr_hash_word(hash, (uint64_t)(unsigned char)*at);
    gr_hash_word(hash, 0);
}

/* A read by a copy of the solve's reader: what is counted there and the cancel flag are not touched. */
static void mark_matrix(gr_hash *hash, const gradus_matrix *X, const gr_workspace *work)
{
    gr_reader reader = work->reader;
    reader.X = *X;
    reader.cancel = NULL;
    gr_hash_word(hash, gr_pass_fingerprint(&reader));
}

static void mark_penalty(gr_hash *hash, const gr_model *model)
{
    const gr_penalty *penalty = &model->penalty;
    gr_hash_double(hash, model->ridge);
    gr_hash_double(hash, penalty->lasso);
    gr_hash_double(hash, penalty->radius);
    mark_vector(hash, gr_model_penalised(model), penalty->lower);
    mark_vector(hash, gr_model_penalised(model), penalty->upper);
}

static void mark_model(gr_hash *hash, const gr_model *model, const gr_workspace *work)
{
    const size_t rows = model->X.rows;
    const gr_outputs_loss *several = model->several;
    /* responses of several outputs stand one behind the other, labels of classes alone */
    const bool stacked = several && !several->minima;
    if (several)
        mark_name(hash, several->name);
    else
        mark_name(hash, model->loss->name);
    gr_hash_word(hash, model->outputs);
    gr_hash_word(hash, model->intercept);
    gr_hash_double(hash, model->huber);
    mark_vector(hash, stacked ? rows * model->outputs : rows, model->y);
    mark_vector(hash, rows, model->weights);
    mark_vector(hash, several ? rows * model->outputs : rows, model->offset);
    mark_penalty(hash, model);
    mark_matrix(hash, &model->X, work);
    if (model->low.data) mark_matrix(hash, &model->low, work);
}

uint64_t gr_objective_fingerprint(const gradus_objective *f, const gr_workspace *work)
{
    gr_hash hash = gr_hash_begin();
    mark_name(&hash, f->kind->name);
    gr_hash_word(&hash, f->size);
    gr_hash_word(&hash, f->negated);
    gr_hash_word(&hash, f->function.rows);
    if (gr_objective_is_model(f) || gr_objective_has_outputs(f)) mark_model(&hash, &f->model, work);
    return gr_hash_end(&hash);
}
