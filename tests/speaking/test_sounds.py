"""Spelling as kinds of sounds."""

import pytest

from enterprise_stream.speaking.sounds import sounds


@pytest.mark.parametrize(
    ("spoken", "language", "kinds"),
    [
        ("hola", "es", "VLV"),
        ("que", "es", "TV"),
        ("calle", "es", "TVGV"),
        ("guerra", "es", "DVLV"),
        ("¡bien!", "es", "DGVN"),
        ("hace", "es", "VFV"),
        ("check", "en", "TSVT"),
        ("night", "en", "NVVT"),
        ("booked", "en", "DVVTD"),
        ("safe", "en", "SVVF"),
        ("knives", "en", "NVVDS"),
        ("", "es", ""),
        ("…", "en", ""),
    ],
)
def test_spelling_tells_the_kinds_of_sounds(spoken: str, language: str, kinds: str) -> None:
    assert "".join("VGNLSFTD"[kind] for kind in sounds(spoken, language)) == kinds
