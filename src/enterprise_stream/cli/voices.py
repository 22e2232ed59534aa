"""`voices build|report|prune|import`."""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from enterprise_stream.cli.exits import Exit, stderr
from enterprise_stream.composition.house import build_persona, paid_voice, spoken_languages
from enterprise_stream.composition.local import build_voice
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError, EngineError, KnowledgeError
from enterprise_stream.speaking.library import LibraryVoice
from enterprise_stream.speaking.library.report import Report, make_report, suggested
from enterprise_stream.speaking.library.store import Entry
from enterprise_stream.speaking.library.voice import Built
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ahead import Phrase, in_clauses
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.voices import OWNER, build_library, clip_store, said_ahead, take_in, tally
from enterprise_stream.workers import WorkerPool

stdout = Console(highlight=False)

LINE_EVERY_S = 5.0
"""Between two lines of progress where there is no terminal."""

_DAY_S = 86_400.0


@dataclass(slots=True)
class Done:
    """What a build has done so far."""

    total: int
    there: int = 0
    kept: int = 0
    made: int = 0
    seconds: float = 0.0
    bytes: int = 0
    took_s: float = 0.0
    problems: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def count(self) -> int:
        """Clauses that are there now."""
        return self.there + self.kept + self.made

    def add(self, built: Built) -> None:
        """Count one clause."""
        setattr(self, built.outcome, getattr(self, built.outcome) + 1)
        self.seconds += built.ms / 1000
        self.bytes += built.size


def build(languages: list[str] | None, phrases: Path | None, suggestions: int, *, as_json: bool) -> Exit:
    """Build what she will say ahead; returns the exit code."""
    settings = load_settings()
    if settings.voice_library == "off":
        raise ConfigError('VOICE_LIBRARY is "off", so nothing would say what is built: set it to on or built.')
    taken = take_in(settings)
    clauses = _wanted(settings, languages, phrases, suggestions)
    done = Done(len(clauses), problems=list(taken.problems) if taken is not None else [])
    began = time.monotonic()
    try:
        with _progress(done, quiet=as_json) as show:
            asyncio.run(_build_all(settings, clauses, done, show))
    except KeyboardInterrupt:
        done.stopped = "interrupted"
    finally:
        done.took_s = round(time.monotonic() - began, 1)
    _tell_built(done, str(settings.voices_folder), as_json=as_json)
    if done.stopped == "interrupted":
        return Exit.INTERRUPTED
    return Exit.FAILED if done.stopped or done.problems else Exit.OK


def _wanted(settings: Settings, languages: list[str] | None, phrases: Path | None, suggestions: int) -> list[Phrase]:
    knowledge = KnowledgeSource(settings.knowledge_file).load()
    known = spoken_languages(settings, knowledge)
    unknown = set(languages or ()) - set(known)
    if unknown:
        raise ConfigError(f"{', '.join(sorted(unknown))}: not spoken here. Choose from {', '.join(known)}.")
    chosen = [language for language in known if language in (languages or known)]
    added = _from_file(phrases, settings.language) if phrases is not None else []
    if suggestions:
        added += [
            Phrase(each.text, each.language) for each in suggested(clip_store(settings), tally(settings), suggestions)
        ]
    ahead = said_ahead(knowledge, build_persona(settings, knowledge), chosen)
    known_ahead = {(phrase.language, phrase.text) for phrase in ahead}
    more = in_clauses(phrase for phrase in added if phrase.language in chosen)
    return [*ahead, *(phrase for phrase in more if (phrase.language, phrase.text) not in known_ahead)]


