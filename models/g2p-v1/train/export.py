"""Exports the letters-to-phones net, measures it on the held-out words, builds the lexica, writes the manifest.

usage: export.py WORK_DIR SHARED_DATA MODEL_DIR
"""
import collections
import csv
import gzip
import hashlib
import json
import os
import re
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import data
import train

P = data.P
MAX_VARIANTS, MAX_EXCEPTIONS = 8, 12000
FIRST_RANK = ("en", "de", "fr", "es", "it", "pt", "nl")
OTHER_WORDS = 15000  # of other languages, so many training words are looked at for what the net gets wrong
LEAST_LETTERS = 30  # how often a letter stands in the words of a language that knows it
# Languages without words to learn from, and those whose letter values are nearest. Cyrillic ones are romanised first, which
# gives the letters of Czech.
NEIGHBOURS = {"da": "sv", "nb": "sv", "nn": "sv", "no": "sv", "is": "sv", "fo": "sv", "af": "nl", "fy": "nl", "lb": "de",
              "nds": "de", "gl": "pt", "oc": "ca", "ast": "es", "et": "fi", "sk": "cs", "sl": "cs", "hr": "cs", "bs": "cs",
              "sr": "cs", "mk": "cs", "bg": "cs", "uk": "cs", "be": "cs", "lt": "cs", "lv": "cs", "eo": "cs", "az": "tr",
              "tk": "tr"}


class Predictor:
    def __init__(self, checkpoint):
        state = torch.load(checkpoint)
        self.names, self.model = state["names"], train.Net(len(state["names"]))
        self.model.load_state_dict(state["average"])
        self.model.eval()
        self.letter = {c: i for i, c in enumerate(train.ALPHABET)}

    def __call__(self, words, voice):
        out = [None] * len(words)
        groups = collections.defaultdict(list)
        for i, w in enumerate(words):
            groups[len(w)].append(i)
        for n, indices in groups.items():
            for k in range(0, len(indices), 1024):
                part = indices[k:k + 1024]
                x = torch.tensor([[1] + [self.letter[c] for c in words[i]] + [2] for i in part])
                with torch.no_grad():
                    best = self.model(x, torch.full((len(part),), train.VOICES.index(voice))).argmax(2)[:, 1:-1]
                for row, i in zip(best.tolist(), part):
                    phones = []
                    for c in row:
                        for p in self.names[c].replace("_", "").split():
                            if not phones or phones[-1] != p:
                                phones.append(p)
                    out[i] = phones
        return out


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def sentence_variants(engine, shared, language):
    """word -> Counter of its pronunciations inside the sentences of the transcripts."""
    found = collections.defaultdict(collections.Counter)
    with open(os.path.join(shared, "speech/train/manifest.tsv"), encoding="utf-8") as f:
        rows = [r for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r[1] == language]
    for row in rows:
        text = data.lower(row[4], language) if row[4].isupper() else row[4]
        words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*'?", text.replace("’", "'"))
        for voice in P.VOICES[language]:
            for clause in re.split(r"[.,;:!?…()\"“”«»—–-]+", text.replace("’", "'")):
                own = [w for w in clause.split() if re.search(r"\w", w)]
                said = engine.ipa(clause, voice).split(" ") if own else []
                if len(said) == len(own):
                    for w, ipa in zip(own, said):
                        w = data.lower(w.strip("'") or w, language)
                        p = P.pronunciation(ipa, voice)
                        if p and all(c in data.LETTERS for c in w):
                            found[w][tuple(p)] += 1
        for w in words:
            found.setdefault(data.lower(w, language), collections.Counter())
    return found


def letters_of(language, work):
    """The letters of a language, in the order of the alphabet."""
    counts = collections.Counter()
    with open(f"{work}/words-{P.VOICES[language][0]}.tsv", encoding="utf-8") as f:
        for line in f:
            counts.update(line.split("\t")[0])
    return "".join(c for c in data.LETTERS if counts[c] >= LEAST_LETTERS)


