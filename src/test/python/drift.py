#!/usr/bin/env python3
"""Whether times drift in a long recording: its result against what its clips give alone. Python 3 only.

usage: drift.py WORK NAME LANGUAGE [--clips 60]

WORK/NAME.{wav,txt,clips.tsv} come from longform.py, WORK/NAME.json from chorale align. Prints for every tenth of the
recording: words whose middle lies in their own clip; the differences of starts and ends from the result for the clip
alone, for so many clips drawn from the tenth; with NAME.words.tsv the error against the labels.
"""
import argparse
import json
import os
import random
import statistics
import subprocess

CHORALE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")


def alone(work, clips, language):
    folder = f"{work}/drift"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/manifest.tsv", "w", encoding="utf-8") as f, open(f"{folder}/none.tsv", "w") as none:
        none.write("0\t0.1\t-none-\n")
        f.write("audio\ttext\twords_tsv\tlanguage\n")
        for i, (_, _, _, _, path, text) in enumerate(clips):
            link = f"{folder}/{i:05d}{os.path.splitext(path)[1]}"
            if os.path.lexists(link):
                os.remove(link)
            os.symlink(os.path.abspath(path), link)
            with open(f"{folder}/{i:05d}.txt", "w", encoding="utf-8") as t:
                t.write(text + "\n")
            f.write(f"{os.path.basename(link)}\t{i:05d}.txt\tnone.tsv\t{language}\n")
    subprocess.run([CHORALE, "eval", f"{folder}/manifest.tsv", "-o", f"{folder}/out", "--quiet", "--summary"], check=True,
                   stdout=subprocess.DEVNULL)
    return [json.load(open(f"{folder}/out/{i:05d}.json", encoding="utf-8"))["words"] for i in range(len(clips))]


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))] if values else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work")
    parser.add_argument("name")
    parser.add_argument("language")
    parser.add_argument("--clips", type=int, default=60)
    args = parser.parse_args()
    stem = f"{args.work}/{args.name}"
    result = json.load(open(stem + ".json", encoding="utf-8"))
    words, duration = result["words"], result["audio"]["duration"]
    lines = open(stem + ".txt", encoding="utf-8").read().splitlines()
    clips = []
    for line, text in zip(open(stem + ".clips.tsv", encoding="utf-8"), lines):
        start, end, first, count, path = line.rstrip("\n").split("\t")
        clips.append((float(start), float(end), int(first), int(count), path, text))
    tenth = lambda t: min(9, int(10 * t / duration))
    rng, sample = random.Random(1), []
    for k in range(10):
        here = [c for c in clips if tenth(c[0]) == k]
        sample += rng.sample(here, min(args.clips, len(here)))
    moves = [[] for _ in range(10)]
    for clip, own in zip(sample, alone(args.work, sample, args.language)):
        for long, short in zip(words[clip[2]:clip[2] + clip[3]], own):
            if long["status"] == "aligned" and short["status"] == "aligned":
                moves[tenth(clip[0])] += [abs(long[k] - clip[0] - short[k]) for k in ("start", "end")]
    errors = [[] for _ in range(10)]
    if os.path.exists(stem + ".words.tsv"):
        for line in open(stem + ".words.tsv", encoding="utf-8"):
            start, end, _, index = line.rstrip("\n").split("\t")
            word = words[int(index)]
            if word["start"] is not None:
                errors[tenth(float(start))] += [word["start"] - float(start), word["end"] - float(end)]
    for k in range(10):
        inside = total = 0
        for start, end, first, count, _, _ in clips:
            if tenth(start) == k:
                total += count
                inside += sum(w["start"] is not None and start - .05 <= (w["start"] + w["end"]) / 2 <= end + .05
                              for w in words[first:first + count])
        text = (f"tenth {k + 1:2d}: {100 * inside / total:6.2f} % of {total:6d} words in their clip; against the clip alone "
                f"median {1000 * statistics.median(moves[k]):5.1f} ms, mean {1000 * statistics.mean(moves[k]):5.1f} ms, 99 % within "
                f"{1000 * quantile(moves[k], .99):6.1f} ms")
        if errors[k]:
            text += (f"; against labels mean {1000 * statistics.mean(map(abs, errors[k])):5.1f} ms, signed "
                     f"{1000 * statistics.mean(errors[k]):5.1f} ms of {len(errors[k])}")
        print(text)


if __name__ == "__main__":
    main()
