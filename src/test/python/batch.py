#!/usr/bin/env python3
"""Archives: builds a job of speech and songs with broken items among them, and measures `chorale batch` on it.

usage: batch.py COMMAND SHARED_DATA WORK_DIR [options]

  make        the job alone: WORK_DIR/job.tsv (--items of them, --songs of these songs, ten broken in ten ways)
  account     runs it once; every item is in report.jsonl, the broken ones with the status that they must have
  throughput  --sample items by `align` one by one, the same items by `batch`; the ratio of the times
  kill        an undisturbed run, then one that is killed (kill -9) --kills times at random moments and started
              again; outputs and report are compared byte for byte, and no item may end twice
  memory      --items 3000: resident memory of the process along the run
  cluster     three JVMs on loopback share the job, the second is killed in the middle
  s3          inputs and outputs in an S3 server (S3Proxy, fetched by Maven) on loopback
  passages    --sample recordings, each with a text of which it is a small part; how many are found where they are
  segments    --sample recordings of eight clips whose text is wrong in four ways; how many of the clips that
              --segments accepts have the right text, by threshold

--chorale CMD: the command to measure (default: the repository's launcher).
Python 3 and ffmpeg, nothing else. Times are wall clock; say what else the machine did.
"""
import argparse
import collections
import csv
import filecmp
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../../..")
TIMEOUT = 20


