"""Labels real speech with the model's own alignment of its transcript (one round of iterative pseudo-forced alignment).

usage: relabel.py WORK_DIR CHECKPOINT [--drop SHARE] [--durations MANIFEST] [--boundaries LABELLER] [--only LANGUAGES]
Reads WORK_DIR/real.*, writes WORK_DIR/real-labels.jsonl: one line a kept utterance, phones = [[index, end sample], ...]
with index 255 where a word fits so badly that its frames must not teach.
"""
import argparse
import ctypes as C
import json
import os
import re
import subprocess
import sys
import time

import numpy as np
import torch

import durations
import net
from corpus import Corpus
from espeak import Espeak  # on the path through net
from finer import FineLabels
from weakforms import WEAK

P = net.P
PRIOR_SCALE = 0.6


class Pronouncer:
    def __init__(self):
        self.engine, self.cache = Espeak(), {}

    def __call__(self, word, language):
        key = (word, language)
        if key not in self.cache:
            found = []
            if language == "en" and word in WEAK:
                found = [v.split() for v in WEAK[word].split("|")]
            for voice in P.VOICES[language]:
                p = P.pronunciation(self.engine.ipa(word, voice), voice)
                if p and p not in found:
                    found.append(p)
                for variant in self.variants(p, language):
                    if variant and variant not in found:
                        found.append(variant)
            self.cache[key] = [[P.INDEX[x] for x in p] for p in found[:8]]
        return self.cache[key]

    @staticmethod
    def variants(p, language):
        if language == "fr" and len(p) > 1 and p[-1] not in P.VOWELS:
            yield p + ["ə"]
        if language in ("fr", "de") and len(p) > 2 and p[-1] == "ə":
            yield p[:-1]
        if language == "de" and p[-2:] == ["ə", "n"] and len(p) > 3:
            yield p[:-2] + ["n"]
            if p[-3] in "b p ɡ k n m ŋ".split():
                yield p[:-2] + {"b": ["m"], "p": ["m"], "ɡ": ["ŋ"], "k": ["ŋ"]}.get(p[-3], [])
        if language == "nl" and p[-1:] == ["ə"] and len(p) > 2:
            yield p + ["n"]


def words_of(text, language):
    text = text.replace("’", "'").lower() if text.isupper() else text.replace("’", "'")
    return [w for w in re.findall(r"[^\s.,;:!?\"“”«»()\[\]…–—-]+", text) if re.search(r"\w", w)]


class Graph:
    """Optional silence, word, optional silence ..., each word with its pronunciations in parallel."""

    def __init__(self, words):
        self.cls, self.preds, self.word = [], [], []
        exits, initial = None, set()  # None = the very beginning

        def state(cls, word, preds):
            self.cls.append(cls)
            self.word.append(word)
            self.preds.append(list(preds))
            return len(self.cls) - 1

        for w, variants in enumerate(words):
            sil = state(0, -1, exits or [])
            if exits is None:
                initial.add(sil)
            entry, new = (exits or []) + [sil], []
            for phones in variants:
                for k, p in enumerate(phones):
                    s = state(p, w, entry if k == 0 else [len(self.cls) - 1])
                    if k == 0 and exits is None:
                        initial.add(s)
                new.append(len(self.cls) - 1)
            exits = new
        sil = state(0, -1, exits)
        n = len(self.cls)
        self.initial, self.final = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
        self.initial[list(initial)] = 1
        self.final[exits + [sil]] = 1
        self.first = np.cumsum([0] + [len(p) for p in self.preds]).astype(np.int32)
        self.flat = np.array([q for p in self.preds for q in p] or [0], np.int32)
        self.cls = np.array(self.cls, np.int32)


def library(folder):
    source, target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "viterbi.c"), folder + "/viterbi.so"
    if not os.path.exists(target) or os.path.getmtime(target) < os.path.getmtime(source):
        subprocess.run(["gcc", "-O3", "-shared", "-fPIC", "-o", target, source, "-lm"], check=True)
    lib = C.CDLL(os.path.abspath(target))
    lib.viterbi.restype = C.c_float
    return lib


