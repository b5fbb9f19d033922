"""Trains the encoder of phones and the parallel way; resumes from its checkpoint. train_transducer.py goes on from it.

usage: train_text.py WORK_DIR DATA_DIR GENERATOR CHECKPOINT --seconds S [--init TEXT_CHECKPOINT]
DATA_DIR: of prepare.py; texts.npz is written there at the first run. GENERATOR: first checkpoint of train_generator.py, whose
reference encoder gives the manner of every speaker. --init: a checkpoint to go on from, of this script or of restore.py.
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
import textnet as N
import texts
from common import CODES, HOP, LANGUAGES, S, held_out, speech
from generator import Residual

FRAMES_A_BATCH, LONGEST = 4000, 500  # tokens
DROPPED = 0.15  # of what every convolution sees


def prepare(work, folder):
    """[(item, phones, features, durations)] of all utterances whose labels fit their text; cached."""
    path = folder + "/texts.npz"
    with open(folder + "/items.jsonl", encoding="utf-8") as f:
        items = [json.loads(line) for line in f]
    if not os.path.exists(path):
        relabel = speech("relabel")
        pronounce = relabel.Pronouncer()
        found = [texts.prepared(x, pronounce, relabel.words_of) for x in items]
        keep = [k for k, x in enumerate(found) if x]
        print(len(keep), "of", len(items), "utterances fit their text", flush=True)
        np.savez(path, keep=keep, count=[len(found[k][0]) for k in keep], phones=np.concatenate([found[k][0] for k in keep]),
                 features=np.concatenate([found[k][1] for k in keep]), durations=np.concatenate([found[k][2] for k in keep]))
    with np.load(path) as z:
        at = np.concatenate([[0], np.cumsum(z["count"])])
        phones, features, durations = z["phones"], z["features"], z["durations"]
        return [(items[k], phones[a:b].astype(np.int64), features[a:b], durations[a:b].astype(np.int64))
                for k, a, b in zip(z["keep"], at, at[1:])]


def speaker_vectors(work, folder, generator, items):
    """{item: vector}, one an utterance, from the reference encoder; cached beside the data."""
    path = folder + "/speakers.npz"
    if os.path.exists(path):
        with np.load(path) as z:
            return dict(zip(z["items"].tolist(), z["vectors"]))
    state = torch.load(generator)["average"]
    reference = G.Manner().eval()
    state = {k[10:]: v for k, v in state.items() if k.startswith("reference.")}
    reference.load_state_dict({k: v for k, v in state.items() if k in reference.state_dict()})
    features, pcm, out = S.LogMel(), np.memmap(work + "/real.pcm", "<i2", "r"), {}
    with torch.no_grad(), S.autocast():
        for item in items:
            x = pcm[item["offset"]:item["offset"] + min(item["length"], 64000)].astype(np.float32) / 32768 * item["gain"]
            out[item["item"]] = reference(features(torch.from_numpy(x[None])))[0][0].float().numpy()
    np.savez(path, items=list(out), vectors=np.stack(list(out.values())))
    return out


class Data:
    def __init__(self, work, folder, generator, rng):
        self.rng = rng
        with np.load(folder + "/data.npz") as z:
            self.tokens, self.pitch = z["tokens"].astype(np.int64), z["pitch"].astype(np.float32)
        every = [x for x in prepare(work, folder) if x[0]["tokens"] < LONGEST]
        self.vectors = speaker_vectors(work, folder, generator, [x[0] for x in every])
        self.by = {}
        for x in every:
            self.by.setdefault(x[0]["speaker"], []).append(x[0])
        self.mean = {k: np.mean([self.vectors[i["item"]] for i in v], 0) for k, v in self.by.items()}
        self.median = {k: np.log2(self.median_hz(v)) for k, v in self.by.items()}
        self.train = [x for x in every if not held_out(x[0])]
        self.held = [x for x in every if held_out(x[0]) and x[0]["voice"]]
        voice = np.array([x[0]["voice"] for x in self.train])
        weight = np.array([x[0]["tokens"] for x in self.train], np.float64) ** 0.5
        for speaker in {x[0]["speaker"] for x in self.train if x[0]["voice"]}:
            own = np.array([x[0]["speaker"] == speaker for x in self.train])
            weight[own] /= weight[own].sum() ** 0.5
        weight[voice] *= 0.75 / weight[voice].sum()
        weight[~voice] *= 0.25 / weight[~voice].sum()
        self.weight = weight / weight.sum()
        self.queue = []

    def median_hz(self, items):
        p = np.concatenate([self.pitch[i["pitch_at"]:i["pitch_at"] + 2 * i["tokens"]] for i in items])
        return np.median(p[p > 0]) if (p > 0).any() else 150.0

    def draw(self, longest=LONGEST):
        """Utterances of about the same length, FRAMES_A_BATCH tokens with their padding."""
        if longest < LONGEST:
            pick = [k for k in self.rng.choice(len(self.train), 1000, p=self.weight) if self.train[k][0]["tokens"] <= longest]
            return [self.train[k] for k in pick[:8]]
        if not self.queue:
            pick = sorted(self.rng.choice(len(self.train), 1500, p=self.weight), key=lambda k: self.train[k][0]["tokens"])
            batch = []
            for k in pick:
                if batch and (len(batch) + 1) * self.train[k][0]["tokens"] > FRAMES_A_BATCH:
                    self.queue.append(batch)
                    batch = []
                batch.append(k)
            self.rng.shuffle(self.queue)
        return [self.train[k] for k in self.queue.pop()]

    def batch(self, chosen, clean=False):
        b, longest = len(chosen), max(len(x[1]) for x in chosen)
        t = max(x[0]["tokens"] for x in chosen)
        out = dict(phones=torch.zeros(b, longest, dtype=torch.long), mask=torch.zeros(b, longest),
                   features=torch.zeros(b, longest, texts.FEATURES), durations=torch.zeros(b, longest, dtype=torch.long),
                   language=torch.zeros(b, dtype=torch.long), speaker=torch.zeros(b, G.SPEAKER), index=torch.zeros(b, t, dtype=torch.long),
                   place=torch.zeros(b, 2, t), tokens=torch.full((b, t), -100), octave=torch.zeros(b, t, 2), voiced=torch.zeros(b, t, 2),
                   frames=torch.zeros(b, t))
        for k, (item, phones, features, durations) in enumerate(chosen):
            n, m = len(phones), item["tokens"]
            out["phones"][k, :n], out["features"][k, :n] = torch.from_numpy(phones), torch.from_numpy(features)
            out["durations"][k, :n], out["mask"][k, :n] = torch.from_numpy(durations), 1
            out["language"][k] = LANGUAGES.index(item["language"])
            speaker = self.mean[item["speaker"]]
            if not clean and self.rng.random() < 0.5:
                own = self.by[item["speaker"]]
                speaker = self.vectors[own[self.rng.integers(len(own))]["item"]]
            out["speaker"][k] = torch.from_numpy(speaker)
            out["index"][k, :m], out["place"][k, :, :m] = N.place_of(torch.from_numpy(durations))
            tokens = self.tokens[item["token_at"]:item["token_at"] + m]
            out["tokens"][k, :m] = torch.from_numpy(tokens)
            hz = self.pitch[item["pitch_at"]:item["pitch_at"] + 2 * m].reshape(m, 2)
            out["voiced"][k, :m] = torch.from_numpy((hz > 0).astype(np.float32))
            out["octave"][k, :m] = torch.from_numpy(np.log2(np.maximum(hz, 30)) - self.median[item["speaker"]])
            out["frames"][k, :m] = 1
        return out


def refit_norms(model, batches):
    """Sets the statistics of the norms to those of what they are given, and their scales so that the net computes what it did.

    A restored checkpoint has none: in evaluation its norms add a bias and nothing else.
    """
    seen = {}
    hooks = [m.register_forward_hook(lambda module, inputs, _: seen.setdefault(module, []).append(inputs[0].detach()))
             for m in model.modules() if isinstance(m, nn.BatchNorm1d)]
    with torch.no_grad():
        for x in batches:
            forward(model.eval(), x)
        for hook in hooks:
            hook.remove()
        for norm, inputs in seen.items():
            x = torch.cat([y.transpose(0, 1).flatten(1) for y in inputs], 1)
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            bias = norm.bias - norm.running_mean * scale
            norm.running_mean.copy_(x.mean(1))
            norm.running_var.copy_(x.var(1))
            norm.weight.copy_(scale * torch.sqrt(norm.running_var + norm.eps))
            norm.bias.copy_(bias + norm.running_mean * scale)


def drop(model):
    """What residual blocks see of their input is incomplete while they learn: there are few hours of every voice."""
    for block in model.modules():
        if isinstance(block, Residual):
            block.conv.register_forward_pre_hook(lambda conv, inputs: (F.dropout(inputs[0], DROPPED, conv.training),))
    return model


def settle(model, batches):
    """Takes the statistics of the norms anew, of whole inputs: those kept while learning are of incomplete ones."""
    norms = [m for m in model.eval().modules() if isinstance(m, nn.BatchNorm1d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean
        norm.train()
    with torch.no_grad(), S.autocast():
        for x in batches:
            forward(model, x)
    return model.eval()


def forward(model, x):
    """Log seconds of the phones; logits of the tokens, octaves and voicing of the frames, phones as long as they were spoken."""
    encoded, duration = model["encoder"](x["phones"], x["features"], x["language"], x["speaker"], x["mask"])
    stretched = encoded.gather(2, x["index"].unsqueeze(1).expand(-1, N.CHANNELS, -1))
    return duration, *model["frames"](stretched, x["place"])


def losses(x, duration, tokens, octave, voiced):
    """Of tokens (a frame), durations (of phones and of pauses, log seconds off), octaves off, voicing."""
    speech_only = x["mask"] * (x["phones"] > 0)
    log_seconds = torch.log(x["durations"].clamp(min=0.5) * 0.02)
    off = ((duration.float() - log_seconds).abs() * speech_only).sum() / speech_only.sum()
    pause = x["mask"] - speech_only
    off_pause = ((duration.float() - log_seconds).abs() * pause).sum() / (pause.sum() + 1)
    ce = F.cross_entropy(tokens.float().reshape(-1, CODES), x["tokens"].reshape(-1), ignore_index=-100)
    f2 = x["frames"].unsqueeze(2)
    heard = x["voiced"] * f2
    tune = ((octave.float() - x["octave"]).abs() * heard).sum() / heard.sum()
    voicing = (F.binary_cross_entropy_with_logits(voiced.float(), x["voiced"], reduction="none") * f2).sum() / f2.sum() / 2
    return ce, off, off_pause, tune, voicing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("generator")
    parser.add_argument("checkpoint")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--init")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--final-lr", type=float, default=1e-5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(int(time.time()))
    data = Data(args.work, args.data, args.generator, rng)
    print(len(data.train), "utterances to learn from,", len(data.held), "held out", flush=True)
    model = drop(nn.ModuleDict(dict(encoder=N.Encoder(), frames=N.Frames()))).train()
    average = None
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    if os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, step, spent = state["average"], state["step"], state["spent"]
    elif args.init:
        model.load_state_dict(torch.load(args.init)["average"])
        refit_norms(model, [data.batch(data.draw()) for _ in range(8)])
        model.train()
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    began, sums = time.time() - spent, np.zeros(7)

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        median=data.median, mean={k: v for k, v in data.mean.items()}, spent=time.time() - began),
                   args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    def check(batches=5):
        own = nn.ModuleDict(dict(encoder=N.Encoder(), frames=N.Frames())).eval()
        own.load_state_dict(average)
        if step:
            settle(own, [data.batch(data.draw()) for _ in range(batches)])
        with torch.no_grad():
            x = data.batch(data.held[:100], clean=True)
            out = forward(own, x)
            found = [float(v) for v in losses(x, *out)] + [float((out[1].argmax(2) == x["tokens"]).float().sum() / x["frames"].sum())]
        print("held out: tokens {:.3f}, duration {:.3f}, of pauses {:.3f}, octaves {:.3f}, voicing {:.3f}, {:.1%} of the tokens".format(*found),
              flush=True)
        return own.state_dict()

    check()
    while time.time() - began < args.seconds:
        progress = min(1, (time.time() - began) / args.seconds)
        lr = min(1.0, (step + 1) / 100) * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = lr
        t0 = time.time()
        x = data.batch(data.draw())
        with S.autocast():
            out = forward(model, x)
        ce, off, off_pause, tune, voicing = losses(x, *out)
        loss = ce + off + 0.3 * off_pause + 3 * tune + voicing
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k] = average[k].mul_(decay).add_(v, alpha=1 - decay) if v.dtype.is_floating_point else v.clone()
            right = (out[1].argmax(2) == x["tokens"]).float().sum() / x["frames"].sum()
        sums += [float(ce), float(right), float(off), float(tune), float(voicing), 1, time.time() - t0]
        if step % 50 == 0 or step in (2, 10, 20):
            m = sums / sums[5]
            print(f"step {step} tokens {m[0]:.3f} ({100 * m[1]:.1f} %) duration {m[2]:.3f} octaves {m[3]:.3f} voicing {m[4]:.3f} "
                  f"lr {lr:.1e} {m[6]:.2f} s a step {time.time() - began:.0f} s", flush=True)
            sums[:] = 0
        if step % 200 == 0:
            check()
            save()
    average = check(40)
    save()


if __name__ == "__main__":
    main()
