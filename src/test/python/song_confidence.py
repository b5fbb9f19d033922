"""How well the confidence of words in songs says that they are right: calibration error, and a fit.

usage: song_confidence.py SONGS_FOLDER SCORE_PY RIGHT_OUT WRONG_OUT MANIFEST_JSON
RIGHT_OUT and WRONG_OUT are what songs.py wrote without and with --wrong; MANIFEST_JSON is that of the model. A word is
right within .3 s of the truth; with the lyrics of another song every word is wrong. Words of both kinds count alike, so
that half of what is looked at is mostly right. The fit keeps the share of the neighbours, and is tested on each song
with the others; ece is the expected calibration error in ten bins.
"""
import csv
import importlib.util
import json
import os
import sys

import numpy as np

folder, score_py, right_out, wrong_out, manifest = sys.argv[1:]
spec = importlib.util.spec_from_file_location("score", score_py)
score = importlib.util.module_from_spec(spec)
spec.loader.exec_module(score)


def logit(c):
    c = np.clip(c, 1e-3, 1 - 1e-3)  # the JSON has three decimals
    return np.log(c / (1 - c))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def ece(confidence, right, weight):
    bins = np.minimum((confidence * 10).astype(int), 9)
    return sum(abs(np.sum((weight * (confidence - right))[bins == b])) for b in range(10)) / weight.sum()


def auroc(confidence, right):
    order = np.argsort(confidence, kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    n = right.sum()
    return (ranks[right == 1].sum() - n * (n + 1) / 2) / (n * (len(right) - n))


def weights(group):
    """Right and wrong lyrics weigh alike."""
    w = np.where(group, 1.0 / max(1, group.sum()), 1.0 / max(1, (~group).sum()))
    return w / w.sum() * len(group)


def fit(x, y, w):
    a, b = 1.0, 0.0
    for _ in range(50):  # Newton's method on the logistic loss
        p = sigmoid(a * x + b)
        g = np.array([np.sum(w * (p - y) * x), np.sum(w * (p - y))])
        v = w * p * (1 - p)
        h = np.array([[np.sum(v * x * x), np.sum(v * x)], [np.sum(v * x), np.sum(v)]]) + 1e-6 * np.eye(2)
        a, b = np.array([a, b]) - np.linalg.solve(h, g)
    return a, b


with open(os.path.join(folder, "manifest.tsv"), encoding="utf-8") as f:
    songs = [r for r in csv.DictReader(f, delimiter="\t") if os.path.exists(os.path.join(right_out, r["id"] + ".json"))]
confidence, right, own, of_song = [], [], [], []
for number, song in enumerate(songs):
    truth = score.read_truth(os.path.join(folder, song["words_tsv"]))
    for out, is_own in ((right_out, True), (wrong_out, False)):
        path = os.path.join(out, song["id"] + ".json")
        with open(path, encoding="utf-8") as f:
            words = [w for w in json.load(f)["words"] if score.norm(w["text"])]
        if is_own:
            hyp = score.read_hyp(path)
            rows = [(words[m]["confidence"], abs(hyp[m][0] - t[0]) <= 0.3) for t, m in zip(truth, score.pair(truth, hyp))
                    if m is not None and words[m]["status"] == "aligned"]
        else:
            rows = [(w["confidence"], False) for w in words if w["status"] == "aligned"]
        for c, r in rows:
            confidence.append(c)
            right.append(float(r))
            own.append(is_own)
            of_song.append(number)
confidence, right, own, of_song = np.array(confidence), np.array(right), np.array(own), np.array(of_song)
print(f"{own.sum()} words of own lyrics, {right[own].mean():.3f} right, mean confidence {confidence[own].mean():.3f}; "
      f"{(~own).sum()} of others', mean confidence {confidence[~own].mean():.3f}")
show = lambda name, c: print(f"{name}: ece own {ece(c[own], right[own], np.ones(own.sum())):.3f}, own and others' "
                             f"{ece(c, right, weights(own)):.3f}, AUROC own {auroc(c[own], right[own]):.3f}, all {auroc(c, right):.3f}")
show("as shipped", confidence)
x, held_out = logit(confidence), np.zeros(len(right))
for number in range(len(songs)):
    left = of_song != number
    a, b = fit(x[left], right[left], weights(own[left]))
    held_out[~left] = sigmoid(a * x[~left] + b)
show("fitted on the other songs", held_out)
a, b = fit(x, right, weights(own))
with open(manifest, encoding="utf-8") as f:
    words = json.load(f)["confidence"]["words"]
slope = a * words["slope"]
print(f"fit on all: slope {slope:.3f}, midpoint {words['midpoint'] - b / slope:.3f} (are {words['slope']}, {words['midpoint']})")
