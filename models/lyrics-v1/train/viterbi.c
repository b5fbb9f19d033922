// Best path over a small graph with priced arcs. gcc -O3 -shared -fPIC -o viterbi.so viterbi.c
#include <stdlib.h>

// emissions [frames][classes]; state s emits class_of[s]; its arcs are preds[first[s] .. first[s+1]) at costs; loops are
// free. start / end: 0 where a path may begin / end, else a price (1e30: never). path [frames] receives states.
float viterbi(int frames, int classes, const float *emissions, int states, const int *class_of, const int *first,
              const int *preds, const float *costs, const float *start, const float *end, int *path) {
  const float none = -1e30f;
  float *now = malloc(sizeof(float) * states), *next = malloc(sizeof(float) * states);
  int *back = malloc(sizeof(int) * (size_t)frames * states);
  for (int s = 0; s < states; s++) now[s] = start[s] < 1e29f ? emissions[class_of[s]] - start[s] : none;
  for (int t = 1; t < frames; t++) {
    const float *e = emissions + (size_t)t * classes;
    int *b = back + (size_t)t * states;
    for (int s = 0; s < states; s++) {
      float best = now[s];
      int from = s;
      for (int k = first[s]; k < first[s + 1]; k++) {
        float v = now[preds[k]] - costs[k];
        if (v > best) best = v, from = preds[k];
      }
      next[s] = best > -1e29f ? best + e[class_of[s]] : none;
      b[s] = from;
    }
    float *swap = now;
    now = next;
    next = swap;
  }
  float best = none;
  int at = -1;
  for (int s = 0; s < states; s++)
    if (now[s] - end[s] > best) best = now[s] - end[s], at = s;
  for (int t = frames - 1; at >= 0 && t >= 0; t--) {
    path[t] = at;
    if (t > 0) at = back[(size_t)t * states + at];
  }
  free(now);
  free(next);
  free(back);
  return best;
}
