"""The whole protocol in any order, over the real server: what holds for a guest who does anything and comes back.

`WALKS=1000 pytest tests/server/test_any_order.py` walks for longer.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, quiet, run_virtual, scripted_engines
from enterprise_stream.testing import speech as voice_of
from enterprise_stream.thinking.ports import Question
from enterprise_stream.wire.codes import ErrorCode

from .house import Client, House, Message, client, house
from .returning import PER_MS, Account, Comeback, RampVoice, comeback, cut, next_token

WALKS = int(os.environ.get("WALKS", "8"))
MOST_STEPS = 14
QUIET_AFTER_S = 30.0
"""Within which whatever was begun is over, in the loop's seconds."""

MALFORMED = {
    "[": "bad_message",
    '{"type": "sing"}': "bad_message",
    '{"type": "text"}': "bad_message",
    '{"type": "text", "text": 7}': "bad_message",
    '{"type": "set_language", "language": "tlh"}': "unsupported_language",
    '{"type": "start", "audio": {"input": {"encoding": "pcm_s16le", "sample_rate": 7}}}': "unsupported_audio",
    '{"type": "text", "text": "' + "x" * 20_000 + '"}': "text_too_long",
}
"""What changes nothing, and the code that says so."""


def answer_to(question: Question) -> Reply:
    """Two sentences of its own for each question."""
    return Reply((f"Sobre {question.text} le digo ", "que sí. ", "Y también que no. "), piece_ms=120)


@dataclass
class Walk:
    """A guest under way, over all his connections.

    Attributes:
        account: what came over those before.
        guest: the connection there is.
        typed: what the server has surely got.
        told_off: codes that were called for.
    """

    place: House
    account: Account = field(default_factory=Account)
    how: Comeback | None = None
    guest: Client | None = None
    typed: list[str] = field(default_factory=list)
    told_off: list[str] = field(default_factory=list)
    cuts: int = 0

    @property
    def here(self) -> Client:
        """The connection there is."""
        assert self.guest is not None
        return self.guest

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """A connection that has the session, and its account at the end."""
        resumed = self.how is not None
        async with client(self.place) as guest:
            self.guest = guest
            if self.how is not None:
                await guest.send("start", resume=self.how.fields(self.account.last_seq, **self._played()))
                await guest.until(lambda: bool(next_token(guest)), "started with a token")
                self.how.token = next_token(guest)
            else:
                self.how = comeback(guest)
            yield
            cut(guest)
            await guest.wait_closed()
        self.account.take(guest, resumed=resumed)

    def _played(self) -> dict[str, Any]:
        sounded = self.account.seen("audio_start")
        return {"played": self.account.played(sounded[-1]["turn"])} if sounded else {}


Step = Callable[[Walk], Awaitable[object]]


async def types(walk: Walk, *, then_ms: int) -> None:
    """A message that the server has before anything else comes, and a while after it."""
    text = f"lo escrito {len(walk.typed)}"
    await walk.here.send("text", text=text)
    await walk.here.ask("test", "test")
    walk.typed.append(text)
    await asyncio.sleep(then_ms / 1000)


async def talks(walk: Walk, *, then_ms: int) -> None:
    """A whole turn, at once, and a while after it."""
    await walk.here.sound(voice_of(500))
    await walk.here.sound(quiet(1_200))
    await asyncio.sleep(then_ms / 1000)


async def sounds(walk: Walk, *, ms: int, loud: bool) -> None:
    """Speech or silence, at once."""
    await walk.here.sound(voice_of(ms) if loud else quiet(ms))


async def waits(_: Walk, *, ms: int) -> None:
    await asyncio.sleep(ms / 1000)


async def says(walk: Walk, *, kind: str, answer: str | None = None, **fields: Any) -> None:
    """A message, with its answer if it has one."""
    if answer is None:
        await walk.here.send(kind, **fields)
    else:
        await walk.here.ask(kind, answer, **fields)


async def errs(walk: Walk, *, frame: str) -> None:
    """What changes nothing, and says so."""
    walk.told_off.append(MALFORMED[frame])
    await walk.here.refused(frame, MALFORMED[frame])


