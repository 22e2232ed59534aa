"""The choice of language."""

import pytest

from enterprise_stream.engines.whisper.language import languages_to_try, shares


@pytest.mark.parametrize(
    ("spanish", "seconds", "tried"),
    [
        (0.9, 4.0, ("es",)),
        (0.5, 4.0, ("es",)),
        (0.3, 4.0, ("es",)),  # not clearly English
        (0.2, 4.0, ("es", "en")),
        (0.1, 2.5, ("es", "en")),
        (0.01, 2.5, ("es", "en")),  # a few words: not certain whatever the model says
        (0.01, 4.0, ("en",)),
        (0.15, 1.2, ("es",)),  # a lone "sí"
        (0.01, 1.2, ("es",)),
    ],
)
def test_the_sessions_language_has_the_benefit_of_the_doubt(spanish: float, seconds: float, tried: object) -> None:
    assert languages_to_try({"es": spanish, "en": 1.0 - spanish}, "es", seconds) == tried


def test_a_language_that_is_no_candidate_gives_way() -> None:
    assert languages_to_try({"es": 0.4, "en": 0.6}, "fr", 5.0) == ("en",)


def test_shares_sum_to_one() -> None:
    assert shares({"es": 0.02, "en": 0.06}) == pytest.approx({"es": 0.25, "en": 0.75})
    assert shares({"es": 0.0, "en": 0.0}) == {"es": 0.5, "en": 0.5}
