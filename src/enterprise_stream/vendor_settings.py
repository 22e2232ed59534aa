"""Settings of the engines: which are used, in which order, and what the vendors among them are told."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from enterprise_stream.setting_types import (
    Allowed,
    HttpAddress,
    ReadableFile,
    Word,
    comma_separated,
    lower_case,
)

SttName = Literal["deepgram-flux", "deepgram-nova3", "deepgram-nova2", "whisper"]
LlmName = Literal["openai", "facts"]
TtsName = Literal["deepgram-aura2", "openai-speech", "elevenlabs", "cartesia", "kokoro"]

_STT_NAMES = "names from deepgram-flux, deepgram-nova3, deepgram-nova2 and whisper with commas between them"
_LLM_NAMES = "names from openai and facts with commas between them"
_TTS_NAMES = "names from deepgram-aura2, openai-speech, elevenlabs, cartesia and kokoro with commas between them"

Dollars = Annotated[float, Field(ge=0, le=1_000_000), Allowed("an amount of US dollars; 0 is no limit")]

VENDOR_OF = {
    "deepgram-flux": "deepgram_api_key",
    "deepgram-nova3": "deepgram_api_key",
    "deepgram-nova2": "deepgram_api_key",
    "deepgram-aura2": "deepgram_api_key",
    "openai": "openai_api_key",
    "openai-speech": "openai_api_key",
    "elevenlabs": "elevenlabs_api_key",
    "cartesia": "cartesia_api_key",
}
"""The setting that holds an engine's key; those that are not here run on this machine."""

VENDOR_DOMAINS = {
    "deepgram": "deepgram.com",
    "openai": "openai.com",
    "elevenlabs": "elevenlabs.io",
    "cartesia": "cartesia.ai",
}
"""Whose servers are the vendor's own; `…_BASE_URL` may name others that speak its protocol."""