def rows(path):
    return list(csv.DictReader(open(path, encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))


def link(source, target):
    if os.path.lexists(target):
        os.remove(target)
    os.symlink(os.path.abspath(source), target)


def speech(data, work, count, seed):
    """(id, audio, text, language, mode) of clips of 4 to 15 s."""
    languages = "en de fr es it pt nl".split()
    clips = [r for r in rows(data + "/speech/train/manifest.tsv")
             if r["language"] in languages and 4 <= float(r["duration_s"]) <= 15 and len(r["transcript"].split()) > 5]
    random.Random(seed).shuffle(clips)
    items = []
    for n, clip in enumerate(clips[:count]):
        name = f"clip{n:04d}"
        link(f"{data}/speech/train/{clip['path']}", f"{work}/in/{name}.opus")
        with open(f"{work}/in/{name}.txt", "w", encoding="utf-8") as f:
            f.write(clip["transcript"] + "\n")
        items.append((name, f"in/{name}.opus", f"in/{name}.txt", clip["language"], "speech"))
    return items


def songs(data, work, count):
    items = []
    for n, folder in enumerate(sorted(os.listdir(data + "/lyrics/dev"))):
        root = f"{data}/lyrics/dev/{folder}"
        audio = [f for f in os.listdir(root) if f.startswith("audio.")] if os.path.isdir(root) else []
        if not audio or len(items) == count or folder.startswith("nit-"):
            continue
        name = f"song{n:02d}"
        ending = os.path.splitext(audio[0])[1]
        link(f"{root}/{audio[0]}", f"{work}/in/{name}{ending}")
        link(f"{root}/lyrics.txt", f"{work}/in/{name}.txt")
        items.append((name, f"in/{name}{ending}", f"in/{name}.txt", "auto", "lyrics"))
    return items


def broken(work, good):
    """Ten items, broken in ten ways; (item, status that it must have)."""
    sound, text = f"{work}/{good[0][1]}", good[0][2]
    path = lambda name: f"{work}/in/{name}"
    open(path("b-empty.wav"), "w").close()
    open(path("b-noise.mp3"), "wb").write(random.Random(1).randbytes(20000))
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-i", sound, path("b-whole.wav")], check=True)
    whole = open(path("b-whole.wav"), "rb").read()
    open(path("b-cut.wav"), "wb").write(whole[:len(whole) // 2])
    os.remove(path("b-whole.wav"))
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "5",
                    path("b-silent.wav")], check=True)
    if not os.path.exists(path("b-pipe.wav")):
        os.mkfifo(path("b-pipe.wav"))
    open(path("b-blank.txt"), "w").write(" \n\n")
    open(path("b-binary.txt"), "wb").write(bytes(range(256)))
    open(path("b-wrong.txt"), "w").write("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\n" * 3)
    audio = good[0][1]
    return [(("b-missing", "in/b-nowhere.mp3", text), "failed"), (("b-empty", "in/b-empty.wav", text), "failed"),
            (("b-noise", "in/b-noise.mp3", text), "failed"), (("b-cut", "in/b-cut.wav", text), "failed"),
            (("b-silent", "in/b-silent.wav", text), "failed"), (("b-pipe", "in/b-pipe.wav", text), "failed"),
            (("b-blank", audio, "in/b-blank.txt"), "failed"), (("b-binary", audio, "in/b-binary.txt"), "failed"),
            (("b-wrong", audio, "in/b-wrong.txt", "de"), "mismatch"), (("../b-outside", audio, text), "failed")]


def make(args):
    os.makedirs(args.work + "/in", exist_ok=True)
    sung = songs(args.data, args.work, args.songs)
    spoken = speech(args.data, args.work, min(args.items, 300) - len(sung) - 10, args.seed)
    bad = broken(args.work, spoken)
    items = sung + spoken + [item for item, _ in bad]
    random.Random(args.seed).shuffle(items)
    lines = ["\t".join(item) for item in items]
    good = [item for item in spoken]
    copies = []
    for n in range(args.items - len(lines)):  # a long job repeats what there is under other names
        item = good[n % len(good)]
        copies.append("\t".join((f"copy{n:05d}",) + item[1:]))
    with open(args.work + "/job.tsv", "w", encoding="utf-8") as f:
        f.write("\n".join(["id\taudio\ttext\tlanguage\tmode"] + lines + copies) + "\n")
    # An id that is none stands in the report as the line where it was.
    expected = {(f"line-{lines.index(chr(9).join(i)) + 2}" if i[0].startswith("..") else i[0]): s for i, s in bad}
    return items, expected, len(lines) + len(copies)


def command(args, out, *more, manifest="job.tsv"):
    return shlex.split(args.chorale) + ["batch", f"{args.work}/{manifest}", "-o", f"{args.work}/{out}", "--json-progress",
                                        "--timeout", str(TIMEOUT), *(["--config", args.config] if args.config else []), *more]


def fresh(args, *folders):
    for folder in folders:
        shutil.rmtree(f"{args.work}/{folder}", ignore_errors=True)


def report(args, out):
    return [json.loads(line) for line in open(f"{args.work}/{out}/report.jsonl", encoding="utf-8")]


def check(args, out, expected, total):
    lines = report(args, out)
    ids = [line["id"] for line in lines]
    assert len(ids) == len(set(ids)) == total, (len(ids), len(set(ids)), total)
    statuses = {line["id"]: line["status"] for line in lines}
    wrong = {i: (statuses.get(i), s) for i, s in expected.items() if statuses.get(i) != s}
    assert not wrong, wrong
    surprises = [line for line in lines if line["id"] not in expected and line["status"] in ("failed", "mismatch")]
    for line in lines:
        file = f"{args.work}/{out}/{line['id']}.json"
        assert os.path.exists(file) == (line["status"] in ("ok", "doubtful")), line
    return collections.Counter(statuses.values()), surprises


def run(args, out, *more, manifest="job.tsv"):
    began = time.time()
    done = subprocess.run(command(args, out, *more, manifest=manifest), stdout=subprocess.PIPE, text=True)
    return done.returncode, time.time() - began, [json.loads(line) for line in done.stdout.splitlines()]


def account(args):
    _, expected, total = make(args)
    fresh(args, "out")
    code, seconds, lines = run(args, "out")
    counts, surprises = check(args, "out", expected, total)
    hours = lines[-1]["hours"]
    print(f"account: {total} items, {dict(counts)}, exit code {code}, {seconds:.1f} s, {hours:.2f} h of audio "
          f"({3600 * hours / seconds:.0f} times real time)")
    for line in surprises:
        print(f"  not expected: {line['id']} {line['status']}: {line['error']}")
    assert code == 7, code
    again, seconds, lines = run(args, "out")
    assert lines[-1]["done"] == 0, lines[-1]
    print(f"account: second run, {lines[-1]['done']} items done again, {seconds:.1f} s")


def throughput(args):
    items, expected, _ = make(args)
    chosen = [i for i in items if i[0] not in expected and not i[0].startswith("..")][:args.sample]
    with open(args.work + "/sample.tsv", "w", encoding="utf-8") as f:
        f.write("".join("\t".join(i) + "\n" for i in chosen))
    fresh(args, "single", "many")
    os.makedirs(args.work + "/single")
    began = time.time()
    for name, audio, text, language, mode in chosen:
        subprocess.run(shlex.split(args.chorale) + ["align", f"{args.work}/{audio}", f"{args.work}/{text}", "-l", language, "--mode",
                       mode, "--force", "--quiet", "-o", f"{args.work}/single/{name}.json"], check=True)
    single = time.time() - began
    _, many, _ = run(args, "many", "--force", manifest="sample.tsv")
    same = 0
    for item in chosen:
        a, b = (json.load(open(f"{args.work}/{d}/{item[0]}.json", encoding="utf-8")) for d in ("single", "many"))
        a["audio"]["path"] = b["audio"]["path"] = ""
        same += a == b
    print(f"throughput: {len(chosen)} items, align one by one {single:.1f} s, batch {many:.1f} s, ratio {single / many:.2f}; "
          f"{same} results are the same")
    assert same == len(chosen)


def trees(a, b):
    """Files that differ, or are in one only; the journal apart."""
    names = set()
    for root in (a, b):
        for folder, subfolders, files in os.walk(root):
            subfolders[:] = [s for s in subfolders if s != ".chorale"]
            names |= {os.path.relpath(os.path.join(folder, f), root) for f in files}
    return [n for n in sorted(names) if not (os.path.exists(f"{a}/{n}") and os.path.exists(f"{b}/{n}")
                                             and filecmp.cmp(f"{a}/{n}", f"{b}/{n}", shallow=False))]


def kill(args):
    _, expected, total = make(args)
    fresh(args, "whole", "killed")
    _, undisturbed, _ = run(args, "whole", "-f", "json,srt,textgrid")
    check(args, "whole", expected, total)
    rng = random.Random(args.seed)
    ends = collections.Counter()
    kills, lives = 0, 0
    while True:
        lives += 1
        process = subprocess.Popen(command(args, "killed", "-f", "json,srt,textgrid"), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        killed = kills < args.kills
        if killed:
            try:
                process.wait(rng.uniform(0.5, args.life or max(6, 1.5 * undisturbed / args.kills)))
                killed = False
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
        output = process.communicate()[0]
        for line in output.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # cut by the kill
            if event["type"] == "item":
                ends[event["id"]] += 1
        if not killed:
            break
    different = trees(f"{args.work}/whole", f"{args.work}/killed")
    twice = [i for i, n in ends.items() if n > 1]
    check(args, "killed", expected, total)
    print(f"kill: {total} items, {kills} kills in {lives} lives, {len(different)} files differ from those of a run that was left "
          f"alone ({undisturbed:.1f} s), {len(twice)} items ended twice")
    assert not different, different[:5]
    assert not twice, twice


def memory(args):
    _, _, total = make(args)
    fresh(args, "out")
    began = time.time()
    process = subprocess.Popen(command(args, "out"), stdout=subprocess.PIPE, text=True)
    samples = []
    for line in process.stdout:
        event = json.loads(line)
        if event["type"] == "progress":
            try:
                status = open(f"/proc/{process.pid}/status").read()
            except OSError:
                continue
            if "VmRSS" in status:
                samples.append((event["accounted"], int(status.split("VmRSS:")[1].split()[0]) / 1024))
    process.wait()
    print(f"memory: {total} items in {time.time() - began:.0f} s; resident memory, MB, when so many items were accounted for, and the "
          "largest until then:")
    for mark in sorted({min(m, total) for m in (50, 100, 200, 300, 500, 1000, 1500, 2000, 2500, 3000, total)}):
        until = [m for a, m in samples if a <= mark]
        if until:
            print(f"  {mark}: {until[-1]:.0f}, {max(until):.0f}")


def node(args, port, out):
    environment = dict(os.environ, CHORALE_PORT=str(port), CHORALE_SEED_1=f"akka://chorale-batch@127.0.0.1:{args.port}",
                       CHORALE_SEED_2=f"akka://chorale-batch@127.0.0.1:{args.port + 1}",
                       CHORALE_SEED_3=f"akka://chorale-batch@127.0.0.1:{args.port + 2}")
    config = f"{args.work}/cluster.conf"
    with open(config, "w", encoding="utf-8") as f:
        for part in [f"{ROOT}/config/cluster.conf"] + ([args.config] if args.config else []):
            f.write(f"include required(file({json.dumps(os.path.abspath(part))}))\n")
    return subprocess.Popen(command(args, out, "--config", config, "--workers", "1"),
                            stdout=open(f"{args.work}/node{port}.jsonl", "w"), env=environment, start_new_session=True)


def cluster(args):
    _, expected, total = make(args)
    fresh(args, "whole", "shared")
    run(args, "whole")
    ports = [args.port, args.port + 1, args.port + 2]
    began = time.time()
    nodes = []
    for port in ports:
        nodes.append(node(args, port, "shared"))
        time.sleep(2)
    lines = 0
    while lines < total / 2:
        time.sleep(0.2)
        if os.path.exists(f"{args.work}/shared/report.jsonl"):
            lines = sum(1 for _ in open(f"{args.work}/shared/report.jsonl"))
        assert any(n.poll() is None for n in nodes), "all nodes ended"
    victim = 0 if args.kill_first else 1
    os.killpg(nodes[victim].pid, signal.SIGKILL)
    print(f"cluster: node {victim + 1} killed when {lines} of {total} items were in the report", flush=True)
    codes = [n.wait(timeout=900) for n in nodes]
    seconds = time.time() - began
    ends = collections.defaultdict(set)
    workers = collections.Counter()
    for port in ports:
        for line in open(f"{args.work}/node{port}.jsonl", encoding="utf-8"):
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event["type"] == "item":
                ends[event["id"]].add((event["worker"], event["took"]))
    for events in ends.values():
        for worker, _ in events:
            workers[worker] += 1
    counts, _ = check(args, "shared", expected, total)
    different = trees(f"{args.work}/whole", f"{args.work}/shared")
    twice = [i for i, e in ends.items() if len(e) > 1]
    print(f"cluster: {total} items, {dict(counts)}, {seconds:.1f} s, exit codes {codes}, items by node {dict(workers)}, "
          f"{len(different)} files differ from those of one node, {len(twice)} items ended twice")
    assert not different, different[:5]
    assert not twice, twice


def passages(args):
    """Clips of one chapter against the text of the chapter, poems against the text of a book of 30 poems."""
    fresh(args, "book", "out")
    os.makedirs(args.work + "/book")
    items, truth = [], {}

    def job(name, rows, folder, language, chosen):
        text, places = "", {}
        for row in rows:
            places[row["path"]] = (len(text), len(text) + len(row["transcript"]))
            text += row["transcript"] + "\n"
        with open(f"{args.work}/book/{name}.txt", "w", encoding="utf-8") as f:
            f.write(text)
        for n, row in enumerate(chosen):
            link(f"{folder}/{row['path']}", f"{args.work}/book/{name}{n:02d}.opus")
            items.append((f"{name}{n:02d}", f"book/{name}{n:02d}.opus", f"book/{name}.txt", language, "speech", "part"))
            truth[f"{name}{n:02d}"] = places[row["path"]]

    rng = random.Random(args.seed)
    train = data_rows(args, "speech/train")
    chapter = [r for r in train if r["path"].startswith("ljspeech-part1/")][:150]
    long_enough = [r for r in chapter if float(r["duration_s"]) >= 3]
    job("chapter", chapter, args.data + "/speech/train", "en", rng.sample(long_enough, min(args.sample, len(long_enough))))
    poems = data_rows(args, "speech/longform-fr")[:30]
    job("poem", poems, args.data + "/speech/longform-fr", "fr", rng.sample(poems, min(args.sample, len(poems))))
    with open(args.work + "/passages.tsv", "w", encoding="utf-8") as f:
        f.write("".join("\t".join(i) + "\n" for i in items))
    _, seconds, _ = run(args, "out", "--force", manifest="passages.tsv")
    lines = {line["id"]: line for line in report(args, "out")}
    for kind in ("chapter", "poem"):
        found, exact, judged = 0, 0, collections.Counter()
        for name, (start, end) in truth.items():
            if not name.startswith(kind):
                continue
            file = f"{args.work}/out/{name}.json"
            words = json.load(open(file, encoding="utf-8"))["words"] if os.path.exists(file) else []
            timed = [w for w in words if w.get("start") is not None]
            inside = sum(1 for w in timed if start <= w["charStart"] and w["charEnd"] <= end)
            expected = len(open(f"{args.work}/book/{kind}.txt", encoding="utf-8").read()[start:end].split())
            right = bool(timed) and inside >= 0.8 * len(timed) and inside >= 0.5 * expected
            found += right
            exact += right and len(timed) == inside
            judged[("found" if right else "not found") + ", " + lines[name]["status"]] += 1
        total = sum(judged.values())
        words = len(open(f"{args.work}/book/{kind}.txt", encoding="utf-8").read().split())
        print(f"passages: {kind}: {total} recordings, text of {words} words: {found} found (four in five of the words that are "
              f"found, or more, are those of the passage, and half of these, or more, are found), {exact} of them without a word "
              f"of a neighbour; {dict(judged)}")
    print(f"passages: {seconds:.1f} s")


def data_rows(args, folder):
    return rows(f"{args.data}/{folder}/manifest.tsv")


def samples(path):
    done = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "16000", "-"],
                          stdout=subprocess.PIPE, check=True)
    return done.stdout


