"""Deepgram's service, emulated on loopback: listening (Nova, Flux) and speaking (Aura-2)."""

from enterprise_stream.testing.emulators.deepgram.emulator import (
    REALISTIC,
    DeepgramEmulator,
    DeepgramLatencies,
    DeepgramLimits,
)

__all__ = ["REALISTIC", "DeepgramEmulator", "DeepgramLatencies", "DeepgramLimits"]
