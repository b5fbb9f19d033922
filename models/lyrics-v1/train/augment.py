"""Feature shards for training, made without end beside the trainer: voices that sing, speak and rap, in rooms and
effects, in stereo mixes with accompaniment at -10 to +12 dB, with instrumental stretches.

usage: augment.py SHARED_DATA WORK_DIR POOL_DIR SEED SHARDS
WORK_DIR holds sung-* (sing.py), real and its labels, synthetic-* (speech-v1), music (beds, mono), accompaniment
(accompany.py) and pjs (pjs.py). Keeps at most SHARDS files POOL_DIR/*.npz: f float16 [items, FEATURES, ITEM_FRAMES];
per frame a, b (first and last phone), s (share of b in 1/255ths), p, c, n (the phone and its neighbours; 255 unknown),
v (0 no voice, 1 speech, 2 song);
texts: per item [[first frame, last frame, text], ...] as JSON.
"""
import glob
import json
import os
import sys
import time

import numpy as np
from scipy.fft import irfft, rfft
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

import net
from net import P

sys.path.insert(0, net.SPEECH)
from corpus import Corpus

ITEM_FRAMES = 1600  # 16 s, context included
ITEMS = 24
UNKNOWN = 255
SPOKEN, SUNG = 1, 2
OFFSET_FRAMES = 3  # the window of a frame begins up to 432 samples before it


def frame_labels(ends, frames):
    """[[phone, end sample], ...] -> a, b, s of speech-v1's augment.py and p, c, n by the middle of the frame."""
    a, b, share, before, at_middle, after = (np.zeros(frames, np.uint8) for _ in range(6))
    start, segments = 0, []
    for phone, end in ends:
        end = min(end, frames * net.HOP)
        if end > start:
            segments.append((phone, start, end))
            start = end
    for k, (phone, start, end) in enumerate(segments):
        f0, f1 = start // net.HOP, (end - 1) // net.HOP
        m0, m1 = (start + net.HOP // 2) // net.HOP, (end + net.HOP // 2) // net.HOP
        at_middle[m0:m1] = phone
        before[m0:m1] = segments[k - 1][0] if k else 0
        after[m0:m1] = segments[k + 1][0] if k + 1 < len(segments) else 0
        if start % net.HOP:
            b[f0], share[f0] = phone, 255 * (net.HOP - start % net.HOP) // net.HOP
            f0 += 1
        a[f0:f1 + 1] = phone
        b[f0:f1 + 1] = phone
    return a, b, share, before, at_middle, after


class FastFeatures:
    """What net.Features computes, for one item, by FFT: float32 [2, N] -> [FEATURES, frames]."""

    def __init__(self):
        hann = lambda n: (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n)).astype(np.float32)
        self.short, self.long = hann(net.WINDOW), hann(net.LONG)
        self.mel, self.bands = net.speech.mel_matrix().T, net.band_matrix().T

    def power(self, x, window, size, matrix, floor):
        frames = np.lib.stride_tricks.sliding_window_view(x, len(window))[::net.HOP]
        spectrum = rfft(frames * window, size, axis=1)
        return np.log((spectrum.real ** 2 + spectrum.imag ** 2) @ matrix + floor).T

    def __call__(self, x):
        middle, side = 0.5 * (x[0] + x[1]), 0.5 * (x[0] - x[1])
        crop = net.EDGE - (net.WINDOW - net.HOP) // 2
        n = len(middle)
        mel = lambda s: self.power(s[crop:n - crop], self.short, net.speech.FFT, self.mel, net.speech.FLOOR)
        short = mel(middle)
        across = np.clip(mel(side) - short, -6, 4)
        return np.concatenate([short, across, self.power(middle, self.long, net.LONG, self.bands, 1e-4)])


