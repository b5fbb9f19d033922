"""Trains the generator and the reference encoder; resumes from its checkpoint.

usage: train_generator.py WORK_DIR DATA_DIR CHECKPOINT --seconds S [--lr LR] [--init CHECKPOINT]
DATA_DIR: of prepare.py; of prepare_speakers.py and said.py, where they have run. Loss: log magnitudes and roots of magnitudes at three
resolutions, log-mel; average and spread of the mel cepstra of a piece.
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
from common import HOP, S, TOKEN_HOP, held_out

BATCH, SEGMENT = 20, 80  # utterances, tokens
REFERENCES = (32000, 48000, 80000)  # samples
VOICES_SHARE = 0.45  # of the batches
SAID_SHARE = 0.4  # of the pieces whose tokens are those of the text model, where it has any
CEPSTRA = 20
RESOLUTIONS = ((512, 160), (1024, 320), (256, 80))


class Data:
    def __init__(self, work, folder, rng):
        self.pcm = np.memmap(work + "/real.pcm", "<i2", "r")
        self.rng, self.speakers, groups, sizes, self.streams = rng, [], [], [], []
        voices, others = {}, {}
        for prefix in ("", "speakers-"):
            if not os.path.exists(folder + f"/{prefix}items.jsonl"):
                continue
            with np.load(folder + f"/{prefix}data.npz") as z:
                tokens, hz = z["tokens"].astype(np.int64), z["pitch"].astype(np.float32)
            said = None
            if os.path.exists(folder + f"/{prefix}said.npz"):
                with np.load(folder + f"/{prefix}said.npz") as z:
                    said = z["tokens"]
            self.streams.append((tokens, hz, said))
            with open(folder + f"/{prefix}items.jsonl", encoding="utf-8") as f:
                for item in map(json.loads, f):
                    if item["tokens"] > SEGMENT and not held_out(item):
                        item["stream"] = len(self.streams) - 1
                        (voices if item["voice"] else others).setdefault(item["speaker"], []).append(item)
        for by, power in ((voices, 0.7), (others, 0.4)):
            for own in by.values():
                self.speakers.append(own)
                groups.append(own[0]["voice"])
                sizes.append(min(sum(x["tokens"] for x in own), 20000 if by is others else 10 ** 9) ** power)
        groups, w = np.array(groups), np.array(sizes)
        w[groups] *= VOICES_SHARE / w[groups].sum()
        w[~groups] *= (1 - VOICES_SHARE) / w[~groups].sum()
        self.weights = w / w.sum()
        print(f"{groups.sum()} voices, {(~groups).sum()} other speakers, {sum(len(s) for s in self.speakers)} utterances", flush=True)

    def samples(self, item, start, count):
        x = self.pcm[item["offset"] + start:item["offset"] + min(item["length"], start + count)]
        y = np.zeros(count, np.float32)
        y[:len(x)] = x.astype(np.float32) / 32768 * item["gain"]
        return y

    def reference(self, own, item, at, count):
        """Other utterances of the speaker, one after another; of a speaker with one alone, what is left of it. With noise, at times."""
        rest = [x for x in own if x is not item]
        if rest:
            pieces, length = [], 0
            while length < count and len(pieces) < 4:
                other = rest[self.rng.integers(len(rest))]
                start = int(self.rng.integers(max(1, other["length"] - count + length)))
                pieces.append(self.samples(other, start, min(count - length, other["length"] - start)))
                length += len(pieces[-1])
            r = np.concatenate(pieces)
        else:
            whole, cut = self.samples(item, 0, item["length"]), at * TOKEN_HOP
            r = np.concatenate([whole[:cut], whole[cut + SEGMENT * TOKEN_HOP:]])
            r = whole if len(r) < 1.5 * 16000 else r
        r = np.resize(r, count)
        if self.rng.random() < 0.2:
            r = r + self.rng.standard_normal(count).astype(np.float32) * r.std() * 10 ** (-self.rng.uniform(10, 40) / 20)
        return r * np.float32(10 ** (self.rng.uniform(-2, 2) / 20))

    def batch(self):
        tokens, hz, pulse, wave, reference, prosody = [], [], [], [], [], []
        count = REFERENCES[self.rng.integers(len(REFERENCES))]
        for s in self.rng.choice(len(self.speakers), BATCH, p=self.weights):
            own = self.speakers[s]
            item = own[self.rng.integers(len(own))]
            every, pitch, said = self.streams[item["stream"]]
            at = int(self.rng.integers(item["tokens"] - SEGMENT))
            place = slice(item["token_at"] + at, item["token_at"] + at + SEGMENT)
            codes = every[place]
            if said is not None and self.rng.random() < SAID_SHARE and said[place].max() < G.CODES:
                codes = said[place].astype(np.int64)
            tokens.append(codes)
            f = pitch[item["pitch_at"] + 2 * at:item["pitch_at"] + 2 * (at + SEGMENT)]
            hz.append(f)
            pulse.append(G.pulses(f, self.rng.random()))
            wave.append(self.samples(item, at * TOKEN_HOP, SEGMENT * TOKEN_HOP))
            reference.append(self.reference(own, item, at, count))
            prosody.append(self.prosody(own, pitch))
        t = lambda x: torch.from_numpy(np.stack(x))
        return t(tokens), t(hz), t(pulse), t(wave), t(reference), t(prosody)

    def prosody(self, own, pitch):
        """log2 of the median pitch of a speaker, standard deviation of its octaves; of some utterances, kept."""
        first = own[0]
        if "prosody" not in first:
            p = np.concatenate([pitch[x["pitch_at"]:x["pitch_at"] + 2 * x["tokens"]] for x in own[:40]])
            p = np.log2(p[p > 0])
            enough = len(p) > 50
            middle = np.median(p) if enough else np.nan
            near = p[np.abs(p - middle) < 0.9] if enough else p
            first["prosody"] = np.array([middle, near.std() if enough else np.nan], np.float32)
        return first["prosody"]


class Losses(nn.Module):
    def __init__(self):
        super().__init__()
        self.mel = S.LogMel()
        n, k = np.arange(S.MELS)[:, None], np.arange(1, CEPSTRA + 1)
        self.register_buffer("cosine", torch.tensor(np.cos(np.pi * (n + 0.5) * k / S.MELS) * np.sqrt(2 / S.MELS), dtype=torch.float32))

    def forward(self, y, wave):
        total = 0
        for size, hop in RESOLUTIONS:
            window = torch.hann_window(size)
            a, b = (torch.stft(x, size, hop, window=window, return_complex=True).abs().clamp(min=1e-4) for x in (y, wave))
            ra, rb = torch.sqrt(a), torch.sqrt(b)
            total = total + (ra - rb).abs().mean() / rb.mean() + (torch.log(a) - torch.log(b)).abs().mean()
        a, b = self.mel(y), self.mel(wave)
        mel = (a - b).abs().mean()
        # What a piece is like on average, and how far its cepstra move: a mean of the likely is too smooth in both.
        loud = b.mean(1)
        weight = (loud > loud.max(1, keepdim=True)[0] - 8).float()[:, None]
        total_weight = weight.sum(2) + 1e-3
        middle = [(x * weight).sum(2) / total_weight for x in (a, b)]
        average = (middle[0] - middle[1]).abs().mean()
        spread = [torch.sqrt((((x - m[:, :, None]).transpose(1, 2) @ self.cosine).square() * weight.transpose(1, 2)).sum(1) / total_weight
                             + 0.05) for x, m in zip((a, b), middle)]
        still = (torch.log(spread[0]) - torch.log(spread[1])).abs().mean()
        return total / len(RESOLUTIONS), mel, average, still


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("checkpoint")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--lr", type=float, default=8e-4)
    parser.add_argument("--init", help="checkpoint to start from, of the first generator or of this")
    parser.add_argument("--final-lr", type=float, default=1e-5)
    parser.add_argument("--flat", type=float, default=0.0, help="share of the time before the learning rate falls")
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
        model.load_state_dict(G.grown(torch.load(args.init)["average"]))
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    began, sums = time.time() - spent, np.zeros(8)

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    while time.time() - began < args.seconds:
        progress = max(0, min(1, (time.time() - began) / args.seconds) - args.flat) / (1 - args.flat)
        lr = min(1.0, (step + 1) / 100) * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = lr
        t0 = time.time()
        tokens, hz, pulse, wave, reference, truth = data.batch()
        t1 = time.time()
        with torch.no_grad():
            mel = features(reference)
        with S.autocast():
            timbre, prosody = model["reference"](mel)
            cepstra = model["filters"](tokens, timbre, hz)
        t2 = time.time()
        y = head(cepstra.float(), pulse, torch.randn_like(pulse))
        spectral, mel_loss, average_loss, still = losses(y, wave)
        known = ~torch.isnan(truth)
        off = ((prosody.float()[:, :2] - torch.nan_to_num(truth)).abs() * known).sum(0) / known.sum(0).clamp(min=1)
        loss = spectral + 0.5 * mel_loss + 0.3 * average_loss + 0.3 * still + 0.3 * off.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k] = average[k].mul_(decay).add_(v, alpha=1 - decay) if v.dtype.is_floating_point else v.clone()
        sums += [float(spectral), float(mel_loss), float(off[0]), 1, time.time() - t0, float(average_loss), float(still), float(off[1])]
        if step % 50 == 0 or step in (2, 10, 20):
            n = sums[3]
            print(f"step {step} spectral {sums[0] / n:.3f} mel {sums[1] / n:.3f} average {sums[5] / n:.3f} "
                  f"spread {sums[6] / n:.3f} pitch {sums[2] / n:.3f} its spread {sums[7] / n:.3f} lr {lr:.1e} "
                  f"{sums[4] / n:.2f} s a step (data {t1 - t0:.2f}, net {t2 - t1:.2f}) {time.time() - began:.0f} s", flush=True)
            sums[:] = 0
        if step % 100 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