def segments(args):
    """Recordings of eight clips each; the text lacks one, has one too many, one of another clip, and two wrong words."""
    fresh(args, "noisy")
    os.makedirs(args.work + "/noisy")
    rng = random.Random(args.seed)
    speakers = collections.defaultdict(list)
    for row in data_rows(args, "speech/train"):
        if row["language"] in ("en", "de", "fr", "es", "it", "nl") and 2.5 <= float(row["duration_s"]) <= 10 \
                and len(row["transcript"].split()) >= 6:
            speakers[row["language"], row["speaker"]].append(row)
    able = sorted(k for k, v in speakers.items() if len(v) >= 10)
    items, truth = [], {}
    for n in range(args.sample):
        name = f"noisy{n:03d}"
        language, speaker = able[n % len(able)]
        clips = rng.sample(speakers[language, speaker], 10)
        heard, others = clips[:8], clips[8:]
        unwritten, exchanged, edited, before = rng.sample(range(8), 4)
        audio, words, spans = b"", [], []
        for c, clip in enumerate(heard):
            if c == before:  # written, never heard
                words += [(w, None) for w in others[0]["transcript"].split()]
            sound = samples(f"{args.data}/speech/train/{clip['path']}")
            spans.append((len(audio) / 32000, (len(audio) + len(sound)) / 32000))
            audio += sound + bytes(2 * 4800)
            text = clip["transcript"].split()
            if c == unwritten:
                continue
            if c == exchanged:
                words += [(w, None) for w in others[1]["transcript"].split()]
                continue
            wrong = rng.sample(range(len(text)), 2) if c == edited else []
            for i, word in enumerate(text):
                other = rng.choice(others[0]["transcript"].split())
                words.append((other, None) if i in wrong and other.lower() != word.lower() else (word, c))
        process = subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-f", "s16le", "-ac", "1", "-ar", "16000", "-i", "-",
                                  f"{args.work}/noisy/{name}.flac"], input=audio)
        assert process.returncode == 0
        with open(f"{args.work}/noisy/{name}.txt", "w", encoding="utf-8") as f:
            f.write(" ".join(w for w, _ in words) + "\n")
        items.append((name, f"noisy/{name}.flac", f"noisy/{name}.txt", language, "speech"))
        truth[name] = (words, spans)
    with open(args.work + "/noisy.tsv", "w", encoding="utf-8") as f:
        f.write("".join("\t".join(i) + "\n" for i in items))
    spoken = sum(c is not None for words, _ in truth.values() for _, c in words)
    written = sum(len(words) for words, _ in truth.values())
    print(f"segments: {len(items)} recordings, {len(able)} speakers; of {written} words in the texts {spoken} are spoken there")
    for threshold in (0.6, 0.7, 0.8, 0.9):
        fresh(args, "out")
        run(args, "out", "--segments", args.work + "/clips.jsonl", "--segment-confidence", str(threshold), manifest="noisy.tsv")
        right, total, right_words, all_words, seconds = 0, 0, 0, 0, 0.0
        at = collections.Counter()
        for line in open(args.work + "/clips.jsonl", encoding="utf-8"):
            clip = json.loads(line)
            words, spans = truth[clip["id"]]
            said = clip["text"].split()
            first = find([w for w, _ in words], said, at[clip["id"]])
            at[clip["id"]] = first + len(said)
            owners = [c for _, c in words[first:first + len(said)]]
            good = None not in owners
            if good:
                # All that is heard between its ends must be written, and it must lie where its words are.
                good = set(range(owners[0], owners[-1] + 1)) == set(owners) and clip["start"] >= spans[owners[0]][0] - 0.35 \
                    and clip["end"] <= spans[owners[-1]][1] + 0.35
            total += 1
            right += good
            all_words += len(said)
            right_words += sum(c is not None for c in owners)
            seconds += clip["end"] - clip["start"]
        print(f"segments: threshold {threshold}: {total} clips, {seconds:.0f} s; text and place right in {right} "
              f"({100 * right / max(1, total):.1f} %); of {all_words} words {right_words} are spoken there "
              f"({100 * right_words / max(1, all_words):.1f} %), {100 * right_words / spoken:.0f} % of all that are")


