"""The voice library: what was ever said in her voice, kept on disk and said again at once."""

from enterprise_stream.speaking.library.clip import Category, Clip
from enterprise_stream.speaking.library.key import ClipKey, Rendering
from enterprise_stream.speaking.library.privacy import Discretion
from enterprise_stream.speaking.library.store import ClipStore
from enterprise_stream.speaking.library.streaming import StreamingLibraryVoice
from enterprise_stream.speaking.library.tally import Tally
from enterprise_stream.speaking.library.voice import LibraryVoice

__all__ = [
    "Category",
    "Clip",
    "ClipKey",
    "ClipStore",
    "Discretion",
    "LibraryVoice",
    "Rendering",
    "StreamingLibraryVoice",
    "Tally",
]
