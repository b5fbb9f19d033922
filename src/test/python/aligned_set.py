"""A truth set of clear speech for the live benchmarks: training clips with the times that `chorale batch` gives them.

usage: aligned_set.py SHARED_DATA OUT [--clips N] [--languages en ...]
N (40) clips of 3 to 6 s for each of five languages, or of those named, of different speakers where there are so many; those that are not `ok` with a
confidence of .8 or whose words do not go one to one with the text are left out. Writes OUT/manifest.tsv for LiveLoad and Detours.
"""
import argparse
import csv
import glob
import json
import os
import random
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("shared")
parser.add_argument("out")
parser.add_argument("--clips", type=int, default=40)
parser.add_argument("--languages", nargs="+", default=["en", "de", "fr", "es", "nl"])
args = parser.parse_args()
chorale = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")
train = os.path.abspath(os.path.join(args.shared, "speech/train"))
os.makedirs(args.out, exist_ok=True)
with open(os.path.join(train, "manifest.tsv"), encoding="utf-8") as f:
    clips = [c for c in csv.DictReader(f, delimiter="\t") if 3 <= float(c["duration_s"]) <= 6]
random.Random(1).shuffle(clips)
chosen = []
for language in args.languages:
    speakers, taken = {}, []
    for clip in sorted((c for c in clips if c["language"] == language and len(c["transcript"].split()) >= 4),
                       key=lambda c: speakers.setdefault(c["speaker"], []).append(0) or len(speakers[c["speaker"]])):
        taken.append(clip)
    chosen += taken[:args.clips]
job = os.path.join(args.out, "job.tsv")
with open(job, "w", encoding="utf-8") as f:
    f.write("id\taudio\ttext\tlanguage\n")
    for k, clip in enumerate(chosen):
        text = os.path.join(os.path.abspath(args.out), f"{k:03d}.txt")
        with open(text, "w", encoding="utf-8") as t:
            t.write(clip["transcript"] + "\n")
        f.write(f"{k:03d}\t{os.path.join(train, clip['path'])}\t{text}\t{clip['language']}\n")
results = os.path.join(args.out, "results")
subprocess.run([chorale, "batch", job, "-o", results, "--mode", "speech", "-f", "json"], check=False)
with open(os.path.join(args.out, "manifest.tsv"), "w", encoding="utf-8") as f:
    f.write("audio\ttext\twords_tsv\tphones_tsv\tlanguage\tduration_s\n")
    kept = 0
    for k, clip in enumerate(chosen):
        found = glob.glob(f"{results}/**/{k:03d}.json", recursive=True)
        if not found:
            continue
        with open(found[0], encoding="utf-8") as j:
            result = json.load(j)
        words = result["words"]
        if result["verdict"] != "ok" or result["confidence"] < 0.8 or len(words) != len(clip["transcript"].split()) \
                or any(w["status"] != "aligned" for w in words):
            continue
        with open(os.path.join(args.out, f"{k:03d}.words.tsv"), "w", encoding="utf-8") as t:
            t.write("start_s\tend_s\tword\n")
            t.write("".join(f"{w['start']}\t{w['end']}\t{w['text']}\n" for w in words))
        f.write(f"{os.path.join(train, clip['path'])}\t{k:03d}.txt\t{k:03d}.words.tsv\t\t{clip['language']}\t{clip['duration_s']}\n")
        kept += 1
print(f"{kept} of {len(chosen)} clips")
