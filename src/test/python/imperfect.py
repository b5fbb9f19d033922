#!/usr/bin/env python3
"""Text that is not what is spoken: what is found, what is reported missing. Python 3 and ffmpeg, nothing else.

usage: imperfect.py SHARED_DATA WORK_DIR [--minutes 10] [--languages en de fr] [--seeds 1 2 3] [--kinds ...]

Makes recordings with longform.py, aligns each with its own text and with texts that differ from it, and compares.
Passages of 3 to 30 words each:

  delete    20 % of the words are taken out of the text
  insert    20 % of words that nobody speaks, from other clips of the language, are put into the text
  both      10 % taken out, 10 % put in
  repeat    20 % of the words stand in the text twice, one copy after the other, and are spoken once
  replace   half of the words are replaced by as many others
  half      the second half of the text is replaced by other text
  ends      the first and the last 10 % are taken out: a header and a footer that are only spoken
  word      20 % of the words are put in one at a time: single words that nobody speaks

Prints per kind and language: kept = words that are spoken and stay within 100 ms of the result with the right text, of
those that this result has; missing = words that are not spoken and are reported missing; median = of the moves, ms.
Of two copies the one counts as spoken that was found near its place.
--poems aligns data/speech/longform-fr, whose spoken header and footer are not in the text, and prints what was found.
"""
import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHORALE = os.path.join(HERE, "../../../chorale")
NEAR = 0.100


