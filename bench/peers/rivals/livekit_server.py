"""LiveKit Agents with the simulated vendors, for one run of the benchmark; runs in an environment of its own.

    python livekit_server.py --config default|fast --port N --recordings FOLDER

- `default`: what `AgentSession` does by itself: the bundled Silero and end-of-turn model (turn-detector-v1-mini),
  endpointing 0.3 s, preemptive generation of text, answers spoken by sentences.
- `fast`: its documented fastest settings without a recogniser that owns the turn: voice activity with 0.2 s of silence,
  no endpointing delay, preemptive generation of text and voice, answers spoken by tokens, an interruption after 0.2 s
  instead of 0.5, no warm-up of echo cancellation.

Its sessions run without its room: audio comes and goes over a plain WebSocket, so a real deployment costs more.
"""

import argparse
import asyncio
import json
import logging
import time
import uuid
from pathlib import Path

from aiohttp import WSMsgType, web
from livekit import rtc
from livekit.agents import NOT_GIVEN, Agent, AgentSession, inference, llm, stt, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice import io
from vendors import VOICE_RATE, Began, Ear, Recordings, Voice, hear, load_recordings, tokens

MIC_RATE = 16_000


class Stt(stt.STT):
    """Interim words every 200 ms, final ones 100 ms after speech."""

    def __init__(self, recordings: Recordings) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(streaming=True, interim_results=True, offline_recognize=False)
        )
        self.recordings = recordings

    async def _recognize_impl(self, buffer, *, language=NOT_GIVEN, conn_options):
        raise NotImplementedError

    def stream(self, *, language=NOT_GIVEN, conn_options=DEFAULT_API_CONNECT_OPTIONS):  # noqa: ARG002
        return SttStream(self, conn_options)


class SttStream(stt.RecognizeStream):
    """One guest's stream."""

    def __init__(self, engine: Stt, conn_options: object) -> None:
        super().__init__(stt=engine, conn_options=conn_options)
        self._ear = Ear(engine.recordings)

    async def _run(self) -> None:
        async for frame in self._input_ch:
            if isinstance(frame, self._FlushSentinel):
                continue
            for news in hear(self._ear, bytes(frame.data)):
                if isinstance(news, Began):
                    self._event_ch.send_nowait(stt.SpeechEvent(stt.SpeechEventType.START_OF_SPEECH))
                    continue
                kind = stt.SpeechEventType.FINAL_TRANSCRIPT if news.final else stt.SpeechEventType.INTERIM_TRANSCRIPT
                if news.text:
                    words = stt.SpeechData(language=news.language or "es", text=news.text, confidence=0.99)
                    self._event_ch.send_nowait(stt.SpeechEvent(kind, alternatives=[words]))
                if news.final:
                    self._event_ch.send_nowait(stt.SpeechEvent(stt.SpeechEventType.END_OF_SPEECH))


class Llm(llm.LLM):
    """The first token after 250 ms, then 60 a second."""

    def chat(self, *, chat_ctx, tools=None, conn_options=DEFAULT_API_CONNECT_OPTIONS, **_):
        return LlmStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class LlmStream(llm.LLMStream):
    """One answer."""

    async def _run(self) -> None:
        request = uuid.uuid4().hex
        async for token in tokens():
            delta = llm.ChoiceDelta(role="assistant", content=token)
            self._event_ch.send_nowait(llm.ChatChunk(id=request, delta=delta))


