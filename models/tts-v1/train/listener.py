"""A listener that synthesis has nothing to do with: a small speaker encoder, for measuring who made speech is taken for.

usage: listener.py WORK_DIR DATA_DIR CHECKPOINT --seconds S
Time-delay net over log-mel less its mean over the utterance (so that neither level nor the average spectrum counts), statistics pooling,
additive angular margin. It learns from natural speech alone, of the speakers that tts-v1 learns from; the kept ones
(common.kept_speakers) it does not hear either.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import S, held_out

CROP, BATCH, MOST, LEAST = 160, 48, 40, 4  # frames of 10 ms, crops, utterances a speaker
MARGIN, SCALE, VECTOR = 0.2, 24.0, 128


class Listener(nn.Module):
    """Log-mel [B, MELS, T] -> unit vectors [B, VECTOR]."""

    def __init__(self):
        super().__init__()
        layer = lambda a, b, taps, d: nn.Sequential(nn.Conv1d(a, b, taps, dilation=d), nn.ReLU(), nn.BatchNorm1d(b))
        self.layers = nn.Sequential(layer(S.MELS, 192, 5, 1), layer(192, 192, 3, 2), layer(192, 192, 3, 3), layer(192, 384, 1, 1))
        self.out = nn.Sequential(nn.BatchNorm1d(768), nn.Linear(768, VECTOR))

    def forward(self, mel):
        x = self.layers(mel - mel.mean(2, keepdim=True)).float()
        pooled = torch.cat([x.mean(2), torch.sqrt(x.var(2, unbiased=False) + 1e-4)], 1)
        return F.normalize(self.out(pooled), dim=1)


class Ear:
    """A trained listener: int16 samples -> unit vector."""

    def __init__(self, checkpoint):
        self.net, self.mel = Listener(), S.LogMel()
        self.net.load_state_dict(torch.load(checkpoint))
        self.net.eval()

    def of(self, samples):
        x = samples.astype(np.float32) / 32768
        x = x * (0.08 / (x.std() + 1e-6))
        with torch.no_grad():
            return self.net(self.mel(torch.from_numpy(x[None])))[0].numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("checkpoint")
    parser.add_argument("--seconds", type=float, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng, pcm, by = np.random.default_rng(4), np.memmap(args.work + "/real.pcm", "<i2", "r"), {}
    for name in ("items.jsonl", "speakers-items.jsonl"):
        with open(os.path.join(args.data, name), encoding="utf-8") as f:
            for item in map(json.loads, f):
                if not held_out(item) and item["tokens"] > CROP // 2 + 2:
                    by.setdefault(item["speaker"], []).append(item)
    by = {k: v[:: max(1, len(v) // MOST)][:MOST] for k, v in by.items() if len(v) >= LEAST}
    mel, mels = S.LogMel(), []
    with torch.no_grad():
        for own in by.values():
            mels.append([])
            for item in own:
                x = pcm[item["offset"]:item["offset"] + item["length"]].astype(np.float32) / 32768
                x = x * (0.08 / (x.std() + 1e-6))
                mels[-1].append(mel(torch.from_numpy(x[None]))[0].half())
    print(len(mels), "speakers", sum(map(len, mels)), "utterances", flush=True)
    net = Listener()
    centres = nn.Parameter(torch.randn(len(mels), VECTOR) * 0.1)
    optimiser = torch.optim.AdamW([*net.parameters(), centres], lr=3e-3, weight_decay=0.02)
    began, step, sums = time.time(), 0, np.zeros(3)
    while time.time() - began < args.seconds:
        progress = (time.time() - began) / args.seconds
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * min(1, progress)))
        who = rng.integers(len(mels), size=BATCH)
        crops = []
        for s in who:
            x = mels[s][rng.integers(len(mels[s]))].float()
            at = rng.integers(x.shape[1] - CROP + 1) if x.shape[1] > CROP else 0
            x = x[:, at:at + CROP]
            if rng.random() < 0.5:  # noise: a floor under every band
                x = torch.logaddexp(x, torch.full((S.MELS, 1), float(rng.uniform(-9, -4))))
            crops.append(F.pad(x, (0, CROP - x.shape[1]), mode="replicate"))
        who = torch.from_numpy(who)
        with S.autocast():
            vector = net(torch.stack(crops))
        cosine = (vector.float() @ F.normalize(centres, dim=1).T).clamp(-0.999, 0.999)
        hit = F.one_hot(who, len(mels)).bool()
        margin = min(1, 2 * progress) * MARGIN
        logits = SCALE * torch.where(hit, torch.cos(torch.acos(cosine) + margin), cosine)
        loss = F.cross_entropy(logits, who)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        sums += [float(loss), float((cosine.argmax(1) == who).float().mean()), 1]
        if step % 100 == 0:
            print(f"step {step} loss {sums[0] / sums[2]:.3f} right {100 * sums[1] / sums[2]:.1f} % {time.time() - began:.0f} s", flush=True)
            sums[:] = 0
    torch.save(net.state_dict(), args.checkpoint)


if __name__ == "__main__":
    main()
