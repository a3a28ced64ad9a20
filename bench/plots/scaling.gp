# SPDX-License-Identifier: BSD-3-Clause
# Least squares, seconds against m, n and threads.
names = "'gradus' 'gradus sketch' 'LAPACKE dgels' 'dsyrk + dpotrf'"
titles = "'gradus' 'gradus, sketch metric' 'LAPACKE dgels (QR)' 'normal equations'"
styles = "1 4 2 5"
set multiplot layout 1,3 margins 0.06,0.985,0.12,0.76 spacing 0.05
set logscale xy
set format y "%g"
set ylabel "seconds"
set xlabel "rows, m (n = 100)"
set xtics ("2k" 2000, "5k" 5000, "10k" 10000, "20k" 20000, "50k" 50000, "100k" 100000, "200k" 200000)
set xrange [1700:240000]
set title "against m"
set key at screen 0.5,0.97 center top vertical maxrows 4 samplen 3
plot for [i=1:4] rows_of("scaling-rows", word(names, i)) using 3:12 with linespoints linestyle int(word(styles, i)) title word(titles, i)
unset ylabel
set key off
set xlabel "columns, n (m = 20000)"
set xtics (10, 20, 50, 100, 200, 500, "1k" 1000)
set xrange [8:1250]
set title "against n"
plot for [i=1:4] rows_of("scaling-cols", word(names, i)) using 4:12 with linespoints linestyle int(word(styles, i))
set xlabel "threads (100000 x 200)"
set xtics (1, 2, 4, 8, 16, 32, 64, 128)
stats rows_of("scaling-threads", "gradus") using 10 nooutput name "T"
set xrange [0.9:1.1*T_max]
set title "against threads"
plot for [i=1:4] rows_of("scaling-threads", word(names, i)) using 10:12 with linespoints linestyle int(word(styles, i))
unset multiplot