def find(words, wanted, start):
    """Where words come next in a text; the reader of texts may leave out what is no word."""
    bare = lambda w: "".join(ch for ch in w.lower() if ch.isalnum())
    text, said = [bare(w) for w in words], [bare(w) for w in wanted]
    for at in range(start, len(text) - len(said) + 1):
        if text[at:at + len(said)] == said:
            return at
    raise AssertionError(f"{wanted} is not in the text")


POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>org.chorale</groupId>
<artifactId>s3-server</artifactId><version>1</version><dependencies><dependency><groupId>org.gaul</groupId>
<artifactId>s3proxy</artifactId><version>2.9.0</version></dependency></dependencies></project>"""


def s3(args):
    items, expected, total = make(args)
    server = args.work + "/s3server"
    shutil.rmtree(server, ignore_errors=True)
    os.makedirs(server + "/data/archive")
    open(server + "/pom.xml", "w").write(POM)
    subprocess.run(["mvn", "-B", "-q", "-f", server + "/pom.xml", "dependency:build-classpath", "-Dmdep.outputFile=cp.txt"], check=True)
    open(server + "/s3proxy.conf", "w").write(
        f"s3proxy.endpoint=http://127.0.0.1:{args.port}\ns3proxy.authorization=aws-v2-or-v4\ns3proxy.identity=chorale\n"
        f"s3proxy.credential=secret\njclouds.provider=filesystem\njclouds.filesystem.basedir={os.path.abspath(server)}/data\n")
    for item in items:
        for name in item[1:3]:
            source = f"{args.work}/{name}"
            if os.path.isfile(source):
                os.makedirs(os.path.dirname(f"{server}/data/archive/{name}"), exist_ok=True)
                shutil.copyfile(source, f"{server}/data/archive/{name}")
    # What is no file cannot be in a store: the pipe is missing there.
    shutil.copyfile(f"{args.work}/job.tsv", f"{server}/data/archive/job.tsv")
    process = subprocess.Popen(["java", "-Xmx256m", "-cp", open(server + "/cp.txt").read(), "org.gaul.s3proxy.Main", "--properties",
                                server + "/s3proxy.conf"], stdout=open(server + "/log", "w"), stderr=subprocess.STDOUT)
    try:
        time.sleep(8)
        fresh(args, "whole", "state")
        run(args, "whole")
        environment = dict(os.environ, CHORALE_S3_ENDPOINT=f"http://127.0.0.1:{args.port}", AWS_ACCESS_KEY_ID="chorale",
                           AWS_SECRET_ACCESS_KEY="secret")
        began = time.time()
        call = shlex.split(args.chorale) + ["batch", "s3://archive/job.tsv", "-o", "s3://archive/results", "--state",
                                            args.work + "/state", "--config", f"{ROOT}/config/s3.conf", "--json-progress",
                                            "--timeout", str(TIMEOUT)]
        done = subprocess.run(call, stdout=subprocess.PIPE, text=True, env=environment)
        print(f"s3: exit code {done.returncode}, {time.time() - began:.1f} s, {done.stdout.splitlines()[-1:]}")
        files = {n for n in os.listdir(args.work + "/whole") if n.endswith(".json")}
        stored = {n for n in os.listdir(server + "/data/archive/results") if n.endswith(".json")}
        same = [n for n in files & stored if filecmp.cmp(f"{args.work}/whole/{n}", f"{server}/data/archive/results/{n}", shallow=False)]
        lines = open(server + "/data/archive/results/report.jsonl", encoding="utf-8").read().splitlines()
        print(f"s3: {len(files)} results locally, {len(stored)} in the store, {len(same)} the same; {len(lines)} lines of report")
        assert len(lines) == total and len(same) == len(files) == len(stored)
        again = subprocess.run(call, stdout=subprocess.PIPE, text=True, env=environment)
        print(f"s3: second run did {json.loads(again.stdout.splitlines()[-1])['done']} items")
    finally:
        process.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = dict(make=make, account=account, throughput=throughput, kill=kill, memory=memory, cluster=cluster, s3=s3,
                    passages=passages, segments=segments)
    parser.add_argument("command", choices=commands)
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--songs", type=int, default=8)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--life", type=float, default=0, help="longest life of a killed run, seconds")
    parser.add_argument("--kill-first", action="store_true", help="kill the node that has the job, not the second")
    parser.add_argument("--port", type=int, default=25520)
    parser.add_argument("--config", help="another journal, such as config/postgresql.conf with CHORALE_DATABASE_URL, _USER and _PASSWORD")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chorale", default=os.path.join(ROOT, "chorale"))
    args = parser.parse_args()
    os.makedirs(args.work, exist_ok=True)
    args.work = os.path.abspath(args.work)
    commands[args.command](args)


if __name__ == "__main__":
    main()
