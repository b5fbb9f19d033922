#!/usr/bin/env python3
"""Reads what Chorale writes with the readers of others and says, reader by reader, what they found.

usage: readers.py CHORALE_JAR NODE_FOLDER JAVA_FOLDER WORK_FOLDER [DOCS]

Every reading is a list of segments, a time and a text each. Their texts together must be the words of the song, and a
segment that begins with a word must begin when the word does, within the grid of the format. The table replaces what
stands between the marks in DOCS. Exit code 1 if a reader found something else.
"""
import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
SONGS = [
    ("twinkle", os.path.join(HERE, "twinkle.txt")),
    ("song", os.path.join(HERE, "../resources/golden/song-phones.json")),
    ("unicode", os.path.join(HERE, "unicode.csv")),
]
FILES = {
    "json": "json", "lrc": "lrc", "elrc": "elrc.lrc", "srt": "srt", "vtt": "vtt", "ass": "ass", "ttml": "ttml",
    "ttml-apple": "ttml-apple.ttml", "ultrastar": "ultrastar.txt", "kar": "kar", "textgrid": "TextGrid",
    "elan": "eaf", "csv": "csv", "tsv": "tsv", "ctm": "ctm", "audacity": "audacity.txt",
}
GRID_MS = {"lrc": 5.01, "elrc": 5.01, "ass": 5.01, "kar": 0.51, "ultrastar": 20}
# Of readers that are coarser than their format.
READER_GRID_MS = {"mp3splt": 10.01, "npm ultrastar2ass": 21}
# What a reader cannot do, though the file is right: said in the table, no failure.
LIMITS = {
    ("lrc", "npm liricle", "unicode"): "knows no more than 99 minutes",
    ("lrc", "npm subsrt-ts", "unicode"): "knows no more than 99 minutes",
    ("elrc", "npm liricle", "unicode"): "knows no more than 99 minutes",
    ("lrc", "npm lrc-kit", "song"): "takes `[Chorus]` for a tag",
    ("elrc", "npm lrc-kit", "song"): "takes `[Chorus]` and `<roll>` for tags",
    ("elrc", "npm lrc-kit", "unicode"): "takes what follows `<` for a tag",
    ("elrc", "npm liricle", "song"): "takes `<roll>` for a tag",
    ("srt", "FFmpeg", "song"): "takes `<roll>` for a tag; SubRip has no escapes",
    ("vtt", "npm webvtt-parser", "song"): "leaves the semicolons of `&amp;`",
    ("vtt", "npm webvtt-parser", "unicode"): "leaves the semicolons of `&amp;`",
    ("ass", "npm ass-compiler", "unicode"): "does not know libass' `\\{`",
    ("textgrid", "npm textgrid", "song"): "takes all quotes off",
    ("textgrid", "npm textgrid", "unicode"): "takes all quotes off",
}
BEGIN, END = "<!-- readers: begin -->", "<!-- readers: end -->"


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options).stdout


def version(module):
    import importlib.metadata
    return importlib.metadata.version(module)


class Song:
    def __init__(self, name, path, jar, work):
        self.name, self.work = name, work
        # Cues as long as their words: what is compared are the words' times.
        run(["java", "-jar", jar, "export", path, "-f", ",".join(FILES), "--phones", "--subtitles", "none", "-o", os.path.join(work, name)])
        run(["java", "-jar", jar, "export", path, "-f", "ctm,audacity", "-o", os.path.join(work, name)])
        with open(self.file("json"), encoding="utf-8") as f:
            self.alignment = json.load(f)

    def file(self, format_name):
        return os.path.join(self.work, self.name + "." + FILES[format_name])

    def words(self, kept):
        """Those that a format keeps: all, those with times, those of lines with times."""
        lines = self.alignment["lines"]
        for word in self.alignment["words"]:
            if (kept == "all" or kept == "timed" and word["start"] is not None
                    or kept == "in timed lines" and lines[word["line"]]["start"] is not None):
                yield word

    def melody(self):
        """Start in milliseconds and MIDI number of the sung notes, from the UltraStar file."""
        with open(self.file("ultrastar"), encoding="utf-8") as f:
            text = f.read()
        bpm, gap = (float(re.search("#%s:(.*)" % key, text)[1]) for key in ("BPM", "GAP"))
        return [(gap + int(beat) * 15000 / bpm, int(pitch) + 60)
                for beat, pitch in re.findall(r"^: (\d+) \d+ (-?\d+) ", text, re.M)]

    def judge(self, format_name, reader, segments, timed=True):
        """An empty string, or what is wrong; and the largest difference of a start, milliseconds."""
        got = "".join("".join(text.split()) for _, text in segments)
        for kept in ("all", "in timed lines", "timed"):
            words = list(self.words(kept))
            if got == "".join(w["text"] for w in words):
                break
        else:
            return "other text: %.60s" % got, 0
        starts, at = {}, 0
        for word in words:
            starts[at] = word["start"]
            at += len(word["text"])
        worst, at = 0, 0
        for time, text in segments:
            bare = "".join(text.split())
            if timed and bare and starts.get(at) is not None and time is not None:
                worst = max(worst, abs(time - starts[at] * 1000))
            at += len(bare)
        grid = READER_GRID_MS.get(reader, GRID_MS.get(format_name, 0.51))
        return ("%.1f ms off" % worst if worst > grid else ""), worst


