"""What a server tells of its ladders, and the voice that each session keeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from enterprise_stream.ladder.build import rungs_of
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.testing import LoopClock, scripted_engines
from enterprise_stream.testing.faults import Fault, FaultyBrain, FaultyRecogniser, FaultyVoice
from enterprise_stream.testing.faults.ensemble import Ensemble, Rungs

from .house import House, client, house


class Cast:
    """Two engines of each kind."""

    def __init__(self) -> None:
        self.ears = FaultyRecogniser("hola"), FaultyRecogniser("hola")
        self.brains = FaultyBrain(("Sí.",)), FaultyBrain(("Sí.",))
        self.voices = FaultyVoice(voice="ana"), FaultyVoice(voice="eva")
        self.metrics = Metrics()
        self.ensemble = Ensemble(
            Rungs(
                rungs_of("stt", zip(("deepgram-flux", "whisper"), self.ears, strict=True)),
                rungs_of("llm", zip(("openai", "facts"), self.brains, strict=True)),
                rungs_of("tts", zip(("deepgram-aura2", "kokoro"), self.voices, strict=True)),
            ),
            lambda stt, llm, tts: scripted_engines(recogniser=stt, brain=llm, voice=tts),
            LoopClock(),
            self.metrics.engine_used,
        )


@asynccontextmanager
async def laddered(cast: Cast) -> AsyncIterator[House]:
    async with (
        cast.ensemble,
        house(cast=cast.ensemble.cast, ladders=cast.ensemble.state, metrics=cast.metrics) as place,
    ):
        yield place


async def page(place: House, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=place.http, trust_env=False) as http:
        return await http.get(path)


async def test_get_status_names_the_engines_in_use() -> None:
    cast = Cast()
    async with laddered(cast) as place, client(place) as guest:
        status = await guest.ask("get_status", "status")
        assert status["engines"] == {"stt": "deepgram-flux", "llm": "openai", "tts": "deepgram-aura2"}
        assert status["degraded"] is False
        cast.brains[0].fault = Fault("auth", "before")
        await guest.send("text", text="¿Tienen suite?")
        assert (await guest.wait("response_complete"))["text"] == "Sí."
        status = await guest.ask("get_status", "status")
        assert status["engines"]["llm"] == "facts"
        assert status["degraded"] is True


async def test_a_session_keeps_its_voice_and_the_next_one_gets_another() -> None:
    cast = Cast()
    async with laddered(cast) as place, client(place) as guest:
        assert guest.seen("ready")[0]["persona"]["voice"] == "ana"
        await guest.send("text", text="¿Tienen suite?")
        assert (await guest.wait("audio_start"))["voice"] == "ana"
        await guest.wait("audio_end")
        cast.voices[0].fault = Fault("auth", "before")
        await guest.send("text", text="¿Y ahora?")
        assert (await guest.wait("play_voice"))["text"] == "Sí."
        assert not cast.voices[1].clauses
        async with client(place) as other:
            assert other.seen("ready")[0]["persona"]["voice"] == "eva"
            await other.send("text", text="¿Tienen suite?")
            assert (await other.wait("audio_start"))["voice"] == "eva"
            assert (await other.ask("get_status", "status"))["degraded"] is True


async def test_a_kind_without_an_engine_makes_the_server_not_ready() -> None:
    cast = Cast()
    for brain in cast.brains:
        brain.fault = Fault("auth", "before")
    async with laddered(cast) as place, client(place) as guest:
        answer = await page(place, "/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert answer.json()["engines"]["llm"] == {"openai": "closed", "facts": "closed"}
        await guest.send("text", text="¿Tienen suite?")
        assert (await guest.wait("response_complete"))["responseType"] == "error"
        answer = await page(place, "/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "degraded")
        assert answer.json()["waiting_for"] == ["llm"]
        assert answer.json()["engines"]["llm"] == {"openai": "open", "facts": "open"}
        async with client(place):
            pass  # who comes all the same gets what there is


async def test_metrics_count_uses_fallbacks_and_breakers() -> None:
    cast = Cast()
    cast.brains[0].fault = Fault("auth", "before")
    async with laddered(cast) as place, client(place) as guest:
        await guest.send("text", text="¿Tienen suite?")
        await guest.wait("audio_end")
        counted = (await page(place, "/metrics")).text
    for line in (
        'enterprise_stream_provider_requests_total{code="vendor_auth",kind="llm",provider="openai"} 1.0',
        'enterprise_stream_provider_requests_total{code="ok",kind="llm",provider="facts"} 1.0',
        'enterprise_stream_provider_fallbacks_total{instead_of="openai",kind="llm",provider="facts"} 1.0',
        'enterprise_stream_provider_breaker_state{kind="llm",provider="openai"} 2.0',
        'enterprise_stream_provider_breaker_state{kind="tts",provider="deepgram-aura2"} 0.0',
    ):
        assert line in counted
