"""Tokens that the text model says for recordings, every phone as long as it was spoken; the generator learns from these, too.

usage: said.py WORK_DIR DATA_DIR TEXT_CHECKPOINT
A recording's own tokens tell something of its speaker, and a generator that leans on that does not listen to the reference. Those
of the text model, asked to speak as one of the voices, tell nothing. DATA_DIR: said.npz and speakers-said.npz are written there: a
token of every frame of data.npz (speakers-data.npz), 65535 where labels do not fit their text.
"""
import argparse
import json
import os

import numpy as np
import torch

import textnet as N
import texts
from common import LANGUAGES, S, speech

NONE = 65535


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("text")
    parser.add_argument("--labels", default="real-labels.jsonl")
    parser.add_argument("--only", default="said,speakers-said")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(11)
    state = torch.load(args.text)
    part = lambda name: {k[len(name) + 1:]: v for k, v in state["average"].items() if k.startswith(name + ".")}
    encoder, frames = N.Encoder().eval(), N.Frames().eval()
    encoder.load_state_dict(part("encoder"))
    frames.load_state_dict(part("frames"))
    vectors = [torch.from_numpy(np.asarray(v, np.float32)) for k, v in state["mean"].items() if "/" not in k]
    print(len(vectors), "voices")
    with open(os.path.join(args.work, args.labels), encoding="utf-8") as f:
        labels = {x["item"]: x["phones"] for x in map(json.loads, f)}
    relabel, corpus = speech("relabel"), speech("corpus").Corpus(args.work + "/real")
    pronounce = relabel.Pronouncer()
    for source, out in (("items.jsonl", "said"), ("speakers-items.jsonl", "speakers-said")):
        if out not in args.only.split(","):
            continue
        with open(os.path.join(args.data, source), encoding="utf-8") as f:
            items = [json.loads(line) for line in f]
        said, fitted = np.full(sum(x["tokens"] for x in items), NONE, np.uint16), 0
        for item in items:
            if item["item"] not in labels:
                continue
            item = dict(item, phones=labels[item["item"]], text=corpus.items[item["item"]]["text"])
            found = texts.prepared(item, pronounce, relabel.words_of)
            if not found:
                continue
            phones, features, durations = found
            index, place = N.place_of(torch.from_numpy(durations.astype(np.int64)))
            speaker = vectors[rng.integers(len(vectors))][None]
            with torch.no_grad(), S.autocast():
                encoded, _ = encoder(torch.from_numpy(phones.astype(np.int64))[None], torch.from_numpy(features)[None],
                                     torch.tensor([LANGUAGES.index(item["language"])]), speaker, torch.ones(1, len(phones)))
                logits = frames(encoded[:, :, index], place[None])[0]
            said[item["token_at"]:item["token_at"] + item["tokens"]] = logits[0].float().argmax(1).numpy()
            fitted += 1
        np.savez(os.path.join(args.data, out + ".npz"), tokens=said)
        print(out, fitted, "of", len(items), "utterances", flush=True)


if __name__ == "__main__":
    main()
