// Forced alignment over a small graph: every state has a self loop and arcs from earlier (or later) states.
// gcc -O3 -march=native -shared -fPIC -o viterbi.so viterbi.c
#include <stdlib.h>

// emissions [frames][classes]; state s emits class[s]; its predecessors are preds[first[s] .. first[s+1]).
// initial[s] / final[s]: 1 where a path may begin / end. path [frames] receives states. Returns the score, or -1e30.
float viterbi(int frames, int classes, const float *emissions, int states, const int *class_of, const int *first,
              const int *preds, const unsigned char *initial, const unsigned char *final, int *path) {
  const float none = -1e30f;
  float *now = malloc(sizeof(float) * states), *next = malloc(sizeof(float) * states);
  int *back = malloc(sizeof(int) * (size_t)frames * states);
  for (int s = 0; s < states; s++) now[s] = initial[s] ? emissions[class_of[s]] : none;
  for (int t = 1; t < frames; t++) {
    const float *e = emissions + (size_t)t * classes;
    int *b = back + (size_t)t * states;
    for (int s = 0; s < states; s++) {
      float best = now[s];
      int from = s;
      for (int k = first[s]; k < first[s + 1]; k++)
        if (now[preds[k]] > best) best = now[preds[k]], from = preds[k];
      next[s] = best > none ? best + e[class_of[s]] : none;
      b[s] = from;
    }
    float *swap = now;
    now = next;
    next = swap;
  }
  float best = none;
  int at = -1;
  for (int s = 0; s < states; s++)
    if (final[s] && now[s] > best) best = now[s], at = s;
  for (int t = frames - 1; at >= 0 && t >= 0; t--) {
    path[t] = at;
    if (t > 0) at = back[(size_t)t * states + at];
  }
  free(now);
  free(next);
  free(back);
  return best;
}