async def reports(walk: Walk, *, share: float) -> None:
    """How much of the voice has been heard."""
    for start in walk.here.seen("audio_start")[-1:]:
        await walk.here.send("playback", turn=start["turn"], played_ms=round(start["start_ms"] + share * 400))


class Cut:
    """The connection is lost, and comes back after a while."""

    def __init__(self, away_ms: int) -> None:
        self.away_ms = away_ms

    def __repr__(self) -> str:
        return f"Cut({self.away_ms})"


MOMENTS = st.sampled_from((0, 60, 300, 900))
WHILES = st.sampled_from((0, 200, 500, 1_000))
STEPS: st.SearchStrategy[Step | Cut] = st.one_of(
    WHILES.map(lambda ms: partial(types, then_ms=ms)),
    WHILES.map(lambda ms: partial(talks, then_ms=ms)),
    st.sampled_from((300, 700)).map(lambda ms: partial(sounds, ms=ms, loud=True)),
    st.sampled_from((300, 1_200)).map(lambda ms: partial(sounds, ms=ms, loud=False)),
    MOMENTS.map(lambda ms: partial(waits, ms=ms)),
    st.sampled_from(("stop", "interrupt")).map(lambda kind: partial(says, kind=kind)),
    st.sampled_from(("es", "en")).map(lambda to: partial(says, kind="set_language", answer="language", language=to)),
    st.just(partial(says, kind="clear_history", answer="history_cleared")),
    st.just(partial(says, kind="get_history", answer="history")),
    st.just(partial(says, kind="get_status", answer="status")),
    st.sampled_from(("auto", "manual")).map(
        lambda mode: partial(says, kind="start", answer="started", turn={"mode": mode})
    ),
    st.sampled_from(("pcm_s16le", "none")).map(
        lambda encoding: partial(says, kind="start", answer="started", audio={"output": {"encoding": encoding}})
    ),
    st.sampled_from(sorted(MALFORMED)).map(lambda frame: partial(errs, frame=frame)),
    st.sampled_from((0.0, 0.5, 1.0)).map(lambda share: partial(reports, share=share)),
    MOMENTS.map(Cut),
)


@pytest.mark.requirement("S9")
@settings(max_examples=WALKS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=4, max_size=MOST_STEPS))
def test_what_always_holds(steps: list[Step | Cut]) -> None:
    run_virtual(_walk(steps))


async def _walk(steps: Sequence[Step | Cut]) -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(*(f"lo dicho {n}" for n in range(3 * MOST_STEPS))),
        brain=ScriptedBrain(by=answer_to),
        voice=RampVoice(),
    )
    async with house(engines) as place:
        walk = Walk(place)
        rest = list(steps)
        while rest:
            async with walk.connected():
                while rest and not isinstance(rest[0], Cut):
                    await rest.pop(0)(walk)  # type: ignore[operator]  # a cut ends the loop
            for away in rest[:1]:
                assert isinstance(away, Cut)
                walk.cuts += 1
                await asyncio.sleep(away.away_ms / 1000)
            del rest[:1]
        async with walk.connected():
            await walk.here.send("stop")
            await _until_still(walk.here)
            history = (await walk.here.ask("get_history", "history"))["items"]
        assert place.service.admission.inside <= 1
    told = [walk.account.told[seq] for seq in walk.account.order]
    for holds in (_one_voice, _answered_once, _in_order, _nothing_after_its_end):
        holds(told)
    assert sorted(error["code"] for error in walk.account.seen("error")) == sorted(walk.told_off)
    _nothing_lost(walk, told)
    _both_remember_the_same(told, history)


async def _until_still(guest: Client) -> None:
    """Wait until nothing is under way: it listens, and has told nothing else for a second."""
    async with asyncio.timeout(QUIET_AFTER_S):
        while True:
            before = len(guest.frames)
            await asyncio.sleep(1.0)
            still = len(guest.frames) == before
            if (await guest.ask("get_status", "status"))["state"] == "listening" and still:
                return