def _from_file(file: Path, language: str) -> list[Phrase]:
    """One phrase a line, after `es:` or `en:` when it is in another language than the settings'."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            f"{file} cannot be read ({type(error).__name__}): a text file in UTF-8 is needed."
        ) from error
    found = []
    for line in lines:
        head, colon, rest = line.partition(":")
        if colon and len(head) == 2 and head.isalpha():
            found.append(Phrase(rest.strip(), head.lower()))
        elif line.strip():
            found.append(Phrase(line.strip(), language))
    return [phrase for phrase in found if phrase.text]


async def _build_all(settings: Settings, clauses: list[Phrase], done: Done, show: Callable[[], None]) -> None:
    async with _voice(settings) as voice:
        library = build_library(settings, voice, clauses)
        assert library is not None  # noqa: S101 - it is not off
        await _build(library, settings.voice_library_mb * 1_000_000, clauses, done, show)


@asynccontextmanager
async def _voice(settings: Settings) -> AsyncIterator[TextToSpeech]:
    """The voice that sessions get first."""
    name = settings.tts_order[0]
    if name != "kokoro":
        async with paid_voice(settings, name) as voice:
            yield voice
        return
    pool = WorkerPool(settings.threads)
    try:
        yield build_voice(settings, pool)
    finally:
        pool.close()


async def _build(
    library: LibraryVoice, limit_bytes: int, clauses: Sequence[Phrase], done: Done, show: Callable[[], None]
) -> None:
    async with library:
        for phrase in clauses:
            try:
                done.add(await library.build(OWNER, phrase.text, phrase.language, phrase.type))
            except EngineError as error:
                done.problems.append(f"{phrase.text!r}: {error.message}")
            except OSError as error:
                done.stopped = f"the disk does not take more: {error.strerror}"
                return
            if done.bytes > limit_bytes:
                done.stopped = "VOICE_LIBRARY_MB is reached: raise it, or build fewer languages"
                return
            show()


@contextmanager
def _progress(done: Done, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Shows how far it is: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield lambda: None
    elif stderr.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=stderr) as bars:
            task = bars.add_task("clips", total=done.total)
            yield lambda: bars.update(task, completed=done.count, description=f"clips, {done.seconds:.0f} s of speech")
    else:
        yield _lines(done)


def _lines(done: Done) -> Callable[[], None]:
    began = told = time.monotonic()

    def show() -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < LINE_EVERY_S:
            return
        told = now
        each = (now - began) / max(1, done.made)
        left = each * (done.total - done.count)
        print(
            f"{done.count} of {done.total} clips ({done.there} there already), {done.seconds:.0f} s of speech, "
            f"{1 / each:.1f} a second, {left:.0f} s left",
            file=sys.stderr,
            flush=True,
        )

    return show


def _tell_built(done: Done, folder: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(done) | {"folder": folder}, indent=2, ensure_ascii=False))
        return
    for problem in done.problems:
        stderr.print(f"[bold red]error[/]: {problem}", soft_wrap=True)
    stdout.print(
        f"{done.count} of {done.total} clips are there: {done.made} made, {done.kept} kept from what was said live, "
        f"{done.there} there already; {done.seconds:.0f} s of speech, {done.bytes / 1e6:.1f} MB written in "
        f"{done.took_s:.0f} s. {folder}",
        soft_wrap=True,
    )
    if done.stopped:
        stderr.print(f"[yellow]stopped[/]: {done.stopped}. Run it again to go on from here.", soft_wrap=True)


def report(price_per_million: float, suggestions: int, *, as_json: bool) -> None:
    """Print what the library holds and saved."""
    settings = load_settings()
    try:
        made = make_report(clip_store(settings), tally(settings), suggestions)
    except sqlite3.Error as error:
        raise ConfigError(f"The counts in {settings.voices_folder} cannot be read ({error}). Delete them.") from error
    if as_json:
        saved = sum(use.library_chars for use in made.uses) * price_per_million / 1e6
        print(json.dumps(asdict(made) | {"money_saved": round(saved, 6)}, indent=2, ensure_ascii=False))
        return
    _tell_shelves(made)
    _tell_uses(made, price_per_million)
    if made.suggestions:
        stdout.print("\nSaid most often and not built ahead; `voices build --suggested N` adds the first N:")
        for phrase in made.suggestions:
            stdout.print(f"  {phrase.said:>5} times  {phrase.language}  {phrase.text}", markup=False, soft_wrap=True)


_TIER_NAMES = {"own": "recorded", "kept": "built", "live": "said live"}


def _tell_shelves(made: Report) -> None:
    stdout.print(f"{made.folder}: {made.bytes / 1e6:.1f} of {made.limit_bytes / 1e6:.0f} MB", soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for column in ("from", "language", "category", "clips", "MB", "seconds"):
        table.add_column(column, justify="right" if column in ("clips", "MB", "seconds") else "left")
    for shelf in made.shelves:
        numbers = (str(shelf.clips), f"{shelf.bytes / 1e6:.1f}", f"{shelf.seconds:.0f}")
        table.add_row(_TIER_NAMES[shelf.tier], shelf.language, shelf.category, *numbers)
    stdout.print(table if made.shelves else "No clips yet: `enterprise-stream voices build` makes them.")
    if made.orphans:
        stdout.print(
            f"{made.orphans} clips ({made.orphan_bytes / 1e6:.1f} MB) are of another voice or model: "
            "`enterprise-stream voices prune --orphaned` removes them.",
            soft_wrap=True,
        )


def _tell_uses(made: Report, price_per_million: float) -> None:
    if not made.uses:
        stdout.print("\nNothing has been counted yet.")
        return
    stdout.print(f"\nSince {made.since}:")
    for use in made.uses:
        money = use.library_chars * price_per_million / 1e6
        stdout.print(
            f"  {use.language}: {use.share:.0%} of {use.chars} characters came from the library "
            f"({use.library_clauses} of {use.clauses} clauses); {use.work_saved_s:.1f} s of synthesis saved, "
            f"a clause begins {use.wait_saved_ms:.0f} ms sooner" + (f", {money:.2f} saved" if money else ""),
            soft_wrap=True,
        )


def prune(to_mb: float | None, unused_days: float | None, *, orphaned: bool, dry_run: bool, as_json: bool) -> None:
    """Delete clips that nobody needs."""
    store = clip_store(load_settings())
    if to_mb is None and unused_days is None and not orphaned:
        raise ConfigError("Say what to remove: --to-mb, --unused-days or --orphaned. --dry-run only tells.")
    gone: dict[Path, Entry] = {}
    if to_mb is not None or unused_days is not None:
        since = None if unused_days is None else time.time() - unused_days * _DAY_S
        gone |= {e.path: e for e in store.surplus(None if to_mb is None else int(to_mb * 1e6), since)}
    if orphaned:
        gone |= {e.path: e for e in store.orphans()}
    if not dry_run:
        for entry in gone.values():
            store.remove(entry)
    size = sum(entry.size for entry in gone.values())
    if as_json:
        print(json.dumps({"clips": len(gone), "bytes": size, "removed": not dry_run}))
    else:
        stdout.print(f"{len(gone)} clips, {size / 1e6:.1f} MB: {'would be removed' if dry_run else 'removed'}.")


def import_recordings(folder: Path | None, *, as_json: bool) -> Exit:
    """Take the owner's recordings in; returns the exit code."""
    given = {} if folder is None else {"voice_recordings": str(folder)}
    taken = take_in(load_settings(given=given))
    if taken is None:
        raise ConfigError("No folder was given, and VOICE_RECORDINGS is not set.")
    if as_json:
        rows = [{**asdict(each), "file": str(each.file)} for each in taken.recordings]
        print(json.dumps({"recordings": rows, "problems": taken.problems}, indent=2, ensure_ascii=False))
    else:
        for problem in taken.problems:
            stderr.print(f"[bold red]error[/]: {problem}", soft_wrap=True)
        stdout.print(f"{len(taken.recordings)} recordings are in the library; a server takes them at its next start.")
    return Exit.BAD_INPUT if taken.problems else Exit.OK
