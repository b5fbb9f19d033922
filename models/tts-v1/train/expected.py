"""Tokens of one sentence by the shipped text models, computed here: what org.chorale.synth has to find, too (SynthesizerTest).

usage: expected.py MODEL_DIR OUT_FILE
Sentences are tried until one has no close choice, so that another processor's rounding gives the same tokens.
"""
import json
import os
import sys

import numpy as np
import torch
from torch import nn

import restore
import textnet as N
import texts
from common import LANGUAGES, P
from compare import transduce

VOICE, LANGUAGE = "cathy", "en"
LEADING, TRAILING = 0.06, 0.28  # seconds of silence, as org.chorale.synth.Durations
SENTENCES = [
    (["ð ə", "h ɑ ɹ b ə", "w ʌ z", "k w a ɪ ə t"], [texts.NONE, texts.NONE, texts.NONE, texts.STOP]),
    (["h æ v", "j u", "s i n", "h ɪ m"], [texts.NONE, texts.NONE, texts.NONE, texts.QUESTION]),
    (["n o ʊ", "ð ə", "m æ n", "h æ z", "l ɛ f t"], [texts.COMMA, texts.NONE, texts.NONE, texts.NONE, texts.STOP]),
    (["ɪ t", "ɪ z", "l e ɪ t"], [texts.NONE, texts.NONE, texts.STOP]),
    (["ɡ ʊ d", "m ɔ ɹ n ɪ ŋ"], [texts.NONE, texts.STOP]),
    (["w a ɪ"], [texts.QUESTION]),
]
LEAST_MARGIN = 0.003  # of logits, of the chance to go on, of a token


class Closest:
    """How close the closest of some choices was."""

    def __init__(self):
        self.margin = 1e9

    def lengths(self, expected):
        """Phones end at the token that their expected end is the nearest to."""
        self.margin = min(self.margin, float(np.abs(np.cumsum(expected) % 1 - 0.5).min()))

    def tokens(self, logits):
        best = torch.topk(logits, 2, -1).values
        self.margin = min(self.margin, float((best[..., 0] - best[..., 1]).min()))

    def step(self, goes_on, logits):
        self.margin = min(self.margin, abs(goes_on - 0.5))
        self.tokens(logits)


def main(folder, out):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
        manifest = json.load(f)
    voice = next(v for v in manifest["voices"] if v["name"] == VOICE)
    encoder, frames = restore.text_model(folder)
    prediction, joint = restore.transducer(folder, manifest["trust"])
    model = nn.ModuleDict(dict(prediction=prediction, joint=joint))
    for words, stops in SENTENCES:
        words = [[P.INDEX[p] for p in w.split() if p in P.INDEX] for w in words]
        phones, last = [0], len(words) - 1
        for k, word in enumerate(words):
            phones += word + ([0] if stops[k] != texts.NONE or k == last else [])
        phones = np.array(phones)
        features = texts.features(phones, [len(w) for w in words], stops)
        closest = Closest()
        with torch.no_grad():
            encoded, seconds = encoder(torch.from_numpy(phones)[None], torch.from_numpy(features)[None],
                                       torch.tensor([LANGUAGES.index(LANGUAGE)]), torch.tensor(voice["manner"])[None],
                                       torch.ones(1, len(phones)))
            seconds = np.exp(seconds[0].numpy().astype(np.float64).clip(max=1))
            seconds[0], seconds[-1] = LEADING, TRAILING
            expected, plan = N.planned(seconds, phones == 0)
            closest.lengths(expected)
            index, place = N.place_of(torch.from_numpy(plan))
            hidden = frames.hidden(encoded[:, :, index], place[None])
            logits = frames.tokens(hidden)[0].T
            closest.tokens(logits)
            tokens, counts = transduce(model, encoded[0].T, torch.from_numpy(expected).float(), torch.from_numpy(plan), hidden[0].T,
                                       0, manifest["trust"], None, watch=closest.step)
        print(" ".join(P.PHONES[p] for p in phones), f"closest choice {closest.margin:.4f}")
        if closest.margin >= LEAST_MARGIN:
            break
    else:
        sys.exit("every sentence has a close choice")
    names = ["NONE", "COMMA", "FULL", "QUESTION"]
    with open(out, "w", encoding="utf-8") as f:
        json.dump(dict(command="models/tts-v1/train/expected.py models/tts-v1 " + out, version=manifest["version"], voice=VOICE, language=LANGUAGE,
                       words=[[P.PHONES[p] for p in w] for w in words], stops=[names[s] for s in stops],
                       parallelCounts=plan.tolist(), parallelTokens=logits.argmax(1).tolist(), transducerCounts=counts.tolist(),
                       transducerTokens=tokens.tolist()), f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
