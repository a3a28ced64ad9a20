# SPDX-License-Identifier: BSD-3-Clause
# What docs/examples/convergence_rates.c prints with --points. Given by `gnuplot -e`: csv, out.
set terminal pngcairo size 1000,420 noenhanced font "DejaVu Sans,11" background rgb "white"
set output out
set datafile separator ","
set border 3 linecolor rgb "#444444"
set tics nomirror out textcolor rgb "#222222"
set grid linecolor rgb "#dddddd" linewidth 1 dashtype 1
set logscale y
set format y "10^{%T}"
set key bottom left spacing 1.3
rows_of(way) = sprintf("< awk -F, '$1 == \"%s\"' '%s'", way, csv)
set multiplot layout 1,2
set format y "%.0e"
set xlabel "steps k"
set title "convex: powers of k"
set logscale x
plot [1:10000] [1e-8:100] \
     rows_of("gradient (convex)") using 2:4 with lines linewidth 1.5 dashtype 2 linecolor rgb "#0072B2" title "L R²/(2k)", \
     rows_of("gradient (convex)") using 2:3 with lines linewidth 2.5 linecolor rgb "#0072B2" title "gradient, J − min J", \
     rows_of("FISTA (convex)") using 2:4 with lines linewidth 1.5 dashtype 2 linecolor rgb "#D55E00" title "2 L R²/(k + 1)²", \
     rows_of("FISTA (convex)") using 2:3 with lines linewidth 2.5 linecolor rgb "#D55E00" title "FISTA, J − min J"
unset logscale x
set title "strongly convex, κ = 100: geometric"
plot [0:2000] [1e-20:10] \
     rows_of("gradient (strongly convex)") using 2:4 with lines linewidth 1.5 dashtype 2 linecolor rgb "#009E73" title "(1 − 1/κ)²ᵏ J(θ₀)", \
     rows_of("gradient (strongly convex)") using 2:3 with lines linewidth 2.5 linecolor rgb "#009E73" title "gradient, J − min J"
unset multiplot
