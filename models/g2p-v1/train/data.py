"""Words with their pronunciations by espeak-ng, letters aligned to phones.

usage: data.py WORK_DIR   writes WORK_DIR/words-<voice>.tsv (word TAB chunks, one a letter, "_" for none), and the lists
heldout-<lang>.tsv of languages that have none yet: they are drawn once, so that figures stay comparable
"""
import collections
import os
import random
import sys
import unicodedata

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../common"))
import phones as P
import wordlists
from espeak import Espeak

WORDS = {"en": 120000, "de": 90000, "fr": 60000, "es": 35000, "it": 45000, "pt": 50000, "nl": 80000, "ru": 90000,
         "pl": 50000, "sv": 60000, "tr": 50000, "cs": 50000, "hu": 50000, "ro": 50000, "ca": 50000, "el": 50000,
         "fi": 40000}
LETTERS = "".join(dict.fromkeys(
    "abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßåşğıłśźżąęćńőűčšžřěů'ďťňșță·"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    "αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώϊϋΐΰ"))
VOWEL_LETTERS = {c for c in LETTERS if unicodedata.normalize("NFD", c)[0] in "aeiouyæœøıаеиоуыэюяαεηιουω"}
HELD_OUT = 2000
MAX_CHUNK = 4


def lower(word, language):
    if language == "tr":
        word = word.replace("İ", "i").replace("I", "ı")
    return unicodedata.normalize("NFC", word.lower().replace("’", "'"))


def word_list(language):
    found = wordlists.words(language)
    if language == "en":
        with open("/usr/share/dict/british-english", encoding="utf-8") as f:
            found += [line.strip() for line in f]
    words = set()
    for w in found:
        if sum(c.isupper() for c in w) > 1:
            continue  # abbreviations
        w = lower(w, language)
        if 1 < len(w) < 25 and all(c in LETTERS for c in w) and not (language == "en" and w.endswith("'s")):
            words.add(w)
    return sorted(words)


def pronounce(engine, word, voice):
    ipa = engine.ipa(word, voice)
    if " " in ipa.strip() or "(" in ipa or "?" in ipa:
        return None  # spelled out, or another language's rules
    return P.pronunciation(ipa, voice) or None


