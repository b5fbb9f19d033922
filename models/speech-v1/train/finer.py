"""Boundaries of labels moved to where the sound changes, as org.chorale.align.FineBoundaries and PauseEdges do it."""
import numpy as np
import torch

import boundaries as B
import net

REACH_SECONDS, SPEECH_SECONDS, LEAST_PAUSE_FRAMES, QUIET_SHARE, LEAST_RANGE = 0.08, 0.15, 4, 0.1, 12
STEP = B.HOP / B.RATE
LEAST_SECONDS = 0.005  # of a phone between two boundaries that were moved


class FineLabels:
    def __init__(self, checkpoint):
        """checkpoint: what `boundaries.py --labeller` wrote."""
        state = torch.load(checkpoint, map_location="cpu")
        self.model = B.BoundaryNet(state["all_cues.weight"].shape[1])
        self.model.load_state_dict(state)
        self.model.eval()

    def __call__(self, samples, scores, classes, starts):
        """int16 samples, scores [frames, classes], class and first frame of every phone -> sample where each ends."""
        cuts = np.append(starts, len(scores))
        edges = [0.0] + [B.between(scores, classes[k - 1], classes[k], cuts[k - 1], cuts[k], cuts[k + 1]) * net.HOP / B.RATE
                         for k in range(1, len(classes))] + [len(samples) / B.RATE]
        recording = B.Recording(samples / 32768, scores, [[c, a, b] for c, a, b in zip(classes, edges, edges[1:])], {})
        if len(classes) > 1:
            levels, cues, middles = zip(*(recording.example(k) for k in range(1, len(classes))))
            with torch.no_grad():
                moved = self.model(torch.from_numpy(np.array(levels)), torch.from_numpy(np.array(cues))).numpy()
            edges[1:-1] = [float(middle + m) for middle, m in zip(middles, moved)]
            edges = pause_edges(recording.levels, classes, edges)
        for k in range(1, len(edges)):
            edges[k] = max(edges[k], edges[k - 1] + LEAST_SECONDS)
        return [min(len(samples), int(round(e * B.RATE))) for e in edges[1:-1]] + [len(samples)]


def pause_edges(levels, classes, edges):
    """Edges of pauses half way between the level of the speech and of the pause, in decibels."""
    level, out = 10 * np.log10(np.exp(levels.astype(np.float64)).sum(1)), list(edges)
    silence = net.P.INDEX[net.P.SILENCE]
    for k in range(1, len(classes)):
        if classes[k] == silence and classes[k - 1] != silence:
            out[k] = pause_edge(level, out[k], edges[k - 1], edges[k + 1])
        elif classes[k - 1] == silence and classes[k] != silence:
            out[k] = pause_edge(level, out[k], edges[k + 1], out[k - 1])
    return out


def pause_edge(level, at, speech_end, pause_end):
    step, frame = (1 if pause_end > at else -1), lambda seconds: int(np.rint(seconds / STEP))
    along = lambda frames: level[np.clip(frames, 0, len(level) - 1)]
    edge = frame(at)
    pause = abs(frame(pause_end) - edge)
    if pause < LEAST_PAUSE_FRAMES:
        return at
    floor = np.sort(along(edge + step * np.arange(pause + 1)))[int(QUIET_SHARE * pause)]
    speech = min(abs(edge - frame(speech_end)), round(SPEECH_SECONDS / STEP))
    peak = along(edge - step * np.arange(speech + 1)).max()
    if peak - floor < LEAST_RANGE:
        return at
    fallen = np.flatnonzero(along(edge + step * np.arange(min(pause, round(REACH_SECONDS / STEP)) + 1)) <= (peak + floor) / 2)
    if not len(fallen) or fallen[0] == 0:
        return at
    place = (edge + step * fallen[0]) * STEP
    return max(at, place) if step > 0 else min(at, place)
