"""Pitch of clean speech: normalised cross-correlation, the best few lags a frame, one path through them."""
import numpy as np

RATE, HOP, LOW_LAG, HIGH_LAG, WINDOW, FFT, BEST = 16000, 160, 36, 290, 400, 1024, 5  # 55 to 444 Hz
UNVOICED, OCTAVE_COST, JUMP, SWITCH = 0.5, 0.06, 0.6, 0.14


def pitch(x):
    """x: float samples at 16 kHz -> float32 [len / 160], Hz at the middle of every 10-ms frame, 0 where unvoiced."""
    frames = len(x) // HOP
    if frames == 0:
        return np.zeros(0, np.float32)
    span = WINDOW + HIGH_LAG + 1
    padded = np.concatenate([np.zeros(span, np.float32), x, np.zeros(2 * span, np.float32)])
    first = np.arange(frames) * HOP + HOP // 2 + span - (WINDOW + 110) // 2
    y = padded[first[:, None] + np.arange(span)[None]]
    y = y - y.mean(1, keepdims=True)
    head = np.fft.rfft(y[:, :WINDOW], FFT)
    r = np.fft.irfft(np.fft.rfft(y, FFT) * head.conj(), FFT)[:, :HIGH_LAG + 2]
    total = np.concatenate([np.zeros((frames, 1)), np.cumsum(y.astype(np.float64) ** 2, 1)], 1)
    energy = total[:, WINDOW:WINDOW + HIGH_LAG + 1] - total[:, :HIGH_LAG + 1]
    floor = 1e-4 * WINDOW * max(np.mean(x ** 2), 1e-9)
    r = r[:, :HIGH_LAG + 1] / np.sqrt((energy[:, :1] + floor) * (energy + floor))
    lag = np.arange(LOW_LAG, HIGH_LAG)
    mid, left, right = r[:, lag], r[:, lag - 1], r[:, lag + 1]
    bend = left - 2 * mid + right
    shift = np.where(bend < -1e-9, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0).clip(-1, 1)
    score = np.where((mid >= left) & (mid >= right), mid - OCTAVE_COST * np.log2(lag / LOW_LAG), -1)
    best = np.argpartition(-score, BEST, 1)[:, :BEST]
    rows = np.arange(frames)[:, None]
    strength = np.concatenate([score[rows, best], np.full((frames, 1), UNVOICED - OCTAVE_COST * 1.5)], 1)
    octave = np.log2(RATE / (lag[best] + shift[rows, best]))
    cost, back = -strength[0], np.zeros((frames, BEST + 1), np.int8)
    for t in range(1, frames):
        move = np.full((BEST + 1, BEST + 1), SWITCH)
        move[:BEST, :BEST] = JUMP * np.abs(octave[t - 1][:, None] - octave[t][None])
        move[BEST, BEST] = 0
        whole = cost[:, None] + move
        back[t] = whole.argmin(0)
        cost = whole.min(0) - strength[t]
    out, k = np.zeros(frames, np.float32), int(cost.argmin())
    for t in range(frames - 1, -1, -1):
        if k < BEST:
            out[t] = 2 ** octave[t, k]
        k = int(back[t, k])
    return out
