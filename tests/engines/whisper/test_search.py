"""The search, with a decoder that is a table: what follows depends on the tokens so far."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.whisper.decoder import Hypotheses, Sound
from enterprise_stream.engines.whisper.guards import token_limit
from enterprise_stream.engines.whisper.rules import Rules
from enterprise_stream.engines.whisper.search import Search, Written

END, FIRST, SIZE = 10, 13, 30
PROMPT = (11, 12)
SOUND = Sound({})
RULES = Rules(END, FIRST, np.array([11, 12]), np.array([END]))


class TableDecoder:
    """Says what follows by a rule on all tokens so far, which it keeps as the hypotheses' memory."""

    def __init__(self, seed: int, sharpness: float = 6.0) -> None:
        self._seed = seed
        self._sharpness = sharpness
        self.steps = 0

    def follow(
        self, sound: Sound, before: Hypotheses, tokens: Sequence[Sequence[int]]
    ) -> tuple[np.ndarray, Hypotheses]:
        self.steps += 1
        past = before.memory["key"][:, 0, :, 0].astype(int).tolist()
        rows = [[*row, *new] for row, new in zip(past, tokens, strict=True)]
        count = len(tokens[0])
        logits = np.array([[self._logits(row[: len(row) - count + 1 + at]) for at in range(count)] for row in rows])
        memory = {"key": np.array(rows, np.float32)[:, None, :, None]}
        return logits.astype(np.float32), Hypotheses(memory, before.tokens + count)

    def _logits(self, tokens: Sequence[int]) -> np.ndarray:
        logits = np.random.default_rng([self._seed, *tokens]).standard_normal(SIZE) * self._sharpness
        logits[END] += len(tokens) - 8.0
        return logits


def _nothing() -> Hypotheses:
    return Hypotheses({"key": np.zeros((1, 1, 0, 1), np.float32)}, 0)


def _search(decoder: TableDecoder, size: int = 1, draft: Sequence[int] = (), seconds: float = 2.0) -> Written:
    search = Search(decoder, RULES, SOUND, seconds, lambda: None)  # type: ignore[arg-type]
    return search.likeliest(PROMPT, _nothing(), size=size, draft=draft)


@given(st.integers(0, 500), st.integers(0, 20))
def test_a_draft_of_the_same_text_changes_nothing_and_saves_steps(seed: int, known: int) -> None:
    alone = TableDecoder(seed, 20.0)
    text = _search(alone)
    drafted = TableDecoder(seed, 20.0)
    again = _search(drafted, draft=text.tokens[:known])
    assert again.tokens == text.tokens
    assert again.mean_log_probability == pytest.approx(text.mean_log_probability, abs=1e-4)
    assert drafted.steps <= alone.steps


def test_a_draft_that_holds_is_looked_at_in_one_step() -> None:
    text = _search(TableDecoder(3, 40.0))
    decoder = TableDecoder(3, 40.0)
    assert _search(decoder, draft=text.tokens).tokens == text.tokens
    assert len(text.tokens) > 3
    assert decoder.steps == 1


@given(st.integers(0, 500), st.lists(st.integers(0, SIZE - 1), max_size=20))
def test_whatever_the_draft_the_text_is_one_that_the_rules_allow(seed: int, draft: list[int]) -> None:
    written = _search(TableDecoder(seed), draft=draft)
    times = [token for token in written.tokens if token >= FIRST]
    assert written.tokens[0] >= FIRST
    assert times == sorted(times)
    assert len(written.tokens) <= token_limit(2.0)


def test_two_hypotheses_find_a_text_whose_beginning_is_not_the_likeliest() -> None:
    def logits(tokens: Sequence[int]) -> np.ndarray:
        likely = {FIRST: {1: 0.6, 2: 0.4}, 1: {END: 0.1, 3: 0.1, 4: 0.1, 5: 0.1, 6: 0.1}, 2: {END: 1.0}}
        told = likely.get(tokens[-1], {FIRST: 1.0} if tokens[-1] in PROMPT else {END: 1.0})
        return np.array([np.log(told.get(token, 1e-9)) for token in range(SIZE)])

    decoder = TableDecoder(0)
    decoder._logits = logits  # type: ignore[method-assign]
    assert _search(decoder).tokens[:2] == (FIRST, 1)
    assert _search(decoder, size=2).tokens == (FIRST, 2)


class EndlessDecoder(TableDecoder):
    """Never comes to an end."""

    def _logits(self, tokens: Sequence[int]) -> np.ndarray:
        return np.where(np.arange(SIZE) == END, -99.0, 10.0 * (np.arange(SIZE) % 7))


def test_a_text_that_runs_out_of_tokens_says_so() -> None:
    written = _search(EndlessDecoder(1))
    assert not written.ended
    assert len(written.tokens) == token_limit(2.0)


def test_a_draft_as_long_as_a_text_may_be_makes_it_no_longer() -> None:
    written = _search(EndlessDecoder(1))
    assert _search(EndlessDecoder(1), draft=written.tokens * 2) == written


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_a_caller_who_went_away_stops_the_search_at_its_next_step(steps: int) -> None:
    class GoneError(Exception):
        pass

    decoder = EndlessDecoder(3)

    def gone() -> None:
        if decoder.steps == steps:
            raise GoneError

    with pytest.raises(GoneError):
        Search(decoder, RULES, SOUND, 2.0, gone).likeliest(PROMPT, _nothing())  # type: ignore[arg-type]
    assert decoder.steps == steps
