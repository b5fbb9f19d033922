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

// The segments of a path move their boundaries, each by at most `window` frames, to where the scores and the durations
// are best (explicit-duration HMM on a fixed sequence). starts [segments + 1]: first frame of each, then the number of
// frames; rewritten. weight * -0.5 z^2 is added a segment, z = (log length - mean[s]) / deviation[s]; deviation 0: none.
#include <math.h>
#include <string.h>
void refine(int frames, int classes, const float *scores, int segments, const int *class_of, const double *mean,
            const double *deviation, double weight, int window, int *starts) {
  int span = 2 * window + 1, first = 0, count = 1;
  double *best = malloc(sizeof(double) * span), *next = malloc(sizeof(double) * span);
  double *sums = malloc(sizeof(double) * (frames + 1)), *density = malloc(sizeof(double) * (frames + 1));
  unsigned char *came = malloc((size_t)segments * span);
  int *firsts = malloc(sizeof(int) * (segments + 1));
  best[0] = 0, firsts[0] = 0;
  for (int s = 0; s < segments; s++) {
    int from = frames, to = frames;
    if (s < segments - 1) {
      from = starts[s + 1] - window > s + 1 ? starts[s + 1] - window : s + 1;
      to = starts[s + 1] + window < frames - (segments - 1 - s) ? starts[s + 1] + window : frames - (segments - 1 - s);
    }
    sums[0] = 0;
    for (int t = first; t < to; t++) sums[t - first + 1] = sums[t - first] + scores[(size_t)t * classes + class_of[s]];
    for (int d = 1; d <= to - first; d++) {
      double z = deviation[s] > 0 ? (log(d) - mean[s]) / deviation[s] : 0;
      density[d] = -0.5 * weight * z * z;
    }
    for (int k = 0; k <= to - from; k++) {
      next[k] = -1e300;
      for (int j = 0; j < count && first + j < from + k; j++) {
        int length = from + k - first - j;
        double score = best[j] + sums[from + k - first] - sums[j] + density[length];
        if (score > next[k]) next[k] = score, came[(size_t)s * span + k] = j;
      }
    }
    memcpy(best, next, sizeof(double) * (to - from + 1));
    first = from, count = to - from + 1;
    firsts[s + 1] = from;
  }
  int end = frames;
  for (int s = segments - 1; s >= 0; s--) {
    int start = firsts[s] + came[(size_t)s * span + end - firsts[s + 1]];
    starts[s] = start;
    end = start;
  }
  free(best), free(next), free(sums), free(density), free(came), free(firsts);
}
