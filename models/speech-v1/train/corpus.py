"""A corpus on disk: one file of 16 kHz int16 samples, one JSON line an utterance. Written in parts, read by memory map."""
import json
import os

import numpy as np

SAMPLE_RATE = 16000
HOP = 160  # samples a label frame


class Writer:
    def __init__(self, stem):
        os.makedirs(os.path.dirname(stem) or ".", exist_ok=True)
        self.stem, self.offset = stem, 0
        self.pcm, self.index = open(stem + ".pcm.part", "wb"), open(stem + ".jsonl.part", "w", encoding="utf-8")

    def add(self, samples, **fields):
        """samples: int16; fields: language, text and, where known, phones = [[inventory index, end sample], ...]."""
        fields.update(offset=self.offset, length=len(samples))
        self.pcm.write(samples.astype("<i2").tobytes())
        self.index.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self.offset += len(samples)

    def close(self):
        self.pcm.close()
        self.index.close()
        for suffix in (".pcm", ".jsonl"):
            os.replace(self.stem + suffix + ".part", self.stem + suffix)


class Corpus:
    def __init__(self, stem):
        self.pcm = np.memmap(stem + ".pcm", "<i2", "r")
        with open(stem + ".jsonl", encoding="utf-8") as f:
            self.items = [json.loads(line) for line in f]

    def samples(self, item):
        return self.pcm[item["offset"]:item["offset"] + item["length"]]


def exists(stem):
    return os.path.exists(stem + ".pcm") and os.path.exists(stem + ".jsonl")
