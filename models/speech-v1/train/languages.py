"""How well languages beyond the first seven align: training clips with their own text and with another of the language.

usage: languages.py SHARED_DATA WORK_DIR [--model DIR] [--clips N] [--languages CODE ...] [--write]
Runs ../../../chorale eval and prints a table; --write puts it into docs/languages.md.
"""
import argparse
import csv
import json
import os
import random
import re
import shutil
import subprocess

from calibrate import CHORALE, wrong

LANGUAGES = "ru pl sv tr cs hu ro ca el fi".split()
DOCS = os.path.join(os.path.dirname(CHORALE), "docs/languages.md")
MARKS = ("<!-- languages.py: begin -->", "<!-- languages.py: end -->")
VERDICTS = ("ok", "doubtful", "mismatch")


def clips(shared, languages, count):
    """(audio, text, language), drawn once and for all by the seed."""
    with open(shared + "/speech/train/manifest.tsv", encoding="utf-8") as f:
        rows = list(csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    out = []
    for language in languages:
        own = [r for r in rows if r[1] == language and 2 <= float(r[3]) <= 16 and len(r[4].split()) > 3]
        for r in random.Random(11).sample(own, min(count, len(own))):
            out.append((f"{shared}/speech/train/{r[0]}", r[4], language))
    return out


def align(items, folder, model):
    """Per recording its result as `chorale align` gives it."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(folder + "/manifest.tsv", "w", encoding="utf-8") as f:
        f.write("audio\ttext\twords_tsv\tlanguage\n")
        for i, (audio, text, language) in enumerate(items):
            name = f"{i:04d}{os.path.splitext(audio)[1]}"
            os.symlink(os.path.abspath(audio), f"{folder}/{name}")
            with open(f"{folder}/{i:04d}.txt", "w", encoding="utf-8") as t:
                t.write(text)
            with open(f"{folder}/{i:04d}.tsv", "w", encoding="utf-8") as t:
                t.write("0\t0.1\t-none-\n")  # nobody knows the times: only confidence and verdict are looked at
            f.write(f"{name}\t{i:04d}.txt\t{i:04d}.tsv\t{language}\n")
    command = [CHORALE, "eval", folder + "/manifest.tsv", "-o", folder + "/out", "--quiet", "--summary"]
    subprocess.run(command + (["--model", model] if model else []), check=True, stdout=subprocess.DEVNULL)
    return [json.load(open(f"{folder}/out/{i:04d}.json", encoding="utf-8")) for i in range(len(items))]


def row(language, right, other):
    cells = [language, str(len(right))]
    for results in (right, other):
        cells.append(f"{sum(r['confidence'] for r in results) / len(results):.2f}")
        cells.append(" / ".join(str(sum(r["verdict"] == v for r in results)) for v in VERDICTS))
    found = [w for r in right for w in r["words"]]
    cells.append(f"{100 * sum(w['status'] == 'aligned' for w in found) / len(found):.1f}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("--model")
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    items = clips(args.shared, args.languages, args.clips)
    right = align(items, args.work + "/languages/right", args.model)
    other = align(wrong(items, "same"), args.work + "/languages/other", args.model)
    table = ["| language | clips | right text: confidence | ok / doubtful / refused | wrong text: confidence "
             "| ok / doubtful / refused | words found, % |", "|---|---|---|---|---|---|---|"]
    for language in args.languages:
        own = [i for i, item in enumerate(items) if item[2] == language]
        table.append(row(language, [right[i] for i in own], [other[i] for i in own]))
    table.append(row("all", right, other))
    print("\n".join(table))
    if args.write:
        with open(DOCS, encoding="utf-8") as f:
            text = f.read()
        new = MARKS[0] + "\n" + "\n".join(table) + "\n" + MARKS[1]
        text = re.sub(re.escape(MARKS[0]) + ".*" + re.escape(MARKS[1]), lambda _: new, text, flags=re.S)
        with open(DOCS, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
