"""Tokens and pitch of many more speakers, for the generator alone: it needs neither text nor phones.

usage: prepare_speakers.py WORK_DIR SPEECH_CHECKPOINT DATA_DIR
WORK_DIR: real.pcm, real.jsonl. DATA_DIR: codebook.npz of prepare.py; speakers-data.npz and speakers-items.jsonl are written there.
Speakers kept for measuring (common.kept_speakers) are left out.
"""
import argparse
import json
import time

import numpy as np
import torch

from common import SPEAKERS, Hidden, kept_speakers, level, numbers, speech
from pitch import pitch
from prepare import assign

EACH, SHORTEST, LONGEST = 14, 28000, 14 * 16000  # utterances a speaker, samples


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("checkpoint")
    parser.add_argument("data")
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = speech("corpus").Corpus(args.work + "/real")
    kept = set().union(*kept_speakers(data.items).values())
    with np.load(args.data + "/codebook.npz") as z:
        hidden, book = Hidden(args.checkpoint, int(z["blocks"])), [z[k] for k in ("mean", "projection", "centres")]
    by = {}
    for k, item in enumerate(data.items):
        if item["source"] in SPEAKERS and SHORTEST < item["length"] < LONGEST and item["speaker"] not in kept:
            by.setdefault((item["source"], item["speaker"]), []).append(k)
    # The first utterance of everybody, then the second: whoever stops it early has all speakers.
    wanted = [own[n] for n in range(EACH) for own in by.values() if n < len(own)]
    numbered = numbers(data.items)
    began, tokens, pitches, lines, token_at, pitch_at = time.time(), [], [], [], 0, 0
    for number, k in enumerate(wanted, 1):
        item = data.items[k]
        samples = data.samples(item)
        code = assign(hidden(samples), *book).astype(np.uint16)
        f0 = pitch(samples.astype(np.float32) / 32768)[:2 * len(code)].astype(np.float16)
        lines.append(json.dumps(dict(
            item=k, number=numbered[k], offset=item["offset"], length=item["length"], speaker=item["source"] + "/" + str(item["speaker"]), voice=False,
            language=item["language"], gain=round(level(samples), 4), tokens=len(code), token_at=token_at, pitch_at=pitch_at),
            ensure_ascii=False) + "\n")
        tokens.append(code)
        pitches.append(f0)
        token_at += len(code)
        pitch_at += len(f0)
        if number % 500 == 0 or number == len(wanted):
            np.savez(args.data + "/speakers-data.npz", tokens=np.concatenate(tokens), pitch=np.concatenate(pitches))
            with open(args.data + "/speakers-items.jsonl", "w", encoding="utf-8") as f:
                f.writelines(lines)
            print(number, "of", len(wanted), f"{time.time() - began:.0f} s", flush=True)



if __name__ == "__main__":
    main()
