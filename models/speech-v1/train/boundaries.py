"""Trains the boundary model of speech-v1: where, near a boundary of the aligner, does the sound change?

usage: boundaries.py SHARED_DATA WORK_DIR MODEL_DIR [--check sentence|speaker [--conditions clean noise ...]] [--write]
       [--labeller FILE [--speakers 03 08 ...]] [--seed N]
Hand-labelled boundaries (EmoDB's phones and words, the words of the English sets), each recording in seven conditions
(conditions.py), with the boundaries that `chorale eval` finds without this model; what English diphone voices say (voices.py)
and synthetic speech with exact times (synthetic-*.pcm of WORK_DIR, see synthesise.py), aligned here. --check trains without
a fifth of the sentences (or speakers) in turn, and without one of the voices, and prints the figures of `chorale eval` of what was left out; --write puts boundaries.onnx and its
manifest entry into MODEL_DIR; --labeller saves it for relabel.py, learned from these speakers alone. Minutes on one
core. The features are those of org.chorale.acoustic.BandLevels and org.chorale.align.FineBoundaries.
"""
import argparse
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import wave

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import conditions
import eightbit
import labels
import net
import plain
import voices
from corpus import Corpus

P = net.P
HERE = os.path.dirname(os.path.abspath(__file__))
CHORALE = os.path.join(HERE, "../../../chorale")
RATE, HOP, WINDOW, BANDS, FLOOR = 16000, 80, 256, 16, 1e-6
REACH, SCORES = 16, 12  # frames of levels on either side; frames of scores around the boundary
RANGE = 8.0  # nepers (35 dB) below the loudest level around a boundary nothing is heard: there lie codecs and quiet rooms
PRIOR_SCALE = 0.6
CONDITIONS = ["clean", "noise", "reverberant", "telephone", "babble"]
PACES = {"slow": 0.85, "fast": 1.2}  # as conditions.py has them; synthetic speech has paces of its own
SYNTHETIC = [("flite-0", "en", 120), ("espeak-3", "en", 60), ("espeak-4", "de", 60)]
SYNTHETIC_WEIGHT = 1.0
DIPHONES = ["kal", "ked"]  # voices.py; those of other languages measure (festvox.py)
PLACES = 12  # frames of levels on either side where a boundary may be put
CHANNELS, HIDDEN = 32, (48, 24)
DROPOUT, DECAY, EPOCHS, BATCH, RATE_OF_LEARNING = 0.3, 1e-2, 6, 384, 3e-3
PEAK, FARTHEST = 0.008, 0.03  # seconds; what is further off is so far off to the cross-entropy
LOSSY = 0.15  # nepers
FOLDS = 5
FAR = 0.1  # boundaries that far off teach nothing, seconds
KINDS = sorted(set(P.BROAD_CLASSES))
KIND = [KINDS.index(b) for b in P.BROAD_CLASSES]


