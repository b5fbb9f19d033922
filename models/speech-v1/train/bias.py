"""Learns the mean error of word boundaries by kind of transition, in broad classes, on the development truth.

usage: bias.py SHARED_DATA WORK_DIR MODEL_DIR [--write]
A kind is learned from its contexts (pairs of words), not from its recordings, because the truth repeats few sentences
often: the median over contexts of the median error, shrunken by contexts / (contexts + 6), at most 15 ms.
"""
import argparse
import collections
import csv
import json
import os
import statistics
import subprocess
import sys

import plain

HERE = os.path.dirname(os.path.abspath(__file__))
CHORALE = os.path.join(HERE, "../../../chorale")
MOST_MS, LEAST_CONTEXTS, PRIOR_CONTEXTS = 15.0, 3, 6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("model")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    sys.path.insert(0, os.path.join(args.shared, "../eval"))
    import score
    folder, out = args.work + "/bias/model", args.work + "/bias/out"
    manifest = plain.copy(args.model, folder)
    broad = dict(zip(manifest["vocabulary"], manifest["broadClasses"]))
    silence = broad[manifest["vocabulary"][manifest["silence"]]]
    truth = args.shared + "/speech/dev-truth/"
    subprocess.run([CHORALE, "eval", truth + "manifest.tsv", "--model", folder, "-o", out, "--quiet", "--summary"], check=True)
    errors = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(truth + "manifest.tsv", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if r["labelled_by"].startswith("hand")]
    for row in rows:
        path = f"{out}/{os.path.splitext(row['audio'].replace('/', '_'))[0]}.json"
        words = [w for w in json.load(open(path, encoding="utf-8"))["words"] if score.norm(w["text"])]
        known = score.read_truth(truth + row["words_tsv"])
        pairs = score.pair(known, score.read_hyp(path))
        for i, k in enumerate(pairs):
            word = words[k] if k is not None else None
            if word is None or not word.get("phones"):
                continue
            before = words[k - 1] if k > 0 else None
            joined = before is not None and before.get("phones") and before["end"] > word["start"] - 0.005
            left = broad[before["phones"][-1]["phone"]] if joined else silence
            kind = left, broad[word["phones"][0]["phone"]]
            errors[kind][(before and before["text"], word["text"])].append(word["start"] - known[i][0])
            after = words[k + 1] if k + 1 < len(words) else None
            if known[i][1] is not None and (after is None or after["start"] is None or after["start"] > word["end"] + 0.005):
                kind = broad[word["phones"][-1]["phone"]], silence
                errors[kind][(word["text"], after and after["text"])].append(word["end"] - known[i][1])
    bias = {}
    for kind, contexts in sorted(errors.items()):
        n = len(contexts)
        if n >= LEAST_CONTEXTS:
            mean = 1000 * statistics.median(statistics.median(v) for v in contexts.values()) * n / (n + PRIOR_CONTEXTS)
            if abs(mean) >= 1:
                bias[" ".join(kind)] = round(max(-MOST_MS, min(MOST_MS, mean)), 1)
            print(f"{' '.join(kind):28s} {n:3d} contexts {sum(map(len, contexts.values())):4d} boundaries {mean:6.1f} ms")
    if args.write:
        manifest["transitionBiasMs"] = bias
        with open(args.model + "/manifest.json", "w", encoding="utf-8") as f:
            json.dump(manifest, f, ensure_ascii=False, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
