"""Debian's voices for Festival as recordings with labels: the boundaries of phones as the makers of the voices placed them.

Diphone voices (English, Italian, Czech, Finnish) join recorded transitions from one phone to the next, each with the place of its
boundary, to a pitch mark: what they say here has real transitions with labels, in a voice without its own melody and lengths.
festvox-ru holds 620 recordings of one speaker, read, with labels of an HMM: on a grid of 10 ms, phones at least 30 ms long.
Labels are [[kinds of sound, start, end], ...] in seconds; an affricate or diphthong has two kinds.
"""
import collections
import csv
import glob
import json
import os
import random
import re
import subprocess
import sys
import wave

import numpy as np

import labels

P = labels.P
PACKAGES = ("festival festvox-kallpc16k festvox-kdlpc16k festvox-itapc16k festvox-italp16k festvox-czech-dita festvox-czech-krb "
            "festvox-czech-machac festvox-czech-ph festvox-suopuhe-lj festvox-suopuhe-mv")
# Name -> language, Festival's name, encoding of its texts.
DIPHONES = {"kal": ("en", "kal_diphone", "ascii"), "ked": ("en", "ked_diphone", "ascii"),
            "lp": ("it", "lp_diphone", "latin-1"), "pc": ("it", "pc_diphone", "latin-1"),
            "dita": ("cs", "czech_dita", "iso-8859-2"), "krb": ("cs", "czech_krb", "iso-8859-2"),
            "machac": ("cs", "czech_machac", "iso-8859-2"), "ph": ("cs", "czech_ph", "iso-8859-2"),
            "lj": ("fi", "suo_fi_lj_diphone", "latin-1"), "mv": ("fi", "hy_fi_mv_diphone", "latin-1")}
RUSSIAN = "usr/share/festival/voices/russian/msu_ru_nsh_clunits"
TEXTS = 200  # of a voice, where the training speech has as many in its language
LEAST_COUNT = 20  # of a pair of kinds

KINDS = {
    "ru": {"silence": "pau", "vowel": "a aa ay ae i ii y yy u uu ur e ee oo", "voiceless-stop": "p pp t tt k kk c ch",
           "voiced-stop": "b bb d dd g gg", "nasal": "m mm n nn", "voiceless-fricative": "s ss sh sch f ff h hh",
           "voiced-fricative": "v vv z zz zh", "approximant": "l ll r rr j"},
    "it": {"silence": "#", "vowel": "i e E a o O u i1 e1 E1 a1 o1 O1 u1", "voiceless-stop": "p t k", "voiced-stop": "b d g",
           "nasal": "m n J ng nf", "voiceless-fricative": "f s S", "voiced-fricative": "v z Z", "approximant": "l L r j w",
           "voiceless-stop voiceless-fricative": "ts tS", "voiced-stop voiced-fricative": "dz dZ"},
    "cs": {"silence": "#", "vowel": "a a: e e: i i: o o: u u: _", "voiceless-stop": "p t t~ k", "voiced-stop": "b d d~ g",
           "nasal": "m n n* n~", "voiceless-fricative": "f s s~ ch h r~*", "voiced-fricative": "v z z~ r~", "approximant": "l r j",
           "voiceless-stop voiceless-fricative": "c c~", "voiced-stop voiced-fricative": "dz dz~"},
    "fi": {"silence": "#", "vowel": "a e i o u y @ 7 & a: e: i: o: u: y: @: 7:", "voiceless-stop": "p t k p: t: k:",
           "voiced-stop": "b d g b: d: g:", "nasal": "m n N m: n: N:", "voiceless-fricative": "f T s S h f: s: S: h:",
           "voiced-fricative": "v v:", "approximant": "l L r j w l: r: j:"}}
KINDS = {language: {symbol: kinds.split() for kinds, symbols in table.items() for symbol in symbols.split()}
         for language, table in KINDS.items()}


def classes(symbol):
    """Of an English symbol, ours."""
    return [P.INDEX[p] for p in P.from_flite(symbol)]


def kinds(symbol, language):
    return [P.BROAD_CLASSES[c] for c in classes(symbol)] if language == "en" else KINDS[language][symbol]


def read(path, parts):
    """[[parts(symbol), start, end], ...] of a file of Festival's; silences that follow each other are one."""
    out, start = [], 0
    with open(path, encoding="latin-1") as f:
        for end, _, symbol in (line.split() for line in f if len(line.split()) == 3):
            part = parts(symbol)
            if out and out[-1][0] == part and part in ([0], ["silence"]):
                out[-1][2] = float(end)
            elif float(end) > start:
                out.append([part, start, float(end)])
            start = float(end)
    return out


def texts(shared, language):
    out = []
    with open(f"{shared}/speech/train/manifest.tsv", encoding="utf-8") as f:
        for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[1] == language and 15 < len(row[4]) < 140:
                text = re.sub(r"[^\w', ]|[\d_]", " ", row[4].lower() if row[4].isupper() else row[4])
                out.append(" ".join(text.split()))
    random.Random(7).shuffle(out)
    return out


def add(manifest, folder, name, text, language):
    with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as out:
        out.write(text + "\n")
    with open(f"{folder}/{name}.tsv", "w", encoding="utf-8") as out:  # eval wants times; they are not looked at
        out.write("start\tend\tword\n" + "".join(f"{k}\t{k + 0.5}\t{w}\n" for k, w in enumerate(re.findall(r"\w+", text))))
    manifest.write(f"{name}.wav\t{name}.txt\t{name}.tsv\t{language}\n")


