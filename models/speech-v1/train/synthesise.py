"""Synthetic speech with exact phone times: espeak-ng in seven languages, flite in English.

usage: synthesise.py SHARED_DATA OUT_DIR espeak|flite PART [HOURS] [LANGUAGE ...]
HOURS: of flite; of espeak-ng a factor of the hours below, for all languages or those named.
"""
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import wave

import numpy as np
from scipy.signal import resample_poly

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common"))
import phones as P
import wordlists
from corpus import Writer
from espeak import Espeak

HOURS = {"en": 4.0, "de": 2.5, "fr": 2.5, "es": 1.8, "it": 1.8, "pt": 1.8, "nl": 1.8, "ru": 0.8, "pl": 0.7, "sv": 0.7,
         "tr": 0.7, "cs": 0.5, "hu": 0.5, "ro": 0.5, "ca": 0.3, "el": 0.4, "fi": 0.5}
ROBOTIC = re.compile("obo|croak|Demonic|whisper|README")


def variants():
    out = subprocess.run(["espeak-ng", "--voices=variant"], capture_output=True, text=True).stdout
    names = re.findall(r"!v/(\S+)", out)
    return sorted({n for n in names if not ROBOTIC.search(n)})


def sentences(shared, language, rng):
    """Endless texts: half transcripts, half random words."""
    texts = []
    with open(os.path.join(shared, "speech/train/manifest.tsv"), encoding="utf-8") as f:
        for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[1] == language and 15 < len(row[4]) < 160:
                texts.append(row[4].lower() if row[4].isupper() else row[4])
    words = wordlists.words(language) or sorted({w for t in texts for w in t.split()})
    while True:
        if rng.random() < 0.5:
            yield rng.choice(texts)
        else:
            n = rng.randint(3, 11)
            yield "".join(rng.choice(words) + (rng.choice([", ", ". "]) if rng.random() < 0.12 else " ")
                          for _ in range(n)).strip()


def espeak(shared, stem, part, hours, *languages):
    rng, engine, names = random.Random(1000 + part), Espeak(), variants()
    assert names, "no espeak-ng voice variants"
    out = Writer(stem)
    for language in languages or HOURS:
        share = HOURS[language]
        done, source = 0.0, sentences(shared, language, rng)
        while done < share * hours * 3600:
            voice = rng.choice(P.VOICES[language] + (["en-gb-scotland"] if language == "en" and rng.random() < .2 else []))
            text = next(source)
            audio, events = engine.say(text, voice + ("+" + rng.choice(names) if rng.random() < .85 else ""),
                                       rng.uniform(110, 250), rng.uniform(15, 85), rng.uniform(15, 95))
            if len(audio) < 4000:
                continue
            samples = resample_poly(audio.astype(np.float32), 320, 441)
            spans, previous = [[0, 0]], None  # [phone, start at 22,050 Hz]
            marks = [(s, ipa) for kind, s, ipa, _ in events if kind == "phone"] + [(len(audio), "")]
            for (start, ipa), (end, _) in zip(marks, marks[1:]):
                parts = P.from_ipa(ipa, voice) or [P.SILENCE]
                for k, p in enumerate(parts):
                    spans.append([P.INDEX[p], start + (end - start) * k // len(parts)])
            ends = [s for _, s in spans[1:]] + [len(audio)]
            labels = [[p, min(len(samples), round(e * 320 / 441))] for (p, _), e in zip(spans, ends)]
            words = [[s, position, length] for kind, s, position, length in events if kind == "word"]
            peak = max(1.0, float(np.abs(samples).max()))
            out.add((samples * (20000 / peak)).astype(np.int16), language=language, voice=voice, text=text, phones=labels)
            done += len(samples) / 16000
    out.close()


def flite(shared, stem, part, hours):
    rng = random.Random(2000 + part)
    out, source, done = Writer(stem), sentences(shared, "en", random.Random(3000 + part)), 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.wav")
        while done < hours * 3600:
            text = next(source)
            voice = rng.choice(["slt", "rms", "awb", "kal16", "slt", "rms"])
            stretch = rng.uniform(0.75, 1.4)
            run = subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.2f}", "-psdur",
                                  "-t", text, "-o", path], capture_output=True, text=True)
            marks = re.findall(r"(\S+):(\d+\.\d+)", run.stdout)
            if not marks:
                continue
            with wave.open(path) as w:
                rate = w.getframerate()
                samples = np.frombuffer(w.readframes(w.getnframes()), np.int16).astype(np.float32)
            if rate != 16000:
                samples = resample_poly(samples, 16000 // 1000, rate // 1000)
            labels, start = [], 0
            for name, end in marks:
                end = min(len(samples), int(float(end) * 16000))
                if end <= start:
                    continue
                parts = P.from_flite(name)
                for k, p in enumerate(parts):
                    labels.append([P.INDEX[p], start + (end - start) * (k + 1) // len(parts)])
                start = end
            if len(samples) - start > 3200:  # times that do not cover the audio
                continue
            labels.append([0, len(samples)])
            peak = max(1.0, float(np.abs(samples).max()))
            out.add((samples * (20000 / peak)).astype(np.int16), language="en", voice="flite-" + voice, text=text,
                    phones=labels)
            done += len(samples) / 16000
    out.close()


if __name__ == "__main__":
    shared, folder, kind, part = sys.argv[1:5]
    hours = float(sys.argv[5]) if len(sys.argv) > 5 else (0.25 if kind == "espeak" else 1.0)
    {"espeak": espeak, "flite": flite}[kind](shared, f"{folder}/synthetic-{kind}-{part}", int(part), hours, *sys.argv[6:])