def readings(song, node_folder, java_folder):
    """(reader, version, format, segments or None, complaints, remark, whether segments have the times of words)"""
    out = run(["node", os.path.join(HERE, "readers.mjs"), song.work, song.name, node_folder])
    for line in out.decode().strip().split("\n"):
        found = json.loads(line)
        if found["reader"] == "@tonejs/midi":
            written = song.melody()
            notes = found["notes"]
            same = len(notes) == len(written) and all(
                abs(a[0] - b[0]) < 20 and a[1] == b[1] for a, b in zip(notes, written))
            wrong = [] if same else ["other notes: %s" % notes]
            if written:
                yield ("npm @tonejs/midi", found["version"], "kar", None, wrong + found["complaints"],
                       "%d notes, their pitches and starts" % len(written), False)
        else:
            yield ("npm " + found["reader"], found["version"], found["format"], found["segments"],
                   found["complaints"], "", True)
    yield from of_ffmpeg(song)
    yield from of_python(song)
    yield from of_grammar(song)
    yield from of_praat(song)
    yield from of_sctk(song)
    yield from of_mp3splt(song)
    yield from of_xmllint(song, java_folder)
    yield from of_ttv(song, java_folder)


def of_ffmpeg(song):
    name = run(["ffmpeg", "-version"]).decode().split()[2]
    for format_name in ("srt", "vtt", "ass"):
        done = subprocess.run(["ffmpeg", "-v", "warning", "-i", song.file(format_name), "-f", "srt", "-"],
                              capture_output=True)
        complaints = [l for l in done.stderr.decode().splitlines() if l.strip()]
        segments = []
        for block in done.stdout.decode().split("\n\n"):
            rows = block.strip().split("\n")
            if len(rows) < 3:
                continue
            h, m, s = rows[1].split(" --> ")[0].replace(",", ".").split(":")
            text = " ".join(rows[2:])
            text = re.sub(r"</?(?:b|i|u|s|font)(?: [^<>]*)?>|\{\\an\d\}", "", text).replace("●", "")
            for escaped, plain in (("\\h", " "), ("\\{", "{"), ("\\}", "}")):
                text = text.replace(escaped, plain)
            segments.append(((int(h) * 60 + int(m)) * 60000 + float(s) * 1000, text))
        # An event of ASS begins before its first word.
        yield "FFmpeg", name, format_name, segments, complaints, "", format_name != "ass"
    if song.name == "twinkle":
        colours = [frame_colours(song, at) for at in (5.9, 7.0, 10.4)]
        sung = [c[0] for c in colours]
        waiting = [c[1] for c in colours]
        wrong = [] if sung[0] < sung[1] < sung[2] and min(waiting) > 0 else [str(colours)]
        remark = "frames: sung pixels %d, %d, %d as the line goes on" % tuple(sung)
        yield "libass in FFmpeg", name, "ass", None, wrong, remark, False


def frame_colours(song, at):
    """Pixels of a frame in the colour of what was sung and of what was not."""
    raw = run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=black:s=640x360:r=10:d=12", "-vf",
               "ass=" + song.file("ass"), "-ss", str(at), "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
    sung = waiting = 0
    for i in range(0, len(raw), 3):
        r, g, b = raw[i], raw[i + 1], raw[i + 2]
        sung += r > 180 and g > 140 and b < 90
        waiting += r > 180 and g > 180 and b > 180
    return sung, waiting


def of_python(song):
    import mido
    import pysrt
    import srt
    import webvtt
    with open(song.file("srt"), encoding="utf-8") as f:
        cues = list(srt.parse(f.read()))
    yield "Python srt", version("srt"), "srt", [(c.start.total_seconds() * 1000, c.content) for c in cues], [], "", True
    with open(song.file("srt"), encoding="utf-8") as f:
        cues = pysrt.from_string(f.read(), error_handling=pysrt.ERROR_RAISE)
    yield "Python pysrt", version("pysrt"), "srt", [(c.start.ordinal, c.text) for c in cues], [], "", True
    cues = [(c.start_in_seconds * 1000, c.text) for c in webvtt.read(song.file("vtt"))]
    for character, entity in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        cues = [(time, text.replace(entity, character)) for time, text in cues]
    yield "Python webvtt", version("webvtt-py"), "vtt", cues, [], "", True
    midi = mido.MidiFile(song.file("kar"), charset="utf-8")
    segments, time = [], 0
    for message in midi.tracks[1]:
        time += mido.tick2second(message.time, midi.ticks_per_beat, 500000)
        if message.type == "text" and not message.text.startswith("@"):
            segments.append((time * 1000, re.sub(r"^[\\/]", "", message.text)))
    yield "Python mido", version("mido"), "kar", segments, [], "", True
    for format_name, dialect in (("csv", {}), ("tsv", {"delimiter": "\t", "quoting": csv.QUOTE_NONE})):
        with open(song.file(format_name), encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f, **dialect))
        segments = [(float(r["start"]) * 1000 if r["start"] else None, r["word"]) for r in rows]
        yield "Python csv", sys.version.split()[0], format_name, segments, [], "", True


