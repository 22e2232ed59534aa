"""Who answers an emulated chat: a script, or a little program that reads the prompt.

`ReadingMind` is no language model and does not pass for one: it repeats the sentences of the prompt that share most
words with the guest's, says when it finds none, and calls an offered function when the guest's words ask for what its
name says. That is enough to talk with the whole product when there is no key.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from enterprise_stream.testing.emulators.languages import language_of, small_words
from enterprise_stream.testing.emulators.openai.calls import call, wanted
from enterprise_stream.testing.emulators.openai.chat_answer import Answer, Call
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest

MOST_SENTENCES = 2

FIRST_FOUND = 1.5
"""What being the first fact of the turn's own counts, in shared words that no other fact has."""

_UNKNOWN = {
    "es": "No tengo ese dato. ¿Quiere que le ayude con otra cosa?",
    "en": "I don't have that information. Can I help you with something else?",
}
_GREETING = {"es": "Hola, ¿en qué puedo ayudarle?", "en": "Hello, how can I help you?"}
_DONE = {"es": "Hecho. ¿Algo más?", "en": "Done. Anything else?"}
_FAILED = {"es": "No he podido hacerlo. Lo siento.", "en": "I could not do that. I am sorry."}

_MISSING = {
    "es": "Para eso me falta: {names}. Dígamelo todo en una frase, con fechas como 2027-05-01, por favor.",
    "en": "For that I need: {names}. Please tell me all in one sentence, with dates such as 2027-05-01.",
}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "es": {"name": "su nombre", "arrival": "la llegada", "departure": "la salida", "guests": "cuántos son"},
    "en": {"name": "your name", "arrival": "the arrival", "departure": "the departure", "guests": "how many you are"},
}

_GREETED = re.compile(r"\b(hola|buenos dias|buenas|hello|hi|good (morning|evening|afternoon))\b")
_FACTS_BELOW = re.compile(r"[A-ZÁÉÍÓÚÑ ]*\b(DATOS|FICHA|FACTS|SHEET)\b")
"""Titles of paragraphs that hold facts, as the project's own prompt has them."""

_ASKED_BELOW = re.compile(r"PARA ESTA PREGUNTA|FOR THIS QUESTION")

_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*")

_LITTLE = 3
"""Letters up to which a word tells nothing of what a text is about."""


class Mind(Protocol):
    """Answers chat requests."""

    def answer(self, request: ChatRequest) -> Answer:
        """The answer to a request that is in order."""
        ...


class ScriptedMind:
    """Answers with its script, then with the script's last answer.

    Attributes:
        requests: all that were asked, in order.
    """

    def __init__(self, *script: Answer | str) -> None:
        self._script = [Answer(line) if isinstance(line, str) else line for line in script] or [Answer("Sí, claro.")]
        self.requests: list[ChatRequest] = []

    def answer(self, request: ChatRequest) -> Answer:
        """The script's next answer."""
        number = min(len(self.requests), len(self._script) - 1)
        self.requests.append(request)
        return self._script[number]


class ReadingMind:
    """Answers from what stands in the prompt, in the language of the guest's last words."""

    def answer(self, request: ChatRequest) -> Answer:
        """What the prompt says of it, or a call."""
        told, asked = _prompt(request.messages)
        language = language_of(asked)
        results = _results(request.messages)
        if results:
            return Answer(_told(results, language))
        function = wanted(asked, request.tools)
        if function is None:
            return Answer(_found(asked, told, language))
        made = call(function, _said(request.messages))
        if isinstance(made, Call):
            return Answer(calls=(made,))
        return Answer(_MISSING[language].format(names=", ".join(_NAMES[language].get(name, name) for name in made)))


def _prompt(messages: Sequence[Mapping[str, Any]]) -> tuple[list[str], str]:
    """What the prompt tells, and what the guest asks: the last paragraph of what comes in his name."""
    told = [_text(message) for message in messages if message["role"] in ("system", "developer")]
    said = next((_text(message) for message in reversed(messages) if message["role"] == "user"), "")
    before, _, asked = said.rpartition("\n\n")
    return [*told, before], asked


