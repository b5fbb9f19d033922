"""Trains the acoustic net on feature shards (augment.py) with frame labels; resumes from its checkpoint.

usage: train.py POOL_DIR CHECKPOINT --steps N [--lr LR] [--final-lr LR] [--init OTHER] [--device cpu|cuda] [--seconds S]
A stage is one run: the learning rate falls from --lr to --final-lr over its --steps. With --seconds the stage ends
when the time is up (the schedule follows the clock), so that a session's hours are used to the end.
"""
import argparse
import glob
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import net

BATCH = 16


class Shards:
    """Batches from random shards of the pool; a loaded shard serves several batches."""

    def __init__(self, pool, rng):
        self.pool, self.rng, self.loaded = pool, rng, []

    def batch(self, device):
        if len(self.loaded) < 6 or self.rng.random() < 0.25:
            paths = glob.glob(self.pool + "/*[0-9].npz")
            while not paths:
                time.sleep(2)
                paths = glob.glob(self.pool + "/*[0-9].npz")
            try:
                with np.load(paths[self.rng.integers(len(paths))]) as z:
                    self.loaded.append({k: z[k] for k in "fabs"})
            except (OSError, ValueError):
                return self.batch(device)  # replaced under our hands
            self.loaded = self.loaded[-6:]
        pick = [(self.loaded[self.rng.integers(len(self.loaded))]) for _ in range(BATCH)]
        index = [self.rng.integers(len(s["f"])) for s in pick]
        get = lambda k: torch.from_numpy(np.stack([s[k][i] for s, i in zip(pick, index)])).to(device)
        f, c = get("f").float(), net.CONTEXT_FRAMES
        f = f + torch.empty(BATCH, 1, 1).uniform_(-2, 2)  # gain
        for k in range(BATCH):  # frequency bands that are not there
            if self.rng.random() < 0.3:
                w = int(self.rng.integers(2, 10))
                at = int(self.rng.integers(net.MELS - w))
                f[k, at:at + w] = f[k].mean()
        a, b, s = (get(k)[:, c:-c] for k in "abs")
        return f, a.long(), b.long(), s.float() / 255


def loss_of(logits, a, b, share):
    """Cross-entropy against the two phones of a frame, each by its share; frames labelled 255 do not count."""
    logp = F.log_softmax(logits.float(), 2)
    known = (a != 255).float()
    la = logp.gather(2, a.clamp(max=net.P.INDEX["ɐ̃"]).unsqueeze(2)).squeeze(2)
    lb = logp.gather(2, b.clamp(max=net.P.INDEX["ɐ̃"]).unsqueeze(2)).squeeze(2)
    loss = -((1 - share) * la + share * lb)
    major = torch.where(share > 0.5, b, a)
    right = ((logits.argmax(2) == major).float() * known).sum() / known.sum()
    return (loss * known).sum() / known.sum(), right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pool")
    parser.add_argument("checkpoint")
    parser.add_argument("--steps", type=int, default=1000000)
    parser.add_argument("--seconds", type=float, default=1e12)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--final-lr", type=float, default=1e-5)
    parser.add_argument("--init")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rng = np.random.default_rng(int(time.time()))
    model = net.Net().to(args.device)
    average = None  # exponential moving average of the weights: what is exported
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    source = args.checkpoint if os.path.exists(args.checkpoint) else args.init
    if source:
        state = torch.load(source, map_location=args.device)
        model.load_state_dict(state["model"])
        average = state["average"]
        if source == args.checkpoint:
            optimiser.load_state_dict(state["optimiser"])
            step, spent = state["step"], state["spent"]
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    shards, model = Shards(args.pool, rng), model.train()
    began, sums = time.time() - spent, [0.0, 0.0, 0]
    start_step, start_time = step, time.time()

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    while step < args.steps and time.time() - began < args.seconds:
        progress = max(step / args.steps, (time.time() - began) / args.seconds)
        warm = min(1.0, (step + 1) / 200)
        lr = warm * (args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * min(1, progress))))
        for group in optimiser.param_groups:
            group["lr"] = lr
        f, a, b, share = shards.batch(args.device)
        with net.autocast(args.device):
            logits = model(f)
        loss, right = loss_of(logits, a, b, share)
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
        sums = [sums[0] + float(loss), sums[1] + float(right), sums[2] + 1]
        if step % 50 == 0:
            rate = (step - start_step) * BATCH * 16 / (time.time() - start_time)
            print(f"step {step} loss {sums[0] / sums[2]:.3f} right {100 * sums[1] / sums[2]:.1f} % "
                  f"lr {lr:.1e} {rate:.0f} x real time {time.time() - began:.0f} s", flush=True)
            sums = [0.0, 0.0, 0]
        if step % 200 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
