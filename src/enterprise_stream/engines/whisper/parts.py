"""The recogniser's parts, made of what a model's folder holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from enterprise_stream.engines.whisper.anatomy import POSITIONS, Anatomy
from enterprise_stream.engines.whisper.decoder import Decoder, Sound
from enterprise_stream.engines.whisper.encoder import STATE_S, Encoder
from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.engines.whisper.rules import Rules
from enterprise_stream.engines.whisper.vocabulary import read_rules
from enterprise_stream.engines.whisper.weights import Floats, read_weights
from enterprise_stream.errors import ModelError
from enterprise_stream.listening.ports import SAMPLE_RATE

FILES = ("model.bin", "config.json", "tokenizer.json")
"""What is read of the model's folder."""

FILL = 500
"""Positions of silence (20 ms each) that the decoder sees after the sound: 10 s. With 4 s a clause still came twice."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A model in memory.

    Attributes:
        tokenizer: of the package `tokenizers`.
        rules: what may be written.
        encoder: from sound to states.
        decoder: from states to words.
        silence: a whole window without a sound, as the decoder looks at it.
    """

    tokenizer: Any
    rules: Rules
    encoder: Encoder
    decoder: Decoder
    silence: Sound


def open_parts(folder: Path, threads: int) -> Parts:
    """Open the model in `folder`, for calls that use so many threads each.

    Raises:
        ModelError: files are missing or damaged, or those of another kind of model.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"The recogniser's files are not in {folder} ({', '.join(missing)}). "
            "Run `enterprise-stream models pull whisper-base`."
        )
    import tokenizers

    try:
        weights = read_weights(folder / "model.bin")
        sizes = Anatomy.of(weights)
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        encoder, decoder = Encoder(weights, sizes, threads), Decoder(weights, sizes, threads)
        silence = decoder.sound(encoded_silence(encoder))
        return Parts(tokenizer, read_rules(folder / "config.json", tokenizer), encoder, decoder, silence)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"The recogniser in {folder} cannot be opened. Run `enterprise-stream models verify` and then "
            "`enterprise-stream models pull`.",
            code="model_damaged",
        ) from error


def encoded_silence(encoder: Encoder) -> Floats:
    """States of a window without a sound; made in stretches, in which attention costs a third as much.

    Raises:
        ValueError: they are no numbers, so the weights are none.
    """
    features = log_mel(np.zeros(int(FILL * STATE_S * SAMPLE_RATE), np.float32))
    stretches = [encoder.states(features, first) for first in range(0, POSITIONS, FILL)]
    states = np.concatenate(stretches)
    if not np.all(np.isfinite(states)):
        raise ValueError("not a number")
    return states
