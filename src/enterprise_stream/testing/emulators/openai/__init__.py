"""OpenAI's emulator: chat completions, speech and models on loopback."""

from enterprise_stream.testing.emulators.openai.chat_answer import Answer, Call
from enterprise_stream.testing.emulators.openai.minds import Mind, ReadingMind, ScriptedMind
from enterprise_stream.testing.emulators.openai.models import CATALOGUE, Model
from enterprise_stream.testing.emulators.openai.prompt_cache import PromptCache
from enterprise_stream.testing.emulators.openai.server import OpenAiEmulator

__all__ = [
    "CATALOGUE",
    "Answer",
    "Call",
    "Mind",
    "Model",
    "OpenAiEmulator",
    "PromptCache",
    "ReadingMind",
    "ScriptedMind",
]
