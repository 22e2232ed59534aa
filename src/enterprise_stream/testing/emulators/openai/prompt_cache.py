"""Prompts that begin like one that came before cost less: which part of a prompt the vendor has read already."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from enterprise_stream.thinking.tokens import count_prompt, count_tokens

KEPT_PROMPTS = 64
"""Prompts that are remembered for each model; the oldest is forgotten first."""


class PromptCache:
    """Remembers prompts by model.

    Args:
        threshold: tokens that must be the same for anything to be cached; the vendor's is 1,024.
        step: tokens that what is cached grows by; the vendor's is 128.
    """

    def __init__(self, threshold: int = 1024, step: int = 128) -> None:
        self._threshold = threshold
        self._step = step
        self._seen: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT_PROMPTS))

    def read(
        self, model: str, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> tuple[int, int]:
        """Take a prompt in.

        Returns:
            its tokens, and how many of them were read before.
        """
        tokens = count_prompt(messages, tools)
        prompt = json.dumps([*tools, *messages], ensure_ascii=False, sort_keys=True)
        seen = self._seen[model]
        same = max((_common(prompt, before) for before in seen), key=len, default="")
        seen.append(prompt)
        shared = min(tokens - 1, count_tokens(same)) if same else 0
        return tokens, shared // self._step * self._step if shared >= self._threshold else 0


def _common(one: str, other: str) -> str:
    """What two texts begin with."""
    length = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]