def diphones(shared, work, voice):
    """Manifest for `chorale eval` of what a voice says: transcripts of the training speech. Makes it where it is not there."""
    (language, festival, encoding), folder = DIPHONES[voice], f"{work}/voices"
    path = f"{folder}/{voice}.manifest.tsv"
    if os.path.exists(path):
        return path
    os.makedirs(folder, exist_ok=True)
    rng, said = random.Random(8), []
    with open(f"{folder}/{voice}.scm", "wb") as script:
        script.write(f"(voice_{festival})\n".encode())
        for k, text in enumerate(texts(shared, language)):
            spoken = text.encode(encoding, "ignore")
            if len(said) == TEXTS or spoken.decode(encoding) != text:
                continue
            name = f"{voice}-{k}"
            script.write(f"(Parameter.set 'Duration_Stretch {rng.uniform(0.8, 1.3):.2f}) (set! u (Utterance Text \"".encode() + spoken
                         + f'")) (utt.synth u) (utt.save.wave u "{name}.wav" "riff") (utt.save.segs u "{name}.lab")\n'.encode())
            said.append((name, text))
    try:
        subprocess.run(["festival", "-b", f"{voice}.scm"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    except (FileNotFoundError, subprocess.CalledProcessError) as e:
        sys.exit(f"voices.py: Festival does not say '{voice}' ({e}); install these packages: {PACKAGES}")
    with open(path + ".part", "w", encoding="utf-8") as manifest:
        manifest.write("audio\ttext\twords_tsv\tlanguage\n")
        for name, text in said:
            add(manifest, folder, name, text, language)
    os.replace(path + ".part", path)
    return path


def russian(work):
    """Manifest for `chorale eval` of festvox-ru's recordings; downloads 180 MB where they are not there."""
    folder = work + "/voices"
    voice = f"{folder}/package/{RUSSIAN}"
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(voice):
        subprocess.run(["apt-get", "download", "-qq", "festvox-ru"], cwd=folder, check=True)
        subprocess.run(["dpkg", "-x", glob.glob(folder + "/festvox-ru*.deb")[0], folder + "/package"], check=True)
    with open(voice + "/etc/txt.done.data", encoding="utf-8") as f, open(folder + "/ru.manifest.tsv", "w", encoding="utf-8") as manifest:
        manifest.write("audio\ttext\twords_tsv\tlanguage\n")
        for name, text in re.findall(r'\( *(\S+) +"(.*)" *\)', f.read()):
            add(manifest, folder, name, text.replace("+", ""), "ru")  # without marks of stress
            for kind in ("wav", "lab"):
                if not os.path.lexists(f"{folder}/{name}.{kind}"):
                    os.symlink(f"package/{RUSSIAN}/{kind}/{name}.{kind}", f"{folder}/{name}.{kind}")
    return folder + "/ru.manifest.tsv"


def recordings(shared, work, voice):
    """(name, samples at 16 kHz from -1 to 1, labels with our classes) of an English diphone voice."""
    with open(diphones(shared, work, voice), encoding="utf-8") as f:
        names = [row["audio"][:-4] for row in csv.DictReader(f, delimiter="\t")]
    for name in names:
        with wave.open(f"{work}/voices/{name}.wav") as w:
            samples = np.frombuffer(w.readframes(w.getnframes()), "<i2") / 32768
        yield name, samples, read(f"{work}/voices/{name}.lab", classes)


def differences(results, work, language):
    """{pair of kinds: [ours - theirs, seconds]}, those of starts of words, and verdicts of a folder of results."""
    pairs, words, verdicts = collections.defaultdict(list), [], collections.Counter()
    for path in sorted(glob.glob(results + "/*.json")):
        with open(path, encoding="utf-8") as f:
            result = json.load(f)
        verdicts[result["verdict"]] += 1
        ours, places = labels.phones_of(result["words"], result["audio"]["duration"])
        theirs, certain = [], []
        for parts, start, _ in read(f"{work}/voices/{os.path.basename(path)[:-5]}.lab", lambda symbol: kinds(symbol, language)):
            theirs += [[kind, start] for kind in parts]
            certain += [True] + [False] * (len(parts) - 1)
        firsts, own = {place[0] for place in places if place}, [P.BROAD_CLASSES[p[0]] for p in ours]
        same = labels.matched(own, [p[0] for p in theirs])
        for k in range(1, len(ours)):
            if k in same and same.get(k - 1) == same[k] - 1 and certain[same[k]]:
                difference = ours[k][1] - theirs[same[k]][1]
                pairs[own[k - 1], own[k]].append(difference)
                if k in firsts:
                    words.append(difference)
    return pairs, words, verdicts


def say(name, values):
    size = np.abs(values)
    print(f"  {name:34s} {len(size):6d}  mean {1000 * np.mean(values):5.1f} ms  mean size {1000 * size.mean():5.1f} ms  "
          f"median size {1000 * np.median(size):5.1f} ms  within 20 ms {100 * (size <= 0.02).mean():.1f} %  50 ms {100 * (size <= 0.05).mean():.1f} %")


def compare(results, work, language):
    pairs, words, verdicts = differences(results, work, language)
    everything, words = np.concatenate([np.array(v) for v in pairs.values()]), np.array(words)
    say("starts of words", words)
    say("all phones", everything)
    middle = np.median(everything)
    say("starts of words about the median", words - middle)
    say("all phones about the median", everything - middle)
    say("about the median of their kinds", np.concatenate([np.array(v) - np.median(v) for v in pairs.values() if len(v) >= LEAST_COUNT]))
    print("  verdicts:", dict(verdicts))
