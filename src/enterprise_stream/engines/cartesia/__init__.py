"""Cartesia's voice, over its socket of many contexts."""

from enterprise_stream.engines.cartesia.engine import CartesiaVoice

__all__ = ["CartesiaVoice"]
