"""What a stream's chunks add up to: text, calls of functions, why it ended, what it used."""

from dataclasses import dataclass

from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.completion_usage import CompletionUsage

from enterprise_stream.engines.openai.faults import failure
from enterprise_stream.thinking.ports import ToolCall, Usage


@dataclass(slots=True)
class _Call:
    id: str
    name: str = ""
    arguments: str = ""


class Deltas:
    """Takes chunks in and says what they amount to.

    Attributes:
        model: the vendor's name of the model that answers; empty until it says so.
        finish: why the answer ended (`stop`, `length`, `tool_calls`, `content_filter`), or None.
        usage: what the vendor says that it used, or None.
    """

    def __init__(self) -> None:
        self.model = ""
        self.finish: str | None = None
        self.usage: Usage | None = None
        self._text: list[str] = []
        self._calls: dict[int, _Call] = {}

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._text)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The calls so far, in the order that they were begun in."""
        return tuple(ToolCall(call.id, call.name, call.arguments or "{}") for call in self._calls.values())

    def take(self, chunk: ChatCompletionChunk) -> str | None:
        """Take a chunk in; returns the text in it, empty for a part of a call, None where there is neither.

        Raises:
            VendorError: it is none.
        """
        try:
            return self._take(chunk)
        except (AttributeError, TypeError):  # the SDK passes on what a server sends, whatever it is
            raise failure("vendor_garbled") from None

    def done(self) -> None:
        """The stream is whole, also where no chunk has said why it ended."""
        self.finish = self.finish or ("tool_calls" if self._calls else "stop")

    def _take(self, chunk: ChatCompletionChunk) -> str | None:
        self.model = chunk.model or self.model
        if chunk.usage:
            self.usage = _usage(chunk.usage) or self.usage
        if not chunk.choices:  # the chunk that tells what was used
            return None
        choice = chunk.choices[0]
        self.finish = choice.finish_reason or self.finish
        if not choice.delta:
            return None
        for part in choice.delta.tool_calls or ():
            self._call(part)
        text = "" + (choice.delta.content or "")
        self._text.append(text)
        return text if text or choice.delta.tool_calls else None

    def _call(self, part: ChoiceDeltaToolCall) -> None:
        index = self._unnumbered(part.id) if part.index is None else part.index
        call = self._calls.setdefault(index, _Call(f"call_{index}"))
        call.id = part.id or call.id
        if part.function is not None:
            name = part.function.name or ""
            call.name += "" if name == call.name else name  # some servers repeat it with each part
            call.arguments += part.function.arguments or ""

    def _unnumbered(self, call_id: str | None) -> int:
        """The number of a part's call where the server gives none: a new one for a new id, else the last."""
        last = next(reversed(self._calls), -1)
        return last if last >= 0 and call_id in (None, "", self._calls[last].id) else len(self._calls)


def _usage(told: CompletionUsage) -> Usage | None:
    """What was used; None from a server that does not count."""
    read, written = getattr(told, "prompt_tokens", None), getattr(told, "completion_tokens", None)
    if not isinstance(read, int) or not isinstance(written, int):
        return None
    details = told.prompt_tokens_details
    return Usage(read, (details.cached_tokens or 0) if details else 0, written)
