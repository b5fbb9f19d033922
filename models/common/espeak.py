"""espeak-ng as a teacher: speech with exact phone times, and pronunciations (offline tools only, never at run time).

A thin ctypes layer over libespeak-ng (Debian: libespeak-ng1, espeak-ng-data). One process holds one synthesiser.
"""
import ctypes as C

import numpy as np

SAMPLE_RATE = 22050
_SYNCHRONOUS, _PHONEME_EVENTS, _IPA = 2, 1, 2
_EVENT_WORD, _EVENT_PHONEME, _EVENT_LIST_END = 1, 7, 0
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4


class _Id(C.Union):
    _fields_ = [("number", C.c_int), ("name", C.c_char_p), ("string", C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [("type", C.c_int), ("unique", C.c_uint), ("text_position", C.c_int), ("length", C.c_int),
                ("audio_position", C.c_int), ("sample", C.c_int), ("user_data", C.c_void_p), ("id", _Id)]


_CALLBACK = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))


class Espeak:
    """Synthesises text; not thread-safe (the library keeps global state)."""

    def __init__(self):
        self._lib = C.CDLL("libespeak-ng.so.1")
        self._lib.espeak_TextToPhonemes.restype = C.c_char_p
        if self._lib.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS | _IPA) != SAMPLE_RATE:
            raise RuntimeError("espeak-ng did not start, or not at 22050 Hz")
        self._audio, self._events, self._voice = [], [], None
        self._callback = _CALLBACK(self._receive)  # kept: ctypes does not own it
        self._lib.espeak_SetSynthCallback(self._callback)

    def _receive(self, wav, count, events):
        if wav and count > 0:
            self._audio.append(np.ctypeslib.as_array(wav, (count,)).copy())
        i = 0
        while events[i].type != _EVENT_LIST_END:
            e = events[i]
            if e.type == _EVENT_WORD:
                self._events.append(("word", e.sample, e.text_position - 1, e.length))
            elif e.type == _EVENT_PHONEME:
                # Read the bytes past a NUL-free 8-byte field safely.
                raw = C.string_at(C.addressof(e.id), 8).split(b"\0")[0]
                self._events.append(("phone", e.sample, raw.decode("utf-8", "ignore"), 0))
            i += 1
        return 0

    def voice(self, name):
        if name != self._voice:
            if self._lib.espeak_SetVoiceByName(name.encode()) != 0:
                raise ValueError("no espeak-ng voice " + name)
            self._voice = name

    def say(self, text, voice, rate=170, pitch=50, pitch_range=50):
        """Returns (int16 samples at 22,050 Hz, [("word", sample, char position, length) | ("phone", sample, ipa, 0)])."""
        self.voice(voice)
        for key, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._lib.espeak_SetParameter(key, int(value), 0)
        self._audio, self._events = [], []
        data = text.encode() + b"\0"
        self._lib.espeak_Synth(data, len(data), 0, 1, 0, 1, None, None)
        audio = np.concatenate(self._audio) if self._audio else np.zeros(0, np.int16)
        return audio, self._events

    def ipa(self, text, voice):
        """The pronunciation of a text, phones separated by '_' and words by spaces."""
        self.voice(voice)
        pointer = C.c_char_p(text.encode())
        address = C.pointer(pointer)
        out = []
        while pointer.value:
            # textmode 1 = UTF-8; phonememode bit 1 = IPA, bits 8.. = separator
            out.append(self._lib.espeak_TextToPhonemes(address, 1, 2 | (ord("_") << 8)).decode())
        return " ".join(out)
