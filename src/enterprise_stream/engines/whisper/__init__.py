"""Whisper on this machine: the recogniser that needs no key."""

from enterprise_stream.engines.whisper.engine import WhisperRecogniser, WhisperUtterance

__all__ = ["WhisperRecogniser", "WhisperUtterance"]
