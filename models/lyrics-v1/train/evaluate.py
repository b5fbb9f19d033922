"""Aligns songs with a checkpoint by each of its heads, without the Java aligner: to compare heads and checkpoints.

usage: evaluate.py SHARED WORK_DIR CHECKPOINT [--heads frames,phones,characters,both] [--line-gap COST] [--songs PART]
A plain search: lines of words of phones, silence between; no second pass. Figures as of shared/eval/score.py.
"""
import argparse
import csv
import ctypes as C
import importlib.util
import os
import subprocess
import sys

import numpy as np
import torch

import net
import train

sys.path.insert(0, net.SPEECH)
P = net.P


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    out = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(out)
    return out


sys.modules["net"] = net.speech  # relabel.py of the speech model means its own net
relabel = module(os.path.join(net.SPEECH, "relabel.py"), "relabel")
sys.modules["net"] = net


def library(folder):
    source, target = os.path.join(net.HERE, "viterbi.c"), os.path.join(folder, "lyrics-viterbi.so")
    if not os.path.exists(target) or os.path.getmtime(target) < os.path.getmtime(source):
        subprocess.run(["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", target, source], check=True)
    lib = C.CDLL(os.path.abspath(target))
    lib.viterbi.restype = C.c_float
    return lib


def stereo(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "2", "-ar", "16000", "-f", "s16le", "-"],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<i2").reshape(-1, 2).T.astype(np.float32) / 32768