def align(lib, scores, graph):
    pointer = lambda a: a.ctypes.data_as(C.c_void_p)
    scores, path = np.ascontiguousarray(scores, np.float32), np.zeros(len(scores), np.int32)
    score = lib.viterbi(len(scores), scores.shape[1], pointer(scores), len(graph.cls), pointer(graph.cls),
                        pointer(graph.first), pointer(graph.flat), pointer(graph.initial), pointer(graph.final),
                        pointer(path))
    return path if score > -1e29 else None


class Durations:
    """The second pass: durations move the boundaries of a path. As org.chorale.align.DurationRefiner does it."""

    WINDOW, RATE_PHONES, RATE_PRIOR, WEIGHT = 30, 12, 6, 6.0

    def __init__(self, lib, work, manifest=None):
        """Durations of the labels of WORK_DIR, else those of a manifest, else none."""
        self.lib, self.median, known = lib, None, None
        if os.path.exists(work + "/real-labels.jsonl"):
            known = durations.durations(work)
        elif manifest:
            with open(manifest, encoding="utf-8") as f:
                table = json.load(f)["durations"]
            known = table["medianFrames"], table["logDeviation"]
        if known:
            median, deviation = known
            self.known = np.array(median) > 0
            self.median, self.deviation = np.log(np.maximum(median, 1)), np.maximum(deviation, 0.3) * self.known

    def __call__(self, scores, path, cls):
        """Path of states -> the same states in the same order, boundaries moved. cls: class of every state."""
        if self.median is None:
            return path
        starts = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [len(path)]]).astype(np.int32)
        states, lengths = path[starts[:-1]], np.diff(starts)
        own = np.ascontiguousarray(cls[states], np.int32)
        known = self.known[own] & (lengths > 1)
        ratio = np.where(known, np.clip(np.log(lengths) - self.median[own], -1.2, 1.2), 0)
        a, b = np.concatenate([[0], np.cumsum(ratio)]), np.concatenate([[0], np.cumsum(known)])
        index = np.arange(len(own))
        lo, hi = np.maximum(0, index - self.RATE_PHONES), np.minimum(len(own), index + self.RATE_PHONES + 1)
        mean = np.ascontiguousarray(self.median[own] + (a[hi] - a[lo]) / (b[hi] - b[lo] + self.RATE_PRIOR))
        deviation, scores = np.ascontiguousarray(self.deviation[own]), np.ascontiguousarray(scores, np.float32)
        pointer = lambda v: v.ctypes.data_as(C.c_void_p)
        self.lib.refine(len(path), scores.shape[1], pointer(scores), len(own), pointer(own), pointer(mean), pointer(deviation),
                        C.c_double(self.WEIGHT), self.WINDOW, pointer(starts))
        return np.repeat(states, np.diff(starts))


def boundary(logp, t, a, b):
    """Sample where phone b overtakes a, near the frame edge t, from the log posteriors of frames t-1 and t."""
    d0, d1 = float(logp[t - 1, a] - logp[t - 1, b]), float(logp[t, b] - logp[t, a])
    share = d0 / (d0 + d1) if d0 > 0 and d1 > 0 else 0.5
    return int((t - 0.5 + share) * net.HOP)