def _said(messages: Sequence[Mapping[str, Any]]) -> str:
    """All that the guest has said, the last first."""
    said = (_text(message).rpartition("\n\n")[2] for message in reversed(messages) if message["role"] == "user")
    return " ".join(said)


def _results(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Results of this turn's calls: what comes after the guest's last words."""
    results: list[str] = []
    for message in messages:
        if message["role"] == "user":
            results = []
        elif message["role"] == "tool":
            results.append(_text(message))
    return results


def _told(results: Sequence[str], language: str) -> str:
    texts: list[str] = []
    for result in results:
        try:
            said = json.loads(result)
        except ValueError:
            said = result
        texts += _strings(said) if not (isinstance(said, dict) and "error" in said) else [_FAILED[language]]
    sentences = [text for text in texts if " " in text.strip()]
    return " ".join(sentences[:MOST_SENTENCES]) or _DONE[language]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _strings(inner)]
    return [text for inner in value for text in _strings(inner)] if isinstance(value, list) else []


def _found(asked: str, told: Sequence[str], language: str) -> str:
    """The first sentences of the fact that shares most with what was asked.

    Words that few facts have count more, a fact that begins with a word of the question is about it, and the first of
    those that were found for the question is likely the one.
    """
    facts = [fact for text in told for fact in _facts(text)]
    for_this = next((place for place, fact in enumerate(facts) if fact in _for_this_question(told)), -1)
    often = Counter(stem for fact in facts for stem in _stems(fact))
    wanted = _stems(asked)
    scored = [
        (_nearness(fact, wanted, often) + FIRST_FOUND * (place == for_this), -place) for place, fact in enumerate(facts)
    ]
    score, place = max(scored, default=(0.0, 0))
    if not score:
        return (_GREETING if _GREETED.search(_plain(asked)) else _UNKNOWN)[language]
    sentences = _sentences(facts[-place])
    if sentences[0].endswith("?") and len(sentences) > 1:
        del sentences[0]  # the question that the fact answers
    return " ".join(sentences[:MOST_SENTENCES])


def _nearness(fact: str, wanted: set[str], often: Counter[str]) -> float:
    about = bool(wanted & _stems(fact.split(maxsplit=1)[0]))
    return about + sum(1 / often[stem] for stem in wanted & _stems(fact))


def _facts(text: str) -> list[str]:
    """The lines of a prompt that tell facts: those under a title that says so, or all where no title does."""
    facts = (_BULLET.sub("", line) for lines in _titled(text) or _paragraphs(text) for line in lines)
    return [fact for fact in facts if fact.strip() and not fact.endswith(":")]


def _for_this_question(told: Sequence[str]) -> list[str]:
    """The facts that the prompt says are asked for, best first."""
    lines = (paragraph for text in told for paragraph in _paragraphs(text) if _ASKED_BELOW.search(paragraph[0]))
    return [_BULLET.sub("", line) for paragraph in lines for line in paragraph[1:]]


def _titled(text: str) -> list[list[str]]:
    """The lines below titles that promise facts."""
    return [lines[1:] for lines in _paragraphs(text) if _FACTS_BELOW.match(lines[0])]


def _paragraphs(text: str) -> list[list[str]]:
    return [lines for part in text.split("\n\n") if (lines := part.strip().splitlines())]


def _sentences(fact: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", fact) if part.strip()]


def _stems(text: str) -> set[str]:
    """What a text is about: its longer words, without their endings."""
    words = (word for word in _plain(text).split() if len(word) > _LITTLE and word not in _SMALL)
    return {word[: max(4, len(word) - 2)] for word in words}


def _plain(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content)


_SMALL = frozenset(_plain(word) for word in small_words())
