"""Real singing with mora times (the PJS corpus, CC BY-SA 4.0) as a corpus. Only the later part of a mora is labelled, with
its vowel: where its consonant ends is not known.

usage: pjs.py SHARED_DATA WORK_DIR
"""
import csv
import glob
import os
import subprocess
import sys

import numpy as np

import net
from net import P

sys.path.insert(0, net.SPEECH)
from corpus import Writer

UNKNOWN = 255
VOWELS = {}
for vowel, kana in zip(("a", "i", "ɨ", "e", "o"), ("あかさたなはまやらわがざだばぱゃぁ", "いきしちにひみりぎじぢびぴぃ", "うくすつぬふむゆるぐずづぶぷゅぅ",
                                               "えけせてねへめれげぜでべぺぇ", "おこそとのほもよろをごぞどぼぽょぉ")):
    VOWELS.update({k: P.INDEX[vowel] for k in kana})


def main(shared, work):
    out = Writer(work + "/pjs")
    for path in sorted(glob.glob(os.path.join(shared, "lyrics/singing/pjs/*.words.tsv"))):
        audio = path.replace(".words.tsv", ".opus")
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", audio, "-ac", "1", "-ar", "16000", "-f", "s16le", "-"],
                             capture_output=True, check=True).stdout
        samples = np.frombuffer(raw, "<i2")
        with open(path, encoding="utf-8") as f:
            rows = [(float(r[0]), float(r[1]), r[2]) for r in csv.reader(f, delimiter="\t") if r[0][0].isdigit()]
        for first in range(0, len(rows), 12):  # clips of a line's length
            part = rows[first:first + 12]
            begin, end = max(0, part[0][0] - 0.1), part[-1][1]
            labels, at = [], begin
            for start, stop, mora in part:
                if start > at + 0.15:
                    labels += [[UNKNOWN, int((at + 0.1 - begin) * 16000)], [0, int((start - 0.08 - begin) * 16000)]]
                vowel = VOWELS.get(mora[-1])
                held = start + min(0.2, 0.55 * (stop - start))
                labels.append([UNKNOWN, int((held - begin) * 16000)])
                labels.append([vowel if vowel is not None else UNKNOWN, int((stop - 0.03 - begin) * 16000)])
                at = stop
            labels.append([UNKNOWN, int((end - begin) * 16000)])
            clip = samples[int(begin * 16000):int(end * 16000)]
            peak = max(1, int(np.abs(clip).max()))
            out.add((clip * (20000.0 / peak)).astype(np.int16), language="ja", text="", phones=labels)
    out.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
