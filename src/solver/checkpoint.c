/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Save and load of a solver: a head of seven words of eight bytes, and behind it what remember.c says.
 *
 *   0  "GRADUS" and two zeros          3  mark of the objective: data, weights, model
 *   1  version of the format           4  bytes behind the head
 *   2  mark of the options             5  entries of theta
 *                                      6  mark of all that, and of the bytes behind the head
 *
 * Numbers are in the machine's own order, so that a checkpoint is of the kind of machine that saved it.
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "model/objective.h"
#include "solver/begin.h"
#include "solver/leap.h"
#include "solver/options.h"
#include "solver/record.h"
#include "solver/remember.h"
#include "solver/state.h"

/* Goes up with every change of what is remembered, or of what a run makes of it. */
enum { VERSION = 1 };

static const char magic[8] = "GRADUS\0";

typedef struct head {
    uint64_t magic, version, options, data, bytes, size, seal;
} head;

_Static_assert(sizeof(head) == 7 * sizeof(uint64_t), "a head has no gaps");

static uint64_t magic_word(void)
{
    uint64_t word;
    memcpy(&word, magic, sizeof word);
    return word;
}

/* Of the head up to the seal, and of the body, whole words both */
static uint64_t seal_of(const head *top, const unsigned char *body, size_t bytes)
{
    gr_hash hash = gr_hash_begin();
    gr_hash_words(&hash, top, offsetof(head, seal) / sizeof(uint64_t));
    gr_hash_words(&hash, body, bytes / sizeof(uint64_t));
    return gr_hash_end(&hash);
}

/* Once in the life of a solver: the objective does not change. */
static uint64_t data_mark(gradus_solver *solver)
{
    if (!solver->marked) solver->data_mark = gr_objective_fingerprint(solver->f, &solver->work);
    solver->marked = true;
    return solver->data_mark;
}

/* ---- save ---- */

static void remember(gradus_solver *solver, gr_record *record)
{
    gr_remember_leap(&solver->leap, record);
    gr_remember(solver, record);
}

static size_t measure(gradus_solver *solver)
{
    gr_record record = {.way = GR_RECORD_MEASURE};
    remember(solver, &record);
    return record.used;
}

static void write(gradus_solver *solver, unsigned char *memory, size_t body)
{
    head top = {.magic = magic_word(),
                .version = VERSION,
                .options = solver->options_mark,
                .data = data_mark(solver),
                .bytes = body,
                .size = solver->n};
    gr_record record = {.way = GR_RECORD_WRITE, .to = memory + sizeof top, .bytes = body};
    remember(solver, &record);
    top.seal = seal_of(&top, memory + sizeof top, body);
    memcpy(memory, &top, sizeof top);
}

gradus_status gradus_solver_save(gradus_solver *solver, void *memory, size_t *bytes)
{
    if (!solver || !bytes) return GRADUS_ERROR_NULL;
    gradus_error *error = solver->options.error;
    if (solver->stop == GRADUS_STOP_CANCELLED || solver->stop == GRADUS_STOP_FAILED)
        return gr_error_plain(error, GRADUS_ERROR_CHECKPOINT_STATE);
    const size_t body = measure(solver), needed = sizeof(head) + body, room = *bytes;
    *bytes = needed;
    if (!memory) return GRADUS_OK;
    if (room < needed)
        return gr_error(error, GRADUS_ERROR_CHECKPOINT_ROOM, gr_fault_limit((double)room, (double)needed),
                        "the checkpoint takes %zu bytes, and the memory has %zu", needed, room);
    write(solver, (unsigned char *)memory, body);
    return GRADUS_OK;
}

/* ---- load ---- */

/* The bytes that are to be loaded, and for what */
typedef struct request {
    const gradus_objective *f;
    gradus_direction direction;
    const gradus_options *options;
    const unsigned char *memory;
    size_t bytes;
    gradus_error *error;
    head top;
} request;

static gradus_status check_version(const request *asked)
{
    if (asked->top.version == VERSION) return GRADUS_OK;
    return gr_error(asked->error, GRADUS_ERROR_CHECKPOINT_VERSION,
                    gr_fault_limit((double)asked->top.version, VERSION),
                    "the checkpoint is of version %llu of its format, and this gradus loads version %d",
                    (unsigned long long)asked->top.version, VERSION);
}

