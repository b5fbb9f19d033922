"""Trains the low-latency net on the feature shards of speech-v1 (its augment.py): cross-entropy against the frame labels
and, from a teacher that sees half a second ahead, its posteriors; resumes from its checkpoint.

usage: train.py POOL_DIR CHECKPOINT TEACHER [--seconds S] [--steps N] [--lr LR] [--final-lr LR] [--device cpu|cuda]
TEACHER is a checkpoint of speech-v1 and gives the first weights, too.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import net

S = net.S


def load_trainer():
    import sys
    mine = sys.modules["net"]
    sys.modules["net"] = S
    try:
        return net.speech("train")
    finally:
        sys.modules["net"] = mine


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pool")
    parser.add_argument("checkpoint")
    parser.add_argument("teacher")
    parser.add_argument("--steps", type=int, default=1000000)
    parser.add_argument("--seconds", type=float, default=1e12)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--final-lr", type=float, default=1e-5)
    parser.add_argument("--distil", type=float, default=0.5, help="share of the teacher in the loss")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    trainer = load_trainer()
    rng = np.random.default_rng(int(time.time()))
    shards = trainer.Shards(args.pool, rng)
    teacher = S.Net().to(args.device).eval()
    weights = torch.load(args.teacher, map_location=args.device)["average"]
    teacher.load_state_dict(weights)
    model = net.Net().to(args.device)
    model.load_state_dict(net.from_speech(weights))
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01, betas=(0.9, 0.98))
    average, step, spent = None, 0, 0.0
    if os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint, map_location=args.device)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, step, spent = state["average"], state["step"], state["spent"]
    average = average or {k: v.clone() for k, v in model.state_dict().items()}
    model.train()
    began, sums, mark = time.time() - spent, [0.0, 0.0, 0.0, 0], (step, time.time())
    context = S.CONTEXT_FRAMES
    # Shards.batch cuts the labels to the teacher's frames; of the net's own, those that both have count.
    first = net.LEFT_FRAMES - context
    assert first >= 0 and net.RIGHT_FRAMES <= context

    def save():
        torch.save(dict(model=model.state_dict(), average=average, optimiser=optimiser.state_dict(), step=step,
                        spent=time.time() - began), args.checkpoint + ".part")
        os.replace(args.checkpoint + ".part", args.checkpoint)

    while step < args.steps and time.time() - began < args.seconds:
        progress = max(step / args.steps, (time.time() - began) / args.seconds)
        lr = min(1.0, (step + 1) / 100) * (
            args.final_lr + (args.lr - args.final_lr) * 0.5 * (1 + np.cos(np.pi * min(1, progress))))
        for group in optimiser.param_groups:
            group["lr"] = lr
        f, a, b, share = shards.batch(args.device)
        with net.S.autocast(args.device):
            with torch.no_grad():
                taught = teacher(f)
            logits = model(f)
        frames = taught.shape[1] - first
        taught, logits = F.softmax(taught[:, first:].float(), 2), logits[:, :frames].float()
        a, b, share = a[:, first:], b[:, first:], share[:, first:]
        loss, right = trainer.loss_of(logits, a, b, share)
        apart = -(taught * F.log_softmax(logits, 2)).sum(2).mean()
        both = (1 - args.distil) * loss + args.distil * apart
        optimiser.zero_grad()
        both.backward()
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
        sums = [sums[0] + float(loss), sums[1] + float(right), sums[2] + float(apart), sums[3] + 1]
        if step % 50 == 0:
            rate = (step - mark[0]) * trainer.BATCH * 16 / (time.time() - mark[1])
            print(f"step {step} loss {sums[0] / sums[3]:.3f} teacher {sums[2] / sums[3]:.3f} "
                  f"right {100 * sums[1] / sums[3]:.1f} % lr {lr:.1e} {rate:.0f} x real time "
                  f"{time.time() - began:.0f} s", flush=True)
            sums = [0.0, 0.0, 0.0, 0]
        if step % 200 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
