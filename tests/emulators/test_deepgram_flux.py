"""`/v2/listen` (Flux) through Deepgram's own SDK: the documented state machine of turns."""

import asyncio
import json

import pytest
from deepgram.core.api_error import ApiError
from deepgram.listen.v2.types.listen_v2configure import ListenV2Configure
from deepgram.listen.v2.types.listen_v2configure_thresholds import ListenV2ConfigureThresholds
from deepgram.listen.v2.types.listen_v2force_end_turn import ListenV2ForceEndTurn
from tests.emulators.deepgram_sdk import KEY, Session, burst, client, eventually, flux, reason, session

from enterprise_stream.testing import quiet, speech
from enterprise_stream.testing.emulators import Latency, Said, ScriptedEar, SteppedTiming
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator, DeepgramLatencies

THINKING = Said("Quería una habitación", completion=0.2)


def events(talk: Session) -> list[str]:
    """The events of turns, updates left out."""
    return [message.event for message in talk.of("TurnInfo") if message.event != "Update"]


async def test_a_session_begins_with_connected() -> None:
    async with DeepgramEmulator() as emulator, flux(emulator) as talk:
        connected = await talk.one("Connected")
        assert connected.sequence_id == 0
        assert connected.request_id == talk.socket._websocket.response_headers["dg-request-id"]


async def test_a_turn_starts_is_updated_and_ends() -> None:
    async with (
        DeepgramEmulator(ScriptedEar(Said("¿Tienen una suite libre?", ms_per_word=200))) as emulator,
        flux(emulator) as talk,
    ):
        await talk.hear(quiet(500), speech(800), quiet(400))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert events(talk) == ["StartOfTurn", "EndOfTurn"]
        assert (ended.transcript, ended.trigger, ended.turn_index) == ("¿Tienen una suite libre?", "model", 0)
        assert ended.end_of_turn_confidence >= 0.7
        assert [word.word for word in ended.words] == ["¿Tienen", "una", "suite", "libre?"]
        assert (ended.languages, ended.languages_hinted) == (["es"], ["es"])
        started = talk.of("TurnInfo", event="StartOfTurn")[0]
        assert started.transcript == "¿Tienen"
        assert started.trigger is None


async def test_updates_come_each_quarter_of_a_second_of_audio_with_or_without_words() -> None:
    async with DeepgramEmulator() as emulator, flux(emulator) as talk:
        await talk.hear(quiet(2000))
        await talk.one("TurnInfo", 8, event="Update")
        assert [message.audio_window_end for message in talk.of("TurnInfo")] == [n * 0.25 for n in range(1, 9)]
        assert {message.transcript for message in talk.of("TurnInfo")} == {""}
        assert [message.sequence_id for message in talk.came] == list(range(9))


async def test_the_next_turn_has_the_next_index() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola", "Adiós")) as emulator, flux(emulator) as talk:
        await talk.hear(*burst(), *burst())
        await talk.one("TurnInfo", 2, event="EndOfTurn")
        told = [(message.turn_index, message.transcript) for message in talk.of("TurnInfo", event="EndOfTurn")]
        assert told == [(0, "Hola"), (1, "Adiós")]


async def test_an_eager_end_has_the_words_of_the_end_that_follows() -> None:
    async with (
        DeepgramEmulator(ScriptedEar("Una suite")) as emulator,
        flux(emulator, eager_eot_threshold="0.4") as talk,
    ):
        await talk.hear(*burst())
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert events(talk) == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
        eager = talk.of("TurnInfo", event="EagerEndOfTurn")[0]
        assert eager.transcript == ended.transcript == "Una suite"
        assert 0.4 <= eager.end_of_turn_confidence < 0.7 <= ended.end_of_turn_confidence
        assert eager.audio_window_end < ended.audio_window_end


async def test_without_its_threshold_there_is_no_eager_end() -> None:
    async with DeepgramEmulator(ScriptedEar("Una suite")) as emulator, flux(emulator) as talk:
        await talk.hear(*burst())
        await talk.one("TurnInfo", event="EndOfTurn")
        assert not talk.of("TurnInfo", event="EagerEndOfTurn")


async def test_a_turn_is_resumed_when_speech_goes_on_after_an_eager_end() -> None:
    slow = DeepgramLatencies(recognition=Latency(400))
    script = ScriptedEar("Quería una suite", "para dos")
    async with DeepgramEmulator(script, latencies=slow) as emulator, flux(emulator, eager_eot_threshold="0.4") as talk:
        await talk.hear(*burst(600, 250), *burst(600, 600))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert events(talk) == ["StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EagerEndOfTurn", "EndOfTurn"]
        assert ended.transcript == "Quería una suite para dos"


async def test_a_thinking_pause_does_not_end_a_turn_and_the_timeout_does() -> None:
    async with DeepgramEmulator(ScriptedEar(THINKING)) as emulator, flux(emulator, eot_timeout_ms="1000") as talk:
        await talk.hear(speech(600), quiet(990))
        await talk.hear(quiet(10))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert (ended.trigger, ended.audio_window_end) == ("timeout", 1.6)
        assert ended.end_of_turn_confidence < 0.3


async def test_timers_run_on_audio_time_only() -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(ScriptedEar("Hola"), timing=timing) as emulator, flux(emulator) as talk:
        await talk.hear(speech(600))
        await talk.one("TurnInfo", event="StartOfTurn")
        timing.advance(30_000)
        await talk.socket._websocket.ping()
        await asyncio.sleep(0.02)
        assert not talk.of("TurnInfo", event="EndOfTurn")


