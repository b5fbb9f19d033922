"""Makes songs/lantern.*: synthetic singing over self-made accompaniment, with exact word times by construction.

usage: make-song.py CHORALE OUT_STEM SEED
The verses below are spoken by 'chorale speak' (our own voice) line by line; 'chorale align --phones' finds its phones;
models/lyrics-v1/train/sing.py gives them notes and new, exact times; accompany.py plays a band. Needs what these need
(torch is not among it), FluidSynth, fluid-soundfont-gm and FFmpeg. Writes OUT_STEM.opus, .txt and .words.tsv.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = os.path.join(HERE, "../models/lyrics-v1/train")
sys.path.insert(0, TRAIN)
import sing
from sing import P, RATE

LINES = """Carry the lantern over the hill
Follow the river, the water is still
Sing to the morning, the night is too long
Everyone knows the words of the song""".splitlines()


def spoken(chorale, line, folder):
    """Samples, and per word its phones with their end samples."""
    wav, text, out = (os.path.join(folder, n) for n in ("line.wav", "line.txt", "line.json"))
    with open(text, "w", encoding="utf-8") as f:
        f.write(line + "\n")
    subprocess.run([chorale, "speak", text, "-l", "en", "--voice", "cathy", "-o", wav, "--quiet"], check=True)
    subprocess.run([chorale, "align", wav, text, "-l", "en", "--mode", "speech", "--phones", "-o", out, "--quiet"], check=True)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", wav, "-ar", str(RATE), "-ac", "1", "-f", "f32le", "-"],
                         stdout=subprocess.PIPE, check=True).stdout
    with open(out, encoding="utf-8") as f:
        return np.frombuffer(raw, np.float32), json.load(f)["words"]


def main(chorale, stem, seed):
    rng = np.random.default_rng(int(seed))
    singer = sing.Singer(rng, 0.0, 0.0)
    voice, words, at = [np.zeros(4 * RATE, np.float32)], [], 4 * RATE
    with tempfile.TemporaryDirectory() as folder:
        for line in LINES:
            samples, found = spoken(chorale, line, folder)
            phones, ends, first = [], [], []
            for word in found:
                begin = int(word["phones"][0]["start"] * RATE)
                if begin > (ends[-1] if ends else 0) + 160:  # silence before it
                    phones.append(P.INDEX[P.SILENCE])
                    ends.append(begin)
                first.append(len(phones))
                for p in word["phones"]:
                    phones.append(P.INDEX[p["phone"]])
                    ends.append(max(int(p["end"] * RATE), (ends[-1] if ends else 0) + 80))
            last = len(phones)
            sung, new = singer.sing(samples[:ends[-1]], np.array(phones), np.minimum(ends, len(samples)))
            starts = np.concatenate([[0], new])
            for w, word in enumerate(found):
                end = starts[first[w + 1]] if w + 1 < len(found) else starts[last]
                words.append((at + starts[first[w]], at + end, word["text"]))
            gap = np.zeros(int(1.2 * RATE), np.float32)
            voice += [0.3 * sung / np.sqrt(np.mean(sung ** 2) + 1e-9) * 0.3, gap]
            at += len(sung) + len(gap)
        band = os.path.join(folder, "band")
        subprocess.run([sys.executable, os.path.join(TRAIN, "accompany.py"), band, str(seed), "1"], check=True)
        music = np.fromfile(band + ".pcm", np.int16).reshape(-1, 2).astype(np.float32) / 32768
    voice = np.concatenate(voice + [np.zeros(3 * RATE, np.float32)]).astype(np.float32)
    music = music[:len(voice)]
    voice = voice[:len(music)]
    music *= 0.5 * np.sqrt(np.mean(voice ** 2) / np.mean(music ** 2)) / 0.7
    mix = music + voice[:, None]
    mix *= 0.7 / np.abs(mix).max()
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "-", "-c:a", "libopus", "-b:a", "48k",
                    "-map_metadata", "-1", "-fflags", "+bitexact", stem + ".opus"], input=mix.astype(np.float32).tobytes(), check=True)
    with open(stem + ".txt", "w", encoding="utf-8") as f:
        f.write("\n".join(LINES) + "\n")
    with open(stem + ".words.tsv", "w", encoding="utf-8") as f:
        f.write("".join(f"{a / RATE:.3f}\t{b / RATE:.3f}\t{w}\n" for a, b, w in words))


if __name__ == "__main__":
    main(*sys.argv[1:])