class Tts(tts.TTS):
    """The simulated voice: for whole sentences, or for a stream of tokens.

    Args:
        streaming: takes tokens; otherwise the framework cuts the answer into sentences.
    """

    def __init__(self, *, streaming: bool) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=streaming), sample_rate=VOICE_RATE, num_channels=1)

    def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return Sentence(tts=self, input_text=text, conn_options=conn_options)

    def stream(self, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return TokenVoice(tts=self, conn_options=conn_options)


def _start(emitter: tts.AudioEmitter, *, stream: bool) -> None:
    emitter.initialize(
        request_id=uuid.uuid4().hex, sample_rate=VOICE_RATE, num_channels=1, mime_type="audio/pcm", stream=stream
    )


class Sentence(tts.ChunkedStream):
    """One sentence."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _start(output_emitter, stream=False)

        async def emit(audio: bytes) -> None:
            output_emitter.push(audio)

        voice = Voice(emit)
        voice.say(self._input_text)
        voice.end()
        await voice.run()
        output_emitter.flush()


class TokenVoice(tts.SynthesizeStream):
    """One answer, spoken as its tokens come."""

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _start(output_emitter, stream=True)
        output_emitter.start_segment(segment_id=uuid.uuid4().hex)

        async def emit(audio: bytes) -> None:
            output_emitter.push(audio)

        voice = Voice(emit)

        async def read() -> None:
            async for text in self._input_ch:
                if not isinstance(text, self._FlushSentinel):
                    self._mark_started()
                    voice.say(text)
            voice.end()

        reader = asyncio.create_task(read())
        try:
            await voice.run()
        finally:
            reader.cancel()
        output_emitter.end_segment()


class Microphone(io.AudioInput):
    """The guest's sound, as the WebSocket brings it."""

    def __init__(self) -> None:
        super().__init__(label="socket")
        self.frames: asyncio.Queue[rtc.AudioFrame | None] = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        frame = await self.frames.get()
        if frame is None:
            raise StopAsyncIteration
        return frame


class Speaker(io.AudioOutput):
    """Sends audio as it is made; counts it as played at real time; tells the client to drop it when interrupted."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        super().__init__(label="socket", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=VOICE_RATE)
        self._socket = socket
        self._began = 0.0
        self._seconds = 0.0
        self._playing: asyncio.Task | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._seconds:
            self._began = time.monotonic()
            self.on_playback_started(created_at=time.time())
        self._seconds += frame.duration
        if not self._socket.closed:
            await self._socket.send_bytes(bytes(frame.data))

    def flush(self) -> None:
        super().flush()
        if self._seconds and self._playing is None:
            self._playing = asyncio.create_task(self._play_out())

    def clear_buffer(self) -> None:
        if not self._seconds:
            return
        if self._playing is not None:
            self._playing.cancel()
        played = min(self._seconds, time.monotonic() - self._began)
        self._finish(played, interrupted=True)
        if not self._socket.closed:
            self._telling = asyncio.create_task(self._socket.send_str(json.dumps({"type": "clear"})))

    async def _play_out(self) -> None:
        await asyncio.sleep(max(0.0, self._began + self._seconds - time.monotonic()))
        self._finish(self._seconds, interrupted=False)

    def _finish(self, played: float, *, interrupted: bool) -> None:
        self._seconds, self._playing = 0.0, None
        self.on_playback_finished(playback_position=played, interrupted=interrupted)


def make_session(config: str, recordings: Recordings) -> AgentSession:
    """The session that a configuration means."""
    if config == "default":
        return AgentSession(stt=Stt(recordings), llm=Llm(), tts=Tts(streaming=False))
    return AgentSession(
        stt=Stt(recordings),
        vad=inference.VAD(model="silero", min_silence_duration=0.2),
        llm=Llm(),
        tts=Tts(streaming=True),
        turn_handling={
            "turn_detection": "vad",
            "endpointing": {"min_delay": 0.0},
            "preemptive_generation": {"preemptive_tts": True},
            "interruption": {"min_duration": 0.2},
        },
        aec_warmup_duration=None,
    )


async def converse(request: web.Request) -> web.WebSocketResponse:
    """One conversation, from the handshake to the close."""
    socket = web.WebSocketResponse(compress=False, max_msg_size=0)
    await socket.prepare(request)
    session = make_session(request.app["config"], request.app["recordings"])
    microphone = Microphone()
    session.input.audio = microphone
    session.output.audio = Speaker(socket)
    await session.start(Agent(instructions=""), record=False)
    try:
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                samples = len(message.data) // 2
                microphone.frames.put_nowait(rtc.AudioFrame(message.data, MIC_RATE, 1, samples))
    finally:
        microphone.frames.put_nowait(None)
        await session.aclose()
    return socket


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", choices=("default", "fast"), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    app = web.Application()
    app["config"] = given.config
    app["recordings"] = load_recordings(given.recordings)
    app.router.add_get("/ws", converse)
    web.run_app(app, host="127.0.0.1", port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
