/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus verify: every solver on data with a known answer, held against the digits that theory promises. */
#include "cli/verify.h"

#include <stdbool.h>
#include <stdio.h>

#include "cli/option.h"

typedef struct settings {
    const char *folder;
    bool exact;
} settings;

static const gr_option options[] = {
    {"data", "DIR", "the path of a folder",
     "Also verifies every NAME.csv in DIR that has a NAME.ref.csv with the columns name and estimate.",
     gr_read_text, offsetof(settings, folder), NULL},
    {"exact", NULL, NULL, "Only the first table: NIST's sets against their exact answers.", gr_read_true,
     offsetof(settings, exact), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

typedef gradus_status verifier(const gr_known *known, gr_tally *tally, gradus_error *error);

static gradus_status verify_built_in(verifier *verify, gr_tally *tally, gr_trouble *trouble)
{
    gradus_status status = GRADUS_OK;
    for (size_t i = 0; !status && i < gr_datasets_count; i++) {
        gr_known known;
        trouble->where = gr_datasets[i]->name;
        status = gr_known_of_dataset(gr_datasets[i], &known, &trouble->error);
        if (status) break;
        status = verify(&known, tally, &trouble->error);
        gr_known_free(&known);
    }
    return status;
}

static void print_summary(const gr_tally *tally)
{
    (void)printf("\n%zu of %zu rows reach their bar", tally->met, tally->met + tally->below);
    if (tally->without) (void)printf("; %zu more have none: no digit can be promised", tally->without);
    (void)puts(".");
}

/* The one set of NIST's that may not be carried here. */
static gradus_status verify_norris(const char *folder, gr_tally *tally, gr_trouble *trouble)
{
    gr_known known;
    bool there = false;
    gradus_status status = folder ? gr_verify_read_known(folder, "Norris", &known, &there, trouble)
                                  : GRADUS_OK;
    if (status) return status;
    if (!there) {
        gr_verify_skip_exact("Norris");
        return GRADUS_OK;
    }
    status = gr_verify_exact(&known, tally, &trouble->error);
    gr_known_free(&known);
    return status;
}

static gradus_status verify_exactly(const char *folder, gr_tally *tally, gr_trouble *trouble)
{
    gr_verify_print_exact_header();
    const gradus_status status = verify_built_in(gr_verify_exact, tally, trouble);
    return status ? status : verify_norris(folder, tally, trouble);
}

static gradus_status verify(const settings *chosen, gr_tally *tally, gr_trouble *trouble)
{
    const char *folder = chosen->folder;
    gradus_status status = folder ? gr_verify_check_folder(folder, trouble) : GRADUS_OK;
    if (!status) status = verify_exactly(folder, tally, trouble);
    if (status || chosen->exact) return status;
    (void)printf("\n");
    gr_verify_print_header();
    status = verify_built_in(gr_verify_set, tally, trouble);
    if (!status && folder) status = gr_verify_folder(folder, tally, trouble);
    return status;
}

static gr_exit run(int argc, char **argv)
{
    settings chosen = {.folder = NULL};
    gr_exit exit_status;
    if (!gr_arguments_read(&gr_command_verify, argc, argv, &chosen, NULL, &exit_status)) return exit_status;
    gr_trouble trouble = {.where = NULL};
    gr_tally tally = {.met = 0};
    const gradus_status status = verify(&chosen, &tally, &trouble);
    if (status) return gr_complain("verify", status, &trouble);
    print_summary(&tally);
    return tally.below ? GR_EXIT_BELOW_BAR : GR_EXIT_SUCCESS;
}

const gr_command gr_command_verify = {
    .name = "verify",
    .operand = NULL,
    .summary = "holds every solver against certified answers",
    .details = "The first table holds NIST's eleven linear sets against their exact answers: the digits of "
               "the worst "
               "coefficient, of the worst standard error and of the residual sum of squares, by LAPACK, by "
               "gradus and by "
               "gradus with --refine, and the digits asked of gradus's coefficients. Norris's data are read "
               "from DIR.\n\n"
               "The second one runs QR, SVD and Cholesky, and in both directions the default way and "
               "gradient steps, on the "
               "built-in data of NIST "
               "and prints the digits that agree with the certified answer and with the closed form. A row's "
               "bar is the digits that its condition number, the precision and the budget promise; "
               "docs/accuracy.md has the formula. A row whose bar is 0 promises nothing and is not "
               "judged.\n\nIn DIR, the rows of NAME.ref.csv name the coefficients: the names of the columns "
               "and (intercept); or B1, B2, ... with B0 for the intercept, which are the powers of the only "
               "regressor, or else the columns in their order. A response of nothing but 0 and 1 is fitted "
               "by logistic regression where (intercept) is among the names.\n",
    .options = options,
    .run = run,
};
