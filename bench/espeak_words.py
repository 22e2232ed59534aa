"""Clauses as espeak-ng says them: a voice that is made by rule, and tells exactly where each of its words begins."""

import ctypes

import espeakng_loader
import numpy as np
import soxr
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm
from enterprise_stream.speaking.speech_text import segments

VOICES = {"es": ("es", "es+f3", "es-419+m3"), "en": ("en-us", "en-gb-scotland", "en-us+m3", "en-us+f2")}

_WORDS_A_MINUTE = 165
_SYNCHRONOUS, _RATE, _CHARACTERS, _UTF8, _WORD = 2, 1, 1, 1, 1
"""Of espeak-ng's `speak_lib.h`."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("type", "said", "position", "length", "ms", "sample")),
        ("user", ctypes.c_void_p),
        ("id", _Id),
    )


_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The synthesiser; there is one in a process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        self._heard = _Heard(self._hear)  # kept, for the library calls it
        self._library.espeak_SetSynthCallback(self._heard)
        self._sound: list[Pcm] = []
        self._begins: dict[int, float] = {}

    def say(self, voice: str, speed: float, language: str, text: str) -> tuple[Pcm, NDArray[np.float64]]:
        """A clause, and where each written word begins, ms; not a number for those that it is not told of.

        Raises:
            ValueError: there is no such voice.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(voice)
        self._library.espeak_SetParameter(_RATE, round(_WORDS_A_MINUTE * speed), 0)
        self._sound, self._begins = [], {}
        spoken, starts = "", list[float]()
        parts = segments(text, language)
        at = []
        for part in parts:
            at.append(len(spoken) if part.spoken else -1)
            spoken += f"{part.spoken} " if part.spoken else ""
        data = spoken.encode() + b"\0"
        self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, _CHARACTERS, 0, _UTF8, None, None)
        for part, position in zip(parts, at, strict=True):
            others = len(part.written.split()) - 1
            starts += [self._begins.get(position, np.nan), *[np.nan] * others]
        sound = soxr.resample(np.concatenate(self._sound), self._rate, SAMPLE_RATE)
        return np.asarray(sound, np.int16), np.array(starts)

    def _hear(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if count > 0:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        number = 0
        while events[number].type:
            if events[number].type == _WORD:
                self._begins.setdefault(events[number].position - 1, events[number].sample * 1000 / self._rate)
            number += 1
        return 0
