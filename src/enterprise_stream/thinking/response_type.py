"""What kind of answer a guest gets (`responseType`), told from the question and the facts that it asks for. Pure.

A brain that writes freely is not asked for the kind: it would have to say it before its first word, and would at times
say something else.
"""

import re
from collections.abc import Sequence

from enterprise_stream.thinking.facts import FoundFact, plain
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.ports import ResponseType

_GREETINGS = frozenset(
    {
        *("hola", "buenas", "buenos", "dias", "tardes", "noches", "que", "tal", "sandra"),
        *("hello", "hi", "hey", "good", "morning", "afternoon", "evening", "there"),
    }
)

_BROKEN = re.compile(
    r"\b(no (funciona|va|anda|sale|hay|enciende)|rot[oa]s?|averiad\w*|estropead\w*|fuga|atascad\w*"
    r"|broken|not working|(doesn|don|won|isn) t work\w*|out of order|leak\w*|blocked)\b"
)
"""What guests say of things that fail, as `plain` writes it; with a fact about such things near, that is the matter."""

_LONGEST_GREETING = 6
"""Words."""


def response_type(asked: str, found: Sequence[FoundFact], answer: str, knowledge: Knowledge) -> ResponseType:
    """The kind of an answer.

    Args:
        asked: the guest's words.
        found: the facts near them, best first.
        answer: what was said.
        knowledge: knows which lodgings are of which kind.
    """
    sure = [fact.type for fact in found if fact.sure]
    words = plain(asked)
    broken = bool(found) and found[0].type == "support" and _BROKEN.search(words) is not None
    if "support" in sure or broken:
        return "support"
    named = [each for each in knowledge.lodgings if _is_named(each, words)]
    named = named or [each for each in knowledge.lodgings if f" {plain(each.name)} " in f" {plain(answer)} "]
    if len(named) == 1 and named[0].type != "general":
        return named[0].type
    if sure:
        return sure[0]
    spoken = words.split()
    if spoken and len(spoken) <= _LONGEST_GREETING and _GREETINGS.issuperset(spoken):
        return "welcome"
    return "general"


def _is_named(lodging: Lodging, words: str) -> bool:
    return any(f" {plain(name)} " in f" {words} " for name in (lodging.name, *lodging.also))
