"""ElevenLabs' voice, over its `stream-input` socket."""

from enterprise_stream.engines.elevenlabs.engine import ElevenLabsVoice

__all__ = ["ElevenLabsVoice"]