static gradus_status check_seal(const request *asked)
{
    const size_t there = asked->bytes - sizeof asked->top;
    if (asked->top.bytes != there)
        return gr_error(asked->error, GRADUS_ERROR_CHECKPOINT_DAMAGED,
                        gr_fault_limit((double)there, (double)asked->top.bytes),
                        "the checkpoint is damaged: behind its head there are %zu bytes, and it says %llu",
                        there, (unsigned long long)asked->top.bytes);
    if (seal_of(&asked->top, asked->memory + sizeof asked->top, there) == asked->top.seal) return GRADUS_OK;
    return gr_error_plain(asked->error, GRADUS_ERROR_CHECKPOINT_DAMAGED);
}

/* Are these bytes a checkpoint of this version, whole and unchanged? */
static gradus_status read_head(request *asked)
{
    const uint64_t word = magic_word();
    if (asked->bytes < sizeof word || memcmp(asked->memory, &word, sizeof word) != 0)
        return gr_error_plain(asked->error, GRADUS_ERROR_CHECKPOINT_FORMAT);
    if (asked->bytes < sizeof asked->top)
        return gr_error(asked->error, GRADUS_ERROR_CHECKPOINT_DAMAGED,
                        gr_fault_limit((double)asked->bytes, (double)sizeof asked->top),
                        "the checkpoint is damaged: it has %zu bytes, fewer than its head", asked->bytes);
    memcpy(&asked->top, asked->memory, sizeof asked->top);
    const gradus_status status = check_version(asked);
    return status ? status : check_seal(asked);
}

static gradus_status check_size(const request *asked)
{
    if (asked->top.size == asked->f->size) return GRADUS_OK;
    return gr_error(asked->error, GRADUS_ERROR_CHECKPOINT_DATA,
                    gr_fault_limit((double)asked->top.size, (double)asked->f->size),
                    "the checkpoint is of another objective: its theta has %llu entries, and this one's %zu",
                    (unsigned long long)asked->top.size, asked->f->size);
}

/* Cheapest first: the options, and then the data, one read of them */
static gradus_status check_marks(const request *asked, gradus_solver *solver)
{
    if (asked->top.options != solver->options_mark)
        return gr_error_plain(asked->error, GRADUS_ERROR_CHECKPOINT_OPTIONS);
    const gradus_status status = gr_solver_take_memory(solver);
    if (status) return status;
    return asked->top.data == data_mark(solver) ? GRADUS_OK
                                                : gr_error_plain(asked->error, GRADUS_ERROR_CHECKPOINT_DATA);
}

static gradus_status load(const request *asked, gradus_solver **solver)
{
    gr_record record = {.way = GR_RECORD_READ,
                        .from = asked->memory + sizeof asked->top,
                        .bytes = asked->bytes - sizeof asked->top};
    gr_leaping leap = {.started = gr_seconds()};
    gr_remember_leap(&leap, &record);
    gradus_status status = gr_solver_open(asked->f, asked->direction, asked->memory, asked->options, &leap,
                                          solver);
    if (!status) status = check_marks(asked, *solver);
    if (status) return status;
    gr_remember(*solver, &record);
    gr_record_refuse(&record, record.used != record.bytes);
    return record.status ? gr_error_plain(asked->error, record.status) : GRADUS_OK;
}

gradus_status gradus_solver_load(const gradus_objective *f, gradus_direction direction,
                                 const gradus_options *options, const void *memory, size_t bytes,
                                 gradus_solver **solver)
{
    gradus_options read;
    gradus_status status = gr_options_read(options, &read);
    if (status) return status;
    if (!f || !memory || !solver) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    request asked = {.f = f,
                     .direction = direction,
                     .options = options,
                     .memory = (const unsigned char *)memory,
                     .bytes = bytes,
                     .error = read.error};
    gradus_solver *made = NULL;
    status = read_head(&asked);
    if (!status) status = check_size(&asked);
    if (!status) status = load(&asked, &made);
    if (status)
        gradus_solver_free(made);
    else
        *solver = made;
    return status;
}