class Augmenter:
    def __init__(self, shared, work, seed):
        self.rng = np.random.default_rng(seed)
        self.work = work
        self.groups = {}  # name -> [(weight, [(corpus, item)])]
        self.groups["sung"] = self.load(sorted(glob.glob(work + "/sung-*.jsonl")))
        self.groups["synthetic"] = self.load(sorted(glob.glob(work + "/synthetic-*.jsonl")))
        self.groups["real"] = self.load_real()
        self.weights = {"sung": 0.5, "synthetic": 0.17, "real": 0.28}
        if os.path.exists(work + "/pjs.jsonl"):
            self.groups["pjs"], self.weights["pjs"] = self.load([work + "/pjs.jsonl"]), 0.05
        self.beds = Corpus(work + "/music")
        self.accompaniment = Corpus(work + "/accompaniment")
        self.features = FastFeatures()

    @staticmethod
    def by_language(pairs):
        languages = {}
        for corpus, item in pairs:
            languages.setdefault(item["language"], []).append((corpus, item))
        return [(len(v) ** 0.5, v) for v in languages.values()]

    def load(self, paths):
        return self.by_language([(c, i) for p in paths for c in [Corpus(p[:-6])] for i in c.items])

    def load_real(self):
        corpus, pairs = Corpus(self.work + "/real"), []
        with open(self.work + "/real-labels-round.jsonl", encoding="utf-8") as f:
            for line in f:
                label = json.loads(line)
                item = dict(corpus.items[label["item"]], phones=label["phones"])
                if item["source"] != "speechocean762" or label["item"] % 3 == 0:
                    pairs.append((corpus, item))
        return self.by_language(pairs)

    def utterance(self):
        rng = self.rng
        names = list(self.weights)
        name = rng.choice(names, p=np.array(list(self.weights.values())) / sum(self.weights.values()))
        groups = self.groups[name]
        w = np.array([g[0] for g in groups])
        items = groups[rng.choice(len(w), p=w / w.sum())][1]
        corpus, item = items[rng.integers(len(items))]
        samples = corpus.samples(item).astype(np.float32) / 32768
        ends = np.array(item["phones"], np.int64).reshape(-1, 2)
        if rng.random() < 0.5:  # rate and pitch together, as tape does
            ratio = rng.uniform(0.88, 1.15)
            position = np.arange(int(len(samples) / ratio)) * ratio
            samples = np.interp(position, np.arange(len(samples)), samples).astype(np.float32)
            ends = np.stack([ends[:, 0], np.minimum(len(samples), np.round(ends[:, 1] / ratio).astype(np.int64))], 1)
        text = item["text"] if item["language"] in ("en", "de", "fr", "es", "it", "pt", "nl") else ""
        return samples, ends, text, SUNG if name in ("sung", "pjs") else SPOKEN

    def voice(self, need):
        """Samples, phone ends, texts with their samples, and kinds: utterances and pauses until `need` is full."""
        rng, parts, ends, texts, kinds, at = self.rng, [], [], [], np.zeros(need, np.uint8), 0
        if rng.random() < 0.2:
            at = int(rng.uniform(0, 5) * 16000)
            parts.append(np.zeros(at, np.float32))
            ends.append((0, at))
        cut = not parts
        long_gaps = rng.uniform(0, 0.5)
        while at < need:
            samples, e, text, kind = self.utterance()
            if cut and len(samples) > 32000:  # the first one begins anywhere
                skip = int(rng.integers(len(samples) // 2))
                samples, e, text = samples[skip:], np.stack([e[:, 0], e[:, 1] - skip], 1), ""
                e = e[e[:, 1] > 0]
            cut = False
            parts.append(samples * rng.uniform(0.6, 1) / (np.sqrt(np.mean(samples ** 2)) + 1e-4) * 0.1)
            ends += [(int(p), int(x) + at) for p, x in e]
            kinds[at:at + len(samples)] = kind
            if text and at + len(samples) < need:
                texts.append((at, at + len(samples), text))
            at += len(samples)
            gap = int(rng.exponential(2.5 if rng.random() < long_gaps else 0.2) * 16000)
            parts.append(np.zeros(gap, np.float32))
            at += gap
            ends.append((0, at))
        return np.concatenate(parts)[:need], ends, texts, kinds

    def stretch(self, corpus, n, channels):
        rng = self.rng
        item = corpus.items[rng.integers(len(corpus.items))]
        whole = corpus.pcm[item["offset"] * channels:(item["offset"] + item["length"]) * channels].reshape(-1, channels)
        ratio = 2 ** rng.uniform(-0.35, 0.35)
        take = int(n * ratio) + 2
        at = int(rng.integers(max(1, len(whole) - take)))
        x = whole[at:at + take].astype(np.float32) / 32768
        if len(x) < take:
            x = np.concatenate([x] * (take // max(1, len(x)) + 1))[:take]
        position = np.arange(n) * ratio
        low = position.astype(int)
        part = (position - low)[:, None].astype(np.float32)
        return (x[low] * (1 - part) + x[low + 1] * part).T  # [channels, n]

    def accompany(self, n):
        """Music without voice, [2, n], unit power in the middle."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.45:
            x = self.stretch(self.accompaniment, n, 2)
        else:
            x = np.repeat(self.stretch(self.beds, n, 1), 2, 0)
            width = rng.uniform(0, 1.2)
            if kind < 0.75:  # a mono bed made wide by two short random filters
                for c in range(2):
                    h = rng.standard_normal(400) * np.exp(-np.arange(400) / rng.uniform(20, 150))
                    x[c] += width * fftconvolve(x[c], h / np.sqrt((h ** 2).sum()))[:n]
            else:  # two pieces of music, each with its place
                y = self.stretch(self.accompaniment if rng.random() < 0.5 else self.beds, n, 1)[:1]
                pan = rng.uniform(0, 1)
                x = np.concatenate([x[:1] * (0.5 + width / 2) + y * pan, x[1:] * (0.5 - min(width, 1) / 2) + y * (1 - pan)])
        return (x / (np.sqrt(np.mean((x[0] + x[1]) ** 2) / 4) + 1e-5)).astype(np.float32)

    def reverberate(self, x):
        """A room for the voice, [2, n]: the direct sound in the middle, tails that differ."""
        rng = self.rng
        rt60 = rng.uniform(0.1, 2.2)
        n = int(min(rt60, 1.5) * 16000)
        wet, out = rng.uniform(0.05, 0.8), []
        predelay = int(rng.uniform(0, 0.06) * 16000) + 20
        for _ in range(2):
            tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / (rt60 * 16000))
            tail = lfilter([1], [1, -rng.uniform(0, 0.7)], tail)
            tail[:predelay] = 0
            out.append(x + fftconvolve(x, wet * tail / (np.sqrt((tail ** 2).sum()) + 1e-9))[:len(x)])
        return np.stack(out).astype(np.float32)

    def equalise(self, x):
        points = np.exp(np.interp(np.linspace(0, 1, x.shape[-1] // 2 + 1), np.linspace(0, 1, 8), self.rng.normal(0, 0.7, 8)))
        return irfft(rfft(x.astype(np.float32)) * points.astype(np.float32), x.shape[-1])

    @staticmethod
    def compress(x, amount):
        level = np.sqrt(lfilter([0.002], [1, -0.998], np.mean(x, 0) ** 2) + 1e-6)
        return x / level ** amount

    def item(self):
        rng = self.rng
        need = (ITEM_FRAMES + 2 * OFFSET_FRAMES + 2) * net.HOP
        voice, ends, texts, kinds = self.voice(need)
        if rng.random() < 0.5:
            voice = self.equalise(voice)
        if rng.random() < 0.15:  # echo in time
            delay, feedback = int(rng.uniform(0.08, 0.45) * 16000), rng.uniform(0.1, 0.45)
            echo = voice.copy()
            for k in range(1, 4):
                echo[k * delay:] += voice[:-k * delay] * feedback ** k
            voice = echo
        if rng.random() < 0.4:
            voice = self.compress(voice[None], rng.uniform(0.2, 0.7))[0]
        active = np.abs(voice) > 1e-3
        level = np.sqrt(np.mean(voice[active] ** 2)) + 1e-6 if active.any() else 0.1
        voice = voice / level
        x = self.reverberate(voice) if rng.random() < 0.65 else np.stack([voice, voice])
        if rng.random() < 0.25:
            pan = rng.uniform(-0.4, 0.4)
            x = x * np.array([[1 + pan], [1 - pan]], np.float32)
        if rng.random() < 0.93:
            music = self.accompany(need)
            if rng.random() < 0.4:
                music = self.equalise(music)
            if rng.random() < 0.2:  # the band comes in, or stops
                at, ramp = int(rng.integers(need)), np.arange(need)
                music = music * np.clip(((ramp - at) if rng.random() < 0.5 else (at - ramp)) / 8000 + 0.5, 0, 1)
            x = x + music * 10 ** (-np.clip(rng.normal(4, 5), -10, 16) / 20)
        if rng.random() < 0.35:
            x = np.repeat(x.mean(0, keepdims=True), 2, 0)  # a mono recording
        if rng.random() < 0.5:
            x = self.compress(x, rng.uniform(0.1, 0.6))
        x = x + rng.standard_normal(x.shape).astype(np.float32) * 10 ** (-rng.uniform(35, 80) / 20)
        if rng.random() < 0.12:  # low-pass of codecs
            x = sosfilt(butter(6, rng.uniform(3800, 7000), fs=16000, output="sos"), x)
        if rng.random() < 0.1:
            limit = np.quantile(np.abs(x), rng.uniform(0.95, 0.999)) + 1e-6
            x = np.clip(x, -limit, limit)
        x = x / (np.max(np.abs(x)) + 1e-9) * 10 ** (-rng.uniform(0, 20) / 20)
        labels = [v[OFFSET_FRAMES:OFFSET_FRAMES + ITEM_FRAMES] for v in frame_labels(ends, ITEM_FRAMES + 2 * OFFSET_FRAMES)]
        kinds = kinds[OFFSET_FRAMES * net.HOP + net.HOP // 2::net.HOP][:ITEM_FRAMES]
        labels.append(np.where(labels[4] == net.P.INDEX[net.P.SILENCE], 0, kinds).astype(np.uint8))
        begin = OFFSET_FRAMES * net.HOP - net.EDGE
        f = self.features(x[:, begin:].astype(np.float32))[:, :ITEM_FRAMES]
        spans = [(s // net.HOP - OFFSET_FRAMES, e // net.HOP - OFFSET_FRAMES, t) for s, e, t in texts]
        return f.astype(np.float16), labels, spans


def main(shared, work, pool, seed, shards):
    os.makedirs(pool, exist_ok=True)
    augmenter = Augmenter(shared, work, int(seed) + int(time.time()))
    count = 1 + max([int(p[-10:-4]) for p in glob.glob(f"{pool}/{seed}-*[0-9].npz")], default=-1)
    while True:
        began = time.time()
        items = [augmenter.item() for _ in range(ITEMS)]
        path = f"{pool}/{seed}-{count:06d}.npz"
        np.savez(path + ".part.npz", f=np.stack([i[0] for i in items]),
                 **{k: np.stack([i[1][j] for i in items]) for j, k in enumerate("abspcnv")},
                 texts=np.array(json.dumps([i[2] for i in items])))
        os.replace(path + ".part.npz", path)
        count += 1
        for old in sorted(glob.glob(f"{pool}/{seed}-*[0-9].npz"))[:-int(shards)]:
            os.remove(old)
        if count % 10 == 1:
            print(f"shard {count}: {ITEMS * ITEM_FRAMES / 100 / (time.time() - began):.0f} x real time", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
