"""Whisper on this machine, by CTranslate2: the recogniser that needs no key."""

from enterprise_stream.engines.whisper.engine import WhisperRecogniser, WhisperUtterance

__all__ = ["WhisperRecogniser", "WhisperUtterance"]
