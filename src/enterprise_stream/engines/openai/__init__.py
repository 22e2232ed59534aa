"""OpenAI, or a server that speaks its protocol: a brain and a voice."""

from enterprise_stream.engines.openai.brain import OpenAIBrain
from enterprise_stream.engines.openai.history import Memory
from enterprise_stream.engines.openai.voice import OpenAIVoice

__all__ = ["Memory", "OpenAIBrain", "OpenAIVoice"]
