"""Words with their pronunciations by espeak-ng, letters aligned to phones.

usage: data.py WORK_DIR   writes WORK_DIR/words-<voice>.tsv (word TAB chunks, one a letter, "_" for none), heldout-<lang>.tsv
"""
import collections
import math
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../common"))
import phones as P
from espeak import Espeak

LISTS = {"en": ["american-english", "british-english"], "de": ["ngerman"], "fr": ["french"], "es": ["spanish"],
         "it": ["italian"], "pt": ["portuguese"], "nl": ["dutch"]}
WORDS = {"en": 120000, "de": 90000, "fr": 60000, "es": 35000, "it": 45000, "pt": 50000, "nl": 80000}
LETTERS = "abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßåşğıłśźżąęćńőűčšžřěů'"
HELD_OUT = 2000
MAX_CHUNK = 4


def word_list(language):
    words = set()
    for name in LISTS[language]:
        with open("/usr/share/dict/" + name, encoding="utf-8", errors="ignore") as f:
            for line in f:
                w = line.strip()
                if sum(c.isupper() for c in w) > 1:
                    continue  # abbreviations
                w = w.lower().replace("’", "'")
                if 1 < len(w) < 25 and all(c in LETTERS for c in w) and not (language == "en" and w.endswith("'s")):
                    words.add(w)
    return sorted(words)


def pronounce(engine, word, voice):
    ipa = engine.ipa(word, voice)
    if " " in ipa.strip() or "(" in ipa or "?" in ipa:
        return None  # spelled out, or another language's rules
    return P.pronunciation(ipa, voice) or None


class LetterAligner:
    """One chunk of 0 to MAX_CHUNK phones a letter; probabilities re-estimated on Viterbi alignments."""

    def __init__(self):
        self.cost = {}

    def chunk_cost(self, letter, chunk):
        return self.cost.get((letter, chunk), 14.0 + 2 * len(chunk))

    def align(self, word, phones, first):
        n, m = len(word), len(phones)
        best = [[1e9] * (m + 1) for _ in range(n + 1)]
        back = [[0] * (m + 1) for _ in range(n + 1)]
        best[0][0] = 0.0
        for i in range(n):
            row, nxt = best[i], best[i + 1]
            for j in range(m + 1):
                if row[j] >= 1e9:
                    continue
                for k in range(min(MAX_CHUNK, m - j) + 1):
                    if first:  # before anything is known: near the diagonal, one phone a letter
                        c = 0.3 * abs((i + 1) / n - (j + k) / m) * n + (0.0, 0.0, 1.0, 3.0, 6.0)[k] + (k == 0) * 0.8
                        if k == 1 and (word[i] in "aeiouyàáâãäèéêëìíîïòóôõöùúûü") != (phones[j] in P.VOWELS):
                            c += 1.5
                    else:
                        c = self.chunk_cost(word[i], tuple(phones[j:j + k]))
                    if row[j] + c < nxt[j + k]:
                        nxt[j + k] = row[j] + c
                        back[i + 1][j + k] = k
        if best[n][m] >= 1e9:
            return None
        chunks, j = [], m
        for i in range(n, 0, -1):
            k = back[i][j]
            chunks.append(tuple(phones[j - k:j]))
            j -= k
        return chunks[::-1]

    def train(self, pairs, rounds=4):
        for r in range(rounds):
            counts, totals = collections.Counter(), collections.Counter()
            for word, phones in pairs:
                chunks = self.align(word, phones, r == 0)
                for letter, chunk in zip(word, chunks or []):
                    counts[letter, chunk] += 1
                    totals[letter] += 1
            self.cost = {k: -math.log(v / (totals[k[0]] + 5)) for k, v in counts.items()}


def main(work):
    os.makedirs(work, exist_ok=True)
    engine, rng = Espeak(), random.Random(5)
    for language in LISTS:
        words = word_list(language)
        rng.shuffle(words)
        held = [w for w in words if pronounce(engine, w, P.VOICES[language][0])][:HELD_OUT]
        with open(f"{HERE}/heldout-{language}.tsv", "w", encoding="utf-8") as f:
            for w in sorted(held):
                f.write(w + "\t" + " ".join(pronounce(engine, w, P.VOICES[language][0])) + "\n")
        taken = set(held)
        chosen = [w for w in words if w not in taken][:WORDS[language]]
        for voice in P.VOICES[language]:
            pairs = [(w, p) for w in chosen for p in [pronounce(engine, w, voice)] if p]
            aligner = LetterAligner()
            aligner.train(pairs[:12000])
            kept = 0
            with open(f"{work}/words-{voice}.tsv", "w", encoding="utf-8") as f:
                for w, p in pairs:
                    chunks = aligner.align(w, p, False)
                    if chunks:
                        f.write(w + "\t" + "|".join(" ".join(c) or "_" for c in chunks) + "\n")
                        kept += 1
            print(voice, len(words), "words,", kept, "to train on", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