class Posteriors:
    def __init__(self, checkpoint):
        self.model, self.features = net.Net(), net.LogMel()
        self.model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
        self.model.eval()

    def __call__(self, samples):
        """int16 samples -> float32 log posteriors [frames, classes]."""
        frames = (len(samples) // net.HOP) & ~1
        x = np.zeros(frames * net.HOP + 2 * net.CONTEXT_SAMPLES, np.float32)
        n = min(len(samples), frames * net.HOP + net.CONTEXT_SAMPLES)
        x[net.CONTEXT_SAMPLES:net.CONTEXT_SAMPLES + n] = samples[:n] / 32768.0
        with torch.no_grad(), net.autocast():
            logits = self.model(self.features(torch.from_numpy(x[None])))
        return torch.log_softmax(logits.float(), 2)[0].numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("checkpoint")
    parser.add_argument("--drop", type=float, default=0.1, help="share of the utterances of a source to leave out")
    parser.add_argument("--limit", type=int, default=10 ** 9)
    parser.add_argument("--durations", metavar="MANIFEST", help="whose durations to use when there are no labels yet")
    parser.add_argument("--boundaries", metavar="LABELLER", help="move the ends of phones by it (boundaries.py --labeller)")
    parser.add_argument("--only", metavar="LANGUAGES", help="label these (ru,pl), keep the other labels that are there")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    corpus, pronounce, posteriors, lib = Corpus(args.work + "/real"), Pronouncer(), Posteriors(args.checkpoint), library(args.work)
    refine, fine = Durations(lib, args.work, args.durations), args.boundaries and FineLabels(args.boundaries)
    order = np.random.default_rng(0).permutation(len(corpus.items))[:args.limit]
    if args.only:
        order = [k for k in order if corpus.items[k]["language"] in args.only.split(",")]
    prior = np.full(len(P.PHONES), -np.log(len(P.PHONES)), np.float32)
    counts, kept, began = np.ones(len(P.PHONES)), [], time.time()
    for number, index in enumerate(order):
        item = corpus.items[index]
        words = [pronounce(w, item["language"]) for w in words_of(item["text"], item["language"])]
        words = [w for w in words if w]
        if not words:
            continue
        logp = posteriors(corpus.samples(item))
        counts += np.exp(logp).sum(0)
        if number < 300 or number % 500 == 0:
            prior = np.log(counts / counts.sum()).astype(np.float32)
        graph = Graph(words)
        scores = logp - PRIOR_SCALE * prior
        path = align(lib, scores, graph)
        if path is None:
            continue
        path = refine(scores, path, graph.cls)
        cls = graph.cls[path]
        gap = logp[np.arange(len(path)), cls] - logp.max(1)  # 0 where the forced phone is also the best
        word = np.array(graph.word)[path]
        score = gap[word >= 0].mean() if (word >= 0).any() else -99.0
        phones, cuts = [], [0] + [t for t in range(1, len(path)) if path[t] != path[t - 1]] + [len(path)]
        bad_words = {w for w in set(word[word >= 0].tolist()) if gap[word == w].mean() < -3.0}
        if fine:
            ends = fine(corpus.samples(item), scores, cls[cuts[:-1]], np.array(cuts[:-1]))
        else:
            ends = [boundary(logp, t, int(cls[t - 1]), int(cls[t])) for t in cuts[1:-1]] + [item["length"]]
        for t0, t1, end in zip(cuts, cuts[1:], ends):
            bad = int(word[t0]) in bad_words or (word[t0] < 0 and t1 - t0 > 15 and gap[t0:t1].mean() < -3.0)
            phones.append([255 if bad else int(cls[t0]), end])
        kept.append((item["source"] + item["language"], float(score), dict(item=int(index), score=round(float(score), 3),
                                                                         phones=phones)))
        if number % 1000 == 999:
            print(number + 1, "utterances", f"{time.time() - began:.0f} s", flush=True)
    limits, total = {}, 0
    for source in sorted({k[0] for k in kept}):
        scores = sorted(k[1] for k in kept if k[0] == source)
        limits[source] = max(-2.5, scores[int(len(scores) * args.drop)])
        print(f"{source:28s} {len(scores):5d} utterances, score 10 % {scores[len(scores) // 10]:.2f} "
              f"median {scores[len(scores) // 2]:.2f}")
    others = []
    if args.only:
        with open(args.work + "/real-labels.jsonl", encoding="utf-8") as f:
            others = [line for line in f if corpus.items[json.loads(line)["item"]]["language"] not in args.only.split(",")]
    else:
        np.savetxt(args.work + "/prior.txt", prior)
    with open(args.work + "/real-labels.jsonl.part", "w", encoding="utf-8") as f:
        f.writelines(others)
        for source, score, label in kept:
            if score >= limits[source]:
                f.write(json.dumps(label) + "\n")
                total += 1
    os.replace(args.work + "/real-labels.jsonl.part", args.work + "/real-labels.jsonl")
    print(total, "of", len(kept), "utterances kept")


if __name__ == "__main__":
    main()