def lexicon(language, letters, predictor, engine, shared):
    """Words of the transcripts with all variants; words of the lists that the net gets wrong."""
    weak = {}
    if language == "en":
        sys.path.insert(0, os.path.join(data.HERE, "../../speech-v1/train"))
        from weakforms import WEAK
        weak = {w: [tuple(v.split()) for v in forms.split("|")] for w, forms in WEAK.items()}
    held = {line.split("\t")[0] for line in open(f"{data.HERE}/heldout-{language}.tsv", encoding="utf-8")}
    entries = collections.OrderedDict()

    def isolated(word):
        return [tuple(p) for v in P.VOICES[language] for p in [data.pronounce(engine, word, v)] if p]

    spoken = sentence_variants(engine, shared, language)
    for word in list(spoken) + [w for w in weak if w not in spoken] + list(letters):
        if word in held or not word or not all(c in data.LETTERS for c in word):
            continue
        forms, total = list(weak.get(word, [])), sum(spoken[word].values()) if word in spoken else 0
        for p, n in (spoken[word].most_common() if word in spoken else []):
            if n >= 3 or n > 0.02 * total and n > 1:
                forms.append(p)
        entries[word] = list(dict.fromkeys(forms + isolated(word)))[:MAX_VARIANTS]
    for voice in P.VOICES[language]:
        rows = [line.rstrip("\n").split("\t") for line in open(f"{sys.argv[1]}/words-{voice}.tsv", encoding="utf-8")]
        rows = rows if language in FIRST_RANK else rows[:OTHER_WORDS]
        words = [r[0] for r in rows]
        # Chunks lose what repeats across a border ("s|s"): the same rule on both sides.
        truths = []
        for r in rows:
            phones = []
            for p in r[1].replace("|", " ").replace("_", " ").split():
                if not phones or phones[-1] != p:
                    phones.append(p)
            truths.append(phones)
        wrong = [w for w, t, g in zip(words, truths, predictor(words, voice)) if g != t and w not in entries]
        for w in wrong[:MAX_EXCEPTIONS]:
            entries[w] = list(dict.fromkeys(isolated(w)))
    return {w: f for w, f in entries.items() if f}


def main(work, shared, folder):
    predictor, engine = Predictor(work + "/g2p.pt"), data.Espeak()
    x = torch.randint(1, 20, (3, 9))
    path = folder + "/model.onnx"
    torch.onnx.export(predictor.model, (x, torch.tensor([0, 1, 2])), path, input_names=["letters", "voices"],
                      output_names=["logits"], opset_version=17,
                      dynamic_axes={"letters": {0: "words", 1: "length"}, "voices": {0: "words"},
                                    "logits": {0: "words", 1: "length"}})
    model = onnx.load(path)
    casts = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 1000:
            model.graph.initializer.remove(tensor)
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half"))
            casts.append(helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    rates, letters = {}, {}
    for language in P.VOICES:
        rows = [line.rstrip("\n").split("\t") for line in open(f"{data.HERE}/heldout-{language}.tsv", encoding="utf-8")]
        guesses = predictor([r[0] for r in rows], P.VOICES[language][0])
        errors = sum(distance(g, r[1].split()) for g, r in zip(guesses, rows))
        words = sum(g == r[1].split() for g, r in zip(guesses, rows)) / len(rows)
        rates[language] = round(100 * errors / sum(len(r[1].split()) for r in rows), 2)
        print(f"{language}: phone error rate {rates[language]:.2f} %, words right {100 * words:.1f} % of {len(rows)}")
        letters[language] = letters_of(language, work)
        entries = lexicon(language, letters[language], predictor, engine, shared)
        text = "".join(w + "\t" + "|".join(" ".join(p) for p in entries[w]) + "\n" for w in sorted(entries))
        with open(f"{folder}/lexicon-{language}.tsv.gz", "wb") as f:
            with gzip.GzipFile(fileobj=f, mode="wb", mtime=0, filename="") as z:
                z.write(text.encode())
        print(f"{language}: {len(entries)} words in the lexicon, {os.path.getsize(f.name) / 1e3:.0f} kB", flush=True)
    files = {}
    for name in sorted(os.listdir(folder)):
        if name == "model.onnx" or name.startswith("lexicon-"):
            content = open(os.path.join(folder, name), "rb").read()
            files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest = {"name": "g2p-v1", "version": "1.1.0", "task": "g2p", "languages": list(P.VOICES), "licence": "CC-BY-SA-4.0",
                "files": files, "alphabet": train.ALPHABET, "voices": train.VOICES, "voicesOf": P.VOICES,
                "lettersOf": letters, "neighbours": NEIGHBOURS, "fallbackLanguage": "it", "foreignLanguage": "en", "inventory": P.PHONES,
                "accuracy": {"phoneErrorRatePercentOn2000HeldOutWords": rates}, "chunks": predictor.names}
    with open(folder + "/manifest.json", "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
