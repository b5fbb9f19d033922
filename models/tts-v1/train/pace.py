"""Trains what hears how fast somebody speaks: from the tokenizer's projected hidden layer to phones a second.

usage: pace.py WORK_DIR DATA_DIR SPEECH_CHECKPOINT CHECKPOINT [--steps N]
A frame's target is its share of a phone (one over the phone's frames; nothing in silence) and whether it is speech. Learnt from aligned
recordings of the voices, the others and speechocean762 (no kept speaker); prints the correlation with the labels, by recordings that
it has not learnt from.
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import TOKEN_HOP, UNSEEN, Hidden, kept_speakers, speech
from prepare import PROJECTED, frame_phones

EACH, CROP, BATCH = 800, 100, 32


class Pace(nn.Module):
    """Projected hidden layer [B, T, PROJECTED] -> [B, 2]: phones, frames of speech."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv1d(PROJECTED, 48, 5, padding=2), nn.ReLU(), nn.Conv1d(48, 48, 5, padding=2), nn.ReLU(),
                                    nn.Conv1d(48, 2, 1))

    def frames(self, hidden):
        y = self.layers(hidden.transpose(1, 2) / 4)
        return F.softplus(y[:, 0]), y[:, 1]

    def forward(self, hidden):
        share, voice = self.frames(hidden)
        voice = torch.sigmoid(voice)
        return torch.stack([(share * voice).sum(1), voice.sum(1)], 1)


def targets(label, frames):
    """Share of a phone, speech or not, of every frame; -1 where the phone is not known."""
    share, voice, start = np.zeros(frames, np.float32), frame_phones(label, frames), 0
    for c, end in label["phones"]:
        a, b = round(start / TOKEN_HOP), round(end / TOKEN_HOP)
        if c not in (0, 255):
            share[a:b] = TOKEN_HOP / max(end - start, TOKEN_HOP)
        start = end
    return share, np.where(voice == 255, -1, voice != 0).astype(np.float32)


def main():
    parser = argparse.ArgumentParser()
    for name in ("work", "data", "speech", "checkpoint"):
        parser.add_argument(name)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--labels", default="real-labels.jsonl")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng, corpus = np.random.default_rng(6), speech("corpus").Corpus(args.work + "/real")
    kept = set().union(*kept_speakers(corpus.items).values())
    with open(os.path.join(args.work, args.labels), encoding="utf-8") as f:
        labels = [json.loads(line) for line in f]
    labels = [x for x in labels if 32000 < corpus.items[x["item"]]["length"] < 160000]
    groups = [[x for x in labels if (corpus.items[x["item"]]["source"] == UNSEEN) == unseen and corpus.items[x["item"]]["speaker"] not in kept]
              for unseen in (False, True)]
    with np.load(args.data + "/codebook.npz") as z:
        hidden, mean, projection = Hidden(args.speech, int(z["blocks"])), z["mean"], z["projection"]
    train, held = [], []
    for group in groups:
        for k in rng.permutation(len(group))[:EACH]:
            x = (hidden(corpus.samples(corpus.items[group[k]["item"]])) - mean) @ projection
            (held if group[k]["item"] % 10 == 0 else train).append((x.astype(np.float32), *targets(group[k], len(x))))
    print(len(train), "recordings,", len(held), "held out", flush=True)
    net = Pace()
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    for step in range(args.steps):
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / args.steps))
        batch = []
        while len(batch) < BATCH:
            x = train[rng.integers(len(train))]
            if len(x[0]) > CROP:
                at = rng.integers(len(x[0]) - CROP)
                batch.append([y[at:at + CROP] for y in x])
        x, share, voice = (torch.from_numpy(np.stack(y)) for y in zip(*batch))
        known = (voice >= 0).float()
        own, spoken = net.frames(x)
        off = F.smooth_l1_loss(own, share, reduction="none", beta=0.05) * known * voice.clamp(min=0)
        total = ((own - share) * known * voice.clamp(min=0)).sum(1).abs().mean() / CROP
        loss = off.mean() + total + 0.3 * (F.binary_cross_entropy_with_logits(spoken, voice.clamp(min=0), reduction="none") * known).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 300 == 299:
            print(f"step {step + 1} loss {float(loss):.4f}", flush=True)
    net.eval()
    with torch.no_grad():
        heard = np.array([[float(y[0] / y[1]), s[v > 0].sum() / (v > 0).sum()] for x, s, v in held for y in net(torch.from_numpy(x[None]))]) * 50
    print(f"phones a second: correlation with the labels {np.corrcoef(heard.T)[0, 1]:.2f}, off by "
          f"{np.abs(heard[:, 0] / heard[:, 1] - 1).mean() * 100:.0f} %; heard {heard[:, 0].mean():.1f}, labels {heard[:, 1].mean():.1f}", flush=True)
    torch.save(net.state_dict(), args.checkpoint)


if __name__ == "__main__":
    main()
