"""ElevenLabs on loopback: text to speech over the `stream-input` socket."""

from collections.abc import Sequence

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from enterprise_stream.audio.formats import USUAL_RATES
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.elevenlabs import refusals
from enterprise_stream.testing.emulators.elevenlabs.refusals import Refusal
from enterprise_stream.testing.emulators.elevenlabs.session import Manner, Session
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.pace import Pace
from enterprise_stream.testing.emulators.server import Emulator, SocketEndpoint
from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, Latency, Timing
from enterprise_stream.testing.emulators.voices import ToneVoice

MODELS = frozenset({"eleven_flash_v2_5", "eleven_flash_v2", "eleven_turbo_v2_5", "eleven_multilingual_v2"})
"""Models of this socket; `eleven_v3` is not among them."""

RATES = {f"pcm_{rate}": rate for rate in USUAL_RATES}

DEFAULT_FORMAT = "mp3_44100_128"

LONGEST_PATIENCE_S = 180.0
DEFAULT_PATIENCE_S = 20.0


class ElevenLabsEmulator(Emulator):
    """ElevenLabs' API, as far as the project uses it.

    Args:
        voice: who speaks.
        voices: identifiers of voices that exist; None lets any be asked for.
        first_audio: from a text to its first sound.
        timing, seed, key: as for every emulator.
    """

    vendor = "ElevenLabs"

    def __init__(
        self,
        voice: TextToSpeech | None = None,
        *,
        voices: frozenset[str] | None = None,
        first_audio: Latency = FIRST_AUDIO,
        timing: Timing | None = None,
        seed: int = 0,
        key: str | None = None,
    ) -> None:
        super().__init__(timing=timing, seed=seed, key=key)
        self._voice = voice or ToneVoice()
        self._voices = voices
        self._pace = Pace(self.timing, self.random, first_audio)

    def endpoints(self) -> Sequence[SocketEndpoint]:
        """The socket."""
        return (SocketEndpoint("speak", "/v1/text-to-speech/{voice_id}/stream-input", self._speak),)

    def key_of(self, connection: HTTPConnection) -> str | None:
        """`xi-api-key` carries the key."""
        return connection.headers.get("xi-api-key")

    def refusal(self, status: int) -> Response:
        """ElevenLabs' words."""
        code, body = refusals.at_handshake(status)
        return JSONResponse(body, code)

    async def fail_session(self, exchange: SocketExchange) -> None:
        """A message that says so, then 1011."""
        await _end(exchange, refusals.failed())

    async def _speak(self, exchange: SocketExchange) -> None:
        try:
            manner = self._manner(exchange)
            charge = self.bill.open(f"{self.random.getrandbits(64):016x}", "tts", "elevenlabs", manner.model)
            await Session(exchange, manner, self._voice, self._pace, charge).run()
        except* Refusal as refused:
            for refusal in refused.exceptions:
                if isinstance(refusal, Refusal):
                    await _end(exchange, refusal)

    def _manner(self, exchange: SocketExchange) -> Manner:
        query = exchange.socket.query_params
        voice = exchange.socket.path_params["voice_id"]
        model = query.get("model_id", "eleven_multilingual_v2")
        audio = query.get("output_format", DEFAULT_FORMAT)
        if self._voices is not None and voice not in self._voices:
            raise refusals.no_such_voice(voice)
        if model not in MODELS:
            raise refusals.no_such_model(model)
        if audio not in RATES:
            raise refusals.no_such_format(audio)
        patience_s = min(LONGEST_PATIENCE_S, float(query.get("inactivity_timeout", DEFAULT_PATIENCE_S)))
        auto = query.get("auto_mode", "false").lower() == "true"
        return Manner(voice, model, RATES[audio], auto, patience_s * 1000, query.get("language_code", ""))


async def _end(exchange: SocketExchange, refusal: Refusal) -> None:
    await exchange.tell(refusal.body)
    await exchange.close(refusal.code, refusal.message[:120])
