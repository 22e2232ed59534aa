"""From what the decoder says of each next token to the words that are written."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.decoder import Decoder, Hypotheses, Sound
from enterprise_stream.engines.whisper.rules import Rules, likeliest, log_total
from enterprise_stream.engines.whisper.weights import Floats

SURE = math.log(0.6)
"""Log-probability from which a draft's word is not searched for again: where another is nearly as likely, the likeliest
text may hold that one."""

SAME_TIME = 10
"""Timestamps no further apart than this, in ids of 20 ms, are taken for the same."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as tokens.

    Attributes:
        tokens: words and timestamps, without the prompt and the end.
        likely: log-probability of each, and of the end where it came.
        ended: by the decoder itself, before it ran out of tokens.
    """

    tokens: tuple[int, ...]
    likely: tuple[float, ...]
    ended: bool

    @property
    def mean_log_probability(self) -> float:
        """Of all that is written and the end, per token before the end; as the runtime's own decoder counts."""
        return sum(self.likely) / max(1, len(self.tokens))

    def least_sure(self, first_other: int) -> float:
        """The least log-probability of a token below `first_other`; 0 without any. Times are guesses in any text."""
        return min(
            (one for token, one in zip(self.tokens, self.likely, strict=False) if token < first_other), default=0.0
        )


@dataclass(frozen=True, slots=True)
class _Path:
    tokens: tuple[int, ...]
    likely: tuple[float, ...]

    def on(self, token: int, likely: float) -> "_Path":
        return _Path((*self.tokens, token), (*self.likely, likely))

    def end(self, likely: float) -> Written:
        return Written(self.tokens, (*self.likely, likely), ended=True)


@dataclass(frozen=True, slots=True)
class _Option:
    """A token after the path of `row`, its log-probability and that of both."""

    row: int
    token: int
    likely: float
    total: float


class Search:
    """Finds the likely text of one sound after a prompt.

    Args:
        decoder: what says what follows.
        rules: what may.
        sound: the window.
        seconds: length of the sound; it says how many tokens are written at most.
        check: called before each step; raises to give up.
    """

    def __init__(self, decoder: Decoder, rules: Rules, sound: Sound, seconds: float, check: Callable[[], None]) -> None:
        self._decoder = decoder
        self._rules = rules
        self._sound = sound
        self._seconds = seconds
        self._limit = guards.token_limit(seconds)
        self._check = check

    def likeliest(
        self, prompt: Sequence[int], begun: Hypotheses, *, size: int = 1, draft: Sequence[int] = (), repeats: int = 0
    ) -> Written:
        """The likeliest text found while `size` hypotheses are kept.

        Args:
            size: hypotheses kept; with one, each token is the likeliest after those before it.
            prompt: tokens before the text that `begun` does not hold yet.
            begun: what came before them.
            draft: a text that was found in a part of the sound, or in more of it. All of it is looked at in one step,
                and as far as each token would be written now as well, the search goes on from there.
            repeats: words in a row that may not come again; 0 where they may.
        """
        self._check()
        draft = draft[: self._limit - 1]
        logits, memory = self._decoder.follow(self._sound, begun, [[*prompt, *draft]])
        upcoming = logits[0, len(prompt) - 1 :]
        agreed = self._agreed(upcoming, draft)
        memory = memory.first(begun.tokens + len(prompt) + len(agreed.tokens))
        return self._search(upcoming[len(agreed.tokens)][None], memory, agreed, size, repeats)

    def _agreed(self, logits: Floats, draft: Sequence[int]) -> _Path:
        """As much of the draft as would be written anew; `logits` are of what follows each of its tokens."""
        agreed = _Path((), ())
        for place, token in enumerate(draft):
            self._rules.apply(logits[place], draft[:place], sound_s=self._seconds)
            likely = float(logits[place, token]) - log_total(logits[place])
            if not self._stands(int(logits[place].argmax()), token, likely):
                break
            agreed = agreed.on(token, likely)
        return agreed

    def _stands(self, best: int, token: int, likely: float) -> bool:
        """Whether a draft's token is written again: a word that is sure, a timestamp of about the same time."""
        if token >= self._rules.first_timestamp:
            return best >= self._rules.first_timestamp and abs(best - token) <= SAME_TIME and likely > -math.inf
        return best == token and likely >= SURE

    def _search(self, logits: Floats, memory: Hypotheses, begun: _Path, size: int, repeats: int) -> Written:
        paths, ended = [begun], list[Written]()
        while True:
            options = self._options(logits, paths, size, repeats)
            ended += [paths[each.row].end(each.likely) for each in options[:size] if self._ends(each)]
            going = [each for each in options if not self._ends(each)][:size]
            sure = self._ends(options[0]) or len(ended) >= size
            paths = [paths[each.row].on(each.token, each.likely) for each in going]
            if sure or not paths or len(paths[0].tokens) >= self._limit:
                cut = [Written(path.tokens, path.likely, ended=False) for path in paths]
                return max(ended or cut, key=lambda written: written.mean_log_probability)
            self._check()
            memory = memory.chosen([each.row for each in going])
            following, memory = self._decoder.follow(self._sound, memory, [path.tokens[-1:] for path in paths])
            logits = following[:, -1]

    def _ends(self, option: _Option) -> bool:
        return option.token == self._rules.end

    def _options(self, logits: Floats, paths: Sequence[_Path], size: int, repeats: int) -> list[_Option]:
        """The likeliest continuations over all paths, the best first."""
        found = []
        for row, path in enumerate(paths):
            self._rules.apply(logits[row], path.tokens, repeats=repeats, sound_s=self._seconds)
            before = sum(path.likely)
            found += [_Option(row, token, likely, before + likely) for token, likely in likeliest(logits[row], size)]
        return sorted(found, key=lambda option: -option.total)
