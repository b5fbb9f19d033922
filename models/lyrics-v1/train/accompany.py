"""Self-made accompaniment: random songs (drums, bass, guitars, keys, pads, leads) as MIDI, played by FluidSynth.

usage: accompany.py OUT_STEM SEED SONGS [SOUND_FONT]
Writes OUT_STEM.pcm (16 kHz int16, left and right interleaved) and OUT_STEM.jsonl (offset and length in frames).
Sound font: the free FluidR3_GM (Debian package fluid-soundfont-gm). Needs mido.
"""
import json
import os
import subprocess
import sys
import tempfile
import wave

import mido
import numpy as np

FONT = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
TICKS = 480
PROGRESSIONS = ("I V vi IV", "vi IV I V", "I vi IV V", "I IV V IV", "ii V I I", "I I IV I V IV I V", "vi V IV V", "I iii IV iv",
                "i VI III VII", "i iv v i", "i VII VI VII", "I IV vi V", "i i iv i VI v i i", "I bVII IV I")
ROMAN = {"I": 0, "ii": 2, "iii": 4, "IV": 5, "iv": 5, "V": 7, "v": 7, "vi": 9, "i": 0, "III": 3, "VI": 8, "VII": 10, "bVII": 10}
BASSES, GUITARS, KEYS = range(32, 40), (24, 25, 26, 27, 28, 29, 30, 105), (0, 1, 2, 4, 5, 6, 7, 11, 16, 17, 18, 19, 21)
PADS = (48, 49, 50, 51, 52, 53, 54, 61, 62, 63, 88, 89, 90, 91, 92, 94, 95)
LEADS = (40, 41, 42, 53, 54, 56, 57, 59, 60, 64, 65, 66, 68, 71, 73, 74, 75, 78, 80, 81, 85, 87, 29, 30)
KICK, SNARE, CLAP, CLOSED, OPENED, CRASH, RIDE, TOMS = 36, 38, 39, 42, 46, 49, 51, (41, 45, 48, 50)


