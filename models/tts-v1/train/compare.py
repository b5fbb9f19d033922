"""The baseline against the transducer on held-out sentences of the voices: tokens and durations.

usage: compare.py WORK_DIR DATA_DIR GENERATOR TEXT_CHECKPOINT [--count N] [--temperatures 0,0.7]
tokens: edit distance to the recording's tokens over their number (readings differ: the same speaker twice does not get 0).
phones: tokens whose most frequent phone in the training data is the phone that they were emitted for; of the recording, too.
"""
import argparse

import numpy as np
import torch

import textnet as N
from common import CODES, P
from measure import edits
from train_text import Data


def transduce(model, encoded, expected, temperature, rng, floor=0.4, ceiling=2.5):
    """As org.chorale.synth.TokenTransducer: a phone ends when it more likely has ended than not; tokens are the likeliest, or
    drawn at a temperature. expected: tokens of every phone -> tokens, counts."""
    history, tokens, counts = [N.START] * N.HISTORY, [], []
    for p in range(encoded.shape[1]):
        least, most, count, goes_on = max(1, int(floor * expected[p])), max(2, int(np.ceil(ceiling * expected[p]))), 0, 1.0
        while count < most:
            logits = model["joint"](encoded[:, p], model["prediction"](torch.tensor([history]))[:, -1])[0].numpy().astype(np.float64)
            share = np.exp(logits - logits.max())
            goes_on *= 1 - share[N.BLANK] / share.sum()
            if count >= least and goes_on < 0.5:
                break
            if temperature:
                share = share[:N.BLANK] ** (1 / temperature)
                choice = int(rng.choice(N.BLANK, p=share / share.sum()))
            else:
                choice = int(share[:N.BLANK].argmax())
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
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--temperatures", default="0,0.7")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(5)
    data = Data(args.work, args.data, args.generator, rng)
    model = torch.nn.ModuleDict(dict(encoder=N.Encoder(), frames=N.Frames(), prediction=N.Prediction(), joint=N.Joint())).eval()
    state = torch.load(args.text)
    model.load_state_dict(state["average"])
    table = np.zeros((CODES, len(P.PHONES)))
    for item, phones, _, durations in data.train:
        np.add.at(table, (data.tokens[item["token_at"]:item["token_at"] + item["tokens"]], np.repeat(phones, durations)), 1)
    phone_of = table.argmax(1)
    ways = ["recording", "parallel"] + [f"transducer {t}" for t in args.temperatures.split(",")]
    sums = {w: np.zeros(6) for w in ways}
    for item, phones, features, durations in data.held[:args.count]:
        x = data.batch([(item, phones, features, durations)], clean=True)
        truth = data.tokens[item["token_at"]:item["token_at"] + item["tokens"]]
        with torch.no_grad():
            encoded, seconds = model["encoder"](x["phones"], x["features"], x["language"], x["speaker"], x["mask"])
            expected = np.exp(seconds[0].numpy()) / 0.02
            expected[0] = durations[0]
            expected[-1] = durations[-1]
            for way in ways:
                if way == "recording":
                    tokens, counts = truth, durations
                elif way == "parallel":
                    ends = np.round(np.cumsum(np.maximum(expected, 1))).astype(int)
                    counts = np.maximum(1, np.diff(np.concatenate([[0], ends])))
                    index, place = N.place_of(torch.from_numpy(counts))
                    tokens = model["frames"](encoded[:, :, index], place[None])[0][0].argmax(1).numpy()
                else:
                    tokens, counts = transduce(model, encoded.transpose(1, 2), expected, float(way.split()[1]), rng)
                spoken = phones > 0
                own = np.repeat(phones, counts)
                voiced = own > 0
                sums[way] += [edits(tokens.tolist(), truth.tolist()), len(truth), (phone_of[tokens] == own)[voiced].sum(), voiced.sum(),
                              np.abs(counts - durations)[spoken].mean() * 20, (np.cumsum(counts)[-1] / np.cumsum(durations)[-1])]
    n = min(args.count, len(data.held))
    print(f"step {state['step']}, {n} sentences")
    for way, s in sums.items():
        print(f"{way:16s} token error {100 * s[0] / s[1]:.1f} %, tokens of the right phone {100 * s[2] / s[3]:.1f} %, durations off by "
              f"{s[4] / n:.0f} ms a phone, length {s[5] / n:.2f} of the recording's", flush=True)


if __name__ == "__main__":
    main()
