"""Which fact a question asks for: nearness of meaning, words that give a subject away, and what speaks against it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from enterprise_stream.engines.retrieval.decoys import ANCHORS, DECOYS
from enterprise_stream.engines.retrieval.embedder import Embedder, Vectors
from enterprise_stream.engines.retrieval.lexicon import EMPTY, PLACES, TOTAL_WORDS
from enterprise_stream.engines.retrieval.text import fold, sound
from enterprise_stream.thinking.knowledge import Knowledge

_SAME = 0.97
"""Cosine above which a decoy is one of the owner's own questions in other words."""

_SHORT_SUBJECTS = frozenset(("tv", "pc", "ac"))

_MISHEARD = 87.0
"""rapidfuzz ratio from which a long word counts as a misheard other one."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well the best fact fits.

    Attributes:
        score: nearness of meaning, centred cosine (-1 to 1).
        decoy: the same for the best question that no fact answers.
        word: a word of the fact was said.
        price, capacity: nearness to questions for a lodging's price, or for one that holds so many guests.
        strange: share (0 to 1) of the question's subject words that the knowledge file does not hold.
    """

    fact: str
    score: float
    decoy: float
    word: bool
    strange: float
    price: float = -1.0
    capacity: float = -1.0


def stem(word: str) -> str:
    """A word without the endings that grammar gives it, roughly."""
    for ending in ("iendo", "ando", "mente", "ciones", "cion", "ing", "es", "os", "as", "ed", "s", "o", "a", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


class Index:
    """One knowledge file, ready to be searched; immutable, so threads may share it."""

    def __init__(self, knowledge: Knowledge, embedder: Embedder) -> None:
        self.knowledge = knowledge
        entries = [(fact.id, way) for fact in knowledge.facts for ways in fact.ask.values() for way in ways]
        self._facts = [fact_id for fact_id, _ in entries]
        follow = [
            (fact.id, number, way)
            for fact in knowledge.facts
            for number, follow_up in enumerate(fact.follow_ups)
            for ways in follow_up.ask.values()
            for way in ways
        ]
        self._follow_ups = [(fact_id, number) for fact_id, number, _ in follow]
        texts = [way for _, way in entries] + [way for _, _, way in follow] + list(DECOYS)
        texts += [way for ways in ANCHORS.values() for way in ways]
        vectors = embedder([_plain(text) for text in texts])
        self._center = vectors.mean(axis=0)
        centred = self._centred(vectors)
        self._ways = centred[: len(entries)]
        self._follow_ways = centred[len(entries) : len(entries) + len(follow)]
        first = len(entries) + len(follow)
        decoys = centred[first : first + len(DECOYS)]
        self._anchors = {}
        at = first + len(DECOYS)
        for name, ways in ANCHORS.items():
            self._anchors[name] = centred[at : at + len(ways)]
            at += len(ways)
        same = (vectors[first : first + len(DECOYS)] @ vectors[: len(entries)].T).max(axis=1) >= _SAME
        self._decoys = decoys[~same]
        self._words = [
            (fact.id, [fold(word) for words in fact.words.values() for word in words]) for fact in knowledge.facts
        ]
        names = [name for lodging in knowledge.lodgings for name in (lodging.name, *lodging.also)]
        self._lodging_words = frozenset(word for name in names for word in fold(name).split())
        self._known = self._vocabulary()

    @property
    def lodging_words(self) -> frozenset[str]:
        """Folded words of the lodgings' names."""
        return self._lodging_words

    def _vocabulary(self) -> frozenset[str]:
        texts = [way for fact in self.knowledge.facts for ways in fact.ask.values() for way in ways]
        texts += [word for fact in self.knowledge.facts for words in fact.words.values() for word in words]
        texts += [answer for fact in self.knowledge.facts for answer in fact.answer.values()]
        for lodging in self.knowledge.lodgings:
            texts += [lodging.name, *lodging.also]
        return frozenset(stem(word) for text in texts for word in fold(text).split()) | {stem(w) for w in TOTAL_WORDS}

    def _centred(self, vectors: Vectors) -> Vectors:
        moved = vectors - self._center
        norms = np.linalg.norm(moved, axis=-1, keepdims=True)
        result: Vectors = moved / np.maximum(norms, 1e-6)
        return result

    def find(self, text: str, vector: Vectors) -> Match | None:
        """The fact that `text` asks for most likely; None when there are no facts.

        Args:
            text: the question.
            vector: the text's embedding, shape (384,).
        """
        if not self._facts:
            return None
        query = self._centred(vector[None, :])[0]
        near = self._ways @ query
        words = fold(text)
        spoken = f"{words} {diminished(words)}"
        said = {fact_id: length for fact_id, listed in self._words if (length := _longest(spoken, listed))}
        best: dict[str, float] = {}
        for fact_id, score in zip(self._facts, near.tolist(), strict=True):
            best[fact_id] = max(best.get(fact_id, -1.0), score)
        fact = max(best, key=lambda fact_id: best[fact_id] + (0.4 + 0.02 * said[fact_id] if fact_id in said else 0.0))
        decoy = float((self._decoys @ query).max()) if len(self._decoys) else -1.0
        price, capacity = (float((self._anchors[name] @ query).max()) for name in ("price", "capacity"))
        return Match(fact, best[fact], decoy, fact in said, self._strange(words), price, capacity)

    def near(self, vector: Vectors) -> dict[str, float]:
        """How near each fact is to a question, its follow-ups included: centred cosine by fact id."""
        query = self._centred(vector[None, :])[0]
        best: dict[str, float] = {}
        owners = [*self._facts, *(fact_id for fact_id, _ in self._follow_ups)]
        for fact_id, score in zip(owners, [*(self._ways @ query), *(self._follow_ways @ query)], strict=True):
            best[fact_id] = max(best.get(fact_id, -1.0), float(score))
        return best

    def follow_up(self, fact_id: str, vector: Vectors) -> tuple[int, float]:
        """The fact's best follow-up question and its score; (-1, -1.0) when it has none."""
        mine = [at for at, (owner, _) in enumerate(self._follow_ups) if owner == fact_id]
        if not mine:
            return -1, -1.0
        near = self._follow_ways[mine] @ self._centred(vector[None, :])[0]
        at = int(near.argmax())
        return self._follow_ups[mine[at]][1], float(near[at])

    def knows(self, words: str) -> bool:
        """Whether the knowledge file holds any subject word of folded words."""
        return any(self._knows(word) for word in subject_of(words, self._lodging_words))

    def _strange(self, words: str) -> float:
        subject = subject_of(words, self._lodging_words)
        if not subject:
            return 0.0
        return sum(not self._knows(word) for word in subject) / len(subject)

    def _knows(self, word: str) -> bool:
        root = stem(word)
        if root in self._known:
            return True
        return len(word) >= 6 and any(
            fuzz.ratio(root, known) >= _MISHEARD for known in self._known if known[:1] == root[:1] and len(known) >= 5
        )


def diminished(words: str) -> str:
    """The base of each Spanish diminutive of folded words: "cunita" → "cuna", "fiestecilla" → "fiesta"."""
    found = (re.sub(r"(?<=\w{3})(?:ec|c)?(?:it|ill)([ao]s?)$", r"\1", word) for word in words.split())
    return " ".join(base for base, word in zip(found, words.split(), strict=True) if base != word)


def without_diminutives(words: str) -> str:
    """Folded words with the base of each diminutive in its place."""
    return re.sub(r"(?<=\w{3})(?:ec|c)?(?:it|ill)([ao]s?)\b", r"\1", words)


def _plain(text: str) -> str:
    return text.strip(" ¿?¡!.").lower()


def query_text(text: str) -> str:
    """A question as it is embedded: without marks and greetings' capitals, as the file's own questions are.

    Commas go too: a recogniser hears them in a guest's thinking pauses ("cuánto cuesta, el ático").
    """
    return _plain(re.sub(r"\s*,\s*", " ", text))


def _longest(words: str, listed: Sequence[str]) -> int:
    """Length in words of the longest listed word or phrase that was said, misheard ones included; 0 for none."""
    tokens = words.split()
    found = 0
    for phrase in listed:
        size = phrase.count(" ") + 1
        if re.search(rf"\b{re.escape(phrase)}\b", words):
            found = max(found, size)
        elif len(phrase) >= 7:
            grams = (" ".join(tokens[at : at + size]) for at in range(len(tokens) - size + 1))
            if any(gram[:1] == phrase[:1] and fuzz.ratio(gram, phrase) >= _MISHEARD for gram in grams):
                found = max(found, size)
    return found


def subject_of(words: str, lodging_words: frozenset[str]) -> list[str]:
    """The words of a folded question that say what it is about, once lodgings, prices, dates and grammar are gone."""
    names = {sound(word) for word in lodging_words}
    return [
        word
        for word in words.split()
        if word not in EMPTY
        and word not in TOTAL_WORDS
        and word not in PLACES
        and (len(word) > 2 or word in _SHORT_SUBJECTS)
        and not word[0].isdigit()
        and word != "-"
        and sound(word) not in names
        and not any(len(name) >= 6 and fuzz.ratio(sound(word), name) >= _MISHEARD for name in names)
        and not any(len(name) >= 5 and fuzz.ratio(word, name) >= _MISHEARD for name in lodging_words)
    ]
