"""The clips said last, in memory."""

from collections import OrderedDict

from enterprise_stream.speaking.library.clip import Clip
from enterprise_stream.speaking.library.store import Tier

Held = tuple[Tier, Clip]
"""A clip and where it came from."""


class ClipMemory:
    """Least recently used clips go out when there are more than `limit_bytes` of samples.

    Args:
        limit_bytes: bound on the samples held; a clip larger than this is not held at all.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._clips: OrderedDict[str, Held] = OrderedDict()
        self._bytes = 0

    def __contains__(self, name: str) -> bool:
        return name in self._clips

    @property
    def size_bytes(self) -> int:
        """Samples held, in bytes."""
        return self._bytes

    def begins(self, words: str, language: str) -> bool:
        """Whether any clip begins with these spoken words."""
        beginning = f"{words} " if words else ""
        return any(
            clip.language == language and (clip.text == words or clip.text.startswith(beginning))
            for _, clip in self._clips.values()
        )

    def get(self, name: str) -> Held | None:
        """The clip of that name, which is then the last to go."""
        held = self._clips.get(name)
        if held is not None:
            self._clips.move_to_end(name)
        return held

    def put(self, name: str, tier: Tier, clip: Clip) -> None:
        """Hold a clip; the oldest make room."""
        self.drop(name)
        if clip.samples.nbytes > self._limit:
            return
        self._clips[name] = (tier, clip)
        self._bytes += clip.samples.nbytes
        while self._bytes > self._limit:
            _, (_, oldest) = self._clips.popitem(last=False)
            self._bytes -= oldest.samples.nbytes

    def drop(self, name: str) -> None:
        """Hold a clip no longer."""
        held = self._clips.pop(name, None)
        if held is not None:
            self._bytes -= held[1].samples.nbytes
