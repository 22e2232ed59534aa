"""When the vendors' models that are in use are switched off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import yaml

from enterprise_stream.cli.finding import Finding
from enterprise_stream.config import Settings


@dataclass(frozen=True, slots=True)
class ModelEnd:
    """An announced end.

    Attributes:
        vendor: as settings are named after it.
        date: the first day without the model.
        instead: the vendor's own successor, or empty.
        source: where it was read, and when.
    """

    vendor: str
    model: str
    date: date
    instead: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """A model that the settings ask for.

    Attributes:
        setting: names it.
        successors: asked by themselves once it is gone.
    """

    vendor: str
    model: str
    setting: str
    successors: tuple[str, ...] = ()


def announced() -> tuple[ModelEnd, ...]:
    """The ends that are known to this version."""
    text = (files("enterprise_stream") / "data" / "model-ends.yaml").read_text(encoding="utf-8")
    return tuple(
        ModelEnd(row["vendor"], model, row["date"], row.get("instead", ""), row["source"])
        for row in yaml.safe_load(text)["ends"]
        for model in row["models"]
    )


def models_in_use(settings: Settings) -> Iterator[ModelInUse]:
    """The vendors' models that the settings ask for, where the vendor is the one who serves them."""
    if settings.openai_base_url is not None:
        return
    if "openai" in settings.llm_order:
        yield ModelInUse("openai", settings.openai_model, "OPENAI_MODEL", settings.openai_successors)
    if "openai-speech" in settings.tts_order:
        yield ModelInUse("openai", settings.openai_tts_model, "OPENAI_TTS_MODEL")


def look_at_ends(settings: Settings, today: date, told: Mapping[str, date] | None = None) -> Iterator[Finding]:
    """A finding for each model in use whose end is announced.

    Args:
        settings: what is in use.
        today: the date.
        told: ends that the vendor itself has told just now, by model; they go before those that are written down.
    """
    known = {(end.vendor, end.model): end for end in announced()}
    known |= {
        ("openai", model): ModelEnd("openai", model, day, "", "the vendor, now") for model, day in (told or {}).items()
    }
    for used in models_in_use(settings):
        end = known.get((used.vendor, used.model))
        if end is not None:
            yield _finding(used, end, today)


def _finding(used: ModelInUse, end: ModelEnd, today: date) -> Finding:
    days = (end.date - today).days
    gone = days <= 0
    when = f"was switched off on {end.date}" if gone else f"is switched off on {end.date}, in {days} days"
    found = f"{used.model} {when} ({end.source})"
    better = end.instead or next(iter(used.successors), "")
    if used.successors:
        advice = f"{', '.join(used.successors)} takes over by itself; to choose: {used.setting}={better}."
    else:
        advice = f"Set {used.setting} to another model before." if not gone else f"Set {used.setting} to another model."
    return Finding("models' end", "missing" if gone and not used.successors else "advice", found, advice)
