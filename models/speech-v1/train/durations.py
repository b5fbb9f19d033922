"""How long phones last: median and deviation of the logarithm, per class, in the labels of real speech.

usage: durations.py WORK_DIR MODEL_DIR     writes "durations" into the manifest
"""
import json
import sys

import numpy as np

import net

P = net.P


def durations(work):
    """(median frames, standard deviation of the log) per class; silence has none (0)."""
    found = [[] for _ in P.PHONES]
    with open(work + "/real-labels.jsonl", encoding="utf-8") as f:
        for line in f:
            start = 0
            for phone, end in json.loads(line)["phones"]:
                if phone < len(found) and end > start:
                    found[phone].append((end - start) / net.HOP)
                start = end
    every = np.log(np.concatenate([np.array(f) for k, f in enumerate(found) if k != P.INDEX[P.SILENCE]]))
    median, deviation = [], []
    for k, f in enumerate(found):
        # Rare classes lean on the mean of all. Phones of one frame were mostly squeezed in by the aligner.
        logs = np.concatenate([np.log([d for d in f if d > 1.5]) if len(f) else np.zeros(0), np.full(50, np.median(every))])
        m = np.median(logs)
        median.append(0 if k == P.INDEX[P.SILENCE] else round(float(np.exp(m)), 2))
        deviation.append(0 if k == P.INDEX[P.SILENCE] else round(float(1.4826 * np.median(np.abs(logs - m))), 3))
    return median, deviation


def main(work, folder):
    median, deviation = durations(work)
    path = folder + "/manifest.json"
    with open(path, encoding="utf-8") as f:
        manifest = json.load(f)
    manifest["durations"] = {"medianFrames": median, "logDeviation": deviation}
    with open(path, "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")
    print(" ".join(f"{p} {m:.1f}±{d:.2f}" for p, m, d in zip(P.PHONES, median, deviation)))


if __name__ == "__main__":
    main(*sys.argv[1:])
