"""What of the vendor's SDK is in use and what is not; docs/adr/0024-elevenlabs-socket.md says why."""

import inspect

from elevenlabs import AsyncElevenLabs, ElevenLabs

KEY = "a key that nobody has"


def test_the_sdk_has_no_client_of_the_socket_that_a_loop_can_use() -> None:
    here = AsyncElevenLabs(api_key=KEY).text_to_speech
    known = {name for name in dir(here) if not name.startswith("_")}
    assert known == {"convert", "convert_with_timestamps", "stream", "stream_with_timestamps", "with_raw_response"}
    for name in ("stream", "stream_with_timestamps"):
        assert inspect.signature(getattr(here, name)).parameters["text"].annotation is str


def test_the_one_that_it_has_blocks_and_tells_sound_only() -> None:
    realtime = ElevenLabs(api_key=KEY).text_to_speech.convert_realtime
    assert inspect.isgeneratorfunction(realtime)
    signature = inspect.signature(realtime)
    assert signature.return_annotation == "typing.Iterator[bytes]" or "bytes" in str(signature.return_annotation)
    assert set(signature.parameters) == {
        *("voice_id", "text", "model_id", "output_format", "voice_settings", "request_options"),
    }