# --- what always holds (protocol.md) ----------------------------------------------------------------------------------


def of_turn(told: Sequence[Message], turn: int, *kinds: str) -> list[Message]:
    return [message for message in told if message.get("turn") == turn and message["type"] in kinds]


def turns(told: Sequence[Message]) -> list[int]:
    return list(dict.fromkeys(message["turn"] for message in told if isinstance(message.get("turn"), int)))


def finals(told: Sequence[Message]) -> list[Message]:
    return [message for message in told if message["type"] == "transcription" and message["final"]]


def _one_voice(told: Sequence[Message]) -> None:
    """A voice begins when none sounds; after a cut the same goes on, in a new stream."""
    open_turn: int | None = None
    streams: list[int] = []
    for message in told:
        match message["type"]:
            case "audio_start":
                assert open_turn in (None, message["turn"]), "two voices"
                open_turn = message["turn"]
                streams.append(message["stream"])
            case "audio_end" | "interrupted" if message["turn"] == open_turn:
                open_turn = None
    assert open_turn is None, "a voice that never ends"
    assert streams == sorted(set(streams))


def _answered_once(told: Sequence[Message]) -> None:
    for turn in turns(told):
        assert len(of_turn(finals(told), turn, "transcription")) <= 1
        complete = of_turn(told, turn, "response_complete")
        assert len(complete) <= 1
        for each in complete:
            assert each["text"] == "".join(chunk["text"] for chunk in of_turn(told, turn, "response_chunk"))
        assert len(of_turn(told, turn, "interrupted")) <= 1


def _in_order(told: Sequence[Message]) -> None:
    order = ["speech_started", "final", "response_chunk", "response_complete"]
    for turn in turns(told):
        kinds = [
            "final" if message["type"] == "transcription" else message["type"]
            for message in of_turn(told, turn, *order, "transcription")
            if message.get("final", True)
        ]
        assert [order.index(kind) for kind in kinds] == sorted(order.index(kind) for kind in kinds), kinds


def _nothing_after_its_end(told: Sequence[Message]) -> None:
    for turn in turns(told):
        kinds = [message["type"] for message in told if message.get("turn") == turn]
        if "interrupted" in kinds:
            after = set(kinds[kinds.index("interrupted") + 1 :])
            assert after <= {"timeline", "latency", "duck"}, after


def _nothing_lost(walk: Walk, told: Sequence[Message]) -> None:
    """What the server got is answered, once, and an answer that was not stopped sounds to its end."""
    asked = [message["text"] for message in finals(told)]
    assert sorted(text for text in asked if text in walk.typed) == sorted(walk.typed)
    for final in finals(told):
        ends = of_turn(told, final["turn"], "response_complete", "interrupted", "error")
        assert ends, f"turn {final['turn']} has no end"
    for end in walk.account.seen("audio_end"):
        assert walk.account.sound[end["turn"]].size == end["duration_ms"] * PER_MS


def _both_remember_the_same(told: Sequence[Message], history: Sequence[Message]) -> None:
    """The history holds what was said and heard in the turns since it was cleared, and nothing else."""
    cleared = max((message["seq"] for message in told if message["type"] == "history_cleared"), default=0)
    forgotten = max(turns([message for message in told if message["seq"] < cleared]), default=0)
    since = [final for final in finals(told) if final["turn"] > forgotten]
    asked = [(item["turn"], item["text"]) for item in history if item["role"] == "user"]
    assert asked == [(final["turn"], final["text"]) for final in since]
    for turn, _ in asked:
        said = [item["text"] for item in history if item["role"] == "assistant" and item["turn"] == turn]
        stopped = of_turn(told, turn, "interrupted")
        whole = of_turn(told, turn, "response_complete")
        if stopped:
            heard = stopped[0]["heard_text"].strip()
            assert [text.strip() for text in said] == ([heard] if heard else [])
        elif whole:
            assert [text.strip() for text in said] == [whole[0]["text"].strip()]


def test_every_code_that_is_called_for_is_one_of_the_protocol_s() -> None:
    assert set(MALFORMED.values()) <= {code.value for code in ErrorCode}
