"""Clauses as voices said them, and how far from that the word clock places their words. No model is needed."""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from enterprise_stream.speaking.bands import BANDS, Bands
from enterprise_stream.speaking.ports import Pcm
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.word_clock import Pace, WordClock


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """A clause as a voice says it.

    Attributes:
        starts_ms: of each written word, from the first sample; none where the voice does not tell.
        heard_ms: length of its sound.
        levels: what `Bands` heard of it, in -dB, a byte each, deflated, as base64.
    """

    voice: str
    speed: float
    language: str
    text: str
    starts_ms: tuple[int | None, ...]
    heard_ms: int
    levels: str


def levels(heard: Pcm) -> str:
    """What `Bands` hears of a clause's sound, as `SpokenClause.levels`."""
    minus = np.round(-Bands().hear(heard)).astype(np.uint8)
    return base64.b64encode(zlib.compress(minus.tobytes(), 9)).decode()


def keep(spoken: Sequence[SpokenClause], path: Path) -> None:
    """Write clauses down, one a line."""
    lines = (json.dumps(asdict(clause), ensure_ascii=False) for clause in spoken)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def kept(path: Path) -> list[SpokenClause]:
    """Clauses that were written down."""
    return [
        SpokenClause(**{**each, "starts_ms": tuple(each["starts_ms"])})
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]


def placed(clause: SpokenClause, pace: Pace) -> list[float]:
    """How much too late each word whose place is known is placed by the clock, ms."""
    clock = WordClock(segments(clause.text, clause.language), pace, clause.language)
    heard = np.frombuffer(zlib.decompress(base64.b64decode(clause.levels)), np.uint8)
    words = (*clock.follow(-heard.reshape(-1, BANDS).astype(np.float32)), *clock.end(clause.heard_ms))
    pairs = zip(words, clause.starts_ms, strict=True)
    return [word.start_ms - start for word, start in pairs if start is not None]


def by_the_clock(spoken: Sequence[SpokenClause]) -> dict[str, list[float]]:
    """How much too late each voice's words are placed, when it was heard before: it has said its clauses once, ms.

    By the language and the voice ("es em_alex"), by the language ("es"), and "all".
    """
    paces: dict[str, Pace] = defaultdict(Pace)
    for clause in spoken:
        placed(clause, paces[clause.voice])
    late: dict[str, list[float]] = defaultdict(list)
    for clause in spoken:
        late[f"{clause.language} {clause.voice}"] += placed(clause, paces[clause.voice])
    languages = sorted({name.partition(" ")[0] for name in late})
    together = {code: [each for name in late if name.startswith(code) for each in late[name]] for code in languages}
    return {**late, **together, "all": [each for values in together.values() for each in values]}
