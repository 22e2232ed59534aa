"""Deepgram: recognition by Flux and Nova, the voice by Aura-2, through the vendor's own SDK."""

from enterprise_stream.engines.deepgram.aura import DeepgramAura
from enterprise_stream.engines.deepgram.recogniser import DeepgramFlux, DeepgramNova

__all__ = ["DeepgramAura", "DeepgramFlux", "DeepgramNova"]
