"""Trains the lyrics net on feature shards (augment.py): all heads at once on one trunk. Resumes from its checkpoint.

usage: train.py POOL_DIR CHECKPOINT --seconds S | --steps N [--speech SPEECH_CHECKPOINT] [--lr LR] [--final-lr LR]
                [--device cpu|cuda] [--threads N]
Losses: cross-entropy of phones per frame, and of no voice, speech and song; contrastive phones, a frame's vector against those of all phones-in-context of
the batch (a softmax over texts, InfoNCE); contrastive characters by the largest similarity within the utterance (the box
loss of Durand et al. 2023), which needs no times of characters.
"""
import argparse
import glob
import json
import os
import time
import unicodedata

import numpy as np
import torch
import torch.nn.functional as F

import net

BATCH = 16
FRAMES_CONTRASTED = 3000
UNKNOWN = 255
LETTER = {c: i for i, c in enumerate(net.CHARACTERS)}


def characters(text):
    """A text as [N, 3] triples of letters; accents dropped, all else a space."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    letters = " ".join("".join(c if c in LETTER else "" if unicodedata.combining(c) else " " for c in plain).split())
    codes = np.array([0] + [LETTER[c] for c in letters] + [0])
    triples = np.stack([codes[:-2], codes[1:-1], codes[2:]], 1)
    return triples[triples[:, 1] != 0]


class Shards:
    def __init__(self, pool, rng):
        self.pool, self.rng, self.loaded = pool, rng, []

    def load(self):
        while True:
            paths = glob.glob(self.pool + "/*[0-9].npz")
            if not paths:
                time.sleep(2)
                continue
            try:
                with np.load(paths[self.rng.integers(len(paths))]) as z:
                    shard = {k: z[k] for k in "fabspcnv"}
                    shard["texts"] = json.loads(str(z["texts"]))
                    return shard
            except (OSError, ValueError):
                pass  # replaced under our hands

    def batch(self, device):
        while len(self.loaded) < 8:
            self.loaded.append(self.load())
        if self.rng.random() < 0.5:
            self.loaded = self.loaded[1:] + [self.load()]
        pick = [self.loaded[self.rng.integers(len(self.loaded))] for _ in range(BATCH)]
        index = [self.rng.integers(len(s["f"])) for s in pick]
        get = lambda k: torch.from_numpy(np.stack([s[k][i] for s, i in zip(pick, index)])).to(device)
        f, c = get("f").float(), net.CONTEXT_FRAMES
        gain = torch.empty(BATCH, 1, 1, device=device).uniform_(-1.5, 1.5)
        f[:, :net.MELS] += gain
        f[:, 2 * net.MELS:] += gain
        for k in range(BATCH):  # frequency bands that are not there
            if self.rng.random() < 0.3:
                w = int(self.rng.integers(2, 9))
                at = int(self.rng.integers(net.MELS - w))
                f[k, at:at + w] = f[k, :net.MELS].mean()
        labels = {k: get(k)[:, c:-c].long() for k in "abspcnv"}
        texts = [s["texts"][i] for s, i in zip(pick, index)]
        return f, labels, texts


def phone_loss(logits, labels):
    """Cross-entropy against the two phones of a frame, each by its share; unknown frames do not count."""
    share = labels["s"].float() / 255
    known = ((labels["a"] != UNKNOWN) & (labels["b"] != UNKNOWN)).float()
    logp = F.log_softmax(logits.float(), 2)
    last = logits.shape[2] - 1
    la = logp.gather(2, labels["a"].clamp(max=last).unsqueeze(2)).squeeze(2)
    lb = logp.gather(2, labels["b"].clamp(max=last).unsqueeze(2)).squeeze(2)
    right = ((logits.argmax(2) == torch.where(share > 0.5, labels["b"], labels["a"])).float() * known).sum() / known.sum()
    return -(((1 - share) * la + share * lb) * known).sum() / known.sum(), right


def contrast_phones(model, embedded, labels):
    triples = torch.stack([labels[k] for k in "pcn"], 3 - 1).reshape(-1, 3)
    sure = (triples.max(1).values < UNKNOWN) & ((labels["s"] == 0).reshape(-1) | (labels["s"] == 255).reshape(-1))
    chosen = torch.nonzero(sure).squeeze(1)
    chosen = chosen[torch.randperm(len(chosen), device=chosen.device)[:FRAMES_CONTRASTED]]
    triples = triples[chosen]
    triples = torch.where(triples[:, 1:2] == net.P.INDEX[net.P.SILENCE], torch.zeros_like(triples), triples)
    symbols, target = torch.unique(triples, dim=0, return_inverse=True)
    scores = model.scale * embedded.reshape(-1, net.EMBEDDING)[chosen] @ model.phone_text(symbols).T
    return F.cross_entropy(scores, target), (scores.argmax(1) == target).float().mean()


def contrast_characters(model, embedded, texts, rng):
    spans = []
    for k, item in enumerate(texts):
        for begin, end, text in item:
            begin, end = max(0, begin - net.CONTEXT_FRAMES), min(embedded.shape[1], end - net.CONTEXT_FRAMES)
            triples = characters(text)
            if end - begin > 30 and len(triples) > 3:
                spans.append((k, begin, end, triples))
    if len(spans) < 2:
        return embedded.sum() * 0
    rng.shuffle(spans)
    spans = spans[:24]
    everything, inverse = np.unique(np.concatenate([s[3] for s in spans]), axis=0, return_inverse=True)
    vectors = model.character_text(torch.from_numpy(everything).to(embedded.device))
    inverse, losses, at = inverse.reshape(-1), [], 0
    for k, begin, end, triples in spans:
        own = np.unique(inverse[at:at + len(triples)])
        at += len(triples)
        other = np.setdiff1d(rng.integers(len(everything), size=80), own)
        best = (vectors[np.concatenate([own, other])] @ embedded[k, begin:end].T).max(1).values
        losses.append(((best[:len(own)] - 1) ** 2).mean() + (best[len(own):].clamp(min=0) ** 2).mean())
    return torch.stack(losses).mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pool")
    parser.add_argument("checkpoint")
    parser.add_argument("--steps", type=int, default=1000000)
    parser.add_argument("--seconds", type=float, default=1e12)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--final-lr", type=float, default=1e-5)
    parser.add_argument("--speech")
    parser.add_argument("--init")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rng = np.random.default_rng(int(time.time()))
    model = (net.from_speech(args.speech) if args.speech else net.Net()).to(args.device)
    average, step, spent = None, 0, 0.0
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01, betas=(0.9, 0.98))
    source = args.checkpoint if os.path.exists(args.checkpoint) else args.init
    if source:
        state = torch.load(source, map_location=args.device)
        model.load_state_dict(state["model"], strict=source == args.checkpoint)
        average = {**model.state_dict(), **state["average"]}
        average = {k: v.clone() for k, v in average.items()}
        if source == args.checkpoint:
            optimiser.load_state_dict(state["optimiser"])
            step, spent = state["step"], state["spent"]
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    shards, model = Shards(args.pool, rng), model.train()
    began, sums, seen = time.time() - spent, np.zeros(6), 0
    first_step, first_time = step, time.time()

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    while step < args.steps and time.time() - began < args.seconds:
        progress = max(step / args.steps, (time.time() - began) / args.seconds)
        warm = min(1.0, (step + 1) / 100)
        lr = warm * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * min(1, progress))))
        for group in optimiser.param_groups:
            group["lr"] = lr
        features, labels, texts = shards.batch(args.device)
        with net.speech.autocast(args.device):
            logits, by_phone, by_character, voice = model(features)
        framewise, right = phone_loss(logits, labels)
        phones, found = contrast_phones(model, by_phone, labels)
        letters = contrast_characters(model, by_character, texts, rng)
        kinds = F.cross_entropy(voice.float().transpose(1, 2), labels["v"])
        loss = framewise + 0.25 * phones + 0.3 * letters + 0.2 * kinds
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step += 1
        decay = min(0.998, step / (step + 50))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                if v.dtype.is_floating_point:
                    average[k].mul_(decay).add_(v, alpha=1 - decay)
                else:
                    average[k] = v.clone()
        sums += [float(framewise), float(right), float(phones), float(found), float(letters), float(kinds)]
        seen += 1
        if step % 50 == 0:
            m = sums / seen
            rate = (step - first_step) * BATCH * 16 / (time.time() - first_time)
            print(f"step {step} frames {m[0]:.3f} {100 * m[1]:.1f} % phones {m[2]:.3f} {100 * m[3]:.1f} % letters {m[4]:.3f} voice {m[5]:.3f} "
                  f"lr {lr:.1e} {rate:.0f} x real time {time.time() - began:.0f} s", flush=True)
            sums, seen = np.zeros(6), 0
        if step % 200 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
