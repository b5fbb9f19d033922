"""Aligns the songs of a folder with the command line and scores them.

usage: songs.py SONGS_FOLDER SCORE_PY OUT_DIR [--mode lyrics|speech] [--only PART] [--wrong N]
SONGS_FOLDER/manifest.tsv names audio, text, words_tsv, language; UltraStar songs ("us-") are scored by starts only.
--wrong N gives every song the lyrics of the N-th song after it and prints the confidences (right text: without it).
"""
import argparse
import csv
import importlib.util
import json
import os
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("score")
parser.add_argument("out")
parser.add_argument("--mode", default="lyrics")
parser.add_argument("--only", default="")
parser.add_argument("--wrong", type=int, default=0)
args = parser.parse_args()
spec = importlib.util.spec_from_file_location("score", args.score)
score = importlib.util.module_from_spec(spec)
spec.loader.exec_module(score)
chorale = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")
os.makedirs(args.out, exist_ok=True)
with open(os.path.join(args.folder, "manifest.tsv"), encoding="utf-8") as f:
    songs = [r for r in csv.DictReader(f, delimiter="\t") if args.only in r["id"] and r["language"] != "ja"]
print(f"{'':36s} " + " ".join(f"{c:>7s}" for c in score.COLS) + "  seconds confidence verdict")
rows = []
for song in songs:
    text = songs[(songs.index(song) + args.wrong) % len(songs)]
    out = os.path.join(args.out, song["id"] + ".json")
    began = time.time()
    subprocess.run([chorale, "align", os.path.join(args.folder, song["audio"]), os.path.join(args.folder, text["text"]),
                    "-l", song["language"], "--mode", args.mode, "-o", out, "--force", "--quiet", "--phones"], check=True)
    seconds = time.time() - began
    with open(out, encoding="utf-8") as f:
        result = json.load(f)
    if args.wrong:
        print(f"{song['id'][:36]:36s} {result['confidence']:.3f} {result['verdict']}", flush=True)
        continue
    figures = score.figures(score.score(score.read_truth(os.path.join(args.folder, song["words_tsv"])), score.read_hyp(out),
                                        song["id"].startswith("us-"), 0))
    rows.append((song["language"], figures))
    print(score.row(song["id"], figures), f"{seconds:7.1f} {result['confidence']:.3f} {result['verdict']}", flush=True)
for language in sorted({r[0] for r in rows}):
    f = [r[1] for r in rows if r[0] == language]
    words = sum(x["words"] for x in f)
    mean = lambda k: sum(x[k] * x["words"] for x in f) / words
    print(f"{language}: {len(f)} songs, {words} words, PCO@.3 {mean('pco'):.1f} %, mean AAE {sum(x['aae'] for x in f) / len(f):.3f} s, "
          f"median of the songs {sorted(x['med'] for x in f)[len(f) // 2]:.0f} ms, mean bias {mean('bias'):.0f} ms, "
          f"worst song {max(x['derail'] for x in f):.1f} % beyond .5 s")
