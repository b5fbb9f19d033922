"""Real speech of the manifest as a corpus without phone labels (relabel.py adds them), and the music beds.

usage: decode_real.py SHARED_DATA OUT_DIR
"""
import csv
import ctypes as C
import glob
import os
import subprocess
import sys

import numpy as np
from scipy.signal import resample_poly

from corpus import Writer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common"))
import phones as P


class Opus:
    """libopusfile: any Opus file as mono 48 kHz."""

    def __init__(self):
        self.lib = C.CDLL("libopusfile.so.0")
        self.lib.op_open_file.restype = C.c_void_p
        self.lib.op_open_file.argtypes = [C.c_char_p, C.c_void_p]
        self.lib.op_read_float.argtypes = [C.c_void_p, C.c_void_p, C.c_int, C.c_void_p]
        self.lib.op_free.argtypes = [C.c_void_p]
        self.lib.op_channel_count.argtypes = [C.c_void_p, C.c_int]

    def decode(self, path):
        handle = self.lib.op_open_file(path.encode(), None)
        if not handle:
            raise IOError("not Opus: " + path)
        channels, blocks = self.lib.op_channel_count(handle, -1), []
        buffer = np.zeros(5760 * 2 * channels, np.float32)
        while True:
            n = self.lib.op_read_float(handle, buffer.ctypes.data, len(buffer), None)
            if n <= 0:
                break
            blocks.append(buffer[:n * channels].reshape(n, channels).mean(axis=1))
        self.lib.op_free(handle)
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def main(shared, folder):
    opus, out, seconds = Opus(), Writer(folder + "/real"), 0.0
    with open(os.path.join(shared, "speech/train/manifest.tsv"), encoding="utf-8") as f:
        for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[1] not in P.VOICES or not row[4].strip():
                continue
            samples = resample_poly(opus.decode(os.path.join(shared, "speech/train", row[0])), 1, 3)
            if not 8000 < len(samples) < 16000 * 40:
                continue
            peak = max(1e-3, float(np.abs(samples).max()))
            out.add((samples * (20000 / peak)).astype(np.int16), language=row[1], source=row[5], speaker=row[2],
                    path=row[0], text=row[4])
            seconds += len(samples) / 16000
    out.close()
    print(f"{seconds / 3600:.2f} h of real speech")
    beds = Writer(folder + "/music")
    for path in sorted(glob.glob(os.path.join(shared, "lyrics/beds/*.opus"))):
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", "16000", "-f", "s16le", "-"],
                             capture_output=True, check=True).stdout
        beds.add(np.frombuffer(raw, "<i2"), path=path)
    beds.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
