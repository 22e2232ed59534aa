"""What a call costs, as its guest is told; what happens when there is no money left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.cost.account import Call, Charge
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, gated_voice
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Allowance, Meter
from enterprise_stream.cost.purse import Purse
from enterprise_stream.server.access import AccessSettings
from enterprise_stream.session.engines import Engines
from enterprise_stream.testing import LoopClock, Reply, ScriptedTurnDetector, quiet, speech
from enterprise_stream.testing.listening import EnergyActivity
from enterprise_stream.thinking.persona import Persona

from ..cost.engines import PaidBrain, PaidRecogniser, PaidVoice
from ..cost.shared.vault import FakeBank, Vault
from ..cost.test_meter import PRICES, TODAY, said
from .house import Client, client, house
from .test_limits import rejected

FAREWELL = Persona("Sandra", "scripted").farewell("es")
QUESTION = "¿Cuánto cuesta la suite?"
ANSWER = "Son cien euros la noche. Con desayuno."
FRAME = 320
"""Samples in 20 ms."""

STT, LLM = 195, 126
"""Micro-dollars of an utterance and of an answer."""


class Shop:
    """A server whose engines are paid for, behind doors that look at the caps."""

    def __init__(self, caps: Amounts, *, brain: PaidBrain | None = None, allowance: Allowance | None = None) -> None:
        self.charges: list[Charge] = []
        self.calls: list[Call] = []
        self.meter = Meter(PRICES, LoopClock(), caps, [self.charges.append], [self.calls.append], allowance)
        self.brain = brain or PaidBrain(ANSWER)
        self.voice = PaidVoice()
        self.recogniser = PaidRecogniser(QUESTION)
        self.brain.buy = self.voice.buy = self.recogniser.buy = self.meter

    @property
    def engines(self) -> Engines:
        return Engines(
            EnergyActivity,
            GatedRecogniser(self.recogniser, self.meter),
            ScriptedTurnDetector(),
            GatedBrain(self.brain, self.meter),
            gated_voice(self.voice, self.meter),
        )

    @property
    def asked(self) -> tuple[int, int, int]:
        """How often each vendor was."""
        return self.recogniser.opened, len(self.brain.questions), len(self.voice.clauses)

    @property
    def paid(self) -> int:
        return sum(charge.microdollars for charge in self.charges)

    @asynccontextmanager
    async def guest(self, **options: Any) -> AsyncIterator[Client]:
        async with house(self.engines, meter=self.meter, **options) as place, client(place) as guest:
            yield guest


async def test_a_turns_cost_and_usage_are_what_was_bought() -> None:
    shop = Shop(Amounts())
    async with shop.guest() as guest:
        await guest.sound(quiet(200))
        await guest.sound(speech(1_000))
        await guest.sound(quiet(1_500))
        complete = await guest.wait("response_complete")
        first = len("Son cien euros la noche.")
        usage, cost = complete["usage"], complete["cost"]
        assert (usage["stt_ms"], usage["llm_input_tokens"], usage["llm_output_tokens"]) == (1_500, 600, 60)
        assert (cost["stt"], cost["llm"]) == (STT / 1e6, LLM / 1e6)
        assert cost["tts"] in (first * 30 / 1e6, len(ANSWER.replace(" Con", "Con")) * 30 / 1e6)
        assert usage["tts_chars"] * 30 / 1e6 == pytest.approx(cost["tts"])
        assert cost["total"] == pytest.approx(cost["stt"] + cost["llm"] + cost["tts"])


async def test_the_turns_bills_add_up_to_the_call() -> None:
    shop = Shop(Amounts())
    async with shop.guest() as guest:
        for n in range(4):
            await guest.send("text", text=QUESTION)
            await guest.wait("audio_end", n + 1)
        told = [complete["cost"]["total"] for complete in guest.seen("response_complete")]
    rest = shop.charges[-1].microdollars  # what the last answer was still to say when it was complete
    assert round(sum(told) * 1e6) in (shop.paid, shop.paid - rest)
    (call,) = shop.calls
    assert (call.turns, call.library_chars) == (4, 0)
    assert call.spoken_chars == 4 * len(ANSWER.replace(" Con", "Con"))


async def test_an_answer_that_is_cut_short_is_paid_with_the_next() -> None:
    shop = Shop(Amounts(turn=4_000), brain=PaidBrain(Reply((ANSWER,) * 30, piece_ms=400)))
    async with shop.guest() as guest:
        for _ in range(3):
            await guest.send("text", text=QUESTION)
            await guest.wait("audio_start", len(guest.seen("audio_start")) + 1)
            await guest.ask("interrupt", "interrupted")
        assert guest.closed is None
    assert shop.paid > 3 * LLM


@pytest.mark.requirement("S17")
async def test_at_a_cap_she_says_goodbye_and_the_call_is_closed_with_4002() -> None:
    shop = Shop(Amounts(call=2_000))
    async with shop.guest() as guest:
        await guest.send("text", text=QUESTION)
        await guest.wait("audio_end")
        await guest.send("text", text=QUESTION)
        assert await guest.wait_closed() == 4002
        goodbye = guest.seen("play_voice")[-1]  # neither library nor a voice of this machine's own
        assert goodbye["text"] == FAREWELL
        finals = [message["text"] for message in guest.seen("transcription") if message["final"]]
        assert finals == [QUESTION, QUESTION, ""]
        assert guest.seen("response_complete")[-1]["text"] == FAREWELL
        asked, paid = shop.asked, shop.paid
    assert (shop.asked, shop.paid) == (asked, paid)
    dearest = max(charge.microdollars for charge in shop.charges)
    assert 2_000 <= paid < 2_000 + dearest


async def test_the_goodbye_is_heard_before_the_call_is_closed() -> None:
    shop = Shop(Amounts(call=100))
    free = PaidVoice()
    free.buy = lambda _: None
    engines = Engines(EnergyActivity, shop.recogniser, ScriptedTurnDetector(), GatedBrain(shop.brain, shop.meter), free)
    async with house(engines, meter=shop.meter) as place, client(place) as guest:
        await guest.send("text", text=QUESTION)
        end = await guest.wait("audio_end")
        turn = end["turn"]
        assert guest.seen("audio_start")[-1]["turn"] == turn
        await guest.send("playback", turn=turn, played_ms=round(end["duration_ms"] / 2))
        await guest.ask("test", "test")
        await guest.send("text", text="¿Sigue ahí?")  # nobody answers any more
        await guest.sound(speech(1_000))
        assert (await guest.ask("get_status", "status"))["state"] == "speaking"
        assert guest.closed is None
        await guest.send("playback", turn=turn, played_ms=end["duration_ms"])
        assert await guest.wait_closed() == 4002
        assert rejected(place, "budget") == 1
    assert shop.asked == (0, 1, 0)
    said = " ".join(text for _, text, _ in free.clauses)
    assert said in (FAREWELL, f"Son cien euros la noche. {FAREWELL}")


async def test_while_the_guest_speaks_the_cap_holds_too() -> None:
    shop = Shop(Amounts(call=STT))
    async with shop.guest() as guest:
        await guest.sound(quiet(200))
        await guest.sound(speech(1_000))
        assert await guest.wait_closed() == 4002
        kinds = [message["type"] for message in guest.messages]
        assert kinds.index("speech_started") < kinds.index("speech_stopped") < kinds.index("play_voice")
    assert shop.asked == (1, 0, 0)


@pytest.mark.requirement("S17")
async def test_who_calls_when_the_day_is_spent_hears_goodbye_at_once() -> None:
    shop = Shop(Amounts(day=1_000))
    shop.meter(said("voice-library", 1_000))
    async with shop.guest() as guest:
        assert await guest.wait_closed() == 4002
        assert guest.seen("play_voice")[0]["text"] == FAREWELL
    assert shop.asked == (0, 0, 0)


async def test_the_first_call_of_a_server_that_shares_its_caps_has_money_when_it_begins() -> None:
    caps = Amounts(day=1_000_000)
    purse = Purse(FakeBank(Vault(), takes_s=1), LoopClock(), caps)
    shop = Shop(caps, allowance=purse)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(purse.run(shop.meter.learn, shop.meter.look))
        async with shop.guest() as guest:
            await guest.send("text", text=QUESTION)
            await guest.wait("audio_end")
            assert guest.closed is None
        running.cancel()
    assert shop.asked[1] == 1


@pytest.mark.requirement("S17")
async def test_who_calls_when_other_servers_hold_the_rest_of_the_day_hears_goodbye_and_no_vendor_is_asked() -> None:
    caps, vault = Amounts(day=1_000_000), Vault({(TODAY, "", "other"): (0, 1_000_000)})
    purse = Purse(FakeBank(vault), LoopClock(), caps)
    shop = Shop(caps, allowance=purse)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(purse.run(shop.meter.learn, shop.meter.look))
        async with shop.guest() as guest:
            assert await guest.wait_closed() == 4002
            assert guest.seen("play_voice")[0]["text"] == FAREWELL
        running.cancel()
    assert shop.asked == (0, 0, 0)


@pytest.mark.parametrize(("estimate", "drafts"), [(0, True), (1_900, False)])
async def test_no_answer_is_begun_ahead_that_could_pass_a_cap(estimate: int, drafts: bool) -> None:
    shop = Shop(Amounts(turn=2_000))
    async with shop.guest(draft_microdollars=estimate, speculation=SpeculationPolicy("pause")) as guest:
        for sound in (quiet(200), speech(1_000), quiet(1_500)):
            for start in range(0, sound.size, FRAME):
                await guest.sound(sound[start : start + FRAME])
                await asyncio.sleep(0.02)
        complete = await guest.wait("response_complete")
        assert complete["latency"]["speculated"] == drafts
        assert complete["text"] == ANSWER
    assert shop.asked[1] == 1


async def test_what_was_spent_is_counted_for_the_operator() -> None:
    shop = Shop(Amounts())
    async with house(shop.engines, meter=shop.meter) as place, client(place) as guest:
        place.service.metrics.bought("llm", "brain", 0.000126)
        await guest.send("text", text=QUESTION)
        await guest.wait("audio_end")
        assert 'enterprise_stream_cost_dollars_total{engine="brain",kind="llm"} 0.000126' in (
            place.service.metrics.render().decode()
        )


@pytest.mark.requirement("S4")
async def test_a_token_s_dollars_end_the_call_with_4002_and_are_paid_by_its_tenant() -> None:
    shop = Shop(Amounts(call=1_000_000))
    key = "key-of-casas-0123456789"
    access = AccessSettings(frozenset(), "a secret of tests, 32 characters or more", (f"casas:{key}",))
    async with house(shop.engines, meter=shop.meter, access=access) as place:
        async with httpx.AsyncClient(base_url=place.http) as http:
            asked = {"json": {"max_cost": 0.002}, "headers": {"authorization": f"Bearer {key}"}}
            token = (await http.post("/api/sessions", **asked)).json()["token"]  # type: ignore[arg-type]
        async with client(place, subprotocols=["enterprise-stream.v1", f"token.{token}"]) as guest:
            await guest.send("text", text=QUESTION)
            await guest.wait("audio_end")
            await guest.send("text", text=QUESTION)
            assert await guest.wait_closed() == 4002
            assert guest.seen("response_complete")[-1]["text"] == FAREWELL
    assert {charge.tenant for charge in shop.charges} == {"casas"}
    assert [call.tenant for call in shop.calls] == ["casas"]
    assert 2_000 <= shop.paid < 2_000 + max(charge.microdollars for charge in shop.charges)