class Emitter:
    def __init__(self, checkpoint):
        self.model, self.features = net.Net().eval(), net.Features()
        self.model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])

    def __call__(self, samples, chunk=2000):
        """[2, N] -> log posteriors [T, phones], phone vectors [T, 64], character vectors [T, 64]."""
        frames = -(-samples.shape[1] // net.HOP)
        frames += frames % 2
        padded = np.pad(samples, ((0, 0), (net.CONTEXT_SAMPLES, net.CONTEXT_SAMPLES + frames * net.HOP - samples.shape[1])))
        parts = []
        with torch.no_grad():
            for t in range(0, frames, chunk):
                n = min(chunk, frames - t)
                x = torch.from_numpy(padded[None, :, t * net.HOP:(t + n) * net.HOP + 2 * net.CONTEXT_SAMPLES])
                with net.speech.autocast():
                    logits, phones, letters, _ = self.model(self.features(x))
                parts.append((torch.log_softmax(logits.float(), 2)[0], phones[0].float(), letters[0].float()))
        return [torch.cat([p[k] for p in parts]) for k in range(3)]


LINKED = True  # whether the neighbours of a word's first and last phone are those of the words beside it


class Graph:
    """Words in lines; each word's readings in parallel; a pause may stand between words and between lines."""

    def __init__(self, lines, word_gap, line_gap):
        self.symbols, self.word, self.preds, self.starts = [], [], [], {}
        entry, begin, w = [], True, 0

        def state(symbol, word, preds):
            self.symbols.append(symbol)
            self.word.append(word)
            self.preds.append(preds)
            return len(self.symbols) - 1

        for line in lines:
            for k, readings in enumerate(line):
                cost = line_gap if k == 0 else word_gap
                pause = state(None, -1, [(e, cost) for e in entry])
                if begin:
                    self.starts[pause] = 0.0
                # Words are linked: the first reading of the neighbours is the context.
                last = line[k - 1][0][-1] if k and LINKED else 0
                coming = line[k + 1][0][0] if k + 1 < len(line) and LINKED else 0
                ins, outs = [(e, 0.0) for e in entry] + [(pause, 0.0)], []
                for phones in readings:
                    for j, p in enumerate(phones):
                        triple = (phones[j - 1] if j else last, p, phones[j + 1] if j + 1 < len(phones) else coming)
                        s = state(triple, w, ins if j == 0 else [(len(self.symbols) - 1, 0.0)])
                        if j == 0 and begin:
                            self.starts[s] = 0.0
                    outs.append(len(self.symbols) - 1)
                entry, begin, w = outs, False, w + 1
        pause = state(None, -1, [(e, 0.0) for e in entry])
        n = len(self.symbols)
        self.start, self.end = np.full(n, 1e30, np.float32), np.full(n, 1e30, np.float32)
        for s in self.starts:
            self.start[s] = 0
        self.end[entry + [pause]] = 0
        self.first = np.cumsum([0] + [len(p) for p in self.preds]).astype(np.int32)
        self.flat = np.array([q for p in self.preds for q, _ in p] or [0], np.int32)
        self.costs = np.array([c for p in self.preds for _, c in p] or [0], np.float32)

    def search(self, lib, scores, class_of):
        pointer = lambda a: a.ctypes.data_as(C.c_void_p)
        scores, path = np.ascontiguousarray(scores, np.float32), np.zeros(len(scores), np.int32)
        class_of = np.array(class_of, np.int32)
        lib.viterbi(len(scores), scores.shape[1], pointer(scores), len(class_of), pointer(class_of), pointer(self.first),
                    pointer(self.flat), pointer(self.costs), pointer(self.start), pointer(self.end), pointer(path))
        return path


def phone_scores(model, graph, vectors, silence):
    """Log softmax over the text's own phones-in-context and silence: [T, symbols], class of each state."""
    triples = sorted({s for s in graph.symbols if s is not None})
    index = {t: k + 1 for k, t in enumerate(triples)}
    with torch.no_grad():
        text = model.phone_text(torch.tensor([(0, 0, 0)] + triples))
        scores = torch.log_softmax(float(model.scale) * vectors @ text.T, 1).numpy()
    return scores, [0 if s is None else index[s] for s in graph.symbols]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("work")
    parser.add_argument("checkpoint")
    parser.add_argument("--heads", default="frames,phones,characters,both")
    parser.add_argument("--line-gap", type=float, default=0)
    parser.add_argument("--word-gap", type=float, default=0)
    parser.add_argument("--prior-scale", type=float, default=0.3)
    parser.add_argument("--contrast", type=float, default=1.0, help="weight of the contrastive scores in `both`")
    parser.add_argument("--songs", default="")
    parser.add_argument("--detail", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    score = module(os.path.join(args.shared, "eval/score.py"), "score")
    emit, pronounce, lib = Emitter(args.checkpoint), relabel.Pronouncer(), library(args.work)
    prior = np.loadtxt(args.work + "/prior.txt")
    folder = os.path.join(args.shared, "data/lyrics/dev")
    with open(folder + "/manifest.tsv", encoding="utf-8") as f:
        songs = [r for r in csv.DictReader(f, delimiter="\t") if r["language"] in P.VOICES and args.songs in r["id"]]
    results = {}
    for song in songs:
        logp, by_phone, by_letter = emit(stereo(os.path.join(folder, song["audio"])))
        text = open(os.path.join(folder, song["text"]), encoding="utf-8").read()
        lines, words = [], []
        for line in text.splitlines():
            row = []
            for token in line.split():
                parts = relabel.words_of(token, song["language"])
                readings = [[]]
                for part in parts:
                    found = pronounce(part, song["language"])
                    readings = [r + v for r in readings for v in (found or [[]])][:8]
                readings = [r for r in readings if r]
                if readings:
                    row.append(readings)
                    words.append(token)
            if row:
                lines.append(row)
        truth = score.read_truth(os.path.join(folder, song["words_tsv"]))
        starts_only = song["id"].startswith("us-")
        for head in args.heads.split(","):
            if head == "characters":
                letters = [[[[tuple(t) for t in train.characters(w)]] for w in line.split() if len(train.characters(w))]
                           for line in text.splitlines()]
                names = [w for line in text.splitlines() for w in line.split() if len(train.characters(w))]
                graph = Graph([[[[t for t in r[0]]] for r in line] for line in letters if line], args.word_gap, args.line_gap)
                graph.symbols = [None if s is None else s[1] for s in graph.symbols]
                triples = sorted({s for s in graph.symbols if s is not None})
                index = {t: k + 1 for k, t in enumerate(triples)}
                with torch.no_grad():
                    similar = (1 + by_letter @ emit.model.character_text(torch.tensor(triples)).T) / 2
                scores = np.concatenate([np.full((len(similar), 1), 0.5, np.float32), similar.numpy()], 1)
                path = graph.search(lib, scores, [0 if s is None else index[s] for s in graph.symbols])
                named = names
            else:
                graph, named = Graph(lines, args.word_gap, args.line_gap), words
                frame = logp.numpy() - args.prior_scale * prior
                frame_class = [0 if s is None else s[1] for s in graph.symbols]
                if head == "frames":
                    path = graph.search(lib, frame, frame_class)
                else:
                    contrast, contrast_class = phone_scores(emit.model, graph, by_phone, 0)
                    if head == "phones":
                        path = graph.search(lib, contrast, contrast_class)
                    else:
                        pairs = sorted(set(zip(frame_class, contrast_class)))
                        index = {p: k for k, p in enumerate(pairs)}
                        both = frame[:, [p[0] for p in pairs]] + args.contrast * contrast[:, [p[1] for p in pairs]]
                        path = graph.search(lib, both, [index[p] for p in zip(frame_class, contrast_class)])
            word = np.array(graph.word)[path]
            hyp = []
            for w, name in enumerate(named):
                at = np.flatnonzero(word == w)
                hyp.append((at[0] / 100, (at[-1] + 1) / 100, score.norm(name)) if len(at) else (None, None, score.norm(name)))
            figures = score.figures(score.score(truth, hyp, starts_only, 0))
            results.setdefault(head, []).append((song, figures))
            if args.detail:
                print(head, score.row(song["id"], figures), flush=True)
    for head, rows in results.items():
        for language in sorted({r[0]["language"] for r in rows}):
            f = [r[1] for r in rows if r[0]["language"] == language]
            words = sum(x["words"] for x in f)
            pooled = lambda k: sum(x[k] * x["words"] for x in f) / words
            print(f"{head:10s} {language} {len(f)} songs {words:4d} words  PCO {pooled('pco'):5.1f} %  AAE {sum(x['aae'] for x in f) / len(f):.3f} s"
                  f"  median {sum(x['med'] for x in f) / len(f):.0f} ms  bias {pooled('bias'):.0f} ms  worst song > .5 s {max(x['derail'] for x in f):.1f} %")


if __name__ == "__main__":
    main()
