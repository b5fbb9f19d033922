"""What the scripts of tts-v1 share: the modules of speech-v1/train, the corpus, the voices, the hidden layer."""
import importlib.util
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../speech-v1/train"))


def speech(name):
    """A module of speech-v1/train; both folders have a `net`, so by its path."""
    spec = importlib.util.spec_from_file_location("speech_" + name, os.path.join(HERE, "../../speech-v1/train", name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


S = speech("net")
P = S.P
SAMPLE_RATE, HOP, TOKEN_HOP, CODES = 16000, 160, 320, 512
# The voices that are offered, by the source of the corpus they come from.
VOICES = {"rhasspy-cathy": ("cathy", "en"), "rhasspy-kerstin": ("kerstin", "de"), "rhasspy-nathalie": ("nathalie", "nl"),
          "rhasspy-flemishguy": ("flemishguy", "nl"), "ljspeech-part1": ("lj", "en")}
SOURCE_ALIAS = {"ljspeech-subset": "ljspeech-part1"}
# Read by fluent speakers: they teach what speakers differ in, and the other languages.
OTHERS = ("mini-librispeech", "dctts-own-voice", "robotutor", "asterisk-en", "asterisk-fr", "asterisk-es", "asterisk-it",
          "african-storybook-fr", "african-storybook-fr2")
# Heard by the generator alone, one utterance or few of each speaker: they teach what a speaker nobody knows may sound like.
SPEAKERS = ("speechocean762", "commonvoice-rsample100", "commonvoice-misc", "african-storybook-en", "asterisk-ru")
UNSEEN = "speechocean762"
LANGUAGES = ["en", "de", "nl", "fr", "es", "it"]
ACTIVE_RMS = 0.08  # level every utterance is brought to


# Utterances are numbered among those of these languages: which ones are held out may not change with languages that come later.
NUMBERED = ("en", "de", "fr", "es", "it", "pt", "nl")


def numbers(items):
    """The number of every utterance of a corpus, among those of NUMBERED or among the others."""
    counts, out = {True: 0, False: 0}, []
    for item in items:
        first = item["language"] in NUMBERED
        out.append(counts[first])
        counts[first] += 1
    return out


def held_out(item):
    """A fiftieth of the utterances is for measuring."""
    return item["number"] % 50 == 0


def speaker_of(item):
    source = SOURCE_ALIAS.get(item["source"], item["source"])
    return source if source in VOICES else source + "/" + str(item.get("speaker"))


def kept_speakers(items):
    """Speakers of UNSEEN that no training of tts-v1 hears: 12 for the figures, 24 more for figures, 24 to choose by."""
    by = {}
    for item in items:
        if item["source"] == UNSEEN and item["length"] > 3 * 16000:
            by.setdefault(item["speaker"], []).append(item)
    every = [speaker for speaker, own in by.items() if len(own) >= 6]
    return {"first": every[::7][:12], "second": every[2::7][:24], "chosen by": every[4::7][:24]}


def level(samples):
    """Gain that brings the active part of int16 samples to ACTIVE_RMS without clipping."""
    x = samples.astype(np.float32) / 32768
    n = len(x) // 320
    power = (x[:n * 320].reshape(n, 320) ** 2).mean(1)
    active = power[power > power.max() * 0.003]
    return float(min(ACTIVE_RMS / np.sqrt(active.mean() + 1e-9), 0.97 / (np.abs(x).max() + 1e-6)))


class Hidden:
    """int16 samples -> hidden layer of the speech net, [frames of 20 ms, channels], after `blocks` residual blocks."""

    def __init__(self, checkpoint, blocks):
        self.model, self.features, self.blocks = S.Net(), S.LogMel(), blocks
        self.model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
        self.model.eval()
        self.crop = sum(2 * d for d in S.DILATIONS[blocks:])  # frames that the blocks left out would have eaten

    def layers(self, samples, wanted):
        """{number of blocks: [frames, channels]}; frame t covers samples [320 t, 320 t + 320)."""
        frames = (len(samples) // HOP) & ~1
        x = np.zeros(frames * HOP + 2 * S.CONTEXT_SAMPLES, np.float32)
        n = min(len(samples), frames * HOP + S.CONTEXT_SAMPLES)
        x[S.CONTEXT_SAMPLES:S.CONTEXT_SAMPLES + n] = samples[:n] / 32768.0
        out = {}
        with torch.no_grad(), S.autocast():
            m = self.model
            y = torch.relu(m.first_norm(m.first(m.input_norm(self.features(torch.from_numpy(x[None]))))))
            for k in range(max(wanted)):
                y = m.blocks[k](y)
                if k + 1 in wanted:
                    crop = sum(2 * d for d in S.DILATIONS[k + 1:])
                    out[k + 1] = y[0, :, crop:y.shape[2] - crop].float().T.numpy()
        return out

    def __call__(self, samples):
        return self.layers(samples, [self.blocks])[self.blocks]
