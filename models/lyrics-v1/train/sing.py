"""Speech turned into singing: a source-filter vocoder gives spoken utterances with known phone times notes, rhythm,
vibrato, choirs and doubled tracks. The phone times of what is sung follow by construction.

usage: sing.py WORK_DIR OUT_STEM SEED HOURS BALLADS VOCALISES CORPUS=WEIGHT ...
BALLADS, VOCALISES: shares of very slow utterances, and of one syllable over and over.
CORPUS: the stem of a corpus in WORK_DIR (corpus.py of speech-v1), `real` with its labels of real-labels-round.jsonl or
`synthetic`, all synthetic-* together. Writes a corpus OUT_STEM.{pcm,jsonl}.
"""
import glob
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../speech-v1/train"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common"))
import phones as P
from corpus import Corpus, Writer

RATE, HOP, FFT, WINDOW = 16000, 80, 512, 400
BINS = FFT // 2 + 1
VOWEL = np.array([p in P.VOWELS for p in P.PHONES])
# How much of a phone's sound is the voice: the rest is noise.
VOICED = np.array([1.0 if p in P.VOWELS or p in "m n ɲ ŋ l ʎ ɹ ɾ j w".split() else 0.85 if p in "b d ɡ ʁ β".split()
                   else 0.6 if p in "v ð z ʒ ɣ".split() else 0.0 for p in P.PHONES], np.float32)
HELD = np.array([p in P.VOWELS or p in "m n ɲ ŋ l ʎ ɹ".split() for p in P.PHONES])  # what a note can be held on
GLIDES = {P.INDEX[p] for p in "ɪ ʊ ə i u".split()}  # ends of diphthongs
OPEN = {P.INDEX[p] for p in "a e o ɔ ɛ ɑ æ ʌ".split()}
FIRST_RANK = ("en", "de", "fr", "es", "it", "pt", "nl")
SCALES = ([0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 4, 7, 9], [0, 3, 5, 7, 10])


