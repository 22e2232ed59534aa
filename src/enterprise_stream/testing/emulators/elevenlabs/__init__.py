"""ElevenLabs' emulator: text to speech over a WebSocket on loopback."""

from enterprise_stream.testing.emulators.elevenlabs.server import ElevenLabsEmulator

__all__ = ["ElevenLabsEmulator"]
