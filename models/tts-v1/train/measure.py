"""Measures the finished speech through ./chorale: intelligibility, word times, speakers, robustness. Figures of docs/tts.md.

usage: measure.py WORK_DIR DATA_DIR SPEECH_CHECKPOINT OUT_DIR [--only LIST] [--count N] [--method NAME]
                  [--listener CHECKPOINT] [--groups LIST] [--reuse]
Sentences: those held out from training, of every voice, spoken by that voice and compared with its own recordings.
heard: pocketsphinx (its US-English model and language model; English voices) and our phone model; times: our aligner
on the same audio; unread: as heard, sentences of other speakers of the corpora, which no voice has read; speakers: long-term MFCC statistics under a discriminant analysis learnt from natural speech
only; references: the same, and the encoder of listener.py, for speakers that no training of tts-v1 has heard; robust: 200 lines that
are unusual.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import time

import numpy as np
import torch

from common import HERE, P, UNSEEN, VOICES, held_out, kept_speakers, speech
from pitch import pitch
from resynthesise import write

CHORALE = os.path.join(HERE, "../../../chorale")


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def read(path):
    import wave
    with wave.open(path) as f:
        return np.frombuffer(f.readframes(f.getnframes()), "<i2")


def speak(lines, name, out, options):
    """Speaks lines; -> samples, the JSON, seconds it took."""
    stem = os.path.join(out, name)
    with open(stem + ".txt", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    began = time.time()
    if not (REUSE and os.path.exists(stem + ".json")):
        subprocess.run([CHORALE, "speak", stem + ".txt", "-o", stem + ".wav", "--words", stem + ".json", "--quiet", *options], check=True)
    took = time.time() - began
    with open(stem + ".json", encoding="utf-8") as f:
        return read(stem + ".wav"), json.load(f), took


def slices(samples, result):
    for line in result["lines"]:
        yield samples[int(max(0, line["start"] - 0.05) * 16000):int((line["end"] + 0.15) * 16000)]


class Natural:
    def __init__(self, work, data, count):
        self.pcm = np.memmap(work + "/real.pcm", "<i2", "r")
        with open(data + "/items.jsonl", encoding="utf-8") as f:
            self.items = [json.loads(line) for line in f]
        self.held = {s: [x for x in self.items if x["speaker"] == s and held_out(x) and x["tokens"] < 500][:count] for s in VOICES}

    def samples(self, x):
        s = self.pcm[x["offset"]:x["offset"] + x["length"]]
        return np.clip(s * x["gain"], -32768, 32767).astype(np.int16)


def heard_phones(posteriors, samples):
    best = posteriors(samples).argmax(1)
    runs = np.flatnonzero(np.diff(best)) + 1
    cuts = np.concatenate([[0], runs, [len(best)]])
    return [int(best[a]) for a, b in zip(cuts, cuts[1:]) if b - a > 1 and best[a] != 0]


def sphinx(samples):
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/a.wav"
        write(path, np.concatenate([np.zeros(4000), samples / 32768, np.zeros(4000)]))
        r = subprocess.run(["pocketsphinx_continuous", "-infile", path, "-logfn", "/dev/null"], capture_output=True, text=True, check=True)
    return r.stdout.lower().split()


def plain(text):
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def mfcc(samples):
    """Mean and deviation of 20 mel cepstra and of their differences over the active frames."""
    mel = MEL(torch.from_numpy(samples[None].astype(np.float32) / 32768))[0].numpy().T
    active = mel.mean(1) > np.percentile(mel.mean(1), 30)
    n, k = np.arange(64), np.arange(1, 21)
    c = mel @ np.cos(np.pi * (n[:, None] + 0.5) * k / 64)
    d = np.gradient(c, axis=0)
    return np.concatenate([c[active].mean(0), c[active].std(0), d[active].std(0)])


class Speakers:
    """Discriminant analysis of natural utterances that are not held out."""

    def __init__(self, natural, each=60):
        x, y = [], []
        by = {}
        for item in natural.items:
            if not held_out(item) and item["tokens"] > 100:
                by.setdefault(item["speaker"], []).append(item)
        for speaker, own in by.items():
            if len(own) >= 15:
                for item in own[:: max(1, len(own) // each)][:each]:
                    x.append(mfcc(natural.samples(item)))
                    y.append(speaker)
        x, y = np.array(x), np.array(y)
        self.mean, self.scale = x.mean(0), x.std(0) + 1e-6
        z = (x - self.mean) / self.scale
        names = sorted(set(y))
        centre = np.array([z[y == s].mean(0) for s in names])
        within = sum((z[y == s] - c).T @ (z[y == s] - c) for s, c in zip(names, centre)) / len(z) + 0.05 * np.eye(z.shape[1])
        values, vectors = np.linalg.eigh(within)
        white = vectors / np.sqrt(values)
        _, _, v = np.linalg.svd((centre - centre.mean(0)) @ white, full_matrices=False)
        self.project = white @ v[:20].T
        self.voices = {s: self.unit(z[y == s] @ self.project).mean(0) for s in VOICES}
        self.count = len(names)

    @staticmethod
    def unit(v):
        return v / np.linalg.norm(v, axis=-1, keepdims=True)

    def of(self, samples):
        return self.unit(((mfcc(samples) - self.mean) / self.scale) @ self.project)


def spread(octaves):
    """As org.chorale.synth.PitchSpread."""
    return 1.4826 * np.median(np.abs(octaves - np.median(octaves)))


def references(group, chosen, corpus, judges, args, method):
    """chosen: utterances of every speaker; the first two are the reference, the next four what it is to be recognised by."""
    made, natural, octaves, lengths = [], [], [], []
    for k, own in enumerate(chosen):
        path = os.path.join(args.out, f"reference-{group}-{k}.wav")
        reference = np.concatenate([corpus.samples(x) for x in own[:2]])
        write(path, reference / 32768)
        samples, _, _ = speak(["The weather was fine, so we walked along the river.", "Nobody knew who had left the door open."],
                              f"imitation-{group}-{k}", args.out, ["--reference", path, "-l", "en", *method])
        made.append(samples)
        natural.append(corpus.samples(own[1]))
        a, b = (pitch(x.astype(np.float32) / 32768) for x in (reference, samples))
        a, b = np.log2(a[a > 0]), np.log2(b[b > 0])
        octaves.append([np.median(a) - np.median(b), a.std(), b.std(), spread(a), spread(b)])
        lengths.append(len(reference) / 16000)
    n, octaves = len(chosen), np.array(octaves)
    for name, judge in judges.items():
        centres = np.array([np.mean([judge.of(corpus.samples(x)) for x in own[2:6]], 0) for own in chosen])
        for what, recordings in (("natural", natural), ("made", made)):
            scores = np.array([judge.of(x) for x in recordings]) @ centres.T
            own = np.diag(scores)
            rank = (scores > own[:, None]).sum(1)
            print(f"references {group} ({n} speakers never heard in training, {np.mean(lengths):.1f} s), {name}: {what} taken for the right one "
                  f"{100 * (rank == 0).mean():.0f} %, among the first three {100 * (rank < 3).mean():.0f} %; cosine {own.mean():.2f}, to the "
                  f"others {(scores.sum() - own.sum()) / n / (n - 1):.2f}", flush=True)
    line = f"references {group}: median pitch off by {12 * np.median(np.abs(octaves[:, 0])):.1f} semitones"
    for what, k in (("standard deviation", 1), ("spread", 3)):
        line += (f"; {what} of the pitch: correlation of made with natural {np.corrcoef(octaves[:, k], octaves[:, k + 1])[0, 1]:.2f}, "
                 f"{12 * octaves[:, k + 1].mean():.1f} of {12 * octaves[:, k].mean():.1f} semitones")
    print(line, flush=True)


UNREAD = (("rhasspy-cathy", 70), ("ljspeech-part1", 70), ("rhasspy-kerstin", 36), ("rhasspy-nathalie", 30), ("rhasspy-flemishguy", 30))


def unread(corpus, posteriors, args, method):
    """Sentences of 5 to 14 words that the text model has not learnt from, by the first pronunciation of every word."""
    relabel, rng, sums = speech("relabel"), np.random.default_rng(1), np.zeros(4)
    pronounce = relabel.Pronouncer()
    for source, count in UNREAD:
        voice, language = VOICES[source]
        texts = sorted({re.sub(r"\s+", " ", x["text"]) for x in corpus.items if x["language"] == language
                        and x["source"].startswith(("commonvoice", UNSEEN)) and x["text"].isascii()
                        and 5 <= len(x["text"].split()) <= 14 and not re.search(r"\d", x["text"])})
        lines = [texts[k] for k in rng.choice(len(texts), count, replace=False)]
        lines = [x.capitalize() if x.isupper() else x for x in lines]
        lines = [x if x[-1] in ".?!" else x + "." for x in lines]
        samples, result, _ = speak(lines, "unread-" + voice, args.out, ["--voice", voice, "-l", language, *method])
        own = np.zeros(4)
        for line, made in zip(lines, slices(samples, result)):
            truth = [c for w in relabel.words_of(line, language) for c in (pronounce(w, language) or [[]])[0]]
            own[:2] += [edits(heard_phones(posteriors, made), truth), len(truth)]
            if language == "en":
                own[2:] += [edits(sphinx(made), plain(line)), len(plain(line))]
        sums += own
        print(f"{voice:12s} unread sentences: phone error {100 * own[0] / own[1]:.1f} % of {own[1]:.0f}"
              + (f"; pocketsphinx word error {100 * own[2] / own[3]:.1f} % of {own[3]:.0f}" if own[3] else ""), flush=True)
    print(f"all          unread sentences: phone error {100 * sums[0] / sums[1]:.1f} %; pocketsphinx word error {100 * sums[2] / sums[3]:.1f} %")


SPECIAL = [
    "No.", "Yes!", "Why?", "1234567", "It costs $3.50.", "3,141.59 is a number.", "On 24 December 1999 at 5:30 p.m. it began.",
    "50% of 1,000 is 500.", "Dr. Smith lives at 221b Baker Street.", "NASA, the FBI and the BBC.", "e-mail me @ noon & bring 2 kg.",
    "Rendezvous, déjà vu, Schadenfreude, tsunami, jalapeño.", "Ångström met Dvořák in Zürich.", "Xyzzy plugh qwrtpsdfg.",
    "Supercalifragilisticexpialidocious antidisestablishmentarianism.", "a", "I.", "Oh, oh, oh, oh, oh!", "...and then?", "The the the the.",
    "Mississippi, Llanfairpwllgwyngyll, Popocatépetl.", "IV. Chapter IV", "He said: \"Stop!\" (and left).", "¿Qué? Привет! 你好!", "1/2 + 1/4 = 3/4.",
]


def main():
    global MEL, REUSE
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("speech")
    parser.add_argument("out")
    parser.add_argument("--only", default="heard,unread,times,speakers,references,robust")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--method", default="")
    parser.add_argument("--reuse", action="store_true", help="what OUT_DIR has already is not spoken again")
    parser.add_argument("--listener", help="checkpoint of listener.py")
    parser.add_argument("--groups", default="first,second", help="of kept speakers")
    args = parser.parse_args()
    torch.set_num_threads(1)
    REUSE = args.reuse
    MEL = speech("net").LogMel()
    os.makedirs(args.out, exist_ok=True)
    only = args.only.split(",")
    natural = Natural(args.work, args.data, args.count)
    posteriors = speech("relabel").Posteriors(args.speech)
    method = ["--method", args.method] if args.method else []
    made = {}
    if set(only) & {"heard", "times", "speakers"}:
        for source, (voice, language) in VOICES.items():
            lines = [re.sub(r"\s+", " ", x["text"]) for x in natural.held[source]]
            made[source] = speak(lines, voice, args.out, ["--voice", voice, "-l", language, *method])
    if "heard" in only:
        for source, (voice, language) in VOICES.items():
            samples, result, _ = made[source]
            errors, words, total, total_words = np.zeros(2), np.zeros(2), 0, 0
            for item, own in zip(natural.held[source], slices(samples, result)):
                truth = [c for c, _ in item["phones"] if c not in (0, 255)]
                pair = (natural.samples(item), own)
                errors += [edits(heard_phones(posteriors, s), truth) for s in pair]
                total += len(truth)
                if language == "en":
                    text = plain(item["text"])
                    words += [edits(sphinx(s), text) for s in pair]
                    total_words += len(text)
            line = f"{voice:12s} phone error: natural {100 * errors[0] / total:.1f} %, made {100 * errors[1] / total:.1f} % of {total}"
            if total_words:
                line += f"; pocketsphinx word error: natural {100 * words[0] / total_words:.1f} %, made {100 * words[1] / total_words:.1f} % of {total_words}"
            print(line, flush=True)
    if "unread" in only:
        unread(speech("corpus").Corpus(args.work + "/real"), posteriors, args, method)
    if "times" in only:
        off = []
        for source, (voice, language) in VOICES.items():
            stem = os.path.join(args.out, voice)
            subprocess.run([CHORALE, "align", stem + ".wav", stem + ".txt", "-l", language, "-o", stem + "-aligned.json", "--quiet",
                            "--force"], check=True)
            with open(stem + "-aligned.json", encoding="utf-8") as f:
                aligned = json.load(f)
            own = []
            for a, b in zip(made[source][1]["words"], aligned["words"]):
                if a["status"] == "aligned" and b["start"] is not None:
                    own += [abs(a["start"] - b["start"]), abs(a["end"] - b["end"])]
            off += own
            own = own or [float("nan")]
            print(f"{voice:12s} word times against the aligner: median {1000 * np.median(own):.0f} ms, mean {1000 * np.mean(own):.0f} ms, within "
                  f"50 ms {100 * np.mean(np.array(own) < 0.05):.1f} % of {len(own)} boundaries; its confidence {aligned['confidence']:.2f}", flush=True)
        print(f"all          median {1000 * np.median(off):.0f} ms", flush=True)
    if "speakers" in only:
        speakers = Speakers(natural)
        print(f"speakers: discriminant analysis of {speakers.count} speakers")
        for source, (voice, _) in VOICES.items():
            hits, same = np.zeros(2), np.zeros(2)
            for item, own in zip(natural.held[source], slices(*made[source][:2])):
                for k, s in enumerate((natural.samples(item), own)):
                    v = speakers.of(s)
                    scores = {n: float(v @ c) for n, c in speakers.voices.items()}
                    hits[k] += max(scores, key=scores.get) == source
                    same[k] += scores[source]
            n = len(natural.held[source])
            print(f"{voice:12s} taken for itself among the five: natural {100 * hits[0] / n:.0f} %, made {100 * hits[1] / n:.0f} %; cosine "
                  f"{same[0] / n:.2f}, {same[1] / n:.2f}", flush=True)
    if "references" in only:
        corpus = speech("corpus").Corpus(args.work + "/real")
        judges = {"discriminant analysis": Speakers(natural)}
        if args.listener:
            from listener import Ear
            judges["listener"] = Ear(args.listener)
        by = {}
        for item in corpus.items:
            if item["source"] == UNSEEN and item["length"] > 3 * 16000:
                by.setdefault(item["speaker"], []).append(item)
        for group in args.groups.split(","):
            references(group, [by[s] for s in kept_speakers(corpus.items)[group]], corpus, judges, args, method)
    if "robust" in only:
        rng = np.random.default_rng(3)
        texts = [re.sub(r"\s+", " ", x["text"]) for x in natural.items if x["language"] == "en" and x["voice"] and held_out(x)]
        words = " ".join(texts).replace(".", "").split()
        lines = SPECIAL + [" ".join(rng.choice(words, 300)) + "." for _ in range(5)]
        lines += [str(rng.choice(words)) for _ in range(30)]
        others = [re.sub(r"\s+", " ", x["text"]) for x in natural.items if x["language"] in ("de", "nl", "fr", "es", "it") and held_out(x)]
        lines += list(rng.choice(others, 40, replace=False))
        lines += [f"{rng.integers(10 ** 9)} and {rng.random() * 1000:.2f}" for _ in range(20)]
        lines += list(rng.choice(texts, 200 - len(lines), replace=len(texts) < 200 - len(lines)))
        samples, result, took = speak(lines, "robust", args.out, ["--voice", "cathy", "-l", "en", *method])
        x = samples / 32768
        seconds = len(x) / 16000
        per_word = [(line["end"] - line["start"]) / line["wordCount"] for line in result["lines"]]
        jump = np.abs(np.diff(x))
        # A click: a step larger than anything within 20 ms of it would let expect.
        local = np.array([np.percentile(jump[i:i + 640], 99) for i in range(0, len(jump) - 640, 320)])
        largest = np.array([jump[i:i + 640].max() for i in range(0, len(jump) - 640, 320)])
        clicks = int(((largest > 8 * local) & (largest > 0.05)).sum())
        print(f"robust: {len(lines)} lines, {len(result['words'])} words, {seconds:.0f} s of speech in {took:.0f} s (with the start of Java): "
              f"{took / seconds:.3f} of real time; largest {np.abs(x).max():.3f}, samples at full scale {(np.abs(samples.astype(int)) >= 32767).sum()}, "
              f"clicks {clicks}; seconds a word by line: median {np.median(per_word):.2f}, least {min(per_word):.2f}, most {max(per_word):.2f} "
              f"({lines[int(np.argmax(per_word))][:40]!r}); lines without sound {sum(line['start'] is None for line in result['lines'])}", flush=True)


if __name__ == "__main__":
    main()
