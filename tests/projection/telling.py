"""What a session tells, message by message."""

from collections.abc import Iterator

from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.parts import Cost, Usage

QUESTION = "¿Tienen piscina?"
ANSWER = "Sí, una piscina de agua salada."


def ready(seq: int = 1) -> wire.ServerMessage:
    """The first message."""
    return wire.ReadyMessage(
        seq=seq,
        session_id="s",
        resume_token="",
        language="es",
        persona=wire.Persona(name="Sandra", voice="sandra"),
        server=wire.ServerInfo(version="1", mode="embedded"),
        disclosure="",
    )


def turn(
    number: int, seq: int, question: str = QUESTION, answer: str = ANSWER, *, answered: bool = True, ms: int = 800
) -> Iterator[wire.ServerMessage]:
    """A whole turn's messages, numbered from `seq` on."""
    numbers = iter(range(seq, seq + 1000))
    yield wire.TranscriptionMessage(seq=next(numbers), turn=number, text=question, final=True, language="es")
    for word in answer.split():
        yield wire.ResponseChunkMessage(seq=next(numbers), turn=number, text=f"{word} ")
    for place, word in enumerate(answer.split()):
        yield wire.CaptionMessage(
            seq=next(numbers), turn=number, text=word, start_ms=place * 300, end_ms=place * 300 + 250
        )
    yield wire.ResponseCompleteMessage(
        seq=next(numbers),
        turn=number,
        text=answer,
        responseType="general",
        latency=wire.Latency(endpoint=250, transcript=260, first_text=500, first_audio=700, speculated=True),
        usage=Usage(llm_input_tokens=100, tts_chars=len(answer)),
        cost=Cost(stt=0.000172, llm=0.0001, tts=0.0003, total=0.000572),
        answered=answered,
    )
    yield wire.AudioEndMessage(seq=next(numbers), turn=number, duration_ms=2_000)
    yield wire.TimelineMessage(
        seq=next(numbers),
        turn=number,
        stages=(wire.Stage(name="endpoint", ms=250), wire.Stage(name="first_audio", ms=ms - 250)),
        total_ms=ms,
        heard=True,
        slowest="first_audio",
        over_ms=120,
    )


def call(turns: int = 2) -> list[wire.ServerMessage]:
    """A call of some turns."""
    told = [ready()]
    for number in range(1, turns + 1):
        told += turn(number, told[-1].seq + 1)
    return told
