"""Trains the letters-to-phones net; resumes from its checkpoint.

usage: train.py WORK_DIR [--seconds S] [--threads N] [--lr RATE]
The seconds are those of the processor, so that a busy machine trains as much as an idle one.
"""
import argparse
import collections
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import data
from arithmetic import autocast  # on the path through data

P = data.P
VOICES = [v for voices in P.VOICES.values() for v in voices]
ALPHABET = ["<pad>", "<", ">"] + list(data.LETTERS)
WIDTH, DILATIONS = 192, (1, 1, 2, 1, 2, 1)


class Net(nn.Module):
    """letters [B, L] (each word as "<...>"), voices [B] -> logits [B, L, chunks]."""

    def __init__(self, chunks):
        super().__init__()
        self.letter = nn.Embedding(len(ALPHABET), WIDTH, padding_idx=0)
        self.voice = nn.Embedding(len(VOICES), WIDTH)
        self.convs = nn.ModuleList([nn.Conv1d(WIDTH, WIDTH, 5, dilation=d, padding=2 * d) for d in DILATIONS])
        self.norms = nn.ModuleList([nn.BatchNorm1d(WIDTH) for _ in DILATIONS])
        self.head = nn.Conv1d(WIDTH, chunks, 1)

    def forward(self, letters, voices):
        mask = (letters > 0).unsqueeze(1).float()  # padding stays zero: a batch gives what a single word gives
        x = (self.letter(letters) + self.voice(voices).unsqueeze(1)).transpose(1, 2) * mask
        for conv, norm in zip(self.convs, self.norms):
            x = (x + F.relu(norm(conv(x)))) * mask
        return self.head(x).transpose(1, 2)


def load(work):
    rows, counts = [], collections.Counter()
    for v, voice in enumerate(VOICES):
        with open(f"{work}/words-{voice}.tsv", encoding="utf-8") as f:
            for line in f:
                word, chunks = line.rstrip("\n").split("\t")
                chunks = chunks.split("|")
                counts.update(chunks)
                rows.append((v, word, chunks))
    names = [c for c, n in counts.most_common() if n >= 4]
    index = {c: i for i, c in enumerate(names)}
    return [r for r in rows if all(c in index for c in r[2])], names, index


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--lr", type=float, default=2e-3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rows, names, index = load(args.work)
    letter = {c: i for i, c in enumerate(ALPHABET)}
    buckets = collections.defaultdict(list)
    for v, word, chunks in rows:
        buckets[len(word)].append(([1] + [letter[c] for c in word] + [2], v, [-1] + [index[c] for c in chunks] + [-1]))
    tensors = {n: tuple(torch.tensor([r[k] for r in b]) for k in range(3)) for n, b in buckets.items()}
    print(len(rows), "words,", len(names), "chunks", flush=True)
    model = Net(len(names))
    average, step, spent = None, 0, 0.0
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    path = args.work + "/g2p.pt"
    if os.path.exists(path):
        state = torch.load(path)
        model.load_state_dict(state["model"])
        if state["names"] != names:
            raise SystemExit(path + " is of other words; remove it")
        if "optimiser" in state:  # not after restore.py
            optimiser.load_state_dict(state["optimiser"])
        average, step, spent = state["average"], state["step"], state["spent"]
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    sizes = sorted(tensors)
    weights = [len(tensors[n][1]) * (n + 2) for n in sizes]
    began, total, right, seen = time.process_time() - spent, 0.0, 0, 0
    while True:
        progress = min(1.0, (time.process_time() - began) / args.seconds)
        lr = min(1, (step + 1) / 200) * (1e-5 + args.lr * 0.5 * (1 + np.cos(np.pi * progress)))
        for g in optimiser.param_groups:
            g["lr"] = lr
        n = random.choices(sizes, weights)[0]
        letters, voices, target = tensors[n]
        pick = torch.randint(len(voices), (max(16, 6000 // (n + 2)),))
        with autocast():
            logits = model(letters[pick], voices[pick])
        logits, t = logits.float().flatten(0, 1), target[pick].flatten()
        loss = F.cross_entropy(logits, t, ignore_index=-1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k] = average[k] * decay + v * (1 - decay) if v.dtype.is_floating_point else v.clone()
            keep = t >= 0
            right += int((logits.argmax(1)[keep] == t[keep]).sum())
            seen += int(keep.sum())
            total += float(loss)
        if step % 200 == 0:
            print(f"step {step} loss {total / 200:.4f} letters right {100 * right / seen:.2f} % {time.process_time() - began:.0f} s",
                  flush=True)
            total, right, seen = 0.0, 0, 0
        done = time.process_time() - began > args.seconds
        if step % 100 == 0 or done:
            torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                            spent=time.process_time() - began, names=names), path + ".part")
            os.replace(path + ".part", path)
        if done:
            break


if __name__ == "__main__":
    main()
