"""How well the third output of a checkpoint finds where somebody sings: precision and recall of frames on songs.

usage: voicing.py SHARED CHECKPOINT [--gap SECONDS] [--margin SECONDS]
Truth comes from the word times of shared/data/lyrics/dev: frames inside a word are sung; frames of gaps of GAP (4 s) and
more between words, MARGIN (1 s) away from both, are not. What lies between, pauses and breath, is not counted. Hand-set
word times say what the words are, not what is heard: vocalises and choirs that the text leaves out count as not sung here.
"""
import argparse
import csv
import os

import numpy as np
import torch

import evaluate
import net

parser = argparse.ArgumentParser()
parser.add_argument("shared")
parser.add_argument("checkpoint")
parser.add_argument("--gap", type=float, default=4.0)
parser.add_argument("--margin", type=float, default=1.0)
args = parser.parse_args()
torch.set_num_threads(1)
score = evaluate.module(os.path.join(args.shared, "eval/score.py"), "score")
model, features = net.Net().eval(), net.Features()
model.load_state_dict(torch.load(args.checkpoint, map_location="cpu")["average"])


def voice(samples, chunk=2000):
    """[2, N] -> probability of any voice, a frame."""
    frames = -(-samples.shape[1] // net.HOP)
    frames += frames % 2
    padded = np.pad(samples, ((0, 0), (net.CONTEXT_SAMPLES, net.CONTEXT_SAMPLES + frames * net.HOP - samples.shape[1])))
    out = []
    with torch.no_grad():
        for t in range(0, frames, chunk):
            n = min(chunk, frames - t)
            x = features(torch.from_numpy(padded[None, :, t * net.HOP:(t + n) * net.HOP + 2 * net.CONTEXT_SAMPLES]))
            with net.speech.autocast():
                kinds = model.pairs(model.voice(model.trunk(x)), net.VOICE_KINDS)
            out.append(1 - torch.softmax(kinds.float(), 2)[0, :, 0].numpy())
    return np.concatenate(out)


folder = os.path.join(args.shared, "data/lyrics/dev")
with open(folder + "/manifest.tsv", encoding="utf-8") as f:
    songs = list(csv.DictReader(f, delimiter="\t"))
everything = []
for song in songs:
    p = voice(evaluate.stereo(os.path.join(folder, song["audio"])))
    at = np.arange(len(p)) * net.HOP / net.SAMPLE_RATE
    truth = np.full(len(p), -1)
    end = 0.0
    words = score.read_truth(os.path.join(folder, song["words_tsv"]))
    for start, stop, _ in words + [(at[-1] + args.margin, at[-1] + args.margin, "")]:
        if start - end >= args.gap:
            truth[(at >= end + args.margin) & (at < start - args.margin)] = 0
        end = max(end, stop if stop is not None else start)
    for start, stop, _ in words:
        truth[(at >= start) & (at < (stop if stop is not None else start))] = 1
    p, truth = p[truth >= 0], truth[truth >= 0]
    everything.append((p, truth))
    hit = (p > 0.5) & (truth == 1)
    print(f"{song['id'][:40]:40s} {song['language']} {(truth == 1).sum() / 100:6.1f} s of words, recall {hit.sum() / max(1, (truth == 1).sum()):.3f}; "
          f"{(truth == 0).sum() / 100:5.1f} s of gaps, taken for voice {(p[truth == 0] > 0.5).mean() if (truth == 0).any() else float('nan'):.3f}", flush=True)
p, truth = np.concatenate([e[0] for e in everything]), np.concatenate([e[1] for e in everything])
for threshold in (0.3, 0.5, 0.7):
    said = p > threshold
    print(f"all, threshold {threshold}: precision {(said & (truth == 1)).sum() / said.sum():.3f}, recall {said[truth == 1].mean():.3f}, "
          f"gaps taken for voice {said[truth == 0].mean():.3f} ({(truth == 1).sum() / 100:.0f} s of words, {(truth == 0).sum() / 100:.0f} s of gaps)")
