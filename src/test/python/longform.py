#!/usr/bin/env python3
"""Builds long recordings out of short clips whose places are known. Python 3 and ffmpeg, nothing else.

usage: longform.py SHARED_DATA OUT NAME --minutes M [--language en] [--seed 1] [--truth] [--skip SOURCE ...]
                   [--book]

Writes OUT/NAME.wav (16 kHz, mono, 16 bit), OUT/NAME.txt (a line a clip) and OUT/NAME.clips.tsv, one line a clip:
start s, end s, first word, number of words, path. When the clips run out they come again in another order.
--truth strews the hand-labelled clips of dev-truth (EmoDB; -l de) evenly among them, each followed by its label, and
writes OUT/NAME.words.tsv: start s, end s, word, index of the word in the text.
--book takes the recordings of longform-fr, poems read by one person, in their order in place of the clips.
"""
import argparse
import csv
import os
import random
import struct
import subprocess
import tempfile

RATE = 16000
# Hesitant learners, and crowd recordings of many languages and qualities.
NOT_CLEAN = ["speechocean762", "commonvoice-misc", "commonvoice-rsample100"]
BATCH = 32


def training_clips(data, language, without):
    root = data + "/speech/train"
    with open(root + "/manifest.tsv", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = " ".join(row["transcript"].split())
            if row["language"] == language and row["source"] not in without and text:
                yield root + "/" + row["path"], text.lower() if text.isupper() else text, []


def poems(data):
    root = data + "/speech/longform-fr"
    with open(root + "/manifest.tsv", encoding="utf-8") as f:
        for row in sorted(csv.DictReader(f, delimiter="\t"), key=lambda r: r["path"]):
            yield f"{root}/{row['path']}", row["transcript"], []


def labelled_clips(data, language):
    root = data + "/speech/dev-truth"
    with open(root + "/manifest.tsv", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if not row["audio"].startswith("emodb") or row["language"][:2] != language:
                continue
            text = " ".join(open(f"{root}/{row['text']}", encoding="utf-8").read().split())
            words = []
            for line in open(f"{root}/{row['words_tsv']}", encoding="utf-8"):
                start, end, word = line.rstrip("\n").split("\t")[:3]
                if start != "start_s":
                    words.append((float(start), float(end), word))
            if len(words) == len(text.split()):
                yield f"{root}/{row['audio']}", text, words


def decode(paths):
    """Samples of each file, bytes; several files a process, because starting ffmpeg is what takes time."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["ffmpeg", "-v", "error", "-y", "-threads", "1"]
        for path in paths:
            command += ["-i", path]
        for i in range(len(paths)):
            command += ["-map", f"{i}:a:0", "-ar", str(RATE), "-ac", "1", "-f", "s16le", f"{folder}/{i}"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return [open(f"{folder}/{i}", "rb").read() for i in range(len(paths))]


def endless(clips, rng):
    while True:
        order = list(clips)
        rng.shuffle(order)
        yield from order


def mixed(plain, labelled, every):
    """Every so many plain clips one that is labelled."""
    for n, clip in enumerate(plain):
        yield clip
        if labelled is not None and n % every == 0:
            yield next(labelled)


def header(samples):
    size = samples * 2
    return (b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data" + struct.pack("<I", size))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("name")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--language", default="en")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--book", action="store_true")
    parser.add_argument("--skip", nargs="*", default=NOT_CLEAN, help="sources that are left out")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    stem = f"{args.out}/{args.name}"
    rng = random.Random(args.seed)
    plain = poems(args.data) if args.book else endless(list(training_clips(args.data, args.language, args.skip)), rng)
    labelled = endless(list(labelled_clips(args.data, args.language)), rng) if args.truth else None
    source = mixed(plain, labelled, 4)
    at, word, wanted = 0, 0, int(args.minutes * 60 * RATE)
    with open(stem + ".wav", "wb") as wav, open(stem + ".txt", "w", encoding="utf-8") as text, \
            open(stem + ".clips.tsv", "w", encoding="utf-8") as places, \
            open(stem + ".words.tsv", "w", encoding="utf-8") as words:
        wav.write(header(0))
        while at < wanted:
            batch = [next(source) for _ in range(BATCH)]
            for (path, line, truth), samples in zip(batch, decode([b[0] for b in batch])):
                if at >= wanted:
                    break
                pause = bytes(2 * int(RATE * rng.uniform(0.2, 0.8)))
                wav.write(pause)
                at += len(pause) // 2
                for k, (start, end, spelling) in enumerate(truth):
                    words.write(f"{at / RATE + start:.4f}\t{at / RATE + end:.4f}\t{spelling}\t{word + k}\n")
                count = len(line.split())
                wav.write(samples)
                places.write(f"{at / RATE:.4f}\t{(at + len(samples) // 2) / RATE:.4f}\t{word}\t{count}\t{path}\n")
                text.write(line + "\n")
                at += len(samples) // 2
                word += count
        wav.seek(0)
        wav.write(header(at))
    if not args.truth:
        os.remove(stem + ".words.tsv")
    print(f"{stem}.wav: {at / RATE:.1f} s, {word} words")


if __name__ == "__main__":
    main()
