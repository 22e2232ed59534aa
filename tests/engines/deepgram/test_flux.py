"""Flux behind the port: turns, their ends, and whose words a message holds."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from enterprise_stream.engines.deepgram import DeepgramFlux
from enterprise_stream.errors import EngineError, VendorError
from enterprise_stream.listening.ports import JudgingUtterance, PreparedSpeechToText, Transcript
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import LoopClock, quiet, speech

from .played import Played

KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
async def flux(service: Played, bought: list[Purchase]) -> AsyncIterator[DeepgramFlux]:
    async with DeepgramFlux(
        KEY, bought.append, LoopClock(), base_url=service.base_url, terms=["Casas del Turia"]
    ) as flux:
        yield flux


async def test_it_is_what_the_ports_ask_for(flux: DeepgramFlux) -> None:
    assert isinstance(flux, PreparedSpeechToText)
    assert isinstance(flux.utterance("ana", "es"), JudgingUtterance)


async def test_the_socket_is_opened_before_the_guest_speaks_and_told_what_to_expect(
    flux: DeepgramFlux, service: Played
) -> None:
    flux.prepare("ana", "es")
    call = await service.call()
    assert call.path == "/v2/listen"
    assert call.query["model"] == ["flux-general-multi"]
    assert call.query["language_hint"] == ["es"]
    assert call.query["keyterm"] == ["Casas del Turia"]
    flux.prepare("ana", "es")
    flux.utterance("ana", "es").push(speech(160))
    await call.heard(0.16)
    assert service.count == 1


@pytest.mark.requirement("S18")
async def test_audio_goes_out_in_80_ms_and_only_the_utterances(flux: DeepgramFlux, service: Played) -> None:
    flux.prepare("ana", "es")
    call = await service.call()
    await asyncio.sleep(2.0)
    assert call.messages == []
    utterance = flux.utterance("ana", "es")
    for block in np.array_split(speech(500), 7):
        utterance.push(block)
    utterance.push(np.zeros(0, np.float32))
    await call.heard(0.48)
    assert {len(each) for each in call.messages} == {2560}
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    assert {len(each) for each in call.messages if isinstance(each, bytes)} == {2560}
    await call.turn("EndOfTurn", "hola", 0.56, trigger="manual")
    assert (await asked).audio_ms == 500


async def test_audio_from_before_the_socket_is_open_is_not_lost(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)


async def test_interim_words_and_confidence_are_told_as_they_change(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    told: list[Transcript] = []
    judged: list[float] = []
    utterance.on_interim(told.append)
    utterance.on_completion(judged.append)
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.turn("Update", "", 0.24, end_of_turn_confidence=0.01)
    await call.turn("StartOfTurn", "cuánto", 0.48, end_of_turn_confidence=0.1)
    await call.turn("Update", "cuánto", 0.64, end_of_turn_confidence=0.2)
    await call.turn("Update", "cuánto cuesta", 0.8, end_of_turn_confidence=0.6)
    words = await utterance.partial()
    assert words == Transcript("cuánto cuesta", "es", 1.0, 800)
    assert [each.text for each in told] == ["cuánto", "cuánto cuesta"]
    assert judged == [0.1, 0.2, 0.6]
    utterance.close()
    await call.turn("Update", "cuánto cuesta el", 0.8, end_of_turn_confidence=0.3)
    await asyncio.sleep(0.1)
    assert (len(told), len(judged)) == (2, 3)


async def test_partial_tells_what_there_is_when_the_words_do_not_come(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.turn("Update", "cuánto", 0.4)
    began = LoopClock().now_ms()
    assert (await utterance.partial()).text == "cuánto"
    assert LoopClock().now_ms() - began < 600


async def test_words_that_are_final_already_need_no_wait(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(np.concatenate([speech(800), quiet(400)]))
    call = await service.call()
    await call.heard(1.2)
    await call.turn("EagerEndOfTurn", "¿Cuánto cuesta?", 0.96)
    await utterance.partial()
    began = LoopClock().now_ms()
    assert (await utterance.final()).text == "¿Cuánto cuesta?"
    assert LoopClock().now_ms() - began < 30
    await call.comes("ForceEndTurn")


async def test_a_turn_that_is_resumed_is_not_over(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(1_600))
    call = await service.call()
    await call.heard(1.6)
    await call.turn("EagerEndOfTurn", "cuánto cuesta", 0.8)
    await call.turn("TurnResumed", "cuánto cuesta el", 1.2)
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await call.turn("EndOfTurn", "cuánto cuesta el ático", 1.6, trigger="manual")
    assert (await asked).text == "cuánto cuesta el ático"


async def test_a_turn_that_flux_ends_and_the_guest_does_not_is_joined_to_the_next(
    flux: DeepgramFlux, service: Played
) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(1_600))
    call = await service.call()
    await call.heard(1.6)
    await call.turn("EndOfTurn", "Quería saber", 0.8, trigger="model")
    await call.turn("Update", "cuánto", 1.2, index=1)
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await call.turn("EndOfTurn", "cuánto cuesta.", 1.6, index=1, trigger="manual")
    assert (await asked).text == "Quería saber cuánto cuesta."


async def test_an_end_before_the_last_words_were_heard_is_asked_for_again(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(1_600))
    call = await service.call()
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await call.turn("EndOfTurn", "cuánto cuesta", 0.8, trigger="manual")
    await call.comes("ForceEndTurn", 2)
    await call.turn("EndOfTurn", "el ático", 1.6, index=1, trigger="manual")
    assert (await asked).text == "cuánto cuesta el ático"


NO_TURN = {"type": "Warning", "code": "FORCE_END_TURN_NO_ACTIVE_TURN", "description": "x"}


async def test_noise_without_a_turn_has_no_words(flux: DeepgramFlux, service: Played, bought: list[Purchase]) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await call.say(NO_TURN)
    await call.comes("ForceEndTurn", 2)
    await call.say(NO_TURN)
    assert await asked == Transcript("", None, 0.0, 800)
    utterance.close()
    assert [each.audio_ms for each in bought] == [800.0, 320.0]


async def test_a_short_word_whose_turn_has_not_begun_is_heard_out(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(240))
    call = await service.call()
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await call.say(NO_TURN)
    await call.comes("ForceEndTurn", 2)
    assert call.audio_s == pytest.approx(0.56)
    await call.turn("StartOfTurn", "sí", 0.5)
    await call.turn("EndOfTurn", "Sí.", 0.56, trigger="manual")
    assert await asked == Transcript("Sí.", "es", 1.0, 240)


async def test_silence_has_no_words_and_needs_no_answer(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    assert (await utterance.partial()).text == ""
    utterance.push(np.zeros(16_000, np.float32))
    assert (await utterance.final()).text == ""
    utterance.close()


async def test_late_words_of_one_utterance_do_not_reach_the_next(flux: DeepgramFlux, service: Played) -> None:
    first = flux.utterance("ana", "es")
    first.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.turn("Update", "resérvame el", 0.64)
    await first.partial()
    first.close()
    second = flux.utterance("ana", "es")
    told: list[str] = []
    second.on_interim(lambda words: told.append(words.text))
    second.push(speech(800))
    await call.heard(1.6)
    assert call.told == ["ForceEndTurn"]
    assert isinstance(call.messages[9], bytes)  # the end of the first was told before the second's audio
    await call.turn("Update", "resérvame el ático", 0.8)
    await call.turn("EndOfTurn", "resérvame el ático", 0.8, trigger="manual")
    await call.turn("Update", "resérvame el ático no", 1.2)  # of the first one's turn, should it go on
    await call.turn("Update", "gracias", 1.6, index=1)
    assert (await second.partial()).text == "gracias"
    asked = asyncio.create_task(second.final())
    await call.comes("ForceEndTurn", 2)
    await call.turn("EndOfTurn", "Gracias.", 1.6, index=1, trigger="manual")
    assert (await asked).text == "Gracias."
    assert told == ["gracias", "Gracias."]


async def test_answers_to_two_ends_are_told_apart(flux: DeepgramFlux, service: Played) -> None:
    first, second = flux.utterance("ana", "es"), flux.utterance("ana", "es")
    first.push(speech(800))
    first_asked = asyncio.create_task(first.final())
    await asyncio.sleep(0)
    second.push(speech(800))
    second_asked = asyncio.create_task(second.final())
    call = await service.call()
    await call.comes("ForceEndTurn", 2)
    await call.say(NO_TURN)  # and no silence to hear the first out: the second's audio is on its way
    assert (await first_asked).text == ""
    assert not second_asked.done()
    await call.turn("EndOfTurn", "hola", 1.6, trigger="manual")
    assert (await second_asked).text == "hola"


async def test_two_guests_have_sockets_of_their_own(flux: DeepgramFlux, service: Played) -> None:
    ana, luis = flux.utterance("ana", "es"), flux.utterance("luis", "en")
    ana.push(speech(160))
    luis.push(speech(240))
    calls = [await service.call() for _ in range(2)]
    by_language = {call.query["language_hint"][0]: call for call in calls}
    await by_language["es"].heard(0.16)
    await by_language["en"].heard(0.24)
    await by_language["es"].turn("Update", "hola", 0.16)
    await by_language["en"].turn("Update", "hello", 0.24)
    assert [(await each.partial()).text for each in (ana, luis)] == ["hola", "hello"]


async def test_another_language_is_told_on_the_same_socket(flux: DeepgramFlux, service: Played) -> None:
    flux.prepare("ana", "es")
    call = await service.call()
    utterance = flux.utterance("ana", "en")
    utterance.push(speech(80))
    await call.heard(0.08)
    assert call.messages[0] == {"type": "Configure", "language_hints": ["en"]}
    assert service.count == 1


async def test_what_was_sent_is_bought_once(flux: DeepgramFlux, service: Played, bought: list[Purchase]) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    assert bought == []
    utterance.close()
    utterance.close()
    cut = flux.utterance("ana", "es")
    cut.push(speech(400))
    await call.heard(1.2)
    call.cut()
    with pytest.raises(VendorError):
        await cut.final()
    cut.close()
    unheard = flux.utterance("ana", "es")
    unheard.push(speech(400))
    unheard.close()
    assert bought == [
        Purchase("ana", "stt", "deepgram-flux", "flux-general-multi", audio_ms=ms) for ms in (800.0, 400.0)
    ]


async def test_a_lost_socket_fails_its_utterance_and_the_next_has_another(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    asked = asyncio.create_task(utterance.partial())
    await call.heard(0.8)
    call.cut()
    with pytest.raises(VendorError) as failed:
        await asked
    assert (failed.value.code, failed.value.retryable) == ("vendor_down", True)
    with pytest.raises(VendorError):
        await utterance.final()
    utterance.close()
    again = flux.utterance("ana", "es")
    again.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.turn("EndOfTurn", "hola", 0.8, trigger="model")
    assert (await again.final()).text == "hola"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"type": "TurnIn', "vendor_garbled"),
        ('{"type": "TurnInfo", "event": "Update"}', "vendor_garbled"),
        ('{"type": "Error", "code": "INTERNAL_SERVER_ERROR", "description": "secret"}', "vendor_down"),
        ('{"type": "Error", "code": "UNPARSABLE_CLIENT_MESSAGE", "description": "secret"}', "vendor_bad_request"),
    ],
)
async def test_what_no_protocol_says_ends_the_socket(flux: DeepgramFlux, service: Played, said: str, code: str) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.say(said)
    with pytest.raises(VendorError) as failed:
        await utterance.partial()
    assert failed.value.code == code
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("number", "code"), [(1011, "vendor_down"), (1008, "vendor_bad_request"), (1000, "vendor_down")]
)
async def test_a_close_is_a_loss(flux: DeepgramFlux, service: Played, number: int, code: str) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.close(number)
    with pytest.raises(VendorError) as failed:
        await utterance.final()
    assert failed.value.code == code


async def test_kinds_of_messages_that_are_new_do_no_harm(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await call.say({"type": "Weather", "sky": "blue"})
    await call.say({"type": "Warning", "code": "SOMETHING", "description": "x"})
    await call.turn("Applause", "hola", 0.8)
    assert (await utterance.partial()).text == "hola"


async def test_a_socket_that_goes_mute_is_noticed_while_the_guest_speaks(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    began = LoopClock().now_ms()
    call = await service.call()
    failed: list[str] = []
    while LoopClock().now_ms() - began < 10_000 and not failed:
        utterance.push(speech(80))
        await asyncio.sleep(0.08)
        if call.ended.is_set():
            with pytest.raises(VendorError) as error:
                await utterance.partial()
            failed.append(error.value.code)
    assert failed == ["vendor_timeout"]
    assert 3_000 <= LoopClock().now_ms() - began <= 4_000


async def test_a_guest_who_stalls_is_not_the_socket_s_silence(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    await asyncio.sleep(8)
    utterance.push(speech(800))
    await call.heard(1.6)
    await call.turn("Update", "hola", 1.6)
    assert (await utterance.partial()).text == "hola"


async def test_an_end_that_is_not_answered_is_given_up(flux: DeepgramFlux, service: Played) -> None:
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    began = LoopClock().now_ms()
    with pytest.raises(VendorError) as failed:
        await utterance.final()
    assert failed.value.code == "vendor_timeout"
    assert LoopClock().now_ms() - began < 1_700
    await asyncio.wait_for(call.ended.wait(), 5)


@pytest.mark.requirement("S18")
async def test_a_socket_without_an_utterance_is_closed_before_the_service_does_it(
    flux: DeepgramFlux, service: Played
) -> None:
    flux.prepare("ana", "es")
    call = await service.call()
    await asyncio.sleep(28)
    assert not call.ended.is_set()
    await asyncio.wait_for(call.ended.wait(), 5)
    assert call.told == ["CloseStream"]
    flux.utterance("ana", "es").push(speech(80))
    await (await service.call()).heard(0.08)


async def test_who_leaves_takes_his_socket_along(flux: DeepgramFlux, service: Played) -> None:
    flux.prepare("ana", "es")
    call = await service.call()
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(80))
    await call.heard(0.08)
    flux.leave("ana")
    flux.leave("ana")
    await asyncio.wait_for(call.ended.wait(), 5)
    with pytest.raises(EngineError):
        await utterance.partial()


async def test_leaving_a_service_that_hangs_takes_no_time(service: Played, bought: list[Purchase]) -> None:
    over = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()
        closed.release()

    closed = asyncio.Semaphore(0)
    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = LoopClock().now_ms()
    async with DeepgramFlux(KEY, bought.append, LoopClock(), base_url=f"http://127.0.0.1:{port}") as flux:
        utterance = flux.utterance("ana", "es")
        utterance.push(speech(800))
        with pytest.raises(VendorError) as failed:
            await utterance.final()
        flux.prepare("luis", "es")
        await asyncio.sleep(0.1)
    assert failed.value.code == "vendor_timeout"
    assert LoopClock().now_ms() - began < 2_500
    assert bought == []
    server.close()
    over.set()
    async with asyncio.timeout(5):  # ana's connection and luis's
        await closed.acquire()
        await closed.acquire()


async def test_a_service_that_takes_no_audio_is_given_up(flux: DeepgramFlux) -> None:
    utterance = flux.utterance("ana", "es")
    for _ in range(39):
        utterance.push(speech(1_000))
    flux.utterance("luis", "es").push(speech(160))
    utterance.push(speech(2_000))
    with pytest.raises(VendorError) as failed:
        await utterance.partial()
    assert failed.value.code == "vendor_timeout"


@pytest.mark.parametrize("answered", [False, True])
async def test_a_socket_that_owes_words_to_somebody_who_gave_up_serves_no_other(
    flux: DeepgramFlux, service: Played, answered: bool
) -> None:
    """Whoever waits for words gives up before the engine would; the next utterance must not wait as long again."""
    utterance = flux.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    asked = asyncio.create_task(utterance.final())
    await call.comes("ForceEndTurn")
    await asyncio.sleep(0.9)
    asked.cancel()
    utterance.close()
    await asyncio.sleep(0.3)
    if answered:
        await call.turn("EndOfTurn", "hola", 0.8, trigger="manual")
    await asyncio.sleep(0.5)
    assert call.ended.is_set() is not answered
    flux.utterance("ana", "es").push(speech(800))
    await (call if answered else await service.call()).heard(0.8)
    assert service.count == (1 if answered else 2)