def band_levels(samples):
    """[frames, BANDS] log power, frame k centred on sample k * HOP."""
    mel = lambda hz: 1127 * np.log(1 + hz / 700)
    points = 700 * (np.exp(np.linspace(mel(100), mel(7600), BANDS + 2) / 1127) - 1)
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    low, mid, high = points[:-2, None], points[1:-1, None], points[2:, None]
    bank = np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))
    padded = np.concatenate([np.zeros(WINDOW // 2), samples, np.zeros(WINDOW)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:len(samples) // HOP + 1]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    return np.log(power @ bank.T + FLOOR).astype(np.float32)


class Acoustic:
    """The acoustic model as it ships for processors, in PyTorch: samples -> scores (log posteriors less a share of the priors)."""

    def __init__(self, folder):
        self.model = eightbit.shipped(folder)
        with open(folder + "/manifest.json", encoding="utf-8") as f:
            self.priors = np.array(json.load(f)["logPriors"], np.float32)

    def scores(self, samples):
        frames = len(samples) // net.HOP // 2 * 2 + 2
        x = torch.zeros(1, frames * net.HOP + 2 * net.CONTEXT_SAMPLES)
        x[0, net.CONTEXT_SAMPLES:net.CONTEXT_SAMPLES + len(samples)] = torch.from_numpy(samples.astype(np.float32))
        with torch.no_grad():
            posteriors = self.model(x)[0].numpy()[:(len(samples) + net.HOP // 2) // net.HOP]
        return posteriors - PRIOR_SCALE * self.priors


class Recording:
    """phones: [[class, start, end], ...] without gaps, seconds; truth: {phone k: where it really begins}."""

    def __init__(self, samples, scores, phones, truth, **fields):
        self.levels, self.phones, self.truth = band_levels(samples), phones, truth
        self.__dict__.update(fields)
        best = scores.max(1, keepdims=True)
        self.below = np.maximum(-8, scores - best) / 4

    def example(self, k, shift=0):
        """(levels, cues, middle in seconds) of the boundary before phone k; `shift` frames beside the nearest."""
        (left, a, at), (right, _, b) = self.phones[k - 1], self.phones[k]
        nearest = int(np.rint(at * RATE / HOP)) + shift
        frames = np.clip(np.arange(nearest - REACH, nearest + REACH + 1), 0, len(self.levels) - 1)
        t = int(np.rint(at * RATE / net.HOP))
        rows = np.clip(np.arange(t - SCORES // 2, t + SCORES // 2), 0, len(self.below) - 1)
        kinds = np.zeros(2 * len(KINDS))
        kinds[KIND[left]] = kinds[len(KINDS) + KIND[right]] = 1
        log = lambda seconds: np.log(max(0, seconds) + 0.01) + 2.5
        middle = nearest * HOP / RATE
        cues = np.concatenate([kinds, self.below[rows, left], self.below[rows, right],
                               [log(at - a), log(b - at), (at - middle) / 0.01]])
        return self.levels[frames], cues.astype(np.float32), middle

    def examples(self, shifts):
        for k in self.truth:
            for shift in shifts:
                levels, cues, middle = self.example(k, shift)
                if abs(self.truth[k] - self.phones[k][1]) < FAR:
                    yield levels, cues, self.truth[k] - middle


def align(manifest, model, results):
    subprocess.run([CHORALE, "eval", manifest, "--model", model, "-o", results, "--quiet", "--summary"],
                   check=True, stdout=subprocess.DEVNULL)


def hand_labelled(shared, work, model, acoustic):
    """Recordings of the development truth in all conditions, with the aligner's phones and the true boundaries."""
    sys.path.insert(0, os.path.join(shared, "../eval"))
    import score
    folder, sets = work + "/model", work + "/conditions"
    manifest = plain.copy(model, folder)
    if not os.path.exists(sets):
        conditions.main(shared, sets)
    out = []
    for condition in CONDITIONS + list(PACES):
        root, results = f"{sets}/{condition}", f"{work}/out-{manifest['files']['model.onnx']['sha256'][:12]}/{condition}"
        if not os.path.exists(results):
            align(root + "/manifest.tsv", folder, results)
        with open(root + "/manifest.tsv", encoding="utf-8") as f:
            rows = list(csv.DictReader(f, delimiter="\t"))
        for row in rows:
            name = row["audio"][:-4]
            with wave.open(f"{root}/{name}.wav") as w:
                samples = np.frombuffer(w.readframes(w.getnframes()), "<i2") / 32768
            result = json.load(open(f"{results}/{name}.json", encoding="utf-8"))
            phones, places = labels.phones_of([w for w in result["words"] if score.norm(w["text"])], result["audio"]["duration"])
            if not phones:
                continue  # nothing of it was found
            known, truth = score.read_truth(f"{root}/{name}.tsv"), {}
            stem = name.split("_", 1)[1]
            path = f"{shared}/speech/dev-truth/emodb-de/{stem}.phones.tsv"
            hand = labels.hand_phones(path, PACES.get(condition, 1)) if os.path.exists(path) else []
            for (start, end, _), i in zip(known, score.pair(known, score.read_hyp(f"{results}/{name}.json"))):
                if i is None or places[i] is None:
                    continue
                a, b = places[i]
                inside = [p for p in hand if p[1] > start - 0.004 and p[2] < end + 0.004]
                pairs = labels.matched([P.BROAD_CLASSES[p[0]] for p in phones[a:b]], [p[0] for p in inside])
                for k in range(1, b - a):
                    if k in pairs and pairs.get(k - 1) == pairs[k] - 1:
                        truth[a + k] = inside[pairs[k]][1]
                if a > 0:
                    truth[a] = start
                if end is not None:
                    truth.setdefault(b, end)
            out.append(Recording(samples, acoustic.scores(samples), phones, truth, condition=condition, name=name,
                                 speaker=stem[:2] if "emodb" in name else name, sentence=stem[2:5] if "emodb" in name else name))
    return out


def chain(scores, classes):
    """First frame of every phone of a row on the best path through it."""
    best, came = np.full(len(classes), -1e9), np.zeros((len(scores), len(classes)), bool)
    best[0] = scores[0, classes[0]]
    for t in range(1, len(scores)):
        step = np.concatenate([[-1e9], best[:-1]])
        came[t] = step > best
        best = np.maximum(step, best) + scores[t, classes]
    starts, k = np.zeros(len(classes), int), len(classes) - 1
    for t in range(len(scores) - 1, 0, -1):
        if came[t, k]:
            starts[k] = t
            k -= 1
    return starts


def between(scores, left, right, begin, at, end):
    """Mean place of a boundary between two phones, as BoundaryRefiner has it, without durations; frames."""
    places = np.arange(max(begin + 1, at - 8), min(end - 1, at + 8) + 1)
    gain = np.cumsum(np.concatenate([[0], (scores[places[:-1], left] - scores[places[:-1], right])])) / 3
    share = np.exp(gain - gain.max())
    return (share * places).sum() / share.sum()


def disturbed(samples, before, rng):
    """In one of the conditions; before: other recordings, from which babble is made where there are enough."""
    condition, decibels = rng.choice(CONDITIONS), rng.uniform(8, 30)
    if condition == "noise":
        samples = conditions.below(samples, conditions.pink(len(samples), rng), decibels)
    elif condition == "reverberant":
        samples = conditions.room(samples, rng)
    elif condition == "telephone":
        samples = conditions.telephone(samples)
    elif condition == "babble" and len(before) >= 4:
        samples = conditions.below(samples, sum(np.resize(o, len(samples)) for o in before[:4]), decibels)
    return samples / np.abs(samples).max() * rng.uniform(0.2, 1)


def aligned(samples, phones, acoustic, **fields):
    """Recording of [[class, start, end], ...] where the acoustic model finds its boundaries; None where it is too short."""
    scores = acoustic.scores(samples)
    if not 3 <= len(phones) <= len(scores):
        return None
    classes = np.array([p[0] for p in phones])
    at = np.append(chain(scores, classes), len(scores))
    edges = [0] + [between(scores, classes[k - 1], classes[k], at[k - 1], at[k], at[k + 1]) * net.HOP / RATE
                   for k in range(1, len(phones))] + [len(samples) / RATE]
    found = [[p, a, b] for p, a, b in zip(classes, edges, edges[1:])]
    return Recording(samples, scores, found, {k: phones[k][1] for k in range(1, len(phones))}, **fields)


def stretched(samples, rng):
    """Half of the time at another pace: (samples with a little noise, ratio)."""
    ratio = rng.uniform(0.85, 1.2) if rng.random() < 0.5 else 1
    samples = conditions.tape(samples, ratio)
    return samples + 1e-4 * rng.standard_normal(len(samples)), ratio


def synthetic(work, acoustic):
    rng, out = np.random.default_rng(1), []
    for stem, language, count in SYNTHETIC:
        corpus, before = Corpus(f"{work}/synthetic-{stem}"), []
        items = [i for i in corpus.items if i["language"] == language and "kal16" not in i["voice"] and i["length"] < 160000]
        for index in rng.choice(len(items), count, replace=False):
            item = items[index]
            samples, ratio = stretched(corpus.samples(item) / 32768, rng)
            phones = []
            for phone, end in item["phones"]:
                start = phones[-1][2] if phones else 0
                if phones and (phones[-1][0] == phone or end - start * RATE * ratio < 80):
                    phones[-1][2] = end / ratio / RATE
                else:
                    phones.append([phone, start, end / ratio / RATE])
            before = (before + [samples])[-5:]
            recording = aligned(disturbed(samples, before[:-1], rng), phones, acoustic)
            if recording:
                out.append(recording)
    return out


def diphones(shared, work, acoustic):
    """What the English diphone voices say. A voice's labels are shifted as a whole by what lies between them and ours in the median
    (pitch marks and joins). Nothing is learned of pauses, which are silence without a breath, or of what is in the middle of a diphthong."""
    rng, out = np.random.default_rng(2), []
    for voice in DIPHONES:
        before, said = [], []
        for name, samples, marks in voices.recordings(shared, work, voice):
            samples, ratio = stretched(samples, rng)
            phones, certain = [], {0}
            for classes, start, end in marks:
                certain.add(len(phones))
                step = (end - start) / len(classes)
                phones += [[c, (start + i * step) / ratio, (start + (i + 1) * step) / ratio] for i, c in enumerate(classes)]
            before = (before + [samples])[-5:]
            recording = aligned(disturbed(samples, before[:-1], rng), phones, acoustic, name=name, speaker=voice)
            if recording:
                recording.truth = {k: at for k, at in recording.truth.items()
                                   if k in certain and recording.phones[k - 1][0] and recording.phones[k][0]}
                said.append(recording)
        shift = np.median([r.phones[k][1] - at for r in said for k, at in r.truth.items()])
        for r in said:
            r.truth = {k: at + shift for k, at in r.truth.items()}
        out += said
    return out


class BoundaryNet(nn.Module):
    """Levels [N, 2 REACH + 1, BANDS], cues [N, C] -> seconds from the middle frame [N]: the mean of a distribution over
    the frames within 60 ms. Convolutions over levels and scores say how like a boundary of these kinds every frame is; a small
    net that sees everything at once adds to it; places far from the one that the aligner gives (last of the cues) are unlikely."""

    def __init__(self, cues):
        super().__init__()
        kinds, channels = len(KINDS), CHANNELS
        self.first, self.second = (nn.Conv1d(n, channels, 5, padding=2) for n in (BANDS + 2, channels))
        self.place = nn.Conv1d(channels, 1, 1)
        self.boundary, self.change = nn.Linear(2 * kinds + 3, channels), nn.Linear(2 * kinds, channels)
        self.all_levels, self.all_cues = nn.Linear((2 * REACH + 1) * BANDS, HIDDEN[0]), nn.Linear(cues, HIDDEN[0])
        self.narrow, self.last = nn.Linear(*HIDDEN), nn.Linear(HIDDEN[1], 2 * PLACES + 1)
        self.dropout, self.light_dropout = nn.Dropout(DROPOUT), nn.Dropout(DROPOUT / 2)
        self.register_buffer("places", torch.arange(-PLACES, PLACES + 1) * (HOP / RATE), persistent=False)

    def logits(self, levels, cues):
        """[N, 2 PLACES + 1]"""
        floor = levels.flatten(1).max(1).values[:, None, None] - RANGE
        x = torch.log(torch.exp(levels) + torch.exp(floor))
        x = (x - x.mean(1, keepdim=True)) * 0.4  # gain and channel do not matter
        kinds = cues[:, :2 * len(KINDS)]
        scores = cues[:, 2 * len(KINDS):-3].reshape(-1, 2, SCORES, 1)
        # As many as levels: a score lasts two of their frames, the outermost to the end.
        scores = scores.expand(-1, 2, SCORES, 2).reshape(-1, 2, 2 * SCORES)
        beside = REACH - SCORES
        scores = torch.cat([scores[:, :, :1].expand(-1, 2, beside), scores, scores[:, :, -1:].expand(-1, 2, beside + 1)], 2)
        h = self.light_dropout(torch.cat([x.transpose(1, 2), scores], 1))
        h = F.relu(self.first(h) + self.boundary(torch.cat([kinds, cues[:, -3:]], 1))[:, :, None])
        h = F.relu(self.second(self.light_dropout(h)) + self.change(kinds)[:, :, None])
        likely = self.place(h)[:, 0, REACH - PLACES:REACH + PLACES + 1]
        g = F.relu(self.all_levels(self.dropout(x.flatten(1))) + self.all_cues(cues))
        g = self.last(F.relu(self.narrow(self.dropout(g))))
        return likely + g - ((self.places - 0.01 * cues[:, -1:]) / 0.03) ** 2

    def forward(self, levels, cues):
        return (torch.softmax(self.logits(levels, cues), 1) * self.places).sum(1)


def train(examples, seed):
    """examples: (levels, cues, target seconds, weights). Loss: half cross-entropy against a narrow peak at the target, half absolute
    error, rounded below 3 ms and levelling off at 30: what is further off was said otherwise than it is read."""
    torch.manual_seed(seed)
    levels, cues, target, weight = (torch.from_numpy(np.ascontiguousarray(a, np.float32)) for a in examples)
    model = BoundaryNet(cues.shape[1])
    optimiser = torch.optim.AdamW(model.parameters(), RATE_OF_LEARNING, weight_decay=DECAY)
    batches = len(target) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE_OF_LEARNING, total_steps=EPOCHS * batches + 1)
    for _ in range(EPOCHS):
        order = torch.randperm(len(target))
        for k in range(batches):
            i = order[BATCH * k:BATCH * (k + 1)]
            logp = torch.log_softmax(model.logits(levels[i], cues[i]), 1)
            peak = torch.exp(-torch.abs(model.places - target[i].clamp(-FARTHEST, FARTHEST)[:, None]) / PEAK) + 1e-3
            unlike = -(peak / peak.sum(1, keepdim=True) * logp).sum(1)
            error = 100 * ((logp.exp() * model.places).sum(1) - target[i])
            loss = (weight[i] * (unlike + 3 * torch.tanh(torch.sqrt(error ** 2 + 0.1) / 3))).mean() / 2
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def lossy(levels, rng):
    """Levels as after a codec: a little uneven, and in a third of the cases without the highest bands."""
    levels = levels + rng.normal(0, LOSSY, levels.shape).astype(np.float32)
    if rng.random() < 1 / 3:
        levels[:, rng.integers(BANDS - 5, BANDS):] -= 12
    return levels


def gathered(recordings, weight):
    rng, out = np.random.default_rng(0), []
    for r in recordings:
        # Several views of the clean recordings, one of the others.
        shifts = (-2, 0, 2) if getattr(r, "condition", "") == "clean" else (int(rng.integers(-2, 3)),)
        out += [(lossy(levels, rng), cues, target, weight) for levels, cues, target in r.examples(shifts)]
    return [np.array(column) for column in zip(*out)]


def write(model, example, source, folder):
    """Puts a trained model into the folder of an acoustic model, or of a copy of it."""
    os.makedirs(folder, exist_ok=True)
    with open(source + "/manifest.json", encoding="utf-8") as f:
        manifest = json.load(f)
    if folder != source:
        for file in ("model.onnx", eightbit.FLOAT_FILE):
            shutil.copy(f"{source}/{file}", f"{folder}/{file}")
    path = folder + "/boundaries.onnx"
    torch.onnx.export(model, tuple(torch.from_numpy(a[None]) for a in example[:2]), path, opset_version=17,
                      input_names=["levels", "cues"], output_names=["places"],
                      dynamic_axes={name: {0: "boundaries"} for name in ("levels", "cues", "places")})
    with open(path, "rb") as f:
        data = f.read()
    manifest["files"]["boundaries.onnx"] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest["boundaries"] = {"file": "boundaries.onnx", "reachFrames": REACH, "scoreFrames": SCORES, "kinds": KINDS}
    with open(folder + "/manifest.json", "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")


def check(spoken, said, group, fit, args):
    """Trains without a fifth of the groups in turn, and without one of the diphone voices, aligns what was left out with `chorale eval`,
    prints its figures."""
    import score
    names = sorted({group(r) for r in spoken})
    fold = {name: i % FOLDS for i, name in enumerate(names)}
    found = {}
    for f in range(FOLDS):
        folder = f"{args.work}/boundaries/check-{f}"
        left_out = sorted({r.name for r in spoken if fold[group(r)] == f})  # in every condition, heard in training or not
        voice = DIPHONES[f] if f < len(DIPHONES) else None
        model = fit([r for r in spoken if fold[group(r)] != f], [r for r in said if r.speaker != voice])
        write(model, spoken[0].example(1), args.model, folder)
        if voice:
            align(voices.diphones(args.shared, args.work, voice), folder, f"{folder}/{voice}")
            print(f"{voice} left out", flush=True)
            voices.compare(f"{folder}/{voice}", args.work, voices.DIPHONES[voice][0])
        for condition in args.conditions:
            root, out = f"{args.work}/boundaries/conditions/{condition}", f"{folder}/{condition}"
            with open(root + "/manifest.tsv", encoding="utf-8") as source, \
                    open(f"{root}/check.tsv", "w", encoding="utf-8") as target:
                target.writelines(line for k, line in enumerate(source) if k == 0 or line.split(".wav")[0] in left_out)
            align(f"{root}/check.tsv", folder, out)
            for name in left_out:
                known = score.read_truth(f"{root}/{name}.tsv")
                result = score.score(known, score.read_hyp(f"{out}/{name}.json"), False, 0)
                pool = found.setdefault((condition, "emodb" if "emodb" in name else "emur" if "emur" in name else name), [[], 0, 0])
                pool[0] += [abs(e) for e in result["bound"] if e is not None]
                pool[1] += result["f20"] * len(known)
                pool[2] += len(known)
    print(f"every {args.check} left out in turn")
    for (condition, name), (errors, hits, count) in sorted(found.items()):
        print(f"  {condition:12s} {name:16s} {1000 * np.mean(errors):5.1f} ms  f20 {hits / count:.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("model")
    parser.add_argument("--check", choices=["sentence", "speaker"])
    parser.add_argument("--conditions", nargs="*", default=["clean"], help="of the check")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--labeller", metavar="FILE")
    parser.add_argument("--speakers", nargs="*", help="of the labeller; all when not given")
    args = parser.parse_args()
    torch.set_num_threads(1)
    acoustic = Acoustic(args.model)
    spoken = hand_labelled(args.shared, args.work + "/boundaries", args.model, acoustic)
    made = gathered(synthetic(args.work, acoustic), SYNTHETIC_WEIGHT)
    said = diphones(args.shared, args.work, acoustic)
    join = lambda *parts: [np.concatenate(columns) for columns in zip(made, *(gathered(p, 1.0) for p in parts))]
    fit = lambda spoken, said: train(join(spoken, said), args.seed)
    if args.check:
        check(spoken, said, lambda r: getattr(r, args.check), fit, args)
    if args.labeller:
        torch.save(fit([r for r in spoken if not args.speakers or r.speaker in args.speakers], said).state_dict(), args.labeller)
    if args.write:
        write(fit(spoken, said), spoken[0].example(1), args.model, args.model)


if __name__ == "__main__":
    main()
