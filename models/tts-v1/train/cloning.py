"""How much like its reference a voice is, without Java: for choosing. measure.py measures what is exported.

usage: cloning.py WORK_DIR DATA_DIR SPEECH_CHECKPOINT FIRST_GENERATOR GENERATOR TEXT_CHECKPOINT [--listener CHECKPOINT] [--group NAME]
                  [--rounds 0,1,2] [--out DIR]
For every kept speaker of a group: two utterances are the reference; three held-out sentences are spoken; who are they taken for among the
speakers of the group? Judges: the discriminant analysis of measure.py, and the listener. FIRST_GENERATOR has the manner (for the
text model), GENERATOR is judged.
"""
import argparse
import os

import numpy as np
import torch

import generator as G
import measure
import textnet as N
from common import UNSEEN, Hidden, S, held_out, kept_speakers, level, speech
from listener import Ear
from pitch import pitch
from prepare import assign
from resynthesise import write
from train_text import prepare


class Cloner:
    def __init__(self, data, checkpoint, first, generator, text):
        load = lambda path: torch.load(path)["average"]
        part = lambda state, name: {k[len(name) + 1:]: v for k, v in state.items() if k.startswith(name + ".")}
        self.mel, self.head, self.correction = S.LogMel(), G.Head(), G.Correction()
        self.manner, self.reference, self.filters = G.Manner().eval(), G.Reference().eval(), G.Filters().eval()
        self.encoder, self.frames = N.Encoder().eval(), N.Frames().eval()
        manner = part(load(first), "reference")
        self.manner.load_state_dict({k: v for k, v in manner.items() if k in self.manner.state_dict()})
        grown = G.grown(load(generator))
        self.reference.load_state_dict(part(grown, "reference"))
        self.filters.load_state_dict(part(grown, "filters"))
        self.encoder.load_state_dict(part(load(text), "encoder"))
        self.frames.load_state_dict(part(load(text), "frames"))
        with np.load(data + "/codebook.npz") as z:
            self.hidden, self.book = Hidden(checkpoint, int(z["blocks"])), [z[k] for k in ("mean", "projection", "centres")]

    def sound(self, tokens, timbre, hz, correction):
        torch.manual_seed(0)
        pulse = torch.from_numpy(G.pulses(hz)[None])
        cepstra = self.filters(torch.from_numpy(tokens)[None], timbre, torch.from_numpy(hz)[None])
        return self.head(cepstra + correction[:, :, None], pulse, torch.randn_like(pulse))

    def said(self, sentence, manner, median):
        """Tokens and pitch of a prepared sentence, as the Java side plans it."""
        _, phones, features, _ = sentence
        encoded, seconds = self.encoder(torch.from_numpy(phones)[None], torch.from_numpy(features)[None], torch.zeros(1, dtype=torch.long),
                                        manner, torch.ones(1, len(phones)))
        expected = np.exp(seconds[0].numpy()) / 0.02
        expected[0], expected[-1] = 3, 6
        ends = np.round(np.cumsum(np.maximum(expected, 1))).astype(int)
        counts = np.maximum(1, np.diff(np.concatenate([[0], ends])))
        index, place = N.place_of(torch.from_numpy(counts))
        tokens, octaves, voicing = self.frames(encoded[:, :, index], place[None])
        spoken = np.repeat(np.repeat(phones, counts) > 0, 2) & (voicing[0].numpy().reshape(-1) > 0)
        hz = np.where(spoken, np.clip(median * 2 ** (1.2 * octaves[0].numpy().reshape(-1)), 60, 450), 0).astype(np.float32)
        return tokens[0].argmax(1).numpy(), hz

    def voice(self, samples, rounds):
        """int16 -> manner, timbre, correction, median Hz."""
        x = samples.astype(np.float32) / 32768 * level(samples)
        tokens = assign(self.hidden(samples), *self.book)
        hz = pitch(x).astype(np.float32)[:2 * len(tokens)]
        n = len(hz) // 2
        wave = torch.from_numpy(x[None, :2 * n * 160])
        mel = self.mel(torch.from_numpy(x[None]))
        manner, timbre = self.manner(mel)[0], self.reference(mel)[0]
        correction = torch.zeros(1, G.PULSE_ORDER + G.NOISE_ORDER)
        for _ in range(rounds):
            made = self.sound(tokens[:n], timbre, hz[:2 * n], correction)
            correction = correction + self.correction(wave, made, torch.from_numpy((hz[None, :2 * n] > 0).astype(np.float32)))
        return manner, timbre, correction, float(np.median(hz[hz > 0]))


def main():
    parser = argparse.ArgumentParser()
    for name in ("work", "data", "speech", "first", "generator", "text"):
        parser.add_argument(name)
    parser.add_argument("--listener")
    parser.add_argument("--group", default="chosen by")
    parser.add_argument("--rounds", default="0,1,2")
    parser.add_argument("--out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    measure.MEL = S.LogMel()
    corpus = speech("corpus").Corpus(args.work + "/real")
    by = {}
    for item in corpus.items:
        if item["source"] == UNSEEN and item["length"] > 3 * 16000:
            by.setdefault(item["speaker"], []).append(item)
    who = kept_speakers(corpus.items)[args.group]
    sentences = [x for x in prepare(args.work, args.data)
                 if held_out(x[0]) and x[0]["speaker"] == "rhasspy-cathy" and 120 < x[0]["tokens"] < 260][:3]
    cloner = Cloner(args.data, args.speech, args.first, args.generator, args.text)
    judges = {"discriminant analysis": measure.Speakers(measure.Natural(args.work, args.data, 20))}
    if args.listener:
        judges["listener"] = Ear(args.listener)
    centres = {k: np.array([np.mean([j.of(corpus.samples(x)) for x in by[s][2:6]], 0) for s in who]) for k, j in judges.items()}

    def judged(name, recordings):
        for k, judge in judges.items():
            scores = np.array([judge.of(x) for x in recordings]) @ centres[k].T
            own = np.diag(scores)
            rank = (scores > own[:, None]).sum(1)
            print(f"{name:24s} {k:24s} taken for the right one of {len(who)}: {100 * (rank == 0).mean():.0f} %, among the first three "
                  f"{100 * (rank < 3).mean():.0f} %; cosine {own.mean():.2f}, to the others "
                  f"{(scores.sum() - own.sum()) / len(who) / (len(who) - 1):.2f}", flush=True)

    judged("another recording", [corpus.samples(by[s][1]) for s in who])
    with torch.no_grad():
        for rounds in map(int, args.rounds.split(",")):
            made = []
            for s in who:
                manner, timbre, correction, median = cloner.voice(np.concatenate([corpus.samples(x) for x in by[s][:2]]), rounds)
                y = np.concatenate([cloner.sound(t, timbre, hz, correction)[0].numpy()
                                    for t, hz in (cloner.said(x, manner, median) for x in sentences)])
                made.append((y.clip(-1, 1) * 32767).astype(np.int16))
                if args.out:
                    os.makedirs(args.out, exist_ok=True)
                    write(f"{args.out}/{s}-{rounds}.wav", y)
            judged(f"made, {rounds} corrections", made)


if __name__ == "__main__":
    main()
