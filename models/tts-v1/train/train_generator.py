"""Trains the generator and the reference encoder; resumes from its checkpoint.

usage: train_generator.py WORK_DIR DATA_DIR CHECKPOINT --seconds S [--lr LR]
DATA_DIR: of prepare.py. Loss: log magnitudes and roots of magnitudes at three resolutions, log-mel.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import generator as G
from common import HOP, S, TOKEN_HOP

BATCH, SEGMENT = 20, 80  # utterances, tokens
REFERENCE = 48000  # samples
RESOLUTIONS = ((512, 160), (1024, 320), (256, 80))


class Data:
    def __init__(self, work, folder, rng):
        self.pcm = np.memmap(work + "/real.pcm", "<i2", "r")
        with np.load(folder + "/data.npz") as z:
            self.tokens, self.pitch = z["tokens"].astype(np.int64), z["pitch"].astype(np.float32)
        with open(folder + "/items.jsonl", encoding="utf-8") as f:
            items = [json.loads(line) for line in f]
        self.rng, self.speakers, self.weights = rng, [], []
        by = {}
        for item in items:
            if item["tokens"] > SEGMENT and not held_out(item):
                by.setdefault(item["speaker"], []).append(item)
        by = {k: v for k, v in by.items() if len(v) > 2}
        voices = [k for k in by if by[k][0]["voice"]]
        for k, own in by.items():
            self.speakers.append(own)
            total = sum(x["tokens"] for x in own)
            self.weights.append((0.75 if k in voices else 0.25) * total ** 0.7)
        voice = np.array([s[0]["voice"] for s in self.speakers])
        w = np.array(self.weights)
        w[voice] *= 0.75 / w[voice].sum()
        w[~voice] *= 0.25 / w[~voice].sum()
        self.weights = w / w.sum()

    def samples(self, item, start, count):
        x = self.pcm[item["offset"] + start:item["offset"] + min(item["length"], start + count)]
        y = np.zeros(count, np.float32)
        y[:len(x)] = x.astype(np.float32) / 32768 * item["gain"]
        return y

    def batch(self):
        tokens, hz, pulse, wave, reference, median = [], [], [], [], [], []
        for s in self.rng.choice(len(self.speakers), BATCH, p=self.weights):
            own = self.speakers[s]
            item, other = own[self.rng.integers(len(own))], own[self.rng.integers(len(own))]
            at = int(self.rng.integers(item["tokens"] - SEGMENT))
            tokens.append(self.tokens[item["token_at"] + at:item["token_at"] + at + SEGMENT])
            f = self.pitch[item["pitch_at"] + 2 * at:item["pitch_at"] + 2 * (at + SEGMENT)]
            hz.append(f)
            pulse.append(G.pulses(f, self.rng.random()))
            wave.append(self.samples(item, at * TOKEN_HOP, SEGMENT * TOKEN_HOP))
            start = int(self.rng.integers(max(1, other["length"] - REFERENCE)))
            r = self.samples(other, start, min(REFERENCE, other["length"]))
            reference.append(np.resize(r, REFERENCE))
            p = self.pitch[other["pitch_at"]:other["pitch_at"] + 2 * other["tokens"]]
            median.append(np.log2(np.median(p[p > 0])) if (p > 0).any() else np.nan)
        t = lambda x: torch.from_numpy(np.stack(x))
        return t(tokens), t(hz), t(pulse), t(wave), t(reference), torch.tensor(median, dtype=torch.float32)


def held_out(item):
    """A fiftieth of the utterances is for measuring."""
    return item["item"] % 50 == 0


class Losses(nn.Module):
    def __init__(self):
        super().__init__()
        self.mel = S.LogMel()

    def forward(self, y, wave):
        total = 0
        for size, hop in RESOLUTIONS:
            window = torch.hann_window(size)
            a, b = (torch.stft(x, size, hop, window=window, return_complex=True).abs().clamp(min=1e-4) for x in (y, wave))
            ra, rb = torch.sqrt(a), torch.sqrt(b)
            total = total + (ra - rb).abs().mean() / rb.mean() + (torch.log(a) - torch.log(b)).abs().mean()
        mel = (self.mel(y) - self.mel(wave)).abs().mean()
        return total / len(RESOLUTIONS), mel


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("checkpoint")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--lr", type=float, default=8e-4)
    parser.add_argument("--init", help="weights to start from")
    parser.add_argument("--final-lr", type=float, default=1e-5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = Data(args.work, args.data, np.random.default_rng(int(time.time())))
    model = nn.ModuleDict(dict(filters=G.Filters(), reference=G.Reference())).train()
    head, losses, features = G.Head(), Losses(), S.LogMel()
    average = None
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    if os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, step, spent = state["average"], state["step"], state["spent"]
    elif args.init:
        model.load_state_dict(torch.load(args.init))
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    began, sums = time.time() - spent, np.zeros(5)

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    while time.time() - began < args.seconds:
        progress = min(1, (time.time() - began) / args.seconds)
        lr = min(1.0, (step + 1) / 100) * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = lr
        t0 = time.time()
        tokens, hz, pulse, wave, reference, median = data.batch()
        t1 = time.time()
        with torch.no_grad():
            mel = features(reference)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            speaker, pitch = model["reference"](mel)
            cepstra = model["filters"](tokens, speaker, hz)
        t2 = time.time()
        y = head(cepstra.float(), pulse, torch.randn_like(pulse))
        spectral, mel_loss = losses(y, wave)
        known = ~torch.isnan(median)
        off = ((pitch.float().squeeze(1) - torch.nan_to_num(median)) * known).abs().mean()
        loss = spectral + 0.5 * mel_loss + 0.3 * off
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k] = average[k].mul_(decay).add_(v, alpha=1 - decay) if v.dtype.is_floating_point else v.clone()
        sums += [float(spectral), float(mel_loss), float(off), 1, time.time() - t0]
        if step % 50 == 0 or step in (2, 10, 20):
            n = sums[3]
            print(f"step {step} spectral {sums[0] / n:.3f} mel {sums[1] / n:.3f} pitch {sums[2] / n:.3f} lr {lr:.1e} "
                  f"{sums[4] / n:.2f} s a step (data {t1 - t0:.2f}, net {t2 - t1:.2f}) {time.time() - began:.0f} s", flush=True)
            sums[:] = 0
        if step % 100 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
