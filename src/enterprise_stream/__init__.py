"""Enterprise Stream: a voice concierge over a plain WebSocket."""

from importlib.metadata import version

__version__ = version("enterprise-stream")
