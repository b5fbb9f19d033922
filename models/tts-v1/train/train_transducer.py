"""Trains the transducer on the text model of train_text.py, which stays as it is; resumes from its checkpoint.

usage: train_transducer.py WORK_DIR DATA_DIR GENERATOR TEXT_CHECKPOINT CHECKPOINT --seconds S [--init TRANSDUCER_CHECKPOINT]
--init: a checkpoint to go on from, of this script or of restore.py, perhaps of another text model: the guide is that of TEXT_CHECKPOINT.
It learns along the aligned path: of every node whether the phone ends there, and else which token. In the last third the RNN-T loss
over all paths is added on short utterances. What the transducer reads of its own past when it speaks is not what
speakers said, so a part of the histories are tokens that the parallel way, or the transducer itself, would draw in their place.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import textnet as N
from common import CODES
from train_text import Data

SHORT = 90  # tokens of an utterance for the loss over all paths


def text_model(path):
    """The frozen encoder and frames of a checkpoint of train_text.py."""
    model = nn.ModuleDict(dict(encoder=N.Encoder(), frames=N.Frames())).eval()
    model.load_state_dict(torch.load(path)["average"])
    for p in model.parameters():
        p.requires_grad = False
    return model


def transducer(text):
    """A new one, guided by the parallel way."""
    model = nn.ModuleDict(dict(prediction=N.Prediction(), joint=N.Joint()))
    tokens = text["frames"].tokens
    model["joint"].guide.load_state_dict(dict(weight=tokens.weight[:, :, 0], bias=tokens.bias))
    for p in model["joint"].guide.parameters():
        p.requires_grad = False
    return model


class Readings:
    """What the text model says of utterances, kept: it does not change."""

    def __init__(self, data, text):
        self.data, self.text, self.kept = data, text, {}

    def of(self, x):
        """Encodings [P, CHANNELS], expected tokens [P], planned ones [P], hidden frames of the plan [T', CHANNELS]."""
        item, phones, _, durations = x
        if item["item"] not in self.kept:
            b = self.data.batch([x], clean=True)
            with torch.no_grad():
                encoded, seconds = self.text["encoder"](b["phones"], b["features"], b["language"], b["speaker"], b["mask"])
                seconds = np.exp(seconds[0].numpy().clip(-5, 1))
                # How long it is silent before and after is told, not guessed.
                seconds[[0, -1]] = np.maximum(durations[[0, -1]], 1) * 0.02
                expected, plan = N.planned(seconds, phones == 0)
                index, place = N.place_of(torch.from_numpy(plan))
                hidden = self.text["frames"].hidden(encoded[:, :, index], place[None])
            self.kept[item["item"]] = (encoded[0].T.half(), torch.from_numpy(expected).float(), torch.from_numpy(plan), hidden[0].T.half())
        return self.kept[item["item"]]

    def batch(self, chosen):
        """The nodes of the aligned path: a grid of all tokens [B, T], one of the blanks [B, P]."""
        b, t, n = len(chosen), max(x[0]["tokens"] for x in chosen), max(len(x[1]) for x in chosen)
        grid = lambda width, *more, dtype=torch.float32: torch.zeros(b, width, *more, dtype=dtype)
        out = dict(tokens=torch.full((b, t), -100), frame=grid(t, N.CHANNELS), phone=grid(t, N.CHANNELS), place=grid(t, N.PLACES),
                   end_frame=grid(n, N.CHANNELS), end_phone=grid(n, N.CHANNELS), end_place=grid(n, N.PLACES),
                   before=grid(n, dtype=torch.long), is_phone=grid(n))
        for k, x in enumerate(chosen):
            encoded, expected, plan, hidden = self.of(x)
            item, durations = x[0], torch.from_numpy(x[3])
            m, p = item["tokens"], len(durations)
            first, start = torch.cumsum(plan, 0) - plan, torch.cumsum(durations, 0) - durations
            own = torch.repeat_interleave(torch.arange(p), durations)
            count = torch.arange(m) - start[own]
            out["tokens"][k, :m] = torch.from_numpy(self.data.tokens[item["token_at"]:item["token_at"] + m])
            out["frame"][k, :m] = hidden[first[own] + torch.minimum(count, plan[own] - 1)].float()
            out["phone"][k, :m] = encoded[own].float()
            out["place"][k, :m] = N.place_in_phone(count.float(), expected[own])
            out["end_frame"][k, :p] = hidden[first + torch.minimum(durations, plan - 1)].float()
            out["end_phone"][k, :p] = encoded.float()
            out["end_place"][k, :p] = N.place_in_phone(durations.float(), expected)
            out["before"][k, :p], out["is_phone"][k, :p] = start + durations, 1
        return out

    def lattice(self, x):
        """Every node of one utterance: frame [P, T + 1, CHANNELS], phone [P, 1, CHANNELS], place [P, T + 1, PLACES]."""
        encoded, expected, plan, hidden = self.of(x)
        durations = torch.from_numpy(x[3])
        first, start = torch.cumsum(plan, 0) - plan, torch.cumsum(durations, 0) - durations
        count = (torch.arange(x[0]["tokens"] + 1)[None] - start[:, None]).clamp(min=0)
        frame = hidden[first[:, None] + torch.minimum(count, plan[:, None] - 1)].float()
        return frame, encoded.float().unsqueeze(1), N.place_in_phone(count.float(), expected[:, None].expand_as(count))


def history_of(tokens, guide, rng):
    """[B, T] tokens, logits [B, T, CODES] -> [B, HISTORY + T]: for every place what came before.

    A third of the utterances keep nearly all of their tokens; in the others a share of them, alone or in runs, is what the logits draw.
    """
    before, b = tokens.clamp(min=0), len(tokens)
    heat = torch.from_numpy(rng.uniform(0.2, 1.1, (b, 1, 1))).float()
    noise = -torch.log(-torch.log(torch.rand(guide.shape).clamp(1e-9, 1 - 1e-7)))
    drawn = (guide + heat * noise).argmax(2)
    share = np.where(rng.random((b, 1)) < 0.35, 0.05, rng.random((b, 1)))
    runs = np.repeat(rng.random((b, before.shape[1] // 6 + 1)), 6, 1)[:, :before.shape[1]]
    apart = rng.random(tuple(before.shape))
    pick = np.where(rng.random((b, 1)) < 0.5, runs, apart) < share
    before = torch.where(torch.from_numpy(pick), drawn, before)
    return torch.cat([torch.full((b, N.HISTORY), N.START), before], 1)


def path_losses(model, x, history):
    """Cross-entropy of tokens, of ends; share of tokens right; all tokens' logits."""
    predicted = model["prediction"](history)
    logits, ends = model["joint"](x["frame"], x["phone"], x["place"], predicted[:, :-1])
    after = predicted.gather(1, x["before"].unsqueeze(2).expand(-1, -1, N.JOINT))
    _, ended = model["joint"](x["end_frame"], x["end_phone"], x["end_place"], after)
    real = (x["tokens"] >= 0).float()
    ce = F.cross_entropy(logits.reshape(-1, CODES), x["tokens"].reshape(-1), ignore_index=-100)
    goes_on = (F.softplus(ends) * real).sum() + (F.softplus(-ended) * x["is_phone"]).sum()
    right = ((logits.argmax(2) == x["tokens"]).float() * real).sum() / real.sum()
    return ce, goes_on / real.sum(), right


def lattice_loss(model, readings, x, history):
    from torchaudio.functional import rnnt_loss
    frame, phone, place = readings.lattice(x)
    predicted = model["prediction"](history)[0]
    logits, ends = model["joint"](frame, phone, place, predicted.unsqueeze(0))
    scores = torch.cat([F.log_softmax(logits, 2) + F.logsigmoid(-ends).unsqueeze(2), F.logsigmoid(ends).unsqueeze(2)], 2)
    tokens = torch.from_numpy(readings.data.tokens[x[0]["token_at"]:x[0]["token_at"] + x[0]["tokens"]])
    size = lambda n: torch.tensor([n], dtype=torch.int32)
    return rnnt_loss(scores[None], tokens[None].int(), size(len(frame)), size(len(tokens)), blank=CODES, reduction="sum") / len(tokens)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("generator")
    parser.add_argument("text")
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
    text = text_model(args.text)
    readings, model = Readings(data, text), transducer(text).train()
    average, step, spent = None, 0, 0.0
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=args.lr, weight_decay=0.02, betas=(0.9, 0.98))
    if os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, step, spent = state["average"], state["step"], state["spent"]
    elif args.init:
        model.load_state_dict({k: v for k, v in torch.load(args.init)["average"].items() if "guide" not in k}, strict=False)
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    began, sums, lattice = time.time() - spent, np.zeros(5), np.zeros(2)

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    def check():
        """The held-out path, with the recordings' own histories and with what the parallel way draws."""
        own = transducer(text).eval()
        own.load_state_dict(average)
        out = np.zeros(6)
        with torch.no_grad():
            for k in range(0, min(len(data.held), 100), 10):
                x = readings.batch(data.held[k:k + 10])
                guide = model["joint"].guide(x["frame"])
                clean = torch.cat([torch.full((len(guide), N.HISTORY), N.START), x["tokens"].clamp(min=0)], 1)
                made = torch.cat([clean[:, :N.HISTORY], guide.argmax(2)], 1)
                alone = F.cross_entropy(guide.reshape(-1, CODES), x["tokens"].reshape(-1), ignore_index=-100)
                a, b = path_losses(own, x, clean), path_losses(own, x, made)
                out += [float(alone), float(a[0]), float(a[2]), float(b[0]), float(b[1]), 1]
        out /= out[5]
        print(f"held out: tokens {out[0]:.3f} by the parallel way, {out[1]:.3f} ({100 * out[2]:.1f} %) along the path, {out[3]:.3f} with drawn "
              f"histories, ends {out[4]:.3f}", flush=True)

    while time.time() - began < args.seconds:
        progress = min(1, (time.time() - began) / args.seconds)
        lr = min(1.0, (step + 1) / 100) * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = lr
        t0 = time.time()
        x = readings.batch(data.draw())
        with torch.no_grad():
            history = history_of(x["tokens"], model["joint"].guide(x["frame"]), rng)
            if step % 2:  # what it draws itself, given that
                own, _ = model["joint"](x["frame"], x["phone"], x["place"], model["prediction"](history)[:, :-1])
                history = history_of(x["tokens"], own, rng)
        ce, ends, right = path_losses(model, x, history)
        loss = ce + ends
        if progress > 0.67 and step % 4 == 0:
            chosen = data.draw(SHORT)[:4]
            whole = 0
            for x in chosen:
                b = readings.batch([x])
                whole = whole + lattice_loss(model, readings, x, history_of(b["tokens"], model["joint"].guide(b["frame"]), rng)) / len(chosen)
            loss = loss + 0.3 * whole
            lattice += [float(whole), 1]
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k] = average[k].mul_(decay).add_(v, alpha=1 - decay)
        sums += [float(ce), float(right), float(ends), 1, time.time() - t0]
        if step % 50 == 0 or step in (2, 10, 20):
            m = sums / sums[3]
            print(f"step {step} tokens {m[0]:.3f} ({100 * m[1]:.1f} %) ends {m[2]:.3f} rnnt {lattice[0] / max(lattice[1], 1):.3f} lr {lr:.1e} "
                  f"{m[4]:.2f} s a step {time.time() - began:.0f} s", flush=True)
            sums[:], lattice[:] = 0, 0
        if step % 200 == 0:
            check()
            save()
    check()
    save()


if __name__ == "__main__":
    main()
