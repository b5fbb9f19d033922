"""The parallel way against the transducer on held-out sentences of the voices: tokens and durations.

usage: compare.py WORK_DIR DATA_DIR GENERATOR TEXT_CHECKPOINT TRANSDUCER_CHECKPOINT [--count N] [--temperatures 0,0.7] [--trusts 1]
token error: edit distance to the recording's tokens over their number (readings differ: the same speaker twice does not get 0).
tokens of the right phone: whose most frequent phone in the training data is the phone that they were emitted for.
surprise: cross-entropy of every token given the one before, by the pairs of the training data, and how long a token is held: what
recordings have is natural, less is monotonous. trust: how much of what the transducer adds to the logits of the parallel way counts.
"""
import argparse

import numpy as np
import torch

import textnet as N
from common import CODES, P
from measure import edits
from train_text import Data
from train_transducer import Readings, text_model, transducer


def transduce(model, encoded, expected, plan, hidden, temperature, trust, rng, floor=0.4, ceiling=2.5, watch=None):
    """As org.chorale.synth.TokenTransducer: a phone ends when it more likely has ended than not; tokens are the likeliest, or
    drawn at a temperature. As Readings gives them -> tokens, counts. watch is told the chance to go on and the logits of every step."""
    history, tokens, counts = [N.START] * N.HISTORY, [], []
    first = torch.cumsum(plan, 0) - plan
    joint, guide = model["joint"], model["joint"].guide(hidden)
    for p in range(len(encoded)):
        least, most = max(1, int(floor * expected[p])), max(2, int(np.ceil(ceiling * expected[p])))
        count, goes_on = 0, 1.0
        while count < most:
            row = first[p] + min(count, plan[p] - 1)
            place = N.place_in_phone(torch.tensor(float(count)), expected[p])
            logits, ends = joint(hidden[row], encoded[p], place, model["prediction"](torch.tensor([history]))[0, -1])
            goes_on *= 1 - float(torch.sigmoid(ends))
            if watch:
                watch(goes_on, guide[row] + trust * (logits - guide[row]))
            if count >= least and goes_on < 0.5:
                break
            logits = (guide[row] + trust * (logits - guide[row])).numpy().astype(np.float64)
            if temperature:
                share = np.exp((logits - logits.max()) / temperature)
                choice = int(rng.choice(CODES, p=share / share.sum()))
            else:
                choice = int(logits.argmax())
            tokens.append(choice)
            history = history[1:] + [choice]
            count += 1
        counts.append(count)
    return np.array(tokens), np.array(counts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("generator")
    parser.add_argument("text")
    parser.add_argument("transducer")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--temperatures", default="0,0.4,0.7,1")
    parser.add_argument("--trusts", default="1")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(5)
    data = Data(args.work, args.data, args.generator, rng)
    text = text_model(args.text)
    model, state = transducer(text).eval(), torch.load(args.transducer)
    model.load_state_dict(state["average"])
    readings = Readings(data, text)
    table, pairs = np.zeros((CODES, len(P.PHONES))), np.full((CODES, CODES), 0.02)
    for item, phones, _, durations in data.train:
        own = data.tokens[item["token_at"]:item["token_at"] + item["tokens"]]
        np.add.at(table, (own, np.repeat(phones, durations)), 1)
        np.add.at(pairs, (own[:-1], own[1:]), 1)
    phone_of, pairs = table.argmax(1), -np.log(pairs / pairs.sum(1, keepdims=True))
    ways = [("recording",), ("parallel",)] + [("transducer", float(t), float(r)) for t in args.temperatures.split(",")
                                              for r in args.trusts.split(",")]
    sums = {w: np.zeros(9) for w in ways}
    step = max(1, len(data.held) // args.count)
    chosen = data.held[::step][:args.count]
    for x in chosen:
        item, phones, _, durations = x
        encoded, expected, plan, hidden = readings.of(x)
        encoded, hidden = encoded.float(), hidden.float()
        truth = data.tokens[item["token_at"]:item["token_at"] + item["tokens"]]
        with torch.no_grad():
            for way in ways:
                if way[0] == "recording":
                    tokens, counts = truth, durations
                elif way[0] == "parallel":
                    counts = plan.numpy()
                    tokens = model["joint"].guide(hidden).argmax(1).numpy()
                else:
                    tokens, counts = transduce(model, encoded, expected, plan, hidden, *way[1:], rng)
                spoken = phones > 0
                own = np.repeat(phones, counts)
                voiced = own > 0
                sums[way] += [edits(tokens.tolist(), truth.tolist()), len(truth), (phone_of[tokens] == own)[voiced].sum(), voiced.sum(),
                              np.abs(counts - durations)[spoken].mean() * 20, counts.sum() / durations.sum(),
                              pairs[tokens[:-1], tokens[1:]].sum(), len(tokens) - 1, (tokens[1:] != tokens[:-1]).sum()]
    n = len(chosen)
    print(f"step {state['step']}, {n} sentences")
    for way, s in sums.items():
        name = way[0] + (f" {way[1]}, trust {way[2]}" if len(way) > 1 else "")
        print(f"{name:26s} token error {100 * s[0] / s[1]:.1f} %, tokens of the right phone {100 * s[2] / s[3]:.1f} %, durations off by "
              f"{s[4] / n:.1f} ms a phone, length {s[5] / n:.2f} of the recording's, surprise {s[6] / s[7]:.2f}, held {s[7] / s[8]:.2f}", flush=True)


if __name__ == "__main__":
    main()
