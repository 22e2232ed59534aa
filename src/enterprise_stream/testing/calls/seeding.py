"""Writes invented calls: their words, waits and money hang together as those of real ones do."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.conversation.timeline import STAGES, Stage, StageName, Timeline
from enterprise_stream.observe.slowness import REMOTE, slowest
from enterprise_stream.store import Store
from enterprise_stream.store.calls import Caption, Conversation, Turn, keep
from enterprise_stream.store.calls.folding import searchable
from enterprise_stream.store.calls.rows import FIRST_WORDS_CHARS, day_of
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import calls, spending
from enterprise_stream.testing.calls.lines import ENGLISH, ENGLISH_GAPS, SPANISH, SPANISH_GAPS, Line
from enterprise_stream.testing.clock import WALL_MS

NOW = round(WALL_MS)
"""When the invented calls stop, unless told otherwise: now, to clocks of tests."""

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_BATCH = 200
_GAP_SHARE = 0.06
_CUT_SHARE = 0.08
_USUAL_MS: dict[StageName, float] = {
    "way_in": 20, "endpoint": 210, "transcript": 40, "first_text": 190, "first_clause": 50, "first_audio": 110,
    "sent": 4, "arrived": 25, "heard": 95,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    conversation: Conversation
    turns: tuple[Turn, ...]


async def seed(
    store: Store, n: int, seed: int = 1, *, now: int = NOW, days: int = 90, live: int = 2, tenant: str = ""
) -> None:
    """Write calls with their turns, purchases and lengths.

    Args:
        store: where to.
        n: how many calls.
        seed: the same one makes the same calls.
        now: when the last of them is, in ms since 1970-01-01 UTC.
        days: how many days before that they begin.
        live: how many of the last ones still go on; they do so for an hour.
        tenant: whose guests call.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing to keep secret
    made = (_of(tenant, call) for call in _calls(chance, n, now, days, live))
    begun = 0
    while batch := [call for _, call in zip(range(_BATCH), made, strict=False)]:
        first = begun

        async def work(connection: AsyncConnection, batch: Sequence[_Made] = batch, first: int = first) -> None:
            await _write(connection, batch, f"seed{seed}", first)

        await store.write(work)
        begun += len(batch)


def _of(tenant: str, call: _Made) -> _Made:
    return replace(call, conversation=replace(call.conversation, tenant=tenant))


async def _write(connection: AsyncConnection, batch: Sequence[_Made], run: str, first: int) -> None:
    bought, lasted = [], []
    await keep(connection, [call.conversation for call in batch], [turn for call in batch for turn in call.turns])
    for number, call in enumerate(batch, first):
        tenant = call.conversation.tenant
        bought += [_purchase(run, number, n, turn, kind, tenant) for n, (turn, kind) in enumerate(_bought(call))]
        lasted.append(_length(run, number, call))
    await insert_once(connection, spending, bought)
    await insert_once(connection, calls, lasted)


def _calls(chance: random.Random, n: int, now: int, days: int, live: int) -> Iterator[_Made]:
    starts = sorted(now - int(chance.random() * days * _DAY_MS) - _HOUR_MS for _ in range(n - live))
    starts += [now - chance.randrange(20_000, 120_000) for _ in range(min(n, live))]
    for place, start in enumerate(starts):
        session = f"{chance.getrandbits(96):024x}"[:16]
        yield _call(chance, session, start, lives_until=now + _HOUR_MS if place >= n - live else None)


def _call(chance: random.Random, session: str, start: int, lives_until: int | None) -> _Made:
    language = "es" if chance.random() < 0.7 else "en"
    asked = _asked(chance, language)
    at, seq, made = start + 4_000, 2, []
    for number, line in enumerate(asked, 1):
        at += chance.randrange(4_000, 9_000)
        seq += 12 + len(line.answer.split())
        turn = _turn(chance, session, number, seq, at, language, line)
        made.append(turn)
        at += turn.audio_ms or 1_500
    waits = [turn.voice_to_voice_ms for turn in made if turn.voice_to_voice_ms is not None]
    slow = [turn.slow_stage for turn in made if turn.slow_stage is not None]
    consented = chance.random() < 0.95
    ended = None if lives_until is not None else at + chance.randrange(500, 6_000)
    conversation = Conversation(
        session=session,
        seq=seq,
        started_at=start,
        seen_at=lives_until or ended or at,
        language=language,
        voice="sandra",
        ended_at=ended,
        end_reason=None if ended is None else chance.choices(["left", "idle", "budget_spent"], [94, 5, 1])[0],
        turns=len(made),
        unanswered=sum(not turn.answered for turn in made),
        microdollars=sum(turn.microdollars for turn in made),
        voice_to_voice_ms=median_low(waits) if waits else None,
        slowest_stage=max(slow, key=slow.count) if slow else None,
        consent_version="2026-11" if consented else None,
        consent_given=True if consented else None,
        consent_at=start - 2_000 if consented else None,
        first_words=asked[0].question[:FIRST_WORDS_CHARS],
        words=_words(made),
    )
    return _Made(conversation, tuple(made))