def of_grammar(song):
    """UltraStar by the grammar of its specification, version 1; readers are less strict."""
    with open(song.file("ultrastar"), encoding="utf-8", newline="") as f:
        lines = f.read().split("\n")
    header = {}
    while lines and lines[0].startswith("#"):
        key, value = re.fullmatch(r"#([^:\r]+):([^\r]+)", lines.pop(0)).groups()
        header[key] = value
    complaints = ["no #" + k for k in ("VERSION", "TITLE", "ARTIST", "MP3", "BPM", "GAP") if k not in header]
    beat_ms, gap_ms = 15000 / float(header["BPM"]), float(header["GAP"])
    segments, floor, after_break = [], 0, False
    for line in lines[:-2]:
        note = re.fullmatch(r"[:*FRG] (\d+) (\d+) (-?\d+) ([^\r]+)", line)
        pause = re.fullmatch(r"- (\d+)", line)
        if pause and not after_break and int(pause[1]) >= floor:
            after_break = True
        elif note and int(note[1]) >= floor and int(note[2]) > 0:
            segments.append((gap_ms + int(note[1]) * beat_ms, note[4]))
            floor, after_break = int(note[1]) + int(note[2]), False
        else:
            complaints.append(line)
    if lines[-2:] != ["E", ""]:
        complaints.append("no E at the end")
    yield ("grammar of the specification", header["VERSION"], "ultrastar", segments, complaints, "", True)


def of_praat(song):
    if not shutil.which("praat"):
        return
    name = run(["praat", "--version"]).decode().split()[1]
    short = os.path.join(song.work, song.name + ".praat-short.TextGrid")
    out = run(["praat", "--utf8", "--run", os.path.join(HERE, "textgrid.praat"),
               os.path.abspath(song.file("textgrid")), os.path.abspath(short)]).decode("utf-8")
    segments = []
    for line in out.splitlines():
        start, text = line.split("\t", 1)
        segments.append((float(start) * 1000, text))
    yield "Praat", name, "textgrid", segments, [], "", True
    back = json.loads(run(["java", "-jar", sys.argv[1], "export", short, "-f", "json"]))
    segments = [(w["start"] * 1000, w["text"]) for w in back["words"]]
    yield "Praat, its short form read by us", name, "textgrid", segments, [], "", True


def debian(package):
    return run(["dpkg-query", "-W", "-f", "${Version}", package]).decode()


def of_sctk(song):
    """NIST's scorer, the file against itself: it prints the words and their times."""
    if not shutil.which("sctk"):
        return
    ctm, folder = song.file("ctm"), os.path.join(song.work, "sctk")
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["sctk", "sclite", "-s", "-e", "utf-8", "-r", ctm, "ctm", "-h", ctm, "ctm", "-o", "sgml",
                           "-O", folder, "-n", song.name], capture_output=True)
    wrong = done.stderr.decode().splitlines() if done.returncode else []
    segments = []
    sgml = os.path.join(folder, song.name + ".sgml")
    if not wrong:
        with open(sgml, encoding="utf-8") as f:
            for word, start in re.findall(r'C,"([^\n]+?)","\1",([\d.]+)\+', f.read()):
                segments.append((float(start) * 1000, word))
    yield "sclite", debian("sctk"), "ctm", segments, wrong, "", True


