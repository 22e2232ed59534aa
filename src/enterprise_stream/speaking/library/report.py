"""What the library holds, what it was good for, and what would make it better."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library.flac import describe
from enterprise_stream.speaking.library.store import ClipStore, Entry, Tier
from enterprise_stream.speaking.library.tally import Phrase, Source, Spoken, Tally
from enterprise_stream.speaking.ports import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Shelf:
    """The clips of one tier, language and category."""

    tier: Tier
    language: str
    category: str
    clips: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Use:
    """What was said in one language.

    Attributes:
        chars: characters said.
        library_chars: those of them that came from the library.
        share: `library_chars` of `chars`, 0 to 1.
        work_saved_s: time that the voice would have worked on them, at the speed it was seen to have.
        wait_saved_ms: how much sooner a clause begins from the library, on average.
    """

    language: str
    clauses: int
    library_clauses: int
    chars: int
    library_chars: int
    share: float
    work_saved_s: float
    wait_saved_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    Attributes:
        limit_bytes: what all clips may take.
        orphans: clips of another voice or model, which this one never says.
        since: first day counted (YYYY-MM-DD), or empty.
        suggestions: texts said more than once that are not built ahead, those that cost most first.
    """

    folder: str
    bytes: int
    limit_bytes: int
    shelves: tuple[Shelf, ...]
    orphans: int
    orphan_bytes: int
    since: str
    uses: tuple[Use, ...]
    suggestions: tuple[Phrase, ...]


def make_report(store: ClipStore, tally: Tally, suggestions: int = 20) -> Report:
    """Look at all clips and counts; blocking.

    Raises:
        sqlite3.Error: the counts cannot be read.
    """
    entries = list(store.entries())
    mine = [entry for entry in entries if entry.tier == "own" or entry.rendering == store.rendering.folder]
    orphans = [entry for entry in entries if entry not in mine]
    return Report(
        folder=str(store.root),
        bytes=sum(entry.size for entry in entries),
        limit_bytes=store.limit_bytes,
        shelves=_shelves(mine),
        orphans=len(orphans),
        orphan_bytes=sum(entry.size for entry in orphans),
        since=tally.since(),
        uses=_uses(tally.sums()),
        suggestions=suggested(store, tally, suggestions, mine),
    )


def suggested(store: ClipStore, tally: Tally, number: int, entries: list[Entry] | None = None) -> tuple[Phrase, ...]:
    """Texts said more than once that are not built ahead or recorded; blocking."""
    kept = {e.digest for e in (store.entries() if entries is None else entries) if e.tier != "live"}
    found = (phrase for phrase in tally.most_said() if phrase.said > 1 and kept.isdisjoint(store.digests(phrase.key)))
    return tuple(phrase for phrase, _ in zip(found, range(number), strict=False))


def _shelves(entries: list[Entry]) -> tuple[Shelf, ...]:
    clips: Counter[tuple[Tier, str, str]] = Counter()
    size: Counter[tuple[Tier, str, str]] = Counter()
    samples: Counter[tuple[Tier, str, str]] = Counter()
    for entry in entries:
        try:
            facts = describe(entry.path.read_bytes())
        except (AudioError, OSError):  # gone, or damaged: found out and deleted when it is asked for
            continue
        place = (entry.tier, str(facts["language"]), str(facts["category"]))
        clips[place] += 1
        size[place] += entry.size
        samples[place] += int(facts["samples"])
    return tuple(Shelf(*place, clips[place], size[place], samples[place] / SAMPLE_RATE) for place in sorted(clips))


def _uses(sums: Mapping[tuple[str, Source], Spoken]) -> tuple[Use, ...]:
    return tuple(_use(language, sums) for language in sorted({language for language, _ in sums}))


def _use(language: str, sums: Mapping[tuple[str, Source], Spoken]) -> Use:
    fresh = sums.get((language, "fresh"), Spoken())
    library = sum((sums.get((language, tier), Spoken()) for tier in _TIERS), Spoken())
    every = sum((spoken for (_, source), spoken in sums.items() if source == "fresh"), Spoken())
    speed = every.work_ms / every.sound_ms if every.sound_ms else 0.0
    chars = fresh.chars + library.chars
    return Use(
        language=language,
        clauses=fresh.clauses + library.clauses,
        library_clauses=library.clauses,
        chars=chars,
        library_chars=library.chars,
        share=library.chars / chars if chars else 0.0,
        work_saved_s=library.sound_ms * speed / 1000,
        wait_saved_ms=_mean_wait(every) - _mean_wait(library) if every.clauses and library.clauses else 0.0,
    )


def _mean_wait(spoken: Spoken) -> float:
    return spoken.wait_ms / spoken.clauses if spoken.clauses else 0.0


_TIERS: tuple[Source, ...] = ("own", "kept", "live")