def pitch_of(x):
    """Median pitch of an utterance in Hz by autocorrelation; 140 when there is none."""
    n = len(x) // 640
    if n < 4:
        return 140.0
    frames = x[:n * 640].reshape(n, 640)
    frames = frames[np.argsort(-(frames ** 2).sum(1))[:max(4, n // 3)]]
    spectrum = np.fft.rfft(frames, 2048, axis=1)
    corr = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)
    lags = np.arange(36, 240)
    corr = corr[:, lags] / (corr[:, :1] + 1e-9) / (1 - lags / 640)
    best = corr.argmax(1)
    good = corr.max(1) > 0.5
    return float(np.median(RATE / lags[best[good]])) if good.sum() >= 3 else 140.0


def envelope(x, pitch):
    """Log-magnitude spectral envelope [frames, BINS] every HOP samples: true envelope, by iterated cepstral smoothing."""
    frames = 1 + len(x) // HOP
    padded = np.pad(x, (WINDOW // 2, WINDOW))
    index = np.arange(frames)[:, None] * HOP + np.arange(WINDOW)
    window = np.hanning(WINDOW).astype(np.float32)
    log = np.log(np.abs(np.fft.rfft(padded[index] * window, FFT, axis=1)) + 1e-4).astype(np.float32)
    cut = int(np.clip(0.5 * RATE / pitch, 20, 90))
    lifter = np.zeros(BINS, np.float32)
    lifter[:cut] = 1
    lifter[cut:cut + 8] = np.linspace(1, 0, 8)[:len(lifter[cut:cut + 8])]
    smooth = log
    for k in range(3):
        cepstrum = np.fft.irfft(np.maximum(log, smooth) if k else log, FFT, axis=1)[:, :BINS].astype(np.float32)
        cepstrum *= lifter
        full = np.concatenate([cepstrum, cepstrum[:, -2:0:-1]], 1)
        smooth = np.fft.rfft(full, axis=1).real.astype(np.float32)
    return smooth


class Singer:
    def __init__(self, rng, ballads, vocalises):
        """ballads, vocalises: shares of utterances sung very slowly, and of those sung on one syllable (ah ah, la la)."""
        self.rng, self.ballads, self.vocalises = rng, ballads, vocalises

    def vocalise(self, samples, phones, ends):
        """One syllable of an utterance over and over: "ah ah ah", "la la la"; the utterance itself when it has none."""
        rng = self.rng
        starts = np.concatenate([[0], ends[:-1]])
        able = [i for i in range(len(phones)) if VOWEL[phones[i]] and ends[i] - starts[i] > 900]
        if not able:
            return samples, phones, ends
        i = able[rng.integers(len(able))]
        first = i - 1 if i > 0 and HELD[phones[i - 1]] and not VOWEL[phones[i - 1]] and rng.random() < 0.7 else i
        syllable, times = samples[starts[first]:ends[i]], int(rng.integers(3, 12))
        own = ends[first:i + 1] - starts[first]
        fade = np.minimum(1, np.minimum(np.arange(len(syllable)), np.arange(len(syllable))[::-1]) / 160)
        new_ends = np.concatenate([own + k * len(syllable) for k in range(times)])
        return np.tile(syllable * fade, times), np.tile(phones[first:i + 1], times), new_ends

    def durations(self, phones, lengths):
        """New lengths in samples of an utterance's phones, and for each phone the number of its note."""
        rng, n = self.rng, len(phones)
        style = rng.random()
        if style < 0.25:  # rap and fast songs: as spoken, steadier, one note for a few syllables
            rate = rng.uniform(0.75, 1.7)
            new = lengths * rate * np.exp(rng.normal(0, 0.12, n))
        else:
            ballad = style > 1 - self.ballads
            beat = rng.uniform(0.25, 0.5) if ballad else rng.uniform(0.1, 0.32)
            counts = np.array([1, 2, 3, 4, 6, 8])
            weights = np.array([[5, 4, 1, 1, 0.2, 0.1], [3, 4, 2, 2, 1, 0.5], [1, 3, 2, 3, 2, 1.5]])[rng.integers(3)]
            new = lengths * rng.uniform(0.75, 1.35) * np.exp(rng.normal(0, 0.15, n))
        note = np.zeros(n, int)
        k, begin = -1, 0
        nuclei = []
        for i in range(n):
            vowel = VOWEL[phones[i]]
            second = vowel and i > 0 and phones[i] in GLIDES and phones[i - 1] in OPEN and note[i - 1] == k and nuclei \
                and nuclei[-1] == i - 1
            if vowel and not second:
                k += 1
                nuclei.append(i)
            note[i] = max(k, 0)
        # Consonants before a nucleus belong to its note's pitch.
        for i in range(n - 2, -1, -1):
            if not VOWEL[phones[i]] and phones[i] != 0 and note[i + 1] > note[i]:
                if i == 0 or VOICED[phones[i]] or rng.random() < 0.5:
                    note[i] = note[i + 1]
        if style >= 0.25:
            for j, i in enumerate(nuclei):
                end = nuclei[j + 1] if j + 1 < len(nuclei) else n
                last = end == n or any(phones[x] == 0 for x in range(i, end))
                others = sum(new[x] for x in range(i, end) if x != i and phones[x] != 0)
                count = rng.choice(counts, p=weights / weights.sum())
                if last:
                    count = count * rng.integers(1, 4)
                whole = min(count * beat, 6 if ballad else 3.5) * RATE * np.exp(rng.normal(0, 0.05))
                hold = max(whole - others, 0.5 * lengths[i], 500)
                if i + 1 < end and phones[i + 1] in GLIDES and phones[i] in OPEN and note[i + 1] == note[i]:
                    part = hold * rng.uniform(0.1, 0.45)  # the diphthong closes late
                    new[i + 1] = max(new[i + 1] * 0.7, min(part, 6400))
                    hold = max(hold - part, 0.5 * lengths[i])
                elif i + 1 < end and HELD[phones[i + 1]] and rng.random() < 0.12:
                    part = hold * rng.uniform(0.2, 0.5)  # held on the nasal or the liquid
                    new[i + 1] += part
                    hold -= part
                new[i] = hold
        for i in range(n):
            if phones[i] == 0:
                new[i] = min(lengths[i], 8000) * rng.uniform(0.2, 1.5) if 0 < i < n - 1 else min(lengths[i], 3200)
        return np.maximum(new, 240 * (lengths > 0)).astype(np.int64), note

    def melody(self, notes, low):
        """MIDI numbers of an utterance's notes: a walk on a scale."""
        rng = self.rng
        scale = np.array(SCALES[rng.integers(len(SCALES))])
        ladder = np.concatenate([scale + 12 * o for o in range(-1, 4)]) + rng.integers(12) + low // 12 * 12
        ladder = ladder[(ladder >= low) & (ladder <= low + rng.integers(7, 19))]
        at, out = rng.integers(len(ladder)), []
        flat = rng.random() < 0.2  # recitation on few notes
        for _ in range(notes):
            step = rng.choice([-4, -3, -2, -1, 0, 1, 2, 3, 4], p=[.03, .05, .12, .19, .24, .19, .1, .05, .03])
            if not flat or rng.random() < 0.15:
                at = int(np.clip(at + step, 0, len(ladder) - 1))
            out.append(ladder[at])
        return np.array(out, np.float64)

    def pitch_curve(self, midi_of_phone, new, phones):
        """Hz at every HOP of what is sung: glides, vibrato, drift, notes changed in the middle of a vowel."""
        rng = self.rng
        ends = np.cumsum(new)
        frames = int(ends[-1]) // HOP + 2
        midi = midi_of_phone[np.minimum(np.searchsorted(ends, np.arange(frames) * HOP, "right"), len(new) - 1)]
        melisma = rng.uniform(0, 0.25)
        start = 0
        for i, end in enumerate(ends):
            length = (end - start) / RATE
            if VOWEL[phones[i]] and length > 0.35 and rng.random() < melisma:
                a, steps = start // HOP, rng.integers(2, 5)
                marks = np.sort(rng.integers(a, end // HOP + 1, steps - 1))
                for m in marks:
                    midi[m:end // HOP] += rng.choice([-3, -2, -1, 1, 2, 3])
            start = end
        width = int(rng.uniform(4, 26))
        kernel = np.hanning(width + 2)[1:-1]
        padded = np.pad(midi, (width, width), "edge")
        midi = np.convolve(padded, kernel / kernel.sum(), "same")[width:width + frames]
        depth = rng.uniform(0, 0.8) if rng.random() < 0.6 else 0.0
        t = np.arange(frames) * HOP / RATE
        rate = rng.uniform(4.5, 7)
        wobble = np.interp(t, np.arange(0, t[-1] + 1, 0.5), rng.uniform(0.1, 1, len(np.arange(0, t[-1] + 1, 0.5))))
        drift = np.interp(t, np.arange(0, t[-1] + 1, 0.12), rng.normal(0, 0.12, len(np.arange(0, t[-1] + 1, 0.12))))
        midi = midi + depth * wobble * np.sin(2 * np.pi * rate * t + rng.uniform(0, 6)) + drift
        return 440 * 2 ** ((midi - 69) / 12)

    def voice(self, log_envelope, phones, old_ends, new, hz, warp, lag):
        """One voice: samples. lag: delay in samples, another one for every phone (a doubled track is never exact)."""
        rng = self.rng
        total = int(new.sum())
        frames = total // HOP + 2
        new_ends = np.cumsum(new).astype(np.float64)
        if lag is not None:
            new_ends = np.maximum.accumulate(new_ends + lag)
        at = np.arange(frames) * HOP
        source = np.interp(at, np.concatenate([[0], new_ends]), np.concatenate([[0], old_ends])) / HOP
        # A held vowel is never a frozen spectrum.
        wander = np.interp(np.arange(frames), np.arange(0, frames + 20, 9), rng.normal(0, 2.2, len(range(0, frames + 20, 9))))
        source = np.clip(source + wander, 0, len(log_envelope) - 1.001)
        low = source.astype(int)
        part = (source - low)[:, None].astype(np.float32)
        shape = log_envelope[low] * (1 - part) + log_envelope[np.minimum(low + 1, len(log_envelope) - 1)] * part
        if warp != 1:
            position = np.minimum(np.arange(BINS) / warp, BINS - 1.001)
            i = position.astype(int)
            f = (position - i).astype(np.float32)
            shape = shape[:, i] * (1 - f) + shape[:, i + 1] * f
        phone = phones[np.minimum(np.searchsorted(new_ends, at, "right"), len(phones) - 1)]
        voiced = np.convolve(np.pad(VOICED[phone], 2, "edge"), np.ones(5) / 5, "valid")
        # Excitation: a pulse train and noise, both white with unit power.
        rate = np.interp(np.arange(total), at, hz[:frames] if len(hz) >= frames else np.pad(hz, (0, frames - len(hz)), "edge"))
        phase = np.cumsum(rate / RATE) + rng.random()
        beats = np.floor(phase)
        n = np.nonzero(np.diff(beats) > 0)[0]
        late = (beats[n + 1] - phase[n]) / np.maximum(phase[n + 1] - phase[n], 1e-9)
        height = np.sqrt(RATE / rate[n]) * np.exp(rng.normal(0, 0.06, len(n)))
        pulses = np.zeros(total + 2)
        np.add.at(pulses, n, height * (1 - late))
        np.add.at(pulses, n + 1, height * late)
        noise = rng.standard_normal(total + 2)
        gain = lambda v: np.interp(np.arange(total + 2), at, v)
        breath = 10 ** (-rng.uniform(8, 30) / 20)
        spectra = []
        window = np.sqrt(np.hanning(4 * HOP + 1)[:-1])
        index = np.arange(frames)[:, None] * HOP + np.arange(4 * HOP)
        for signal in (pulses * gain(np.sqrt(voiced)), noise * gain(np.sqrt(1 - voiced + breath ** 2 * voiced))):
            padded = np.pad(signal, (2 * HOP, 6 * HOP))
            spectra.append(np.fft.rfft(padded[index] * window, FFT, axis=1))
        # Voiced sounds are noisy at the top.
        cross = 1 / (1 + np.exp((np.arange(BINS) / BINS - rng.uniform(0.45, 0.95)) * 25))
        both = spectra[0] * np.maximum(cross, 0.3) + spectra[1]
        out = np.fft.irfft(both * np.exp(shape), FFT, axis=1)
        out = np.roll(out, (FFT - 4 * HOP) // 2, axis=1)  # zero-phase: the response lies on both sides
        result = np.zeros(frames * HOP + FFT)
        for j in range(FFT // HOP + 1):  # overlap-add
            piece = out[:, j * HOP:(j + 1) * HOP]
            if piece.shape[1]:
                block = np.zeros((frames, HOP))
                block[:, :piece.shape[1]] = piece
                result[j * HOP:j * HOP + frames * HOP] += block.reshape(-1)
        offset = 2 * HOP + (FFT - 4 * HOP) // 2
        return result[offset:offset + total].astype(np.float32)

    def sing(self, samples, phones, ends):
        """samples: float, -1 to 1; phones, ends: inventory indices and end samples. -> sung samples, new ends."""
        rng = self.rng
        x = samples / (np.abs(samples).max() + 1e-6)
        lengths = np.diff(np.concatenate([[0], ends]))
        pitch = pitch_of(x)
        shape = envelope(x, pitch)
        new, note = self.durations(phones, lengths)
        female = pitch > 165
        low = int(rng.integers(50, 66) if female else rng.integers(38, 58))
        if rng.random() < 0.15:
            low = int(rng.integers(38, 68))
        midi = self.melody(int(note.max()) + 1, low)[note]
        hz = self.pitch_curve(midi, new, phones)
        warp = rng.uniform(0.88, 1.14) * (1 + 0.0025 * (low - (57 if female else 47)))
        # Loudness of the notes.
        out = self.voice(shape, phones, ends, new, hz, warp, None)
        if rng.random() < 0.22:  # doubled tracks, a second voice, a choir
            voices = int(rng.integers(1, 4))
            for _ in range(voices):
                shift = rng.choice([0, 0, 0, -12, 12, 3, 4, 7, -5])
                lag = rng.normal(0, rng.uniform(80, 350), len(new))
                second = self.voice(shape, phones, ends, new, hz * 2 ** ((shift + rng.normal(0, 0.12)) / 12),
                                    warp * rng.uniform(0.93, 1.07), lag)
                out = out + second * rng.uniform(0.3, 0.9)
        if rng.random() < 0.1:  # shouted, overdriven
            drive = rng.uniform(2, 8)
            out = np.tanh(out / (np.abs(out).max() + 1e-9) * drive)
        return out / (np.abs(out).max() + 1e-9), np.cumsum(new)


def sources(work, name):
    if name == "synthetic":
        return [(c, i) for p in sorted(glob.glob(work + "/synthetic-*.jsonl")) for c in [Corpus(p[:-6])] for i in c.items]
    corpus = Corpus(work + "/" + name)
    out = []
    with open(f"{work}/{name}-labels-round.jsonl", encoding="utf-8") as f:
        for line in f:
            label = json.loads(line)
            out.append((corpus, dict(corpus.items[label["item"]], phones=label["phones"])))
    return out


def main(work, stem, seed, hours, ballads, vocalises, *weights):
    rng = np.random.default_rng(int(seed))
    singer, out, done = Singer(rng, float(ballads), float(vocalises)), Writer(stem), 0.0
    pools = []
    for name, weight in (w.split("=") for w in weights):
        by_language = {}
        for corpus, item in sources(work, name):
            by_language.setdefault(item["language"], []).append((corpus, item))
        # English has most of the hours, it shall not have all the say; the languages of the first rank have most of it.
        say = {k: len(v) ** 0.5 * (1 if k in FIRST_RANK else 0.25) for k, v in by_language.items()}
        pools += [(float(weight) * say[k] / sum(say.values()), v) for k, v in by_language.items()]
    share = np.array([p[0] for p in pools])
    while done < float(hours) * 3600:
        pool = pools[rng.choice(len(pools), p=share / share.sum())][1]
        corpus, item = pool[rng.integers(len(pool))]
        samples = corpus.samples(item).astype(np.float32) / 32768
        pairs = np.array(item["phones"], np.int64).reshape(-1, 2)
        keep = np.diff(np.concatenate([[0], pairs[:, 1]])) > 0
        pairs = pairs[keep]
        if len(pairs) < 4 or len(samples) > 12 * RATE or pairs[:, 0].max() >= len(P.PHONES):
            continue
        pairs[-1, 1] = min(pairs[-1, 1], len(samples))
        text, phones, ends = item["text"], pairs[:, 0], pairs[:, 1]
        if rng.random() < singer.vocalises:
            text, (samples, phones, ends) = "", singer.vocalise(samples, phones, ends)
        sung, ends = singer.sing(samples[:ends[-1]], phones, ends)
        if len(sung) > 40 * RATE:
            continue
        out.add((sung * 20000).astype(np.int16), language=item["language"], text=text,
                voice=item.get("voice", item.get("speaker")), phones=[[int(p), int(e)] for p, e in zip(phones, ends)])
        done += len(sung) / RATE
    out.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
