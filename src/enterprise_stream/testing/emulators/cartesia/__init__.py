"""Cartesia's emulator: text to speech over a WebSocket on loopback."""

from enterprise_stream.testing.emulators.cartesia.server import CartesiaEmulator

__all__ = ["CartesiaEmulator"]