def recording(data, work, language, seed, minutes):
    name = f"{language}-{seed}"
    if not os.path.exists(f"{work}/{name}.clips.tsv"):
        command = [sys.executable, f"{HERE}/longform.py", data, work, name, "--minutes", str(minutes), "--language",
                   language, "--seed", str(seed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return name, [line.split() for line in open(f"{work}/{name}.txt", encoding="utf-8")]


def other_words(data, work, name, language, rng):
    """Words of clips that are not in the recording, clip by clip."""
    used = {line.rstrip("\n").split("\t")[4] for line in open(f"{work}/{name}.clips.tsv", encoding="utf-8")}
    rows = csv.DictReader(open(data + "/speech/train/manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
    spoken = {" ".join(open(f"{work}/{name}.txt", encoding="utf-8").read().split())}
    clips = [r["transcript"].split() for r in rows if r["language"] == language
             and not any(u.endswith("/speech/train/" + r["path"]) for u in used) and len(r["transcript"].split()) > 3]
    clips = [[w.lower() for w in c] if " ".join(c).isupper() else c for c in clips]
    clips = [c for c in clips if not any(" ".join(c) in s for s in spoken)]
    while True:
        rng.shuffle(clips)
        for clip in clips:
            yield from clip


def passages(count, share, rng, shortest=3, longest=30):
    """Disjoint ranges that make up a share of so many words."""
    taken, total, out = [False] * count, 0, []
    while total < share * count:
        length = min(rng.randint(shortest, longest), int(share * count) - total + 1)
        start = rng.randrange(max(1, count - length))
        if any(taken[max(0, start - 1):start + length + 1]):
            continue
        taken[start:start + length] = [True] * length
        total += length
        out.append((start, start + length))
    return sorted(out)


def edited(kind, words, foreign, rng):
    """Tokens (spelling, index among the words or None, copy) of the text that is given to Chorale."""
    right = [(w, i, 0) for i, w in enumerate(words)]
    strangers = lambda n: [(next(foreign), None, 0) for _ in range(n)]
    out, at = [], 0
    if kind == "half":
        return right[:len(right) // 2] + strangers(len(right) - len(right) // 2)
    if kind == "ends":
        return right[len(right) // 10:-(len(right) // 10)]
    if kind == "word":
        return [t for token in right for t in ([token] + strangers(1) if rng.random() < 0.2 else [token])]
    share = {"replace": 0.5, "both": 0.1}.get(kind, 0.2)
    if kind == "both":
        gone = {i for a, b in passages(len(words), 0.1, rng) for i in range(a, b)}
        right = [t for t in right if t[1] not in gone]
    for a, b in passages(len(right), share, rng):
        out += right[at:a]
        if kind == "insert" or kind == "both":
            out += strangers(b - a) + right[a:b]
        elif kind == "repeat":
            out += right[a:b] + [(w, i, 1) for w, i, _ in right[a:b]]
        elif kind == "replace":
            out += strangers(b - a)
        at = b
    return out + right[at:]


def align(work, items):
    """Runs Chorale once on all (name, recording, language, text); returns the words of each."""
    with open(f"{work}/manifest.tsv", "w", encoding="utf-8") as f, open(f"{work}/none.tsv", "w") as none:
        none.write("0\t0.1\t-none-\n")
        f.write("audio\ttext\twords_tsv\tlanguage\n")
        for name, audio, language, text in items:
            link = f"{work}/{name}{os.path.splitext(audio)[1]}"
            if not os.path.lexists(link):
                os.symlink(os.path.abspath(audio), link)
            with open(f"{work}/{name}.txt", "w", encoding="utf-8") as t:
                t.write(text)
            f.write(f"{os.path.basename(link)}\t{name}.txt\tnone.tsv\t{language}\n")
    subprocess.run([CHORALE, "eval", f"{work}/manifest.tsv", "-o", f"{work}/out", "--quiet", "--summary"], check=True,
                   stdout=subprocess.DEVNULL)
    return [json.load(open(f"{work}/out/{name}.json", encoding="utf-8")) for name, _, _, _ in items]


def text_of(tokens):
    return "\n".join(" ".join(t[0] for t in tokens[i:i + 12]) for i in range(0, len(tokens), 12)) + "\n"


def near(word, truth):
    return (word["start"] is not None and abs(word["start"] - truth["start"]) <= NEAR
            and abs(word["end"] - truth["end"]) <= NEAR)


def score(right, tokens, words):
    """(spoken, kept, not spoken, reported missing, moves)."""
    assert len(tokens) == len(words), (len(tokens), len(words))
    spoken = kept = silent = missing = 0
    moves = []
    copies = {}
    for token, word in zip(tokens, words):
        if word["status"] == "interpolated":
            continue
        if token[1] is None:
            silent += 1
            missing += word["start"] is None
        elif right[token[1]]["status"] == "aligned":
            copies.setdefault(token[1], []).append(word)
    for index, found in copies.items():
        truth = right[index]
        best = min(found, key=lambda w: 1e9 if w["start"] is None else abs(w["start"] - truth["start"]))
        spoken += 1
        kept += near(best, truth)
        if best["start"] is not None:
            moves.append(abs(best["start"] - truth["start"]))
        for word in found:
            if word is not best:
                silent += 1
                missing += word["start"] is None
    return spoken, kept, silent, missing, moves


def row(name, scores):
    spoken, kept, silent, missing = (sum(s[i] for s in scores) for i in range(4))
    moves = [m for s in scores for m in s[4]]
    print(f"{name:16s} kept {100 * kept / spoken:6.2f} % of {spoken:6d}"
          + (f"   missing {100 * missing / silent:6.2f} % of {silent:5d}" if silent else " " * 28)
          + f"   median {1000 * statistics.median(moves):.1f} ms", flush=True)


def poems(data, work):
    root = data + "/speech/longform-fr"
    items = []
    for r in csv.DictReader(open(root + "/manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
        items.append((r["path"].split(".")[0], f"{root}/{r['path']}", r["language"], r["transcript"] + "\n"))
    total = found = late = early = 0
    verdicts = {}
    confidences, heads, tails = [], [], []
    for result in align(work, items):
        words = [w for w in result["words"] if w["status"] != "interpolated"]
        timed = [w for w in words if w["start"] is not None]
        total += len(words)
        found += len(timed)
        confidences += [w["confidence"] for w in timed]
        verdicts[result["verdict"]] = verdicts.get(result["verdict"], 0) + 1
        heads.append(timed[0]["start"] if timed else 0)
        tails.append(result["audio"]["duration"] - timed[-1]["end"] if timed else 0)
    print(f"poems: {len(items)} recordings, {found} of {total} words found ({100 * found / total:.1f} %), median confidence "
          f"{statistics.median(confidences):.3f}; the text begins after {statistics.median(heads):.1f} s and ends "
          f"{statistics.median(tails):.1f} s before the end (medians); verdicts {verdicts}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--languages", nargs="*", default=["en", "de", "fr"])
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2, 3])
    parser.add_argument("--kinds", nargs="*", default="delete insert both repeat replace half ends word".split())
    parser.add_argument("--poems", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.work + "/out", exist_ok=True)
    if args.poems:
        return poems(args.data, args.work)
    items, cases = [], []
    for language in args.languages:
        for seed in args.seeds:
            name, lines = recording(args.data, args.work, language, seed, args.minutes)
            words = [w for line in lines for w in line]
            audio = f"{args.work}/{name}.wav"
            right = [(w, i, 0) for i, w in enumerate(words)]
            items.append((f"{name}.right", audio, language, text_of(right)))
            cases.append((language, "right", len(items) - 1, right))
            for kind in args.kinds:
                rng = random.Random(f"{language} {seed} {kind}")
                tokens = edited(kind, words, other_words(args.data, args.work, name, language, rng), rng)
                items.append((f"{name}.{kind}", audio, language, text_of(tokens)))
                cases.append((language, kind, len(items) - 1, tokens))
    results = align(args.work, items)
    scores, right = {}, None
    for language, kind, index, tokens in cases:
        words = results[index]["words"]
        right = words if kind == "right" else right
        scores.setdefault((kind, language), []).append(score(right, tokens, words))
    for kind in ["right"] + args.kinds:
        for language in args.languages:
            row(f"{kind} {language}", scores[kind, language])
        row(f"{kind} all", [s for language in args.languages for s in scores[kind, language]])


if __name__ == "__main__":
    main()
