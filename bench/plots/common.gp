# SPDX-License-Identifier: BSD-3-Clause
# What all plots share. Given by `gnuplot -e`: csv, out, format (svg or png), wide, high.
# Colours: Okabe and Ito's, told apart by colour-blind people; lines also differ in marks and dashes.
if (format eq "png") {
    set terminal pngcairo size wide,high noenhanced font "DejaVu Sans,11" background rgb "white"
} else {
    set terminal svg size wide,high noenhanced font "DejaVu Sans,13" background rgb "white"
}
set output out
set datafile separator ","
set border 3 linecolor rgb "#444444"
set tics nomirror out textcolor rgb "#222222"
set grid linecolor rgb "#dddddd" linewidth 1 dashtype 1
blue = "#0072B2"
vermillion = "#D55E00"
green = "#009E73"
orange = "#E69F00"
purple = "#CC79A7"
black = "#000000"
set style line 1 linecolor rgb blue linewidth 2.5 pointtype 7 pointsize 0.8
set style line 2 linecolor rgb vermillion linewidth 2 pointtype 5 pointsize 0.8 dashtype 2
set style line 3 linecolor rgb black linewidth 1.5 pointtype 4 pointsize 0.8 dashtype 3
set style line 4 linecolor rgb green linewidth 2 pointtype 9 pointsize 0.9 dashtype 4
set style line 5 linecolor rgb orange linewidth 2 pointtype 11 pointsize 0.9 dashtype 5
# The lines of the results that belong to one curve.
rows_of(figure, contestant) = sprintf("< awk -F, '$1 == \"%s\" && $9 == \"%s\" && $12 ~ /^[0-9]/' '%s'", figure, contestant, csv)