class LetterAligner:
    """One chunk of 0 to MAX_CHUNK phones a letter; probabilities re-estimated on Viterbi alignments. Words of one number
    of letters and of phones are aligned together."""

    BASE = len(P.PHONES)  # phones count from 1, so a chunk as a number in this base is its own

    def __init__(self):
        self.keys, self.costs = None, None

    def groups(self, pairs):
        """indices, letters [W, n], phones [W, m] of pairs that can be aligned."""
        index = {c: i for i, c in enumerate(LETTERS)}
        by_size = collections.defaultdict(list)
        for i, (word, phones) in enumerate(pairs):
            if len(phones) <= MAX_CHUNK * len(word):
                by_size[len(word), len(phones)].append(i)
        for (n, m), every in by_size.items():
            for at in range(0, len(every), 4096):
                part = every[at:at + 4096]
                yield (part, np.array([[index[c] for c in pairs[i][0]] for i in part], np.int64).reshape(len(part), n),
                       np.array([[P.INDEX[p] for p in pairs[i][1]] for i in part], np.int64).reshape(len(part), m))

    def chunk_keys(self, letters, phones, i, k):
        """A number for letter i with every chunk of k phones: [W, m - k + 1]."""
        m, code = phones.shape[1], 0
        for d in range(k):
            code = code * self.BASE + phones[:, d:m - k + 1 + d]
        return letters[:, i:i + 1] * self.BASE ** MAX_CHUNK + code + np.zeros((1, m - k + 1), np.int64)

    def chunk_costs(self, letters, phones, i, k):
        n, m = letters.shape[1], phones.shape[1]
        if self.keys is None:  # before anything is known: near the diagonal, one phone a letter
            at = np.arange(m - k + 1)
            cost = 0.3 * np.abs((i + 1) / n - (at + k) / m) * n + (0.8, 0.0, 1.0, 3.0, 6.0)[k]
            cost = np.broadcast_to(cost, (len(letters), m - k + 1)).copy()
            if k == 1:
                vowel = np.array([c in VOWEL_LETTERS for c in LETTERS])[letters[:, i:i + 1]]
                cost[vowel != np.array([p in P.VOWELS for p in P.PHONES])[phones]] += 1.5
            return cost
        keys = self.chunk_keys(letters, phones, i, k)
        found = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        return np.where(self.keys[found] == keys, self.costs[found], 14.0 + 2 * k)

    def lengths(self, letters, phones):
        """How many phones every letter gets: [W, n]."""
        (count, n), m = letters.shape, phones.shape[1]
        best = np.full((count, m + 1), 1e9)
        best[:, 0] = 0
        back = np.zeros((n, count, m + 1), np.int64)
        sizes = [k for k in range(MAX_CHUNK, -1, -1) if k <= m]
        for i in range(n):
            options = np.full((len(sizes), count, m + 1), 1e9)
            for o, k in enumerate(sizes):
                options[o, :, k:] = best[:, :m + 1 - k] + self.chunk_costs(letters, phones, i, k)
            choice = options.argmin(0)
            best, back[i] = options.min(0), np.array(sizes)[choice]
        out, at, rows = np.zeros((count, n), np.int64), np.full(count, m), np.arange(count)
        for i in range(n - 1, -1, -1):
            out[:, i] = back[i, rows, at]
            at = at - out[:, i]
        return out

    def align(self, pairs):
        """Per pair its chunks, None where there are too many phones for the letters."""
        out = [None] * len(pairs)
        for part, letters, phones in self.groups(pairs):
            for i, row in zip(part, self.lengths(letters, phones)):
                ends = row.cumsum()
                out[i] = [tuple(pairs[i][1][e - k:e]) for k, e in zip(row, ends)]
        return out

    def train(self, pairs, rounds=4):
        for _ in range(rounds):
            keys = []
            for _, letters, phones in self.groups(pairs):
                sizes = self.lengths(letters, phones)
                starts = sizes.cumsum(1) - sizes
                rows = np.arange(len(letters))
                for i in range(letters.shape[1]):
                    for k in range(min(MAX_CHUNK, phones.shape[1]) + 1):
                        own = rows[sizes[:, i] == k]
                        if len(own):
                            keys.append(self.chunk_keys(letters, phones, i, k)[own, starts[own, i]])
            found, counts = np.unique(np.concatenate(keys), return_counts=True)
            totals = np.bincount(found // self.BASE ** MAX_CHUNK, counts)
            self.keys, self.costs = found, -np.log(counts / (totals[found // self.BASE ** MAX_CHUNK] + 5))


def held_out(language, words, engine):
    """The words of heldout-<lang>.tsv, which is written where it is not there."""
    path = f"{HERE}/heldout-{language}.tsv"
    if not os.path.exists(path):
        said = [(w, p) for w in words for p in [pronounce(engine, w, P.VOICES[language][0])] if p][:HELD_OUT]
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(w + "\t" + " ".join(p) + "\n" for w, p in sorted(said))
    with open(path, encoding="utf-8") as f:
        return {line.split("\t")[0] for line in f}


def main(work):
    os.makedirs(work, exist_ok=True)
    engine = Espeak()
    for language in P.VOICES:
        words, rng = word_list(language), random.Random(5)
        rng.shuffle(words)
        taken = held_out(language, words, engine)
        chosen = [w for w in words if w not in taken][:WORDS[language]]
        for voice in P.VOICES[language]:
            pairs = [(w, p) for w in chosen for p in [pronounce(engine, w, voice)] if p]
            aligner = LetterAligner()
            aligner.train(pairs[:12000])
            kept = 0
            with open(f"{work}/words-{voice}.tsv", "w", encoding="utf-8") as f:
                for (w, _), chunks in zip(pairs, aligner.align(pairs)):
                    if chunks:
                        f.write(w + "\t" + "|".join(" ".join(c) or "_" for c in chunks) + "\n")
                        kept += 1
            print(voice, len(words), "words,", kept, "to train on", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