class Song:
    def __init__(self, rng):
        self.rng, self.events = rng, []  # (tick, message)

    def note(self, channel, key, velocity, start, length):
        velocity = int(np.clip(velocity + self.rng.normal(0, 6), 20, 127))
        shift = self.rng.normal(0, 6)
        begin = max(0, int(start + shift))
        self.events.append((begin, mido.Message("note_on", channel=channel, note=int(key), velocity=velocity)))
        self.events.append((begin + max(20, int(length)), mido.Message("note_off", channel=channel, note=int(key))))

    def compose(self):
        rng = self.rng
        key, bars = int(rng.integers(12)), int(rng.integers(20, 36))
        bpm = rng.uniform(62, 180)
        self.events.append((0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))))
        players = []
        if rng.random() < 0.8:
            players.append(self.drums())
        if rng.random() < 0.9:
            players.append(self.bass())
        for _ in range(int(rng.integers(1, 4))):
            players.append(self.chords())
        if rng.random() < 0.65:
            players.append(self.lead())
        for channel in range(9):
            for control, value in ((10, rng.integers(0, 128) if rng.random() < .7 else 64), (91, rng.integers(0, 110)),
                                   (93, rng.integers(0, 60)), (7, rng.integers(60, 120))):
                self.events.append((0, mido.Message("control_change", channel=channel, control=control, value=int(value))))
        section = []
        for bar in range(bars):
            if bar % 8 == 0:  # who plays in this part, and on which chords
                section = PROGRESSIONS[rng.integers(len(PROGRESSIONS))].split()
                playing = [rng.random() < 0.85 for _ in players]
            name = section[bar % len(section)]
            root = key + ROMAN[name]
            chord = [root, root + (3 if name.islower() else 4), root + 7] + ([root + 10] if rng.random() < 0.15 else [])
            scale = [key + s for s in ((0, 2, 3, 5, 7, 8, 10) if section[0] == "i" else (0, 2, 4, 5, 7, 9, 11))]
            for play, on in zip(players, playing):
                if on:
                    play(bar, bar * 4 * TICKS, chord, scale)

    def drums(self):
        rng = self.rng
        steps = 16
        hat = CLOSED if rng.random() < 0.7 else RIDE
        every = int(rng.choice([1, 2, 2, 2, 4]))
        kick = [0, 8] if rng.random() < 0.5 else [0, 4, 8, 12] if rng.random() < 0.4 else [0, 6, 10]
        kick = kick + [int(s) for s in rng.integers(0, 16, rng.integers(0, 3))]
        snare = [4, 12] if rng.random() < 0.8 else [8]
        swing = rng.uniform(0, 0.33) if rng.random() < 0.25 else 0
        loud = rng.uniform(60, 115)
        backbeat = CLAP if rng.random() < 0.2 else SNARE

        def play(bar, at, chord, scale):
            tick = lambda s: at + (s + (swing if s % 2 else 0)) * TICKS // 4
            for s in range(0, steps, every):
                self.note(9, OPENED if rng.random() < 0.05 else hat, loud * (0.8 if s % 4 else 1), tick(s), 60)
            for s in kick:
                self.note(9, KICK, loud + 8, tick(s), 60)
            for s in snare:
                self.note(9, backbeat, loud + 5, tick(s), 60)
            if bar % 8 == 0:
                self.note(9, CRASH, loud, at, 400)
            if bar % 8 == 7:
                for s in range(12, 16):
                    self.note(9, rng.choice(TOMS), loud, tick(s), 60)
        return play

    def program(self, channel, choices):
        self.events.append((0, mido.Message("program_change", channel=channel, program=int(self.rng.choice(choices)))))

    def channel(self):
        self.used = getattr(self, "used", -1) + 1
        return self.used

    def bass(self):
        rng, channel = self.rng, self.channel()
        self.program(channel, BASSES)
        pattern = rng.choice([1, 2, 4, 8])

        def play(bar, at, chord, scale):
            for s in range(pattern):
                key = 36 + (chord[0] + (7 if rng.random() < 0.2 else 0)) % 12 - (0 if chord[0] % 12 < 5 else 12) + 0
                self.note(channel, max(key, 26), 95, at + s * 4 * TICKS // pattern, 3.6 * TICKS / pattern)
        return play

    def chords(self):
        rng, channel = self.rng, self.channel()
        kind = rng.integers(3)
        self.program(channel, (GUITARS, KEYS, PADS)[kind])
        base = int(rng.choice([48, 60]))
        style = rng.random() if kind < 2 else 0.9
        hits = sorted(set([0] + [int(s) for s in rng.integers(0, 16, rng.integers(2, 8))]))

        def play(bar, at, chord, scale):
            keys = [base + c % 12 for c in chord]
            if style < 0.4:  # strummed or struck
                for j, s in enumerate(hits):
                    length = ((hits[j + 1] if j + 1 < len(hits) else 16) - s) * TICKS // 4
                    for k, key in enumerate(keys):
                        self.note(channel, key, 75, at + s * TICKS // 4 + k * 8, length * 0.9)
            elif style < 0.7:  # arpeggio
                for s in range(0, 16, 2):
                    self.note(channel, keys[(s // 2) % len(keys)] + 12 * (s % 6 == 4), 75, at + s * TICKS // 4, TICKS)
            else:  # held
                for key in keys:
                    self.note(channel, key, 70, at, 3.9 * TICKS)
        return play

    def lead(self):
        rng, channel = self.rng, self.channel()
        self.program(channel, LEADS)
        state = [int(rng.integers(7, 16))]
        density = rng.uniform(0.2, 0.7)

        def play(bar, at, chord, scale):
            if (bar // 2) % 2 and rng.random() < 0.6:
                return
            s = 0
            while s < 16:
                length = int(rng.choice([1, 2, 2, 4, 4, 8]))
                if rng.random() < density:
                    state[0] = int(np.clip(state[0] + rng.integers(-3, 4), 0, 20))
                    key = 48 + scale[state[0] % 7] + 12 * (state[0] // 7)
                    self.note(channel, min(key, 96), 85, at + s * TICKS // 4, length * TICKS / 4 * 0.95)
                s += length
        return play

    def save(self, path):
        track = mido.MidiTrack()
        now = 0
        for tick, message in sorted(self.events, key=lambda e: e[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        midi = mido.MidiFile(ticks_per_beat=TICKS)
        midi.tracks.append(track)
        midi.save(path)


def render(midi, wav, font):
    subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "16000", "-F", wav, "-O", "s16", font, midi], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with wave.open(wav) as f:
        assert f.getframerate() == 16000 and f.getnchannels() == 2
        return np.frombuffer(f.readframes(f.getnframes()), "<i2").reshape(-1, 2)


def main(stem, seed, songs, font=FONT):
    rng, offset = np.random.default_rng(int(seed)), 0
    with tempfile.TemporaryDirectory() as folder, open(stem + ".pcm.part", "wb") as pcm, \
            open(stem + ".jsonl.part", "w", encoding="utf-8") as index:
        for _ in range(int(songs)):
            song = Song(rng)
            song.compose()
            song.save(folder + "/a.mid")
            samples = render(folder + "/a.mid", folder + "/a.wav", font)
            peak = np.abs(samples.astype(np.int32)).max()
            if peak < 300 or len(samples) < 20 * 16000:
                continue
            samples = (samples * (20000.0 / peak)).astype("<i2")
            pcm.write(samples.tobytes())
            index.write(json.dumps(dict(offset=offset, length=len(samples))) + "\n")
            offset += len(samples)
    for suffix in (".pcm", ".jsonl"):
        os.replace(stem + suffix + ".part", stem + suffix)
    print(f"{offset / 16000 / 3600:.2f} h")


if __name__ == "__main__":
    main(*sys.argv[1:])
