"""The settings in force for a session, as `start` gives and changes them."""

from dataclasses import dataclass
from functools import partial

from enterprise_stream.audio.formats import InputFormat, OutputFormat
from enterprise_stream.wire import messages as wire

_DEFAULT_OUTPUT = OutputFormat("pcm_s16le", 24_000)


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings in force; they outlive a connection.

    Attributes:
        input: what the client sends; None finds out from the first bytes.
        output: what the client wants.
        sound: the last of these that was a sound: an answer that already speaks when `none` is asked for ends in it.
    """

    input: InputFormat | None = None
    output: OutputFormat = _DEFAULT_OUTPUT
    sound: OutputFormat = _DEFAULT_OUTPUT
    framing: wire.Framing = "bare"
    mode: wire.TurnMode = "auto"

    def told(self, language: str, resume_token: str | None) -> "partial[wire.StartedMessage]":
        """The message that tells them."""
        given, output = self.input, self.output
        return partial(
            wire.StartedMessage,
            language=language,
            audio=wire.AudioSettings(
                input=wire.InputAudio(
                    encoding=given.encoding if given else None, sample_rate=given.sample_rate if given else None
                ),
                output=wire.OutputAudio(
                    encoding=output.encoding, sample_rate=None if output.encoding == "none" else output.sample_rate
                ),
                framing=self.framing,
            ),
            turn=wire.TurnSettings(mode=self.mode),
            resume_token=resume_token,
        )


def input_format_of(given: wire.InputAudio | None, current: InputFormat | None) -> InputFormat | None:
    """The format that a client's audio comes in from now on; None is sniffed.

    Raises:
        AudioError: it cannot be used.
    """
    if given is None or (given.encoding is None and given.sample_rate is None):
        return current
    encoding = given.encoding or (current.encoding if current else "pcm_s16le")
    return InputFormat.of(encoding, given.sample_rate)


def output_format_of(given: wire.OutputAudio | None, current: OutputFormat) -> OutputFormat:
    """The format that a client gets audio in from now on.

    Raises:
        AudioError: it cannot be used.
    """
    if given is None or (given.encoding is None and given.sample_rate is None):
        return current
    return OutputFormat.of(given.encoding or current.encoding, given.sample_rate)


def changed(terms: Terms, message: wire.StartMessage) -> Terms:
    """The terms with what a `start` names put in place.

    Raises:
        AudioError: a format cannot be used; nothing changes.
    """
    given = message.audio or wire.AudioSettings()
    output = output_format_of(given.output, terms.output)
    return Terms(
        input=input_format_of(given.input, terms.input),
        output=output,
        sound=terms.sound if output.encoding == "none" else output,
        framing=given.framing or terms.framing,
        mode=(message.turn.mode if message.turn else None) or terms.mode,
    )