async def test_a_turn_is_ended_by_force_and_only_a_turn() -> None:
    async with DeepgramEmulator(ScriptedEar(THINKING)) as emulator, flux(emulator, eot_threshold="1.0") as talk:
        await talk.socket.send_force_end_turn(ListenV2ForceEndTurn(type="ForceEndTurn"))
        assert (await talk.one("Warning")).code == "FORCE_END_TURN_NO_ACTIVE_TURN"
        await talk.hear(*burst(600, 1000))
        await talk.socket.send_force_end_turn(ListenV2ForceEndTurn(type="ForceEndTurn"))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert (ended.trigger, ended.transcript) == ("manual", "Quería una habitación")


async def test_a_threshold_of_one_never_ends_a_turn() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola")) as emulator, flux(emulator, eot_threshold="1.0") as talk:
        await talk.hear(*burst(600, 4800))
        await talk.one("TurnInfo", 20)
        assert events(talk) == ["StartOfTurn"]


async def test_thresholds_change_in_mid_stream() -> None:
    async with DeepgramEmulator(ScriptedEar(THINKING)) as emulator, flux(emulator) as talk:
        thresholds = ListenV2ConfigureThresholds(eot_timeout_ms=500)
        await talk.socket.send_configure(
            ListenV2Configure(type="Configure", thresholds=thresholds, keyterms=["Sandra"])
        )
        configured = await talk.one("ConfigureSuccess")
        assert (configured.thresholds.eot_timeout_ms, configured.thresholds.eot_threshold) == (500, 0.7)
        assert configured.keyterms == ["Sandra"]
        await talk.hear(*burst(600, 500))
        assert (await talk.one("TurnInfo", event="EndOfTurn")).trigger == "timeout"


async def test_a_configuration_out_of_range_is_refused_and_changes_nothing() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola")) as emulator, flux(emulator) as talk:
        await talk.socket._websocket.send(json.dumps({"type": "Configure", "thresholds": {"eot_threshold": 0.1}}))
        await talk.one("ConfigureFailure")
        await talk.hear(*burst())
        assert (await talk.one("TurnInfo", event="EndOfTurn")).trigger == "model"


async def test_keep_alive_is_an_error_that_ends_the_session() -> None:
    async with DeepgramEmulator() as emulator, flux(emulator) as talk:
        await talk.socket._websocket.send('{"type": "KeepAlive"}')
        assert (await talk.one("Error")).code == "UNPARSABLE_CLIENT_MESSAGE"
        await talk.end()
        assert talk.code is not None


async def test_close_stream_ends_no_turn_and_closes_without_a_code() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola")) as emulator, flux(emulator) as talk:
        await talk.hear(speech(600))
        await talk.one("TurnInfo", event="StartOfTurn")
        await talk.socket.send_close_stream()
        assert await talk.end() == (1005, "")
        assert not talk.of("TurnInfo", event="EndOfTurn")


@pytest.mark.parametrize("pinged", [False, True])
async def test_pings_hold_a_session_for_longer_than_a_minute(pinged: bool) -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(timing=timing) as emulator, flux(emulator) as talk:
        await talk.one("Connected")
        for _ in range(3):
            timing.advance(25_000)
            if pinged:
                await (await talk.socket._websocket.ping())
            await asyncio.sleep(0.005)
        if pinged:
            assert talk.code is None
        else:
            assert (await talk.end())[1].startswith("NET-0001")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"model": "flux-general-es"}, 403),
        ({"eot_threshold": "0.2"}, 400),
        ({"eager_eot_threshold": "0.8"}, 400),
        ({"eot_timeout_ms": "100"}, 400),
        ({"model": "flux-general-en"}, 400),  # with a hint
    ],
)
async def test_a_wrong_query_is_refused(options: dict[str, str], status: int) -> None:
    async with DeepgramEmulator() as emulator:
        with pytest.raises(ApiError) as caught:
            async with flux(emulator, **options):
                pass
        assert reason(caught.value)[0] == status


@pytest.mark.parametrize("name", ["language", "interim_results", "endpointing", "smart_format"])
async def test_what_only_nova_knows_is_refused(name: str) -> None:
    async with DeepgramEmulator() as emulator:
        connecting = client(emulator).listen.v2.connect(
            model="flux-general-multi", request_options={"additional_query_parameters": {name: "x"}}
        )
        with pytest.raises(ApiError) as caught:
            async with session(connecting):
                pass
        assert reason(caught.value)[0] == 400


async def test_recognition_takes_its_latency_in_audio() -> None:
    slow = DeepgramLatencies(recognition=Latency(260))
    async with DeepgramEmulator(ScriptedEar("Hola"), latencies=slow) as emulator, flux(emulator) as talk:
        await talk.hear(*burst(600, 600))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert 0.84 <= ended.audio_window_end <= 0.88


async def test_audio_is_billed_by_model_and_the_key_stays_in_its_header() -> None:
    async with DeepgramEmulator() as emulator:
        async with flux(emulator) as talk:
            await talk.hear(quiet(880))
            await talk.socket._websocket.close()
        await eventually(lambda: not emulator.sessions["/v2/listen"])
        assert emulator.bill.total("deepgram-flux", "flux-general-multi").audio_ms == 880.0
        assert not emulator.requests.leaks
        assert KEY not in repr(emulator.requests[0])
        assert emulator.requests[0].asked("language_hint") == ["es"]
