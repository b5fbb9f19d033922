"""Feature shards for training, made without end beside the trainer: streams of utterances with everything that
happens to real recordings: rate, room, noise, babble, music, telephone, equaliser, gain, clipping.

usage: augment.py SHARED_DATA WORK_DIR POOL_DIR SEED SHARDS real=WEIGHT synthetic=WEIGHT
Keeps at most SHARDS files POOL_DIR/*.npz (float16 log-mel [items, MELS, frames]; labels a, b uint8 and the share of b
in 1/255ths, per frame); replaces the oldest. WORK_DIR/real-labels.jsonl, once it is there, makes real speech usable
and is read again when it changes.
"""
import glob
import json
import os
import sys
import time

import numpy as np
import torch
from scipy.signal import butter, fftconvolve, sosfilt

import net
from corpus import Corpus

ITEM_FRAMES = 1600  # 16 s, context included
ITEMS = 48
UNKNOWN = 255  # a frame without a label


def frame_labels(ends, length):
    """[[phone, end sample], ...] -> per 10-ms frame: first phone, last phone, share of the last in 1/255ths.

    A phone shorter than a frame may vanish between its neighbours.
    """
    frames = length // net.HOP
    a, b, share = (np.zeros(frames, np.uint8) for _ in range(3))
    start = 0
    for phone, end in ends:
        end = min(end, frames * net.HOP)
        if end <= start:
            continue
        f0, f1 = start // net.HOP, (end - 1) // net.HOP
        if start % net.HOP:
            b[f0], share[f0] = phone, 255 * (net.HOP - start % net.HOP) // net.HOP
            f0 += 1
        a[f0:f1 + 1] = phone
        b[f0:f1 + 1] = phone
        start = end
    return a, b, share


