#!/usr/bin/env python3
"""Exports timed words to formats with a coarse grid, reads them back and says how far anything moved.

usage: there_and_back.py FORMATS FILE...

FORMATS are names of `chorale export`, with commas between. A FILE is JSON of Chorale or a table of words with the
columns start_s, end_s and word. Prints for every file and format the number of words with times, the furthest start and
end in milliseconds, and for UltraStar the BPM. Exit code 1 if a text was lost or something moved 20 ms or more.
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

CHORALE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../chorale")
LIMIT_MS = 20


def export(*arguments):
    return subprocess.run([CHORALE, "export", *arguments], check=True, capture_output=True).stdout


def table_as_csv(path, out):
    """The same with the columns that Chorale knows."""
    with open(path, encoding="utf-8", newline="") as source, open(out, "w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["word", "start", "end"])
        for row in csv.DictReader(source, dialect="excel-tab", quoting=csv.QUOTE_NONE):
            rows.writerow([row["word"], row["start_s"], row["end_s"]])


def words(alignment):
    """Those that every format keeps: of lines in which something has a time."""
    return [w for w in alignment["words"] if alignment["lines"][w["line"]]["start"] is not None]


def moved(source, format_name, folder):
    there = os.path.join(folder, "there." + format_name)
    export(source, "-f", format_name, "-o", there)
    before = words(json.loads(export(source, "-f", "json")))
    after = words(json.loads(export(there, "--from", format_name, "-f", "json")))
    same = [w["text"] for w in before] == [w["text"] for w in after]
    pairs = [(b, a) for b, a in zip(before, after) if b["start"] is not None]
    if not same or any(a["start"] is None for _, a in pairs):
        return len(pairs), None, None, ""
    start, end = (max((abs(b[key] - a[key]) * 1000 for b, a in pairs), default=0) for key in ("start", "end"))
    with open(there, encoding="utf-8") as f:
        bpm = re.search("^#BPM:(.*)", f.read(), re.M)
    return len(pairs), start, end, "BPM " + bpm[1] if bpm else ""


def main():
    bad = total = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sys.argv[2:]:
            source = path
            if path.endswith(".tsv"):
                source = os.path.join(folder, "words.csv")
                table_as_csv(path, source)
            for format_name in sys.argv[1].split(","):
                count, start, end, remark = moved(source, format_name, folder)
                wrong = start is None or max(start, end) >= LIMIT_MS
                bad += wrong
                said = "other texts or times lost" if start is None else "start %.1f ms, end %.1f ms" % (start, end)
                print("%s %s: %d words, %s %s%s" % (path, format_name, count, said, remark, "  <-- " if wrong else ""), flush=True)
            total += count
    print("%d words" % total)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
