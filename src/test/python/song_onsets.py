"""Where the ear puts the beginning of a sung word: fits the two constants of the manifest, each song by the others.

usage: song_onsets.py SONGS_FOLDER SCORE_PY OUT MANIFEST_JSON
OUT is what songs.py wrote (with phones). start = sound + SHARE * consonants - LEAD, where sound is the start of the first
phone and consonants the time up to the first vowel, at most .3 s; the fit minimises the mean of the songs' median errors.
"""
import csv
import importlib.util
import json
import os
import sys

import numpy as np

folder, score_py, out, manifest = sys.argv[1:]
spec = importlib.util.spec_from_file_location("score", score_py)
score = importlib.util.module_from_spec(spec)
spec.loader.exec_module(score)
with open(manifest, encoding="utf-8") as f:
    m = json.load(f)
vowels = {p for p, c in zip(m["vocabulary"], m["broadClasses"]) if c == "vowel"}
shipped = (m["search"]["onsetConsonantShare"], m["search"]["onsetLeadSeconds"])
songs = []
with open(os.path.join(folder, "manifest.tsv"), encoding="utf-8") as f:
    for song in csv.DictReader(f, delimiter="\t"):
        path = os.path.join(out, song["id"] + ".json")
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as g:
            words = [w for w in json.load(g)["words"] if score.norm(w["text"])]
        truth = score.read_truth(os.path.join(folder, song["words_tsv"]))
        rows = []
        for t, k in zip(truth, score.pair(truth, score.read_hyp(path))):
            if k is None or not words[k].get("phones"):
                continue
            phones = words[k]["phones"]
            vowel = next((p["start"] for p in phones if p["phone"] in vowels), phones[0]["start"])
            rows.append((phones[0]["start"] - t[0], min(0.3, vowel - phones[0]["start"])))
        songs.append((song["id"], np.array(rows)))
GRID = [(share / 10, lead / 100) for share in range(11) for lead in range(-2, 7)]
median = lambda rows, c: 1000 * np.median(np.abs(rows[:, 0] + c[0] * rows[:, 1] - c[1]))
fit = lambda some: min(GRID, key=lambda c: np.mean([median(r, c) for _, r in some]))
print(f"{'song':40s} {'by sound':>9s} {'held out':>9s} {'shipped':>9s}   fitted on the others")
table = []
for k, (name, rows) in enumerate(songs):
    c = fit(songs[:k] + songs[k + 1:])
    table.append((median(rows, (0, 0)), median(rows, c), median(rows, shipped)))
    print(f"{name[:40]:40s} {table[-1][0]:6.0f} ms {table[-1][1]:6.0f} ms {table[-1][2]:6.0f} ms   {c}")
print(f"{'median of the songs':40s} " + " ".join(f"{x:6.1f} ms" for x in np.median(table, 0)) + f"   fitted on all: {fit(songs)}")
