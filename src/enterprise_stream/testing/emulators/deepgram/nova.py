"""`/v1/listen`: results that restate their segment, endpointing, `Finalize`, and `KeepAlive`."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any, Final

from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.deepgram.listening import ListeningSession
from enterprise_stream.testing.emulators.deepgram.query import NovaQuery
from enterprise_stream.testing.emulators.deepgram.refusals import IDLE, Closed
from enterprise_stream.testing.emulators.ears import QUIET_MS, HeardWord, Hearing
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.timing import Latency, Timing

INTERIM_EVERY_MS: Final = 1000.0
"""Audio between two interim results, as captures of the service have it."""

CUT_FROM_MS: Final = 4000.0
"""Length from which a segment is cut in mid-speech, after the next dip; one capture has a cut at 4.76 s."""

CUT_AT_MS: Final = 12_000.0
"""Length at which it is cut anyway."""

DIP_MS: Final = 50.0
"""Silence in speech after which a segment may be cut, once speech goes on."""

LULL_MS: Final = 1000.0
"""Silence after which it is cut though speech does not go on; endpointing is shorter, where there is any."""

SILENT_SEGMENT_MS: Final = 5000.0
"""Silence after which an empty segment is final."""

IDLE_MS: Final = 10_000.0
"""Time without audio or text after which the session is closed."""

LEAST_SHARE: Final = 0.2
"""Of the latency that passes after the decision even where the silence has been longer than the whole of it."""

CLOSED: Final = Closed(1000, "")
_PUNCTUATION: Final = "¡!¿?.,;:…\"'()«»"


class NovaSession(ListeningSession):
    """One session of `/v1/listen`.

    Args:
        exchange: the session.
        query: what it asks for.
        hearing: knows the words.
        charge: the session's entry of the bill.
        timing: for its idle limit and the latency of results.
        latency: from the last sound to final words.
        random: source of all that varies.
    """

    def __init__(
        self,
        exchange: SocketExchange,
        query: NovaQuery,
        hearing: Hearing,
        charge: Charge,
        timing: Timing,
        latency: Latency,
        random: Random,
    ) -> None:
        super().__init__(exchange, query.audio, hearing, charge, timing)
        self._query = query
        self._latency = latency
        self._random = random
        self._used_ms = timing.now_ms()
        self._from_ms = 0.0
        self._told_ms = 0.0
        self._silent_before_ms = 0.0
        self._speaking = False
        self._answering = False
        self._last_word_ms: float | None = None
        self._model_uuid = sha256(query.model.encode()).hexdigest()[:32]

    async def begin(self) -> None:
        """Nothing is said before there is audio."""

    async def command(self, kind: str | None, message: Any) -> None:
        """`KeepAlive`, `Finalize`, `CloseStream`, `Configure`; anything else is an error that ends nothing."""
        self._used_ms = self.timing.now_ms()
        match kind:
            case "KeepAlive":
                pass
            case "Finalize":
                if self.now_ms > self._from_ms:
                    await self._final(speech_final=True, from_finalize=True)
            case "CloseStream":
                await self.no_audio()
            case "Configure":
                await self.outbox.put(self._configured(message))
            case _:
                await self.outbox.put(
                    {
                        "type": "Error",
                        "variant": "SchemaError",
                        "description": "Could not deserialize last text message.",
                        "message": str(message),
                    }
                )

    async def no_audio(self) -> None:
        """Tell the rest and close, as for `CloseStream`."""
        if self.now_ms > self._from_ms:
            await self._final(speech_final=True)
        await self.outbox.put(self._metadata())
        await self.finish(CLOSED)

    async def block(self, began: bool) -> None:
        """See `ListeningSession.block`."""
        self._used_ms = self.timing.now_ms()
        query, length_ms = self._query, self.now_ms - self._from_ms
        dipped = self.silent_ms >= LULL_MS or (began and self._silent_before_ms >= DIP_MS)
        self._silent_before_ms = self.silent_ms
        if began and not self._speaking:
            self._speaking = True
            if query.vad_events:
                at = round((self.now_ms - 10.0) / 1000, 3)
                await self.outbox.put({"type": "SpeechStarted", "channel": [0], "timestamp": at})
        if self._speaking and self._endpoint():
            await self._final(speech_final=True)
        elif self._speaking and (length_ms >= CUT_AT_MS or (length_ms >= CUT_FROM_MS and dipped)):
            await self._final(speech_final=False)
        elif not self._speaking and length_ms >= SILENT_SEGMENT_MS:
            await self._final(speech_final=query.endpointing_ms is not None)
        elif query.interims and self.now_ms - self._told_ms >= INTERIM_EVERY_MS:
            await self._interim()
        await self._utterance_end()

    def _endpoint(self) -> bool:
        wanted = self._query.endpointing_ms
        return wanted is not None and self.silent_ms >= max(wanted, QUIET_MS)

    async def _interim(self) -> None:
        words = await self.hearing.words()
        self._told_ms = self.now_ms
        delay_ms = self._latency.draw(self._random) * LEAST_SHARE
        result = self._result(words, is_final=False, speech_final=False)
        await self.outbox.put(result, after_ms=delay_ms, piece=bool(words), first=self._first(words))

    async def _final(self, *, speech_final: bool, from_finalize: bool = False) -> None:
        asked_ms = self.timing.now_ms()
        words = await self.hearing.settle()
        spent_ms = self.timing.now_ms() - asked_ms
        result = self._result(words, is_final=True, speech_final=speech_final)
        if from_finalize:
            result["from_finalize"] = True
        latency_ms = self._latency.draw(self._random)
        delay_ms = max(latency_ms * LEAST_SHARE, latency_ms - self.silent_ms) - spent_ms
        await self.outbox.put(result, after_ms=delay_ms, piece=bool(words), first=self._first(words))
        self._from_ms = self._told_ms = self.now_ms
        self._speaking = self._speaking and not speech_final
        self._answering = self._answering and not speech_final

    def _first(self, words: Sequence[HeardWord]) -> bool:
        """Whether these words are the first of an utterance."""
        first = bool(words) and not self._answering
        self._answering = self._answering or first
        if words:
            self._last_word_ms = words[-1].end_ms
        return first

    async def _utterance_end(self) -> None:
        wanted, last = self._query.utterance_end_ms, self._last_word_ms
        if wanted is not None and last is not None and self.now_ms - last >= wanted and self.silent_ms > 0:
            self._last_word_ms = None
            message = {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": round(last / 1000, 3)}
            await self.outbox.put(message, after_ms=self._latency.draw(self._random) * LEAST_SHARE)

    def _result(self, words: Sequence[HeardWord], *, is_final: bool, speech_final: bool) -> dict[str, Any]:
        written = [word.text if self._query.punctuate else _plain(word.text) for word in words]
        multi = self._query.language == "multi"
        alternative: dict[str, Any] = {
            "transcript": " ".join(written),
            "confidence": round(min((word.confidence for word in words), default=0.0), 4),
            "words": [self._word(word, multi) for word in words],
        }
        if multi:
            alternative |= {"languages": [self.hearing.language] if words else []}
            alternative |= {"languages_hinted": list(self._query.hints)}
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": round((self.now_ms - self._from_ms) / 1000, 3),
            "start": round(self._from_ms / 1000, 3),
            "is_final": is_final,
            "speech_final": speech_final,
            "channel": {"alternatives": [alternative]},
            "metadata": {
                "request_id": self.exchange.request_id,
                "model_info": {"name": f"2-general-{self._query.model}", "version": "emulated", "arch": "emulated"},
                "model_uuid": self._model_uuid,
            },
        }

    def _word(self, word: HeardWord, multi: bool) -> dict[str, Any]:
        told: dict[str, Any] = {
            "word": _plain(word.text),
            "start": round(word.start_ms / 1000, 3),
            "end": round(word.end_ms / 1000, 3),
            "confidence": word.confidence,
        }
        if self._query.punctuate:
            told["punctuated_word"] = word.text
        return told | {"language": self.hearing.language} if multi else told

    def _configured(self, message: dict[str, Any]) -> dict[str, Any]:
        keyterms = message.get("keyterms")
        if keyterms is not None and self._query.model != "nova-3":
            return {
                "type": "ConfigureFailure",
                "request_id": self.exchange.request_id,
                "code": "CONFIGURE_KEYTERMS_NOT_SUPPORTED",
                "description": "Only Nova-3 models support keyterm updates.",
            }
        told: dict[str, Any] = {"type": "ConfigureSuccess", "request_id": self.exchange.request_id}
        if keyterms is not None:
            self._query = replace(self._query, keyterms=tuple(keyterms))
            told["keyterms"] = keyterms
        return told

    def _metadata(self) -> dict[str, Any]:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": self.exchange.request_id,
            "sha256": sha256(self.exchange.request_id.encode()).hexdigest(),
            "created": "2026-05-28T00:00:00.000Z",
            "duration": round(self.now_ms / 1000, 3),
            "channels": 1,
        }

    def idle(self) -> Closed | None:
        """Closed after 10 s without audio or text; `KeepAlive` alone does not hold a session that never had audio."""
        used_ms = self._used_ms if self.has_audio else self.began_ms
        return IDLE if self.timing.now_ms() - used_ms >= IDLE_MS else None

    async def end_idle(self, closed: Closed) -> None:
        """As captures have it: `Metadata` comes before the close."""
        await self.outbox.put(self._metadata())
        await self.finish(closed)


def _plain(word: str) -> str:
    return word.strip(_PUNCTUATION).lower()