class VendorSettings(BaseSettings):
    """What `Settings` holds of engines and vendors; the variable's name is the field's in capitals."""

    # Which engines, in order: the next one serves where one before it fails. Empty: the keys that are set decide.
    stt: Annotated[tuple[SttName, ...], NoDecode, lower_case, comma_separated, Allowed(_STT_NAMES)] = ()
    llm: Annotated[tuple[LlmName, ...], NoDecode, lower_case, comma_separated, Allowed(_LLM_NAMES)] = ()
    tts: Annotated[tuple[TtsName, ...], NoDecode, lower_case, comma_separated, Allowed(_TTS_NAMES)] = ()

    # OpenAI, or any server that speaks its protocol
    openai_api_key: Annotated[SecretStr | None, Allowed("a key of OpenAI's, such as sk-…")] = None
    openai_base_url: Annotated[
        HttpAddress | None, Allowed("an address that begins with http:// or https://, such as http://127.0.0.1:8080/v1")
    ] = None
    openai_model: Annotated[Word, Allowed("the name of a model")] = "gpt-4o-mini"
    openai_successors: Annotated[
        tuple[Word, ...], NoDecode, comma_separated, Allowed("names of models with commas between them")
    ] = ("gpt-6-luna",)
    openai_temperature: Annotated[float, Field(ge=0, le=2), Allowed("a number from 0 to 2")] = 0.4
    openai_max_tokens: Annotated[int, Field(ge=1, le=16_384), Allowed("a number from 1 to 16384")] = 300
    openai_history_tokens: Annotated[int, Field(ge=200, le=200_000), Allowed("a number from 200 to 200000")] = 1500
    openai_tts_model: Annotated[Word, Allowed("the name of a model")] = "gpt-4o-mini-tts"
    openai_voice: Annotated[Word, Allowed("the name of a voice")] = "coral"

    # Deepgram
    deepgram_api_key: Annotated[SecretStr | None, Allowed("a key of Deepgram's")] = None
    deepgram_base_url: Annotated[
        HttpAddress | None,
        Allowed("an address that begins with http:// or https://, such as https://api.eu.deepgram.com"),
    ] = None
    deepgram_flux_model: Annotated[Word, Allowed("the name of a model")] = "flux-general-multi"
    deepgram_model: Annotated[Word, Allowed("the name of a model")] = "nova-3"
    deepgram_language: Annotated[
        str | None, Field(pattern=r"^[A-Za-z]{2,5}(-[A-Za-z0-9]{2,8})*$"), Allowed("a language such as es or multi")
    ] = None
    deepgram_smart_format: Annotated[bool, Allowed("true or false")] = True
    deepgram_voice: Annotated[Word, Allowed("the name of a voice, such as aura-2-diana-es")] = "aura-2-diana-es"

    # ElevenLabs
    elevenlabs_api_key: Annotated[SecretStr | None, Allowed("a key of ElevenLabs's")] = None
    elevenlabs_base_url: Annotated[HttpAddress | None, Allowed("an address that begins with http:// or https://")] = (
        None
    )
    elevenlabs_model: Annotated[Word, Allowed("the name of a model")] = "eleven_flash_v2_5"
    elevenlabs_voice: Annotated[Word | None, Allowed("the identifier of a voice")] = None

    # Cartesia
    cartesia_api_key: Annotated[SecretStr | None, Allowed("a key of Cartesia's")] = None
    cartesia_base_url: Annotated[HttpAddress | None, Allowed("an address that begins with http:// or https://")] = None
    cartesia_model: Annotated[Word, Allowed("the name of a model")] = "sonic-3.5"
    cartesia_voice: Annotated[Word | None, Allowed("the identifier of a voice")] = None

    # Money
    prices_file: Annotated[
        ReadableFile | None, Allowed("a readable file of prices, such as `enterprise-stream costs --prices` prints")
    ] = None
    max_cost_turn: Dollars = 0.05
    max_cost_call: Dollars = 0.50
    max_cost_day: Dollars = 20.0
    max_cost_tenant_day: Dollars = 20.0

    # What she can do
    tools_file: Annotated[ReadableFile | None, Allowed("a readable file; see docs/how-to/tools.md")] = None
    webhook_url: Annotated[HttpAddress | None, Allowed("an address that begins with http:// or https://")] = None
    webhook_secret: Annotated[
        SecretStr | None, Field(min_length=16), Allowed("at least 16 characters that nobody can guess")
    ] = None
    database_url: Annotated[
        SecretStr | None,
        Allowed("an address such as sqlite:////var/lib/sandra/sandra.db or postgresql://user:password@host/name"),
    ] = None

    @property
    def stt_order(self) -> tuple[SttName, ...]:
        """The recognisers, best first."""
        if self.stt:
            return self.stt
        return ("deepgram-flux", "deepgram-nova3", "whisper") if self.deepgram_api_key else ("whisper",)

    @property
    def llm_order(self) -> tuple[LlmName, ...]:
        """The brains, best first."""
        if self.llm:
            return self.llm
        return ("openai", "facts") if self.openai_api_key or self.openai_base_url else ("facts",)

    @property
    def tts_order(self) -> tuple[TtsName, ...]:
        """The voices, best first: a key that is good for nothing but a voice says most about what is wanted."""
        if self.tts:
            return self.tts
        if self.elevenlabs_api_key and self.elevenlabs_voice:
            return ("elevenlabs", "kokoro")
        if self.cartesia_api_key and self.cartesia_voice:
            return ("cartesia", "kokoro")
        if self.deepgram_api_key:
            return ("deepgram-aura2", "kokoro")
        return ("openai-speech", "kokoro") if self.openai_api_key else ("kokoro",)

    def missing_for_engines(self) -> list[str]:
        """What the engines that were asked for need and nobody has set, a sentence each."""
        problems: dict[str, None] = {}
        for setting, names in (("STT", self.stt), ("LLM", self.llm), ("TTS", self.tts)):
            for name in names:
                field = VENDOR_OF.get(name)
                own_server = name == "openai" and self.openai_base_url is not None
                if field is not None and getattr(self, field) is None and not own_server:
                    problems[f"{field.upper()} is not set: {setting} asks for {name}; set it, or take {name} out"] = (
                        None
                    )
        for name, field in (("elevenlabs", "elevenlabs_voice"), ("cartesia", "cartesia_voice")):
            if name in self.tts and getattr(self, field) is None:
                problems[f"{field.upper()} is not set: TTS asks for {name}, which needs to know which voice"] = None
        return list(problems)
