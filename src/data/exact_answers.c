/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exact answers to NIST's linear least-squares problems, rounded to 20 digits: rational arithmetic on the decimal numbers of the data,
 * where NIST certifies 15 digits. Norris's data are not carried here; its answer is.
 */
#include "data/exact_answers.h"

#include <strings.h>

static const double longley[] = {15.06187227137329497,   -0.035819179292591016617, -2.0202298038168250857,
                                 -1.0332268671735919755, -0.051104105653580714471, 1829.1514646135518452,
                                 -3482258.6345958183253};
static const double longley_deviations[] = {
    84.914925774766945247,  0.033491007772243188915, 0.48839968165169946263, 0.21427416316167526388,
    0.22607320006937035925, 455.47849914221199272,   890420.38360737254724};

static const double noint1[] = {2.0743801652892561983};
static const double noint1_deviations[] = {0.016528925619834710744};

static const double noint2[] = {0.72727272727272727273};
static const double noint2_deviations[] = {0.042082731807843248253};

static const double wampler1[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
static const double wampler1_deviations[] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};

static const double wampler2[] = {0.1, 0.01, 0.001, 1e-4, 1e-5, 1.0};
static const double wampler2_deviations[] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};

static const double wampler3[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
static const double wampler3_deviations[] = {2363.5517346968052086,  779.34352433158309081,
                                             101.47550755034964796,  5.6456651217075156774,
                                             0.11232485467931193702, 2152.3262467816968079};

static const double wampler4[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
static const double wampler4_deviations[] = {236355.17346968052086, 77934.352433158309081,
                                             10147.550755034964796, 564.56651217075156774,
                                             11.232485467931193702, 215232.62467816968079};

static const double wampler5[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
static const double wampler5_deviations[] = {23635517.346968052086, 7793435.2433158309081,
                                             1014755.0755034964796, 56456.651217075156774,
                                             1123.2485467931193702, 21523262.467816968079};

static const double filip[] = {-2772.179591933423928,    -2316.3710816089307588,   -1127.9739409837156986,
                               -354.47823370334877161,   -75.124201739375713891,   -10.875318035534251085,
                               -1.0622149858894676646,   -0.067019115459340837593, -0.0024678107827547865084,
                               -4.029625250804036713e-5, -1467.4896142297958823};
static const double filip_deviations[] = {
    559.77986547494987457,     466.47757212779645269,   227.20427447775131063,  71.647866087592737262,
    15.289717874740006503,     2.2369115981603327555,   0.22162432193422740207, 0.014236376315472394892,
    0.00053561740888982093626, 8.966328373738682221e-6, 298.0845309955369852};

static const double pontius[] = {7.3205916040100250627e-7, -3.1608187134502923977e-15,
                                 0.00067356578947368421053};
static const double pontius_deviations[] = {1.5781739998165865968e-10, 4.8665284999203584053e-17,
                                            0.00010793861203307695278};

static const double norris[] = {1.0021168180204543989, -0.26232307377402949528};
static const double norris_deviations[] = {0.00042979684819993689942, 0.23281823430115249564};

const gr_exact_answer gr_exact_answers[] = {
    {"Longley", 7, longley, longley_deviations, 836424.0555059146225},
    {"NoInt1", 1, noint1, noint1_deviations, 127.27272727272727273},
    {"NoInt2", 1, noint2, noint2_deviations, 0.27272727272727272727},
    {"Wampler1", 6, wampler1, wampler1_deviations, 0.0},
    {"Wampler2", 6, wampler2, wampler2_deviations, 0.0},
    {"Wampler3", 6, wampler3, wampler3_deviations, 83554268.0},
    {"Wampler4", 6, wampler4, wampler4_deviations, 8.3554268e11},
    {"Wampler5", 6, wampler5, wampler5_deviations, 8.3554268e15},
    {"Filip", 11, filip, filip_deviations, 0.00079585138217294058848},
    {"Pontius", 3, pontius, pontius_deviations, 1.557617687969924812e-6},
    {"Norris", 2, norris, norris_deviations, 26.617398529422359806},
};

const size_t gr_exact_answers_count = sizeof gr_exact_answers / sizeof *gr_exact_answers;

const gr_exact_answer *gr_exact_answer_of(const char *name)
{
    for (size_t i = 0; i < gr_exact_answers_count; i++) {
        if (strcasecmp(gr_exact_answers[i].name, name) == 0) return &gr_exact_answers[i];
    }
    return NULL;
}
