# SPDX-License-Identifier: BSD-3-Clause
# R's contestants. usage: peer.R FOLDER ROWS COLS RIDGE; the dialogue is described in script.h.
words <- commandArgs(trailingOnly = TRUE)
folder <- words[1]
rows <- as.integer(words[2])
cols <- as.integer(words[3])
ridge <- as.numeric(words[4])
X <- t(matrix(readBin(file.path(folder, "x.bin"), "double", rows * cols), nrow = cols))
y <- readBin(file.path(folder, "y.bin"), "double", rows)
lambdas <- readBin(file.path(folder, "lambdas.bin"), "double", 1000)

# Wall-clock seconds of the work, the coefficients, iterations.
timed <- function(work) {
    start <- proc.time()[["elapsed"]]
    fit <- work()
    list(seconds = proc.time()[["elapsed"]] - start, fit = fit)
}

methods <- list(
    lm = function() {
        run <- timed(function() lm.fit(X, y, tol = 1e-15))
        list(run$seconds, run$fit$coefficients, 0)
    },
    glm = function() {
        run <- timed(function() glm.fit(X, y, family = binomial(), intercept = FALSE,
                                        control = list(epsilon = 1e-12, maxit = 50)))
        list(run$seconds, run$fit$coefficients, run$fit$iter)
    },
    softmax = function() {
        suppressPackageStartupMessages(library(glmnet))
        run <- timed(function() glmnet(X, factor(y), family = "multinomial", alpha = 0, lambda = ridge,
                                       standardize = FALSE, intercept = FALSE, thresh = 1e-12, maxit = 1e6))
        list(run$seconds, unlist(lapply(run$fit$beta, as.numeric)), run$fit$npasses)
    },
    glmnet = function() {
        suppressPackageStartupMessages(library(glmnet))
        run <- timed(function() glmnet(X, y, family = "binomial", alpha = 0, lambda = ridge, standardize = FALSE,
                                       intercept = FALSE, thresh = 1e-17, maxit = 1e6))
        list(run$seconds, as.numeric(run$fit$beta), run$fit$npasses)
    },
    path = function() {
        suppressPackageStartupMessages(library(glmnet))
        family <- if (all(y == 0 | y == 1)) "binomial" else "gaussian"
        run <- timed(function() glmnet(X, y, family = family, lambda = lambdas, standardize = FALSE, intercept = FALSE))
        list(run$seconds, as.numeric(as.matrix(run$fit$beta)), run$fit$npasses)
    })

say <- function(...) {
    cat(..., "\n", sep = "")
    flush(stdout())
}

options(warn = -1)
say("ready")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
    name <- strsplit(line, " ")[[1]][1]
    answer <- tryCatch(methods[[name]](), error = function(error) conditionMessage(error))
    if (is.character(answer)) {
        say("absent: ", gsub("\n", " ", answer))
        next
    }
    writeBin(as.numeric(answer[[2]]), file.path(folder, "theta.bin"))
    say(answer[[1]], " ", answer[[3]])
}
