# Prints start and label of every filled interval of the first tier, and saves the whole in Praat's short form as UTF-16.
form Read
  sentence in
  sentence out
endform
grid = Read from file: in$
count = Get number of intervals: 1
for i to count
  label$ = Get label of interval: 1, i
  if label$ <> ""
    start = Get start time of interval: 1, i
    appendInfoLine: fixed$ (start, 6), tab$, label$
  endif
endfor
Text writing preferences: "UTF-16"
Save as short text file: out$