def of_mp3splt(song):
    """Cuts a recording at the labels of Audacity; asked twice what it would write, by names and by times."""
    if not shutil.which("mp3splt") or song.name != "twinkle":
        return
    silence = os.path.join(song.work, "silence.mp3")
    run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "40", silence])
    made = []
    for output in ([], ["-o", "@n+@m+@s+@h"]):
        out = subprocess.run(["mp3splt", "-P", "-A", song.file("audacity"), *output, silence], check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
        made.append(re.findall(r'File "(.*?)\.mp3" created', out))
    segments = []
    for name, time in zip(*made):
        minutes, seconds, hundredths = (int(n) for n in time.split()[1:])
        segments.append((minutes * 60000 + seconds * 1000 + hundredths * 10, os.path.basename(name)))
    yield "mp3splt", debian("mp3splt"), "audacity", segments, [], "", True


def of_xmllint(song, java_folder):
    if not shutil.which("xmllint"):
        return
    name = re.search(r"version (\d+)", subprocess.run(["xmllint", "--version"], capture_output=True).stderr.decode())
    with zipfile.ZipFile(glob.glob(os.path.join(java_folder, "ttt-ttv-*.jar"))[0]) as jar:
        jar.extractall(song.work, [n for n in jar.namelist() if n.startswith("com/skynav/ttv/xsd/ttml1/")])
    ttml = os.path.join(song.work, "com/skynav/ttv/xsd/ttml1/ttml1.xsd")
    schemas = {"ttml": ttml, "ttml-apple": ttml, "elan": os.environ.get("EAF_XSD", "")}
    for format_name, schema in schemas.items():
        options = ["--schema", schema] if schema else []
        done = subprocess.run(["xmllint", "--noout", "--nonet", *options, song.file(format_name)], capture_output=True)
        wrong = done.stderr.decode().splitlines() if done.returncode else []
        of = "TTML 1" if schema == ttml else os.path.basename(schema)
        remark = "valid by the schema of %s" % of if options else "well-formed"
        yield "xmllint", name.group(1), format_name, None, wrong, remark, False


def of_ttv(song, java_folder):
    """Timed Text Verifier: schema and meaning. Its only release on Central is older than IMSC's profile."""
    jars = ":".join(glob.glob(os.path.join(java_folder, "*.jar")))
    release = re.search(r"ttv-([\d.]+)\.jar", jars)[1]
    for format_name in ("ttml", "ttml-apple"):
        with open(song.file(format_name), encoding="utf-8") as f:
            text = f.read()
        copy = song.file(format_name) + ".ttv.xml"
        with open(copy, "w", encoding="utf-8") as f:
            f.write(re.sub(r' ttp:profile="[^"]*"', "", text))
        done = subprocess.run(["java", "-cp", jars, "com.skynav.ttv.app.TimedTextVerifier", copy], capture_output=True)
        out = (done.stdout + done.stderr).decode().splitlines()
        wrong = [l for l in out if l.startswith("[E]")] or ([] if done.returncode == 0 else out)
        remark = "no error, `ttp:profile` left out" if format_name == "ttml" else "no error"
        yield "Timed Text Verifier", release, format_name, None, wrong, remark, False


def main():
    jar, node_folder, java_folder, work = sys.argv[1:5]
    os.makedirs(work, exist_ok=True)
    rows = {}
    for name, path in SONGS:
        song = Song(name, path, jar, work)
        for reader, release, format_name, segments, complaints, remark, timed in readings(song, node_folder, java_folder):
            key = (format_name, reader, release)
            row = rows.setdefault(key, {"read": 0, "worst": 0, "wrong": [], "remark": remark, "timed": timed, "limits": []})
            if segments is not None:
                wrong, worst = song.judge(format_name, reader, segments, timed)
                row["read"] += len([s for s in segments if s[1].strip()])
                row["worst"] = max(row["worst"], worst)
                limit = LIMITS.get((format_name, reader, name))
                if wrong and limit:
                    row["limits"].append("%s (it %s)" % (name, limit))
                    # FFmpeg warns of the very tag.
                    complaints = [c for c in complaints if "Unrecognized tag roll" not in c]
                elif wrong:
                    complaints = complaints + [wrong]
            row["wrong"] += ["%s: %s" % (name, c) for c in complaints]
    lines = ["| format | reader | version | pieces read | furthest start, ms | result |", "|---|---|---|---|---|---|"]
    order = list(FILES)
    for (format_name, reader, release), row in sorted(rows.items(), key=lambda r: (order.index(r[0][0]), r[0][1])):
        said = "; ".join(row["wrong"]).replace("|", "\\|") if row["wrong"] else row["remark"] or (
            "all else; not compared: " + "; ".join(row["limits"]) if row["limits"] else "all of it")
        lines.append("| `%s` | %s | %s | %s | %s | %s |" % (
            format_name, reader, release, row["read"] or "", "%.1f" % row["worst"] if row["read"] and row["timed"] else "",
            said))
    print("\n".join(lines))
    if len(sys.argv) > 5:
        with open(sys.argv[5], encoding="utf-8") as f:
            text = f.read()
        before, rest = text.split(BEGIN)
        after = rest.split(END)[1]
        with open(sys.argv[5], "w", encoding="utf-8") as f:
            f.write(before + BEGIN + "\n\n" + "\n".join(lines) + "\n\n" + END + after)
    sys.exit(1 if any(r["wrong"] for r in rows.values()) else 0)


if __name__ == "__main__":
    main()
