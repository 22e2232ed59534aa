"""How a model wants to be asked: known by its name, and learnt from what it refuses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_REASONING = re.compile(r"(?:gpt-(?:[5-9]|\d\d)|o\d)(?!.*-chat)")
"""Names of models that reason unless they are told not to, and that take `max_completion_tokens` only."""

_EFFORTS: tuple[str | None, ...] = ("none", "minimal", "low", None)
"""`reasoning_effort`, the quickest first; the last sends none."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters that a model takes.

    Attributes:
        limit: the parameter for the longest answer.
        temperature: whether it takes one.
        effort: `reasoning_effort`, or None for none.
        usage: whether it tells at a stream's end what was used.
        padding: whether its stream is padded unless asked otherwise (OpenAI's own are).
        late_system: whether a system message may stand anywhere; many servers' templates want it first.
    """

    limit: str = "max_tokens"
    temperature: bool = True
    effort: str | None = None
    usage: bool = True
    padding: bool = True
    late_system: bool = True

    def parameters(self, max_tokens: int, temperature: float) -> dict[str, Any]:
        """The part of a request's body that differs by dialect."""
        found: dict[str, Any] = {self.limit: max_tokens}
        if self.temperature:
            found["temperature"] = temperature
        if self.effort is not None:
            found["reasoning_effort"] = self.effort
        if self.usage:
            found["stream_options"] = {"include_usage": True}
            if self.padding:
                found["stream_options"]["include_obfuscation"] = False
        return found


def dialect_of(model: str, *, own_server: bool) -> Dialect:
    """The dialect that a model's name stands for.

    Args:
        model: its name.
        own_server: it is served by the owner and not by the vendor, though it may be passed on to the vendor.
    """
    reasons = _REASONING.match(model) is not None
    return Dialect(
        limit="max_completion_tokens" if reasons else "max_tokens",
        temperature=not reasons,
        effort=_EFFORTS[0] if reasons else None,
        padding=not own_server,
        late_system=not own_server,
    )


def without(dialect: Dialect, refusal: str) -> Dialect | None:
    """The dialect less what a refusal names; None where it names nothing that could be left out.

    Args:
        dialect: what was refused.
        refusal: the vendor's words, in lower case.
    """
    return next((other for name, other in _instead(dialect) if re.search(rf"\b{name}\b", refusal)), None)


def _instead(dialect: Dialect) -> Iterator[tuple[str, Dialect]]:
    """What each parameter's name in a refusal leads to; the most telling first."""
    if dialect.effort is not None:
        at = _EFFORTS.index(dialect.effort)
        yield "reasoning_effort", replace(dialect, effort=_EFFORTS[at + 1])
    if dialect.usage and dialect.padding:
        yield "include_obfuscation", replace(dialect, padding=False)
    if dialect.usage:
        yield "stream_options", replace(dialect, usage=False)
    if dialect.temperature:
        yield "temperature", replace(dialect, temperature=False)
    other = "max_completion_tokens" if dialect.limit == "max_tokens" else "max_tokens"
    yield dialect.limit, replace(dialect, limit=other)
    if dialect.late_system:
        yield "system", replace(dialect, late_system=False)