class Augmenter:
    def __init__(self, shared, work, seed, weights):
        self.rng = np.random.default_rng(seed)
        self.work, self.weights, self.labels_time = work, weights, 0
        self.synthetic = [Corpus(p[:-6]) for p in sorted(glob.glob(work + "/synthetic-*.jsonl"))]
        self.synthetic_items = [(c, i) for c in self.synthetic for i in c.items]
        self.real, self.real_groups = None, []
        self.music = Corpus(work + "/music") if os.path.exists(work + "/music.jsonl") else None
        self.features = net.LogMel()

    def refresh_real(self):
        path = self.work + "/real-labels.jsonl"
        if not os.path.exists(path) or os.path.getmtime(path) == self.labels_time:
            return
        self.labels_time = os.path.getmtime(path)
        self.real = self.real or Corpus(self.work + "/real")
        groups = {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                label = json.loads(line)
                item = dict(self.real.items[label["item"]], phones=label["phones"], segments=label.get("segments"))
                groups.setdefault(item["language"], {}).setdefault(item["source"], []).append(item)
        hours_of = lambda items: sum(i["length"] for i in items) / 16000 / 3600
        self.real_groups = []
        for sources in groups.values():
            # English has ten times the hours of the others: it shall not have ten times the say.
            shares = {s: hours_of(items) ** 0.6 * (0.35 if s == "speechocean762" else 1) for s, items in sources.items()}
            language = sum(hours_of(items) for items in sources.values()) ** 0.4
            for source, items in sources.items():
                self.real_groups.append((language * shares[source] / sum(shares.values()), items))

    def utterance(self):
        kind = "synthetic"
        if self.real_groups and self.rng.random() < self.weights["real"] / sum(self.weights.values()):
            kind = "real"
        if kind == "real":
            w = np.array([g[0] for g in self.real_groups])
            items = self.real_groups[self.rng.choice(len(w), p=w / w.sum())][1]
            item = items[self.rng.integers(len(items))]
            samples = self.real.samples(item)
        else:
            corpus, item = self.synthetic_items[self.rng.integers(len(self.synthetic_items))]
            samples = corpus.samples(item)
        samples = samples.astype(np.float32) / 32768
        ends = np.array(item["phones"], np.int64).reshape(-1, 2)
        if self.rng.random() < 0.6:  # rate and pitch together, as tape does
            ratio = self.rng.uniform(0.85, 1.18)
            position = np.arange(int(len(samples) / ratio)) * ratio
            samples = np.interp(position, np.arange(len(samples)), samples).astype(np.float32)
            ends = np.stack([ends[:, 0], np.minimum(len(samples), np.round(ends[:, 1] / ratio).astype(np.int64))], 1)
        return samples, ends

    def stream(self):
        """Samples and phone ends of one item: utterances and pauses until it is full, each with its own loudness."""
        need = (ITEM_FRAMES + 4) * net.HOP
        parts, ends, at = [], [], 0
        cut = True
        while at < need:
            samples, e = self.utterance()
            if cut and len(samples) > 32000:  # the first one begins anywhere
                skip = int(self.rng.integers(len(samples) // 2))
                samples, e = samples[skip:], np.stack([e[:, 0], e[:, 1] - skip], 1)
                e = e[e[:, 1] > 0]
            cut = False
            parts.append(samples * self.rng.uniform(0.5, 1))
            ends += [(int(p), int(x) + at) for p, x in e]
            at += len(samples)
            if self.rng.random() < 0.6:
                gap = int(self.rng.exponential(0.35) * 16000)
                parts.append(np.zeros(gap, np.float32))
                at += gap
            ends.append((0, at))
        return np.concatenate(parts)[:need], ends

    def noise(self, n):
        rng, kind = self.rng, self.rng.random()
        if kind < 0.45:  # coloured noise
            spectrum = np.fft.rfft(rng.standard_normal(n).astype(np.float32))
            hz = np.maximum(np.fft.rfftfreq(n, 1 / 16000), 20)
            out = np.fft.irfft(spectrum * hz ** -rng.uniform(0, 1.3), n)
            if rng.random() < 0.3:
                out = out * (1 + 0.8 * np.sin(2 * np.pi * rng.uniform(0.2, 4) * np.arange(n) / 16000))
        elif kind < 0.65:  # babble
            out = np.zeros(n, np.float32)
            for _ in range(int(rng.integers(3, 7))):
                s = np.resize(self.utterance()[0], n)
                out += np.roll(s, int(rng.integers(n)))
        elif self.music is not None:
            item = self.music.items[rng.integers(len(self.music.items))]
            s = self.music.samples(item)
            if len(s) <= n:
                s = np.resize(s, n + 1)
            at = int(rng.integers(len(s) - n))
            out = s[at:at + n].astype(np.float32)
        else:
            out = rng.standard_normal(n)
        return (out / (np.sqrt(np.mean(out ** 2)) + 1e-9)).astype(np.float32)

    def room(self, x):
        rng = self.rng
        rt60, size = rng.uniform(0.1, 0.8), 16000
        n = int(min(size, rt60 * 16000))
        tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / (rt60 * 16000))
        tail[:int(rng.uniform(20, 160))] = 0
        tail *= rng.uniform(0.1, 0.9) / (np.sqrt(np.sum(tail ** 2)) + 1e-9)
        tail[0] = 1  # the direct sound: no delay against the labels
        return fftconvolve(x, tail)[:len(x)].astype(np.float32)

    def equalise(self, x):
        points = np.exp(np.interp(np.linspace(0, 1, len(x) // 2 + 1), np.linspace(0, 1, 7),
                                  self.rng.normal(0, 0.7, 7)))
        return np.fft.irfft(np.fft.rfft(x) * points, len(x)).astype(np.float32)

    def item(self):
        rng = self.rng
        x, ends = self.stream()
        n = len(x)
        if rng.random() < 0.4:
            x = self.room(x)
        if rng.random() < 0.5:
            x = self.equalise(x)
        level = np.sqrt(np.mean(x ** 2)) + 1e-6
        if rng.random() < 0.65:
            x = x + self.noise(n) * level * 10 ** (-rng.uniform(2, 35) / 20)
        x = x + rng.standard_normal(n).astype(np.float32) * level * 10 ** (-rng.uniform(35, 80) / 20)
        band = rng.random()
        if band < 0.12:  # telephone, mu-law
            x = sosfilt(butter(4, [rng.uniform(200, 350), rng.uniform(3000, 3600)], "band", fs=16000, output="sos"), x)
            m = np.max(np.abs(x)) + 1e-9
            c = np.sign(x) * np.log1p(255 * np.abs(x) / m) / np.log(256)
            c = np.round(c * 127) / 127
            x = np.sign(c) * (256 ** np.abs(c) - 1) / 255 * m
        elif band < 0.3:  # low-pass of codecs and old recordings
            x = sosfilt(butter(6, rng.uniform(3400, 7000), fs=16000, output="sos"), x)
        if rng.random() < 0.06:
            limit = np.quantile(np.abs(x), rng.uniform(0.93, 0.999)) + 1e-6
            x = np.clip(x, -limit, limit)
        x = x / (np.max(np.abs(x)) + 1e-9) * 10 ** (-rng.uniform(0, 34) / 20)
        # The window of a frame starts 120 samples before it: the first whole window is that of frame 1.
        before = (net.WINDOW - net.HOP) // 2
        labels = [v[1:ITEM_FRAMES + 1] for v in frame_labels(ends, (ITEM_FRAMES + 2) * net.HOP)]
        with torch.no_grad():
            f = self.features(torch.tensor(x[None, net.HOP - before:], dtype=torch.float32))[0, :, :ITEM_FRAMES]
        return f.half().numpy(), *labels


def main(shared, work, pool, seed, shards, *weights):
    torch.set_num_threads(1)
    weights = {k: float(v) for k, v in (w.split("=") for w in weights)}
    os.makedirs(pool, exist_ok=True)
    augmenter = Augmenter(shared, work, int(seed) + int(time.time()), weights)
    count = 1 + max([int(p[-10:-4]) for p in glob.glob(f"{pool}/{seed}-*[0-9].npz")], default=-1)
    while True:
        augmenter.refresh_real()
        t = time.time()
        items = [augmenter.item() for _ in range(ITEMS)]
        path = f"{pool}/{seed}-{count:06d}.npz"
        np.savez(path + ".part.npz", f=np.stack([i[0] for i in items]),
                 **{k: np.stack([i[j] for i in items]) for j, k in ((1, "a"), (2, "b"), (3, "s"))})
        os.replace(path + ".part.npz", path)
        count += 1
        old = sorted(glob.glob(f"{pool}/{seed}-*[0-9].npz"))
        for p in old[:-int(shards)]:
            os.remove(p)
        if len(old) > int(shards):  # the pool is full: leave the core to others
            time.sleep(1.5 * (time.time() - t))
        if count % 10 == 1:
            print(f"shard {count}: {ITEMS * ITEM_FRAMES / 100 / (time.time() - t):.0f} x real time", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
