"""Pipecat with the simulated vendors, for one run of the benchmark; runs in an environment of its own.

    python pipecat_server.py --config default|fast|eager --port N --recordings FOLDER

- `default`: what `LLMContextAggregatorPair` does with a voice-activity analyzer: Silero with 0.2 s, smart-turn v3, and
  answers spoken by sentences. The recogniser marks its finals and declares its p99, as the documentation asks.
- `fast`: voice activity with the documented speech timeout at 0, answers spoken by tokens.
- `eager`: the recogniser owns the turn (its verdict 300 ms after the last speech), answers begun at its eager end of
  turn, spoken by tokens, no local voice activity.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TextAggregationMode, TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.eager_end_of_turn_mixin import EagerEndOfTurnSTTServiceMixin
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner
from vendors import VOICE_RATE, Began, Ear, Heard, Recordings, Voice, hear, load_recordings, tokens

VERDICT_MS = 300.0
FINAL_S = 0.1


class Stt(STTService):
    """Final words 100 ms after speech, marked as such."""

    def __init__(self, recordings: Recordings, **kwargs: object) -> None:
        super().__init__(ttfs_p99_latency=FINAL_S, settings=STTSettings(model=None, language=None), **kwargs)
        self._ear = Ear(recordings)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        for news in hear(self._ear, audio):
            if isinstance(news, Heard) and news.text:
                now = time_now_iso8601()
                if news.final:
                    yield TranscriptionFrame(news.text, self._user_id, now, finalized=True)
                else:
                    yield InterimTranscriptionFrame(news.text, self._user_id, now)


class EagerStt(EagerEndOfTurnSTTServiceMixin, STTService):
    """Owns the turn: begins it with speech, expects its end at the final words, commits it 300 ms after the speech."""

    def __init__(self, recordings: Recordings) -> None:
        super().__init__(enable_eager_end_of_turn=True, settings=STTSettings(model=None, language=None))
        self._ear = Ear(recordings)
        self._words: list[str] = []
        self._open = False

    @property
    def supports_ttfs(self) -> bool:
        return False

    def service_metadata_frame(self):
        frame = super().service_metadata_frame()
        frame.user_turn_strategies = self.recommended_user_turn_strategies(enable_interruptions=True)
        return frame

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        for news in hear(self._ear, audio):
            if isinstance(news, Began):
                await self._cancel_eager_end_of_turn()
                if not self._open:
                    self._open = True
                    await self.broadcast_frame(ProposedUserStartedSpeakingFrame)
            elif news.final and news.text:
                self._words.append(news.text)
                await self._push_eager_end_of_turn(" ".join(self._words), user_id=self._user_id)
            elif news.text:
                text = " ".join((*self._words, news.text))
                yield InterimTranscriptionFrame(text, self._user_id, time_now_iso8601())
        if self._open and not self._ear.speaking and self._ear.silent_ms >= VERDICT_MS:
            self._open = False
            self._clear_eager_end_of_turn()
            text = " ".join(self._words)
            self._words.clear()
            if text:
                yield TranscriptionFrame(text, self._user_id, time_now_iso8601(), finalized=True)
            await self.broadcast_frame(ProposedUserStoppedSpeakingFrame)
        yield None


class Llm(LLMService):
    """The first token after 250 ms, then 60 a second."""

    def __init__(self) -> None:
        given = dict.fromkeys(
            ("temperature", "max_tokens", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed")
        )
        super().__init__(
            settings=LLMSettings(
                model="simulated",
                system_instruction=None,
                filter_incomplete_user_turns=False,
                user_turn_completion_config=None,
                **given,
            )
        )

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        try:
            await self.push_frame(LLMFullResponseStartFrame())
            async for token in tokens():
                await self._push_llm_text(token)
        finally:
            await self.push_frame(LLMFullResponseEndFrame())


class Tts(TTSService):
    """A vendor's streaming voice; one `Voice` for each context, as services over a WebSocket do it."""

    def __init__(self, mode: TextAggregationMode) -> None:
        super().__init__(
            text_aggregation_mode=mode,
            push_start_frame=True,
            sample_rate=VOICE_RATE,
            settings=TTSSettings(model=None, voice="simulated", language=None),
        )
        self._voices: dict[str, tuple[Voice, asyncio.Task]] = {}

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        if context_id not in self._voices:
            voice = Voice(lambda audio: self._sound(context_id, audio))
            self._voices[context_id] = voice, self.create_task(self._run(context_id, voice), f"voice {context_id}")
        self._voices[context_id][0].say(text)
        yield None

    async def flush_audio(self, context_id: str | None = None) -> None:
        if context_id in self._voices:
            self._voices[context_id][0].end()

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        if context_id in self._voices:
            await self.cancel_task(self._voices.pop(context_id)[1])
        await super().on_audio_context_interrupted(context_id)

    async def _sound(self, context_id: str, audio: bytes) -> None:
        await self.append_to_audio_context(context_id, TTSAudioRawFrame(audio, VOICE_RATE, 1, context_id=context_id))

    async def _run(self, context_id: str, voice: Voice) -> None:
        await voice.run()
        self._voices.pop(context_id, None)
        await self.append_to_audio_context(context_id, TTSStoppedFrame(context_id=context_id))
        await self.remove_audio_context(context_id)


def stages(config: str, recordings: Recordings) -> tuple[STTService, LLMUserAggregatorParams, TTSService]:
    """The parts that configurations differ in."""
    if config == "default":
        return (
            Stt(recordings),
            LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()),
            Tts(TextAggregationMode.SENTENCE),
        )
    token = Tts(TextAggregationMode.TOKEN)
    if config == "fast":
        stop = [SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)]
        params = LLMUserAggregatorParams(
            vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=UserTurnStrategies(stop=stop)
        )
        return Stt(recordings), params, token
    return EagerStt(recordings), LLMUserAggregatorParams(), token


async def converse(socket: WebSocket, config: str, recordings: Recordings) -> None:
    """One conversation, from the handshake to the close."""
    transport = FastAPIWebsocketTransport(
        websocket=socket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    )
    stt, params, tts = stages(config, recordings)
    pair = LLMContextAggregatorPair(LLMContext(), user_params=params)
    worker = PipelineWorker(
        Pipeline([transport.input(), stt, pair.user(), Llm(), tts, transport.output(), pair.assistant()]),
        params=PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=VOICE_RATE),
    )

    @transport.event_handler("on_client_disconnected")
    async def _left(*_: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", choices=("default", "fast", "eager"), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    given = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    recordings = load_recordings(given.recordings)
    app = FastAPI()

    @app.websocket("/ws")
    async def _ws(socket: WebSocket) -> None:
        await socket.accept()
        await converse(socket, given.config, recordings)

    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="error", ws_per_message_deflate=False)


if __name__ == "__main__":
    main()
