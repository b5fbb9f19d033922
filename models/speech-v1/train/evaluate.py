"""A quick score of a checkpoint on aligned truth, without the Java aligner: for the choice between checkpoints.

usage: evaluate.py WORK_DIR CHECKPOINT TRUTH_MANIFEST [--prior-scale S]
"""
import argparse
import csv
import os
import subprocess

import numpy as np
import torch

import relabel

P = relabel.P


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("checkpoint")
    parser.add_argument("manifest")
    parser.add_argument("--prior-scale", type=float, default=relabel.PRIOR_SCALE)
    args = parser.parse_args()
    torch.set_num_threads(1)
    pronounce, posteriors, lib = relabel.Pronouncer(), relabel.Posteriors(args.checkpoint), relabel.library(args.work)
    refine = relabel.Durations(lib, args.work)
    prior = np.loadtxt(args.work + "/prior.txt") if os.path.exists(args.work + "/prior.txt") else 0
    groups, folder = {}, os.path.dirname(args.manifest)
    with open(args.manifest, encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            row["language"] = row["language"].split("-")[0]
            raw = subprocess.run(["ffmpeg", "-v", "error", "-i", os.path.join(folder, row["audio"]), "-ac", "1", "-ar",
                                  "16000", "-f", "s16le", "-"], capture_output=True, check=True).stdout
            truth = [l.rstrip("\n").split("\t") for l in open(os.path.join(folder, row["words_tsv"]), encoding="utf-8")]
            truth = [(float(t[0]), float(t[1]), t[2]) for t in truth if t[0][:1].isdigit()]
            words = [[v for w in relabel.words_of(t[2], row["language"]) for v in pronounce(w, row["language"])] for t in truth]
            if not all(words) or len(words) < 2:
                continue
            logp = posteriors(np.frombuffer(raw, "<i2"))
            graph = relabel.Graph(words)
            scores = logp - args.prior_scale * prior
            path = relabel.align(lib, scores, graph)
            if path is None:
                continue
            path = refine(scores, path, graph.cls)
            cls, word = graph.cls[path], np.array(graph.word)[path]
            for w, (start, end, _) in enumerate(truth):
                at = np.flatnonzero(word == w)
                t0, t1 = at[0], at[-1] + 1
                s = relabel.boundary(logp, t0, cls[t0 - 1], cls[t0]) / 16000 if t0 > 0 else 0
                e = relabel.boundary(logp, t1, cls[t1 - 1], cls[t1]) / 16000 if t1 < len(path) else len(path) / 100
                groups.setdefault(row["audio"].split("/")[0], []).append((s - start, e - end))
    for name, errors in groups.items():
        e = np.array(errors)
        a = np.abs(e)
        print(f"{name:16s} {len(e):5d} words  MAE {1000 * a.mean():6.1f} ms  median start {1000 * np.median(a[:, 0]):5.1f}  "
              f"bias start {1000 * e[:, 0].mean():5.1f} end {1000 * e[:, 1].mean():5.1f}  within 20 ms {100 * (a <= .02).mean():5.1f} "
              f"within 50 ms {100 * (a <= .05).mean():5.1f}  worst {a.max():.2f} s")


if __name__ == "__main__":
    main()
