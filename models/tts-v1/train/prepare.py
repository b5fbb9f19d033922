"""Prepares the training data: codebook, tokens, pitch and phones of every utterance.

usage: prepare.py WORK_DIR CHECKPOINT OUT_DIR [--blocks N] [--probe]
WORK_DIR: real.pcm, real.jsonl, real-labels.jsonl as speech-v1 leaves them. CHECKPOINT: of the speech net. --probe compares
the layers by the phone error through the tokens and stops. OUT_DIR: codebook.npz, data.npz, items.jsonl; a codebook that is there
already (of restore.py) is kept.
"""
import argparse
import json
import os
import time

import numpy as np
import torch

from common import (CODES, HOP, OTHERS, P, SOURCE_ALIAS, TOKEN_HOP, VOICES, Hidden, level, numbers, speaker_of, speech)
from pitch import pitch

corpus = speech("corpus")
PROJECTED = 40


def frame_phones(label, frames):
    """Phone at the middle of every 20-ms frame."""
    ends = np.array([e for _, e in label["phones"]])
    cls = np.array([c for c, _ in label["phones"]])
    return cls[np.minimum(np.searchsorted(ends, np.arange(frames) * TOKEN_HOP + TOKEN_HOP // 2, side="right"), len(cls) - 1)]


def k_means(x, codes, rounds, rng):
    """x [N, D] -> centres [codes, D]; an empty cluster restarts at the point farthest from its own."""
    x = torch.from_numpy(x)
    centres = x[torch.from_numpy(rng.choice(len(x), codes, replace=False))].clone()
    norm = (x ** 2).sum(1)
    for _ in range(rounds):
        d = (centres ** 2).sum(1)[None] - 2 * x @ centres.T
        least, own = d.min(1)
        count = torch.bincount(own, minlength=codes)
        total = torch.zeros_like(centres).index_add_(0, own, x)
        centres = total / count.clamp(min=1)[:, None]
        far = (least + norm).argsort(descending=True)
        for k, c in enumerate(torch.nonzero(count == 0).flatten().tolist()):
            centres[c] = x[far[k]]
    return centres.numpy()


def fit(hidden, phone, rng):
    """hidden [N, C], phone [N] -> mean [C], projection [C, PROJECTED], centres [CODES, PROJECTED].

    The projection is a linear discriminant analysis: distances count in units of what a phone varies by itself, and
    the directions are those in which phones differ, so that clusters split between phones before they split within.
    """
    mean = hidden.mean(0)
    x, within, between = (hidden - mean).astype(np.float64), 0, 0
    for p in np.unique(phone[phone != 255]):
        own = x[phone == p]
        if len(own) > 30:
            centre = own.mean(0)
            within = within + (own - centre).T @ (own - centre)
            between = between + len(own) * np.outer(centre, centre)
    within = within / len(x) + 1e-3 * np.eye(x.shape[1]) * np.trace(within) / len(x) / x.shape[1]
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    values, vectors = np.linalg.eigh(white.T @ (between / len(x)) @ white)
    projection = (white @ vectors[:, ::-1][:, :PROJECTED]).astype(np.float32)
    return mean, projection, k_means(np.ascontiguousarray((hidden - mean) @ projection), CODES, 25, rng)


def assign(hidden, mean, projection, centres):
    z = (hidden - mean) @ projection
    return ((centres ** 2).sum(1)[None] - 2 * z @ centres.T).argmin(1)


def learn(data, labels, checkpoint, layers, rng):
    """The codebook of the last of some layers; says of each how well phones are told by its tokens."""
    pick = rng.choice(len(labels), 900, replace=False)
    hidden = Hidden(checkpoint, max(layers))
    seen, phones = {k: [] for k in layers}, []
    for i in pick:
        out = hidden.layers(data.samples(data.items[labels[i]["item"]]), layers)
        for k in layers:
            seen[k].append(out[k])
        phones.append(frame_phones(labels[i], len(out[layers[0]])))
    phone, cut = np.concatenate(phones), sum(len(p) for p in phones[:600])
    for k in layers:
        x = np.concatenate(seen[k])
        chosen = rng.choice(cut, min(cut, 100000), replace=False)
        mean, projection, centres = fit(x[:cut][chosen], phone[:cut][chosen], rng)
        code = assign(x, mean, projection, centres)
        table = np.zeros((CODES, 256))
        np.add.at(table, (code[:cut], phone[:cut]), 1)
        table[:, 255] = 0
        held = phone[cut:] != 255
        right = (table.argmax(1)[code[cut:]] == phone[cut:])[held].mean()
        p = np.bincount(code, minlength=CODES) / len(code)
        print(f"after block {k}: frame phone error through the tokens {100 * (1 - right):.1f} %, codes' entropy "
              f"{-(p * np.log2(p + 1e-12)).sum():.2f} bits, run length {1 / (np.diff(code) != 0).mean():.2f} frames", flush=True)
    return dict(mean=mean, projection=projection, centres=centres, blocks=layers[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("--labels", default="real-labels.jsonl")
    parser.add_argument("--blocks", type=int, default=7)
    parser.add_argument("--probe", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(7)
    data = corpus.Corpus(args.work + "/real")
    with open(os.path.join(args.work, args.labels), encoding="utf-8") as f:
        labels = [json.loads(line) for line in f]
    wanted = set(VOICES) | set(SOURCE_ALIAS) | set(OTHERS)
    labels = [x for x in labels if data.items[x["item"]]["source"] in wanted and data.items[x["item"]]["length"] < 14 * 16000]
    labels.sort(key=lambda x: x["item"])
    if args.probe:
        learn(data, labels, args.checkpoint, [6, 7, 8], rng)
        return
    os.makedirs(args.out, exist_ok=True)
    path = args.out + "/codebook.npz"
    if not os.path.exists(path):
        np.savez(path, **learn(data, labels, args.checkpoint, [args.blocks], rng))
    with np.load(path) as z:
        mean, projection, centres, hidden = z["mean"], z["projection"], z["centres"], Hidden(args.checkpoint, int(z["blocks"]))
    began, tokens, pitches, token_at, pitch_at, numbered = time.time(), [], [], 0, 0, numbers(data.items)
    with open(args.out + "/items.jsonl", "w", encoding="utf-8") as f:
        for number, label in enumerate(labels):
            item = data.items[label["item"]]
            samples = data.samples(item)
            code = assign(hidden(samples), mean, projection, centres).astype(np.uint16)
            f0 = pitch(samples.astype(np.float32) / 32768)[:2 * len(code)].astype(np.float16)
            source = SOURCE_ALIAS.get(item["source"], item["source"])
            f.write(json.dumps(dict(
                item=label["item"], number=numbered[label["item"]], offset=item["offset"], length=item["length"], speaker=speaker_of(item), language=item["language"],
                text=item["text"], voice=source in VOICES, gain=round(level(samples), 4), score=label["score"], tokens=len(code),
                token_at=token_at, pitch_at=pitch_at, phones=label["phones"]), ensure_ascii=False) + "\n")
            tokens.append(code)
            pitches.append(f0)
            token_at += len(code)
            pitch_at += len(f0)
            if number % 1000 == 999:
                print(number + 1, "of", len(labels), f"{time.time() - began:.0f} s", flush=True)
    np.savez(args.out + "/data.npz", tokens=np.concatenate(tokens), pitch=np.concatenate(pitches))


if __name__ == "__main__":
    main()
