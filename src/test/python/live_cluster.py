#!/usr/bin/env python3
"""Live sessions in a cluster: nodes in JVMs of their own on loopback, streams over all of them, one node killed with kill -9.

usage: live_cluster.py SHARED_DATA WORK_DIR [--nodes 3] [--streams 10] [--kill 1] [--clips 5] [--no-folder]

Every stream is a `chorale follow` in real time that knows all nodes; half of them begin at the node that dies. Checked
of every stream: its words come once, with numbers that grow, none that an undisturbed run on one node tells is lost, and
the result is that of `chorale align` for the same samples. With --no-folder the nodes share no folder: then the result
of a stream that moved has to be that of its word events. Of two nodes without a folder only the second one may die.

Told: how long after the kill the streams of the node that died, and the others, had a word again; and how far the events
are from those of the undisturbed run.

--chorale CMD: the command to check (default: the repository's launcher).
Python 3 and ffmpeg, nothing else. Times are wall clock; say what else the machine did.
"""
import argparse
import csv
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../../..")
LONGEST = 600


def make(args):
    """Recordings of 16 kHz, 16 bits, mono, each of a few clips with half a second of silence between, and their texts."""
    rows = csv.DictReader(open(args.data + "/speech/train/manifest.tsv", encoding="utf-8"), delimiter="\t",
                          quoting=csv.QUOTE_NONE)
    clips = [r for r in rows if r["language"] == "en" and 5 <= float(r["duration_s"]) <= 15
             and len(r["transcript"].split()) > 8]
    random.Random(args.seed).shuffle(clips)
    made = []
    for n in range(args.streams):
        mine = clips[n * args.clips:(n + 1) * args.clips]
        name = f"{args.work}/stream{n:02d}"
        parts = []
        for clip in mine:
            parts += ["-i", f"{args.data}/speech/train/{clip['path']}"]
        graph = "".join(f"[{k}:a]aresample=16000,apad=pad_dur=0.5[p{k}];" for k in range(len(mine)))
        graph += "".join(f"[p{k}]" for k in range(len(mine))) + f"concat=n={len(mine)}:v=0:a=1[out]"
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *parts, "-filter_complex", graph, "-map", "[out]", "-ac", "1",
                        "-ar", "16000", "-c:a", "pcm_s16le", "-bitexact", name + ".wav"], check=True)
        with open(name + ".txt", "w", encoding="utf-8") as f:
            f.write("".join(clip["transcript"].strip() + "\n" for clip in mine))
        made.append(name)
    return made


class Node:
    def __init__(self, args, number, folder):
        self.port = args.port + number
        env = dict(os.environ, CHORALE_PORT=str(args.port + 100 + number), CHORALE_SHARED_FOLDER=folder or "",
                   CHORALE_SEED_1=f"akka://chorale@127.0.0.1:{args.port + 100}")
        config = "live-cluster-shared.conf" if folder else "live-cluster.conf"
        self.log = open(f"{args.work}/node{number}.log", "w")
        self.process = subprocess.Popen(
            [*args.java, "serve", "--port", str(self.port), "--config", f"{ROOT}/config/{config}"],
            env=env, stdout=self.log, stderr=self.log, start_new_session=True)
        self.url = f"ws://127.0.0.1:{self.port}/v1/align"

    def wait(self):
        for _ in range(LONGEST):
            try:
                if urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5).status == 200:
                    return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"node at {self.port} ended: see {self.log.name}")
            time.sleep(0.5)
        sys.exit(f"node at {self.port} is not ready: see {self.log.name}")

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()


