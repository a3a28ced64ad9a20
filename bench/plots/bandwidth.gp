# SPDX-License-Identifier: BSD-3-Clause
# Bytes of X a second in one gradient, against n; a panel for each layout.
curve(contestant, layout) = sprintf("< awk -F, '$1 == \"bandwidth\" && $9 == \"%s\" && $7 == \"%s\"' '%s'", contestant, layout, csv)
set multiplot layout 1,2 margins 0.07,0.98,0.12,0.77 spacing 0.07
set logscale x
set xtics (5, 10, 20, 50, 100, 200, 500, "1k" 1000, "2k" 2000, "5k" 5000)
set xlabel "columns of X, n"
set ylabel "GB of X a second"
set xrange [4:6500]
stats sprintf("< awk -F, '$1 == \"bandwidth\"' '%s'", csv) using ($3*$4*8e-9/$12) nooutput name "S"
set yrange [0:1.1*S_max]
do for [layout in "row-major column-major"] {
    set title "one gradient, X ".layout
    if (layout eq "row-major") {
        set key at screen 0.5,0.97 center top vertical maxrows 4 samplen 3
    } else {
        set key off
    }
    plot curve("bare read", layout) using 4:($3*$4*8e-9/$12) with linespoints linestyle 3 title "bare read of X", \
         curve("read in 8 streams", layout) using 4:($3*$4*8e-9/$12) with linespoints linestyle 4 title "read of X in 8 streams", \
         curve("gradus", layout) using 4:($3*$4*8e-9/$12) with linespoints linestyle 1 title "gradus", \
         curve("two dgemv", layout) using 4:($3*$4*8e-9/$12) with linespoints linestyle 2 title "two calls of dgemv"
    unset ylabel
}
unset multiplot
