"""Phones of a result beside the phones of somebody's labels."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common"))
import phones as P

# EmoDB's phones (SAMPA; "!t" is a burst, "_t" a closure) by kind of sound.
SAMPA = {"vowel": "I a i E @ U e O o 6 X V i6 y aI aU 9 Y OY a6 @6 I6 E6 I@ ia aO u ao I+nas AO @O Y6 4", "nasal": "n m N NN",
         "voiceless-fricative": "s f C x S ss h H", "voiced-fricative": "v z D B G", "approximant": "l L R r j"}
SAMPA = {symbol: kind for kind, symbols in SAMPA.items() for symbol in symbols.split()}


def hand_phones(path, pace):
    """[[kind, start, end], ...]; a burst belongs to its closure."""
    out = []
    with open(path, encoding="utf-8") as f:
        for start, end, symbol in (line.rstrip("\n").split("\t")[:3] for line in f if line[:1].isdigit()):
            start, end = float(start) / pace, float(end) / pace
            first = symbol.strip("_!()[]")[:1]
            kind = SAMPA.get(symbol) or ("voiceless-stop" if first in "tpk" else "voiced-stop" if first in "bdg" else "other")
            burst = symbol[0] == "!" or symbol.endswith("asp")
            if burst and out and "stop" in out[-1][0] and abs(out[-1][2] - start) < 0.002:
                out[-1][2] = end
            else:
                out.append([kind, start, end])
    return out


def unlikeness(a, b):
    if a == b:
        return 0
    if a.split("-")[-1] == b.split("-")[-1]:
        return 0.3
    return {frozenset(("vowel", "approximant")): 0.6, frozenset(("voiced-stop", "nasal")): 0.7}.get(frozenset((a, b)), 1.2)


def matched(ours, theirs):
    """{index of ours: index of theirs} of the cheapest edit from one row of kinds to the other."""
    n, m, gap = len(ours), len(theirs), 0.8
    cost = np.zeros((n + 1, m + 1))
    cost[:, 0], cost[0] = gap * np.arange(n + 1), gap * np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost[i, j] = min(cost[i - 1, j - 1] + unlikeness(ours[i - 1], theirs[j - 1]), cost[i - 1, j] + gap,
                             cost[i, j - 1] + gap)
    out, i, j = {}, n, m
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + unlikeness(ours[i - 1], theirs[j - 1])):
            i, j = i - 1, j - 1
            out[i] = j
        elif np.isclose(cost[i, j], cost[i - 1, j] + gap):
            i -= 1
        else:
            j -= 1
    return out


def phones_of(words, duration):
    """Words of a result -> phones [[class, start, end], ...] without gaps, and of every word its first and one past its last
    among them; None of words without."""
    phones, places = [], []
    for word in words:
        first = None
        for p in word.get("phones") or []:
            last = phones[-1][2] if phones else 0
            if p["start"] > last + 0.002:
                phones.append([0, last, p["start"]])
            if first is None:
                first = len(phones)
            phones.append([P.INDEX[p["phone"]], p["start"], p["end"]])
        places.append(None if first is None else (first, len(phones)))
    if phones:
        phones.append([0, phones[-1][2], duration])
    return phones, places
