"""How words sound, as far as their spelling tells: recognisers write one sound in several ways. Pure."""

import re

_DRAWN_OUT = re.compile(r"([íáéóúm])\1+|([^\W\d_])\2{2,}")
_SOUNDS_ALIKE = str.maketrans({**dict(zip("áéíóúüv", "aeiouub", strict=True)), "h": None})


def spelled(word: str) -> str:
    """The word as it sounds: "bale" is "vale", "aja" is "ajá"; a drawn-out "sííí" is "sí"."""
    return _DRAWN_OUT.sub(r"\1\2", word).translate(_SOUNDS_ALIKE)
