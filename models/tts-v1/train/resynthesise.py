"""Held-out utterances through their own tokens and pitch: what the generator alone costs.

usage: resynthesise.py WORK_DIR DATA_DIR GENERATOR SPEECH_CHECKPOINT [OUT_DIR] [--count N]
Prints, by voice: frames of which the speech model's best phone is that of the alignment, for the natural and the made
recording; mel distance. Writes pairs of WAV files to OUT_DIR.
"""
import argparse
import json
import os
import wave

import numpy as np
import torch

import generator as G
from common import HOP, P, S, VOICES, held_out, speech


def write(path, x):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(16000)
        f.writeframes((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("generator")
    parser.add_argument("speech")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--count", type=int, default=8)
    args = parser.parse_args()
    torch.set_num_threads(1)
    relabel = speech("relabel")
    posteriors = relabel.Posteriors(args.speech)
    state = torch.load(args.generator)
    grown = G.grown(state["average"])
    part = lambda name: {k[len(name) + 1:]: v for k, v in grown.items() if k.startswith(name + ".")}
    filters, reference, head, mel = G.Filters().eval(), G.Reference().eval(), G.Head(), S.LogMel()
    filters.load_state_dict(part("filters"))
    reference.load_state_dict(part("reference"))
    pcm = np.memmap(args.work + "/real.pcm", "<i2", "r")
    with np.load(args.data + "/data.npz") as z:
        tokens, pitch = z["tokens"].astype(np.int64), z["pitch"].astype(np.float32)
    with open(args.data + "/items.jsonl", encoding="utf-8") as f:
        items = [json.loads(line) for line in f]
    print("step", state["step"])
    for source in VOICES:
        own = [x for x in items if x["speaker"] == source]
        right, total = np.zeros(2), 0
        distance = []
        ref = own[len(own) // 2]
        r = pcm[ref["offset"]:ref["offset"] + ref["length"]].astype(np.float32) / 32768 * ref["gain"]
        for number, item in enumerate([x for x in own if held_out(x)][:args.count]):
            n = item["tokens"]
            x = pcm[item["offset"]:item["offset"] + 320 * n].astype(np.float32) / 32768 * item["gain"]
            hz = pitch[item["pitch_at"]:item["pitch_at"] + 2 * n]
            with torch.no_grad():
                speaker, _ = reference(mel(torch.from_numpy(r[None])))
                cepstra = filters(torch.from_numpy(tokens[None, item["token_at"]:item["token_at"] + n]), speaker, torch.from_numpy(hz[None]))
                pulse = torch.from_numpy(G.pulses(hz)[None])
                y = head(cepstra, pulse, torch.randn_like(pulse))[0].numpy()
                distance.append(float((mel(torch.from_numpy(y[None])) - mel(torch.from_numpy(x[None]))).abs().mean()))
            ends, cls = np.array([e for _, e in item["phones"]]), np.array([c for c, _ in item["phones"]])
            truth = cls[np.minimum(np.searchsorted(ends, np.arange(2 * n) * HOP + HOP // 2, side="right"), len(cls) - 1)]
            good = (truth != 255) & (truth != 0)
            for k, s in enumerate((x, y)):
                best = posteriors((s * 32767).clip(-32768, 32767).astype(np.int16)).argmax(1)[:2 * n]
                right[k] += (best == truth[:len(best)])[good[:len(best)]].sum()
            total += good.sum()
            if args.out:
                os.makedirs(args.out, exist_ok=True)
                stem = f"{args.out}/{VOICES[source][0]}-{number}"
                write(stem + "-natural.wav", x)
                write(stem + "-made.wav", y)
        print(f"{source:20s} right phone: natural {100 * right[0] / total:.1f} %, made {100 * right[1] / total:.1f} %; mel "
              f"{np.mean(distance):.3f}; peak {np.abs(y).max():.2f}, rms {y.std():.3f} of {x.std():.3f}", flush=True)


if __name__ == "__main__":
    main()
