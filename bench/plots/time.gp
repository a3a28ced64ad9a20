# SPDX-License-Identifier: BSD-3-Clause
# Seconds of every solver in one race, and the accuracy it reached. Given besides: race (an awk condition), heading.
ours = "$9 ~ /^gradus/"
peer = "$9 !~ /^gradus/"
reached = "($17 + 0 <= $16 + 0)"
# The place of a line among all, so that each kind of bar can be drawn by itself.
numbered(condition) = sprintf("< awk -F, '%s && $12 ~ /^[0-9]/' '%s' | sort -t, -k12,12gr | awk -F, -v OFS=, '{ $21 = NR; if (%s) print }'", race, csv, condition)
stats numbered("1") using 12 nooutput name "S"
set logscale x
left = 10**floor(log10(S_min) - 0.3)
set xrange [left:10**(log10(S_max) + 0.45 * (log10(S_max) - log10(left)))]
set yrange [0.3:S_records + 0.7]
set format x "%g s"
set xlabel "median time, all included; beside each bar the accuracy reached"
set title heading
set key at screen 0.5,0.985 center top horizontal samplen 1.5
set tmargin 6
set lmargin 30
set style fill solid 0.9 noborder
set ytics () scale 0
set grid x noy
plot numbered(ours." && ".reached) using 12:21:(left):12:($21-0.36):($21+0.36):ytic(9) with boxxyerror linecolor rgb blue title "gradus", \
     numbered(ours." && !".reached) using 12:21:(left):12:($21-0.36):($21+0.36):ytic(9) with boxxyerror fillstyle pattern 4 linecolor rgb blue title "gradus, above what is asked", \
     numbered(peer." && ".reached) using 12:21:(left):12:($21-0.36):($21+0.36):ytic(9) with boxxyerror linecolor rgb "#888888" title "peer", \
     numbered(peer." && !".reached) using 12:21:(left):12:($21-0.36):($21+0.36):ytic(9) with boxxyerror fillstyle pattern 4 linecolor rgb vermillion title "peer, above what is asked", \
     numbered("1") using ($12*1.08):21:(sprintf("%.1e", $17)) with labels left font ",10" notitle