def _asked(chance: random.Random, language: str) -> list[Line]:
    known, gaps = (SPANISH, SPANISH_GAPS) if language == "es" else (ENGLISH, ENGLISH_GAPS)
    middle = [
        chance.choice(gaps if chance.random() < _GAP_SHARE else known[1:-1]) for _ in range(chance.randrange(2, 11))
    ]
    return [known[0], *middle, known[-1]]


def _turn(chance: random.Random, session: str, number: int, seq: int, at: int, language: str, line: Line) -> Turn:
    captions = _captions(chance, line.answer)
    timeline = _timeline(chance)
    total = round(timeline.total_ms)
    most = slowest(timeline, REMOTE)
    chars = len(line.answer)
    cached = chars if chance.random() < 0.4 else 0
    turn = Turn(
        session=session,
        turn=number,
        seq=seq,
        at=at,
        language=language,
        question=line.question,
        answer=line.answer,
        response_type=line.response_type,
        answered=line.answered,
        captions=captions,
        audio_ms=captions[-1].end_ms + 120,
        speculated=chance.random() < 0.45,
        stages=tuple((spent.name, int(spent.ms)) for spent in timeline.known()),
        slow_stage=most.name if most is not None and most.over_ms else None,
        total_ms=total,
        voice_to_voice_ms=total,
        latency={"endpoint": 240, "transcript": 280, "first_text": total - 250, "first_audio": total - 120},
        usage={"stt_ms": 2_400, "llm_input_tokens": 1_900, "llm_cached_tokens": 1_500, "llm_output_tokens": 40,
               "tts_chars": chars, "tts_cached_chars": cached},
        stt=172, llm=chance.randrange(90, 160), tts=15 * (chars - cached),
    )  # fmt: skip
    if number > 1 and chance.random() < _CUT_SHARE:
        heard = captions[: len(captions) // 2]
        return replace(turn, heard_text=" ".join(each.text for each in heard), interrupted="barge_in", audio_ms=None)
    return turn


def _timeline(chance: random.Random) -> Timeline:
    slow = chance.choice(tuple(STAGES)) if chance.random() < 0.12 else None
    waits = {name: usual * chance.lognormvariate(0, 0.25) for name, usual in _USUAL_MS.items()}
    return Timeline(
        tuple(Stage(name, ms * (chance.uniform(3, 7) if name == slow else 1)) for name, ms in waits.items())
    ).whole()


def _captions(chance: random.Random, answer: str) -> tuple[Caption, ...]:
    at, found = 60, []
    for word in answer.split():
        ends = at + 90 + 45 * len(word) + chance.randrange(40)
        found.append(Caption(word, at, ends))
        at = ends + 20
    return tuple(found)


def _words(made: Sequence[Turn]) -> str:
    return searchable(text for turn in made for text in (turn.question, turn.answer))


def _bought(call: _Made) -> Iterator[tuple[Turn, str]]:
    for turn in call.turns:
        for kind in ("stt", "llm", "tts"):
            if getattr(turn, kind):
                yield turn, kind


def _purchase(run: str, call: int, n: int, turn: Turn, kind: str, tenant: str) -> dict[str, object]:
    usage = turn.usage if kind == "llm" else {}
    return {
        "run": run, "n": call * 100 + n, "session": turn.session, "day": day_of(turn.at), "tenant": tenant,
        "kind": kind, "engine": "openai" if kind == "llm" else "deepgram",
        "model": {"stt": "nova-3", "llm": "gpt-4o-mini", "tts": "aura-2"}[kind],
        "audio_ms": 2_400.0 if kind == "stt" else 0.0, "input_tokens": usage.get("llm_input_tokens", 0),
        "cached_tokens": usage.get("llm_cached_tokens", 0), "output_tokens": usage.get("llm_output_tokens", 0),
        "chars": len(turn.answer) if kind == "tts" else 0, "microdollars": getattr(turn, kind),
    }  # fmt: skip


def _length(run: str, number: int, call: _Made) -> dict[str, object]:
    kept = call.conversation
    return {
        "run": run, "n": number, "session": kept.session, "day": day_of(kept.ended_at or kept.started_at),
        "tenant": kept.tenant,
        "seconds": ((kept.ended_at or kept.started_at + 60_000) - kept.started_at) / 1000, "turns": kept.turns,
        "spoken_chars": sum(int(turn.usage["tts_chars"]) for turn in call.turns),
        "library_chars": sum(int(turn.usage["tts_cached_chars"]) for turn in call.turns),
    }  # fmt: skip