class Follower:
    def __init__(self, args, name, urls, pace):
        self.first = urls[0]
        options = [o for url in urls for o in ("--url", url)]
        self.process = subprocess.Popen(
            [*args.java, "follow", name + ".wav", name + ".txt", "-l", "en", "--json", "--pace", str(pace), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.events = []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.events.append((time.monotonic(), json.loads(line)))

    def wait(self):
        self.thread.join(LONGEST)
        if self.process.wait(LONGEST):
            sys.exit("a client ended: " + self.process.stderr.read())
        return self

    def wait_for(self, kind):
        until = time.monotonic() + LONGEST
        while not self.of(kind):
            if self.process.poll() or time.monotonic() > until:
                sys.exit(f"a client heard no '{kind}'")
            time.sleep(0.1)

    def of(self, kind):
        return [(at, e) for at, e in list(self.events) if e["type"] == kind]

    def words(self):
        return [e for _, e in self.of("word")]

    def after(self, when, kind):
        return next((at - when for at, e in self.of(kind) if at > when), None)


def command(args):
    if args.chorale:
        return shlex.split(args.chorale)
    subprocess.run([f"{ROOT}/chorale", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be
    return ["java", "-Xmx640m", "-XX:+UseSerialGC", f"-Dchorale.home={ROOT}", "-jar", f"{ROOT}/target/chorale.jar"]


def compare(name, undisturbed, follower, result, folder):
    words = follower.words()
    numbers = [w["seq"] for w in words]
    indices = [w["index"] for w in words]
    assert numbers == sorted(set(numbers)), f"{name}: numbers {numbers}"
    assert len(indices) == len(set(indices)), f"{name}: a word came twice: {indices}"
    before = {w["index"]: w for w in undisturbed.words()}
    lost = sorted(set(before) - set(indices))
    more = sorted(set(indices) - set(before))
    moved = [w["index"] for w in words if w["index"] in before
             and max(abs(w[k] - before[w["index"]][k]) for k in ("start", "end")) > 0.02]
    done = follower.of("done")[0][1]
    out = []
    if folder:
        assert "ofEvents" not in done, f"{name}: its recording was lost"
        assert done["alignment"]["words"] == result["words"], f"{name}: the result is not that of align"
    elif follower.of("resumed"):
        assert done.get("ofEvents") is True, f"{name}: where does its result come from?"
        told = {w["index"]: w for w in words}
        timed = {k: w for k, w in enumerate(done["alignment"]["words"]) if w["status"] == "aligned"}
        assert timed.keys() <= told.keys(), f"{name}: the result has words that were not told"
        assert all(timed[k][t] == told[k][t] for k in timed for t in ("start", "end")), f"{name}: times are not those told"
        out = sorted(told.keys() - timed.keys())
    else:
        assert "ofEvents" not in done and done["alignment"]["words"] == result["words"], f"{name}: not the result of align"
    return lost, more, moved, out


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--streams", type=int, default=10)
    parser.add_argument("--kill", type=int, default=1, help="which node; 0 is the one that starts the cluster")
    parser.add_argument("--clips", type=int, default=5)
    parser.add_argument("--after", type=float, default=10, help="seconds from when all streams had a word to the kill")
    parser.add_argument("--no-folder", action="store_true")
    parser.add_argument("--port", type=int, default=18180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chorale")
    args = parser.parse_args()
    args.work = os.path.abspath(args.work)
    folder = None if args.no_folder else args.work + "/shared"
    os.makedirs(folder or args.work, exist_ok=True)
    args.java = command(args)
    names = make(args)
    results = []  # before the nodes are there, so that nothing else is measured
    for name in names:
        out = subprocess.run([*args.java, "align", name + ".wav", name + ".txt", "-l", "en", "--mode", "speech", "--quiet",
                              "-o", "-"], check=True, stdout=subprocess.PIPE).stdout
        results.append(json.loads(out))
    nodes = [Node(args, n, folder) for n in range(args.nodes)]
    try:
        for node in nodes:
            node.wait()
        undisturbed = [Follower(args, name, [nodes[0].url], 0).wait() for name in names]
        followers = []
        for n, name in enumerate(names):
            first = args.kill if n % 2 == 0 else n % args.nodes
            followers.append(Follower(args, name, [nodes[(first + k) % args.nodes].url for k in range(args.nodes)], 1))
            time.sleep(0.5)
        for follower in followers:
            follower.wait_for("word")
        time.sleep(args.after)
        running = sum(not f.of("done") and bool(f.of("ready")) for f in followers)
        nodes[args.kill].kill()
        killed = time.monotonic()
        print(f"{running} of {args.streams} streams under way when node {args.kill} of {args.nodes} was killed", flush=True)
        for follower in followers:
            follower.wait()
    finally:
        for node in nodes:
            if node.process.poll() is None:
                node.kill(signal.SIGTERM)
    ok = True
    gaps = {True: [], False: []}
    total = 0
    moves = 0
    for name, before, follower, result in zip(names, undisturbed, followers, results):
        lost, more, moved, out = compare(os.path.basename(name), before, follower, result, folder)
        resumed = follower.after(killed, "resumed")
        gap = follower.after(killed, "word")
        if gap is not None:
            gaps[resumed is not None].append(gap)
        total += len(follower.words())
        moves += resumed is not None
        print(f"{os.path.basename(name)}: {len(follower.words())} words, lost {lost}, more {more}, moved by over 20 ms {moved}"
              + (f"; resumed after {resumed:.1f} s" if resumed is not None else "")
              + (f"; told, but read out of turn, and not in the result {out}" if out else ""))
        ok = ok and not lost
    for resumed, values in gaps.items():
        values.sort()
        if values:
            print(f"{'streams of the node that died' if resumed else 'other streams'}: next word {values[0]:.1f} to "
                  f"{values[-1]:.1f} s after the kill, median {values[len(values) // 2]:.1f} s")
    left = os.listdir(folder) if folder else []
    print(f"{total} words, each once and in order; {moves} of {args.streams} streams resumed; "
          f"{len([f for f in left if f.endswith('.wav')])} recordings left")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
