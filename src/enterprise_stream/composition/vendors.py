"""The vendors' engines, by the names that `STT`, `LLM` and `TTS` list them by."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import SecretStr

from enterprise_stream.clock import Clock
from enterprise_stream.composition.packages import vendor_packages
from enterprise_stream.config import Settings
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.purchases import Buy
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.facts import Facts
from enterprise_stream.thinking.knowledge import Knowledge, KnowledgeSource, business_terms
from enterprise_stream.thinking.ports import LanguageModel
from enterprise_stream.vendor_settings import LlmName, SttName, TtsName


class RemoteRecogniser(SpeechToText, AbstractAsyncContextManager[Any], Protocol):
    """A vendor's recogniser, in use while it is entered."""


class RemoteBrain(LanguageModel, AbstractAsyncContextManager[Any], Protocol):
    """A vendor's brain, in use while it is entered."""


class RemoteVoice(TextToSpeech, AbstractAsyncContextManager[Any], Protocol):
    """A vendor's voice, in use while it is entered."""


@dataclass(frozen=True, slots=True)
class Vendors:
    """Builds vendors' engines.

    Attributes:
        settings: keys, addresses, models and voices.
        buy: told of what is bought.
    """

    settings: Settings
    buy: Buy
    clock: Clock

    def recogniser(self, name: SttName, knowledge: Knowledge) -> RemoteRecogniser:
        """A recogniser that expects the business's own names.

        Raises:
            ConfigError: the packages of the `cloud` extra are not installed.
        """
        with vendor_packages():
            from enterprise_stream.engines.deepgram import DeepgramFlux, DeepgramNova
        given = self.settings
        key, address, terms = _secret(given.deepgram_api_key), given.deepgram_base_url, business_terms(knowledge)
        if name == "deepgram-flux":
            model = given.deepgram_flux_model
            return DeepgramFlux(key, self.buy, self.clock, base_url=address, model=model, terms=terms)
        return DeepgramNova(
            key,
            self.buy,
            self.clock,
            engine=name,
            base_url=address,
            model="nova-2" if name == "deepgram-nova2" else given.deepgram_model,
            language=given.deepgram_language,
            smart_format=given.deepgram_smart_format,
            terms=terms,
        )

    def brain(self, name: LlmName, source: KnowledgeSource, facts: Facts) -> RemoteBrain:
        """A brain that is told the business's facts; raises what `recogniser` raises."""
        del name  # there is one
        with vendor_packages():
            from enterprise_stream.engines.openai import OpenAIBrain
        given = self.settings
        return OpenAIBrain(
            _secret(given.openai_api_key) or None,
            source=source,
            facts=facts,
            clock=self.clock,
            base_url=given.openai_base_url,
            model=given.openai_model,
            successors=given.openai_successors,
            temperature=given.openai_temperature,
            max_tokens=given.openai_max_tokens,
            history_tokens=given.openai_history_tokens,
            persona=given.persona,
            buy=self.buy,
        )

    def voice(self, name: TtsName) -> RemoteVoice:
        """A voice; raises what `recogniser` raises."""
        given = self.settings
        with vendor_packages():
            match name:
                case "deepgram-aura2":
                    from enterprise_stream.engines.deepgram import DeepgramAura

                    return DeepgramAura(
                        _secret(given.deepgram_api_key),
                        self.buy,
                        self.clock,
                        base_url=given.deepgram_base_url,
                        model=given.deepgram_voice,
                        region=given.region,
                    )
                case "openai-speech":
                    from enterprise_stream.engines.openai import OpenAIVoice

                    return OpenAIVoice(
                        _secret(given.openai_api_key) or None,
                        base_url=given.openai_base_url,
                        model=given.openai_tts_model,
                        voice=given.openai_voice,
                        buy=self.buy,
                        region=given.region,
                    )
                case "elevenlabs":
                    from enterprise_stream.engines.elevenlabs import ElevenLabsVoice

                    return ElevenLabsVoice(
                        _secret(given.elevenlabs_api_key),
                        self.buy,
                        voice_id=given.elevenlabs_voice or "",
                        base_url=given.elevenlabs_base_url,
                        model=given.elevenlabs_model,
                        region=given.region,
                    )
                case "cartesia":
                    from enterprise_stream.engines.cartesia import CartesiaVoice

                    return CartesiaVoice(
                        _secret(given.cartesia_api_key),
                        self.buy,
                        voice_id=given.cartesia_voice or "",
                        base_url=given.cartesia_base_url,
                        model=given.cartesia_model,
                        region=given.region,
                    )
                case "kokoro":
                    raise AssertionError("it runs on this machine")


def _secret(held: SecretStr | None) -> str:
    return held.get_secret_value() if held is not None else ""
