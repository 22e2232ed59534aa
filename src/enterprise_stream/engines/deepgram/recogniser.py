"""Deepgram's recognisers behind the port: a socket for each guest, open before he speaks."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Any, Self, TypeVar

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.flux import EAGER_EOT_THRESHOLD, EOT_THRESHOLD, FLUX
from enterprise_stream.engines.deepgram.hearing import Hearing
from enterprise_stream.engines.deepgram.keyterms import key_terms, keywords
from enterprise_stream.engines.deepgram.nova import ENDPOINTING_MS, NOVA
from enterprise_stream.engines.deepgram.reading import Dialect
from enterprise_stream.engines.deepgram.sdk import DeepgramClient
from enterprise_stream.engines.deepgram.utterance import DeepgramUtterance, JudgingDeepgramUtterance
from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.purchases import Buy, Purchase

AnyUtterance = TypeVar("AnyUtterance", bound=DeepgramUtterance)

_AUDIO: dict[str, Any] = {"encoding": "linear16", "sample_rate": SAMPLE_RATE}


class _Recogniser(ABC):
    """A `PreparedSpeechToText`; use it as an async context manager, which owns the sockets.

    Args:
        client: the SDK's, entered and left with this.
        dialect: of the model.
        engine: its name among ours.
        model: its name at Deepgram.
        buy: told of the audio that was sent, once for each utterance.
        clock: tells a mute socket.
    """

    def __init__(
        self, client: DeepgramClient, dialect: Dialect, engine: str, model: str, buy: Buy, clock: Clock
    ) -> None:
        self._client = client
        self._dialect = dialect
        self._engine = engine
        self._model = model
        self._buy = buy
        self._clock = clock
        self._hearings: dict[str, Hearing] = {}

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        self._group = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for hearing in list(self._hearings.values()):
            hearing.drop()
        await self._group.__aexit__(None, None, None)
        await self._client.__aexit__()

    def prepare(self, owner: str, language: str) -> None:
        """Open the guest's socket, or keep it open for another while; see `PreparedSpeechToText.prepare`."""
        self._hearing(owner, language).stay()

    def leave(self, owner: str) -> None:
        """Close the guest's socket; see `PreparedSpeechToText.leave`."""
        hearing = self._hearings.get(owner)
        if hearing is not None:
            hearing.leave()

    def _begin(self, utterance_type: type[AnyUtterance], owner: str, language: str) -> AnyUtterance:
        hearing = self._hearing(owner, language)
        utterance = utterance_type(hearing, partial(self._bill, owner))
        hearing.begin(utterance)
        return utterance

    def _hearing(self, owner: str, language: str) -> Hearing:
        """The guest's socket in his language, a new one where there is none."""
        expected = self._expected(language)
        hearing = self._hearings.get(owner)
        if hearing is not None and (hearing.over or not hearing.expects(expected)):
            hearing.leave()
            hearing = None
        if hearing is None:
            connect = partial(self._connect, expected)
            hearing = Hearing(self._dialect, connect, expected, self._clock, partial(self._forget, owner))
            self._hearings[owner] = hearing
            hearing.start(self._group)
        return hearing

    def _forget(self, owner: str, hearing: Hearing) -> None:
        if self._hearings.get(owner) is hearing:
            del self._hearings[owner]

    def _bill(self, owner: str, audio_ms: float) -> None:
        self._buy(Purchase(owner, "stt", self._engine, self._model, audio_ms=audio_ms))

    @abstractmethod
    def _expected(self, language: str) -> str:
        """What a socket for a guest of `language` is told."""

    @abstractmethod
    def _connect(self, language: str) -> Any:
        """The SDK's connection, not entered yet."""


class DeepgramFlux(_Recogniser):
    """A `PreparedSpeechToText` by Flux, whose utterances judge the end of the turn (`JudgingUtterance`).

    Args:
        key: Deepgram's.
        buy: told of the audio that was sent, once for each utterance.
        clock: tells a mute socket.
        base_url: where the service is, http or https; Deepgram's own by default.
        model: `flux-general-multi`, or `flux-general-en`, which takes no language.
        terms: words of the business that guests say.
    """

    def __init__(
        self,
        key: str,
        buy: Buy,
        clock: Clock,
        *,
        base_url: str | None = None,
        model: str = "flux-general-multi",
        terms: Sequence[str] = (),
    ) -> None:
        super().__init__(DeepgramClient(key, base_url), FLUX, "deepgram-flux", model, buy, clock)
        self._terms = key_terms(terms)

    def utterance(self, owner: str, language: str) -> JudgingDeepgramUtterance:
        """Start recognising an utterance; see `SpeechToText.utterance`."""
        return self._begin(JudgingDeepgramUtterance, owner, language)

    def _expected(self, language: str) -> str:
        return language if self._model.endswith("multi") else "en"

    def _connect(self, language: str) -> Any:
        return self._client.listen_v2.connect(
            model=self._model,
            language_hint=[language] if self._model.endswith("multi") else None,
            eot_threshold=EOT_THRESHOLD,
            eager_eot_threshold=EAGER_EOT_THRESHOLD,
            keyterm=self._terms or None,
            **_AUDIO,
        )


class DeepgramNova(_Recogniser):
    """A `PreparedSpeechToText` by nova-3 or nova-2, whose utterances tell interim words (`StreamingUtterance`).

    Args:
        key: Deepgram's.
        buy: told of the audio that was sent, once for each utterance.
        clock: tells a mute socket.
        engine: `deepgram-nova3` or `deepgram-nova2`, as its purchases name it.
        base_url: where the service is, http or https; Deepgram's own by default.
        model: its name at Deepgram.
        language: what all guests speak, such as `es-419`, or `multi`; each session's own by default.
        smart_format: whether numbers, dates and prices are written as figures.
        terms: words of the business that guests say.
    """

    def __init__(
        self,
        key: str,
        buy: Buy,
        clock: Clock,
        *,
        engine: str = "deepgram-nova3",
        base_url: str | None = None,
        model: str = "nova-3",
        language: str | None = None,
        smart_format: bool = True,
        terms: Sequence[str] = (),
    ) -> None:
        super().__init__(DeepgramClient(key, base_url), NOVA, engine, model, buy, clock)
        self._language = language
        self._smart_format = smart_format
        self._boost: dict[str, Any] = (
            {"keyterm": key_terms(terms) or None}
            if model.startswith("nova-3")
            else {"keywords": keywords(terms) or None}
        )

    def utterance(self, owner: str, language: str) -> DeepgramUtterance:
        """Start recognising an utterance; see `SpeechToText.utterance`."""
        return self._begin(DeepgramUtterance, owner, language)

    def _expected(self, language: str) -> str:
        return self._language or language

    def _connect(self, language: str) -> Any:
        return self._client.listen_v1.connect(
            model=self._model,
            language=language,
            interim_results=True,
            endpointing=ENDPOINTING_MS,
            punctuate=True,
            smart_format=self._smart_format,
            # Else formatting holds a final result back while an amount or a date may still go on.
            request_options={"additional_query_parameters": {"no_delay": True}},
            channels=1,
            **self._boost,
            **_AUDIO,
        )
