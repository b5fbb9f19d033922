"""From the text of an utterance and its aligned phones to what the token model is given: phones with the words around them.

The Java side is org.chorale.synth.PhoneString; both must agree.
"""
import re

import numpy as np

from common import LANGUAGES, P, TOKEN_HOP

FEATURES = 14
NONE, COMMA, STOP, QUESTION = range(4)


def punctuation(between):
    """What a reader does after a word, from the characters between it and the next."""
    if "?" in between:
        return QUESTION
    if re.search(r"[.!…]", between):
        return STOP
    return COMMA if re.search(r"[,;:()\[\]–—]|\s-\s", between) else NONE


def words_and_stops(text, words_of, language):
    """[(word, punctuation after it)]; words_of is that of relabel.py, so that the words are those of the labels."""
    words, out, at = words_of(text, language), [], 0
    plain = text.replace("’", "'")
    plain = plain.lower() if text.isupper() else plain
    spans = []
    for w in words:
        at = plain.index(w, at)
        spans.append((at, at + len(w)))
        at += len(w)
    for k, (_, end) in enumerate(spans):
        between = plain[end:spans[k + 1][0]] if k + 1 < len(spans) else plain[end:]
        out.append((words[k], punctuation(between) if k + 1 < len(spans) or punctuation(between) == QUESTION else STOP))
    return out


def split(phones, words):
    """Where every word's phones are in a sequence without silences. words: [[variant, ...], ...] -> lengths or None."""
    reach = [{0: None}]
    for variants in words:
        new = {}
        for at in reach[-1]:
            for v in variants:
                if at + len(v) not in new and list(phones[at:at + len(v)]) == list(v):
                    new[at + len(v)] = at
        if not new:
            return None
        reach.append(new)
    at, lengths = len(phones), []
    if at not in reach[-1]:
        return None
    for k in range(len(words), 0, -1):
        lengths.append(at - reach[k][at])
        at = reach[k][at]
    return lengths[::-1]


def features(phones, lengths, stops):
    """phones: ids with silences; lengths: phones a word; stops: punctuation after a word -> float32 [len, FEATURES]."""
    n = len(phones)
    x = np.zeros((n, FEATURES), np.float32)
    question = np.zeros(len(stops), bool)
    last = False
    final_word = len(stops) - 1
    for k in range(len(stops) - 1, -1, -1):
        if stops[k] in (STOP, QUESTION):
            last = stops[k] == QUESTION
        question[k] = last
    word, inside, since, sentence = -1, 0, 0, 0
    own = np.full(n, -1)
    for i, p in enumerate(phones):
        if p == 0:
            stop = stops[word] if word >= 0 else NONE
            x[i, 0] = 1
            x[i, 5 + stop] = 1
            since = 0
            if word >= 0 and stop in (STOP, QUESTION):
                sentence = 0
        else:
            if word < 0 or inside == lengths[word]:
                if word >= 0 and stops[word] in (STOP, QUESTION):
                    sentence = 0
                word, inside = word + 1, 0
            x[i, 1] = inside == 0
            x[i, 2] = inside == lengths[word] - 1
            x[i, 3] = min(lengths[word], 12) / 12
            x[i, 4] = min(inside, 12) / 12
            x[i, 5 + stops[word]] = 1
            inside += 1
            since += 1
            sentence += 1
        own[i] = word
        x[i, 9] = min(since, 30) / 30
        x[i, 11] = question[max(word, 0)] if len(stops) else 0
        x[i, 13] = min(sentence, 60) / 60
    to_end, final = 0, True
    for i in range(n - 1, -1, -1):
        if phones[i] == 0:
            to_end = 0
            final = own[i] < 0 or stops[own[i]] in (STOP, QUESTION)
        else:
            to_end += 1
        x[i, 10] = min(to_end, 30) / 30
        x[i, 12] = final
    return x


def durations(label, tokens):
    """Aligned phones -> tokens of each; they add up to all tokens."""
    ends = np.round(np.array([e for _, e in label]) / TOKEN_HOP).astype(int).clip(0, tokens)
    ends[-1] = tokens
    ends = np.maximum.accumulate(ends)
    return np.diff(np.concatenate([[0], ends]))


def prepared(item, pronounce, words_of):
    """One utterance -> (phones, features, durations), or None where its labels do not fit its text."""
    if item["language"] not in LANGUAGES or any(c == 255 for c, _ in item["phones"]):
        return None
    phones = [c for c, _ in item["phones"]]
    words = [(pronounce(w, item["language"]), stop) for w, stop in words_and_stops(item["text"], words_of, item["language"])]
    kept, stops = [], []
    for variants, stop in words:
        if variants:
            kept.append(variants)
            stops.append(stop)
        elif stops:
            stops[-1] = max(stops[-1], stop)
    lengths = split([p for p in phones if p != 0], kept)
    if lengths is None:
        return None
    return np.array(phones), features(phones, lengths, stops), durations(item["phones"], item["tokens"])
