"""How far the boundaries of phones agree with the labels of a speech synthesis voice that no model here has heard.

usage: festvox.py WORK_DIR MODEL_DIR
Debian's festvox-ru (BSD-like licence) holds the 620 recordings of which a Russian voice for Festival is made, 99 minutes
read by one speaker, with phones labelled by an HMM: on a grid of 10 ms, at least 30 ms each, with ways of its own (a
fricative after a vowel begins 20 ms earlier than here). So what is printed is agreement, not error, and for all
boundaries together also the spread about the median of each pair of kinds of sound, in which such ways do not count.
Both for MODEL_DIR and for a copy of it without what corrects boundaries. Minutes on two cores; the download is 180 MB.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

import numpy as np

import boundaries
import plain

P = boundaries.P
VOICE = "usr/share/festival/voices/russian/msu_ru_nsh_clunits"
LEAST_COUNT = 20  # of a pair of kinds
KINDS = {"silence": "pau", "vowel": "a aa ay ae i ii y yy u uu ur e ee oo", "voiceless-stop": "p pp t tt k kk c ch",
         "voiced-stop": "b bb d dd g gg", "nasal": "m mm n nn", "voiceless-fricative": "s ss sh sch f ff h hh",
         "voiced-fricative": "v vv z zz zh", "approximant": "l ll r rr j"}
KINDS = {symbol: kind for kind, symbols in KINDS.items() for symbol in symbols.split()}


def recordings(work):
    """Manifest for `chorale eval` of the voice's recordings."""
    folder, voice = f"{work}/festvox", f"{work}/festvox/package/{VOICE}"
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(voice):
        subprocess.run(["apt-get", "download", "-qq", "festvox-ru"], cwd=folder, check=True)
        subprocess.run(["dpkg", "-x", glob.glob(folder + "/festvox-ru*.deb")[0], folder + "/package"], check=True)
    with open(voice + "/etc/txt.done.data", encoding="utf-8") as f, \
            open(folder + "/manifest.tsv", "w", encoding="utf-8") as manifest:
        manifest.write("audio\ttext\twords_tsv\tlanguage\n")
        for name, text in re.findall(r'\( *(\S+) +"(.*)" *\)', f.read()):
            text = text.replace("+", "")  # marks of stress
            with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as out:
                out.write(text + "\n")
            with open(f"{folder}/{name}.tsv", "w", encoding="utf-8") as out:  # eval wants times; they are not looked at
                out.write("start\tend\tword\n" + "".join(f"{k}\t{k + 0.5}\t{w}\n" for k, w in enumerate(re.findall(r"\w+", text))))
            if not os.path.exists(f"{folder}/{name}.wav"):
                os.symlink(f"package/{VOICE}/wav/{name}.wav", f"{folder}/{name}.wav")
            manifest.write(f"{name}.wav\t{name}.txt\t{name}.tsv\tru\n")
    return folder + "/manifest.tsv"


def labels(path):
    """[[kind, start, end], ...], seconds"""
    out, start = [], 0
    with open(path, encoding="utf-8") as f:
        for end, _, symbol in (line.split() for line in f if len(line.split()) == 3):
            if out and out[-1][0] == KINDS[symbol] == "silence":
                out[-1][2] = float(end)
            else:
                out.append([KINDS[symbol], start, float(end)])
            start = float(end)
    return out


def say(name, differences):
    size = np.abs(differences)
    print(f"  {name:34s} {len(size):6d}  mean {1000 * np.mean(differences):5.1f} ms  mean size {1000 * size.mean():5.1f} ms  "
          f"median size {1000 * np.median(size):5.1f} ms  within 20 ms {100 * (size <= 0.02).mean():.1f} %  50 ms {100 * (size <= 0.05).mean():.1f} %")


def compare(results, voice):
    pairs, words, verdicts = collections.defaultdict(list), [], collections.Counter()
    for path in sorted(glob.glob(results + "/*.json")):
        with open(path, encoding="utf-8") as f:
            result = json.load(f)
        verdicts[result["verdict"]] += 1
        ours, places = boundaries.phones_of(result["words"], result["audio"]["duration"])
        firsts, kinds = {place[0] for place in places if place}, [P.BROAD_CLASSES[p[0]] for p in ours]
        theirs = labels(f"{voice}/lab/{os.path.basename(path)[:-5]}.lab")
        same = boundaries.matched(kinds, [p[0] for p in theirs])
        for k in range(1, len(ours)):
            if k in same and same.get(k - 1) == same[k] - 1:
                difference = ours[k][1] - theirs[same[k]][1]
                pairs[kinds[k - 1], kinds[k]].append(difference)
                if k in firsts:
                    words.append(difference)
    say("starts of words", np.array(words))
    say("all phones", np.concatenate([np.array(v) for v in pairs.values()]))
    say("about the median of their kinds", np.concatenate([np.array(v) - np.median(v) for v in pairs.values() if len(v) >= LEAST_COUNT]))
    print("  verdicts:", dict(verdicts))


def main(work, model):
    manifest, uncorrected = recordings(work), work + "/festvox/model"
    plain.copy(model, uncorrected)
    for name, folder in (("without corrections", uncorrected), ("as it is", model)):
        results = f"{work}/festvox/{name.replace(' ', '-')}"
        subprocess.run([boundaries.CHORALE, "eval", manifest, "--model", folder, "-o", results, "--quiet", "--summary"],
                       check=True, stdout=subprocess.DEVNULL)
        print(name)
        compare(results, f"{work}/festvox/package/{VOICE}")


if __name__ == "__main__":
    main(*sys.argv[1:])
