"""From a stream of text to clauses that a voice can say: the first one short, so that she begins early."""

import re

FIRST_MIN_CHARS = 4
"""Shortest first clause; "Sí," alone would sound clipped."""

CLAUSE_MIN_CHARS = 48
"""A comma ends a later clause only after this much, so that the melody of a sentence stays whole."""

CLAUSE_MAX_CHARS = 240
"""A clause without punctuation is cut at a blank after this much."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"»”)]*(?=\s)|\n")
_CLAUSE_END = re.compile(r"[,;:—][\"»”)]*(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:Sr|Sra|Srta|Dr|Dra|Ud|Uds|Avda|Av|C|Pza|núm|aprox|etc|Mr|Mrs|Ms|St|No)\.$", re.IGNORECASE
)


class PhraseSplitter:
    """Takes text as it is made and gives back the clauses that are whole; their texts, joined, are the text."""

    def __init__(self) -> None:
        self._text = ""
        self._first = True

    def feed(self, text: str) -> list[str]:
        """Add text; returns the clauses that it completes."""
        self._text += text
        clauses = []
        while (end := self._end()) is not None:
            clause, self._text = self._text[:end], self._text[end:]
            if clause.strip():
                clauses.append(clause)
                self._first = False
        return clauses

    def flush(self) -> list[str]:
        """The rest, once no text follows."""
        rest, self._text = self._text, ""
        return [rest] if rest.strip() else []

    def _end(self) -> int | None:
        ends = [m.end() for m in _SENTENCE_END.finditer(self._text) if self._ends_sentence(m)]
        least = FIRST_MIN_CHARS if self._first else CLAUSE_MIN_CHARS
        ends += [m.end() for m in _CLAUSE_END.finditer(self._text) if len(self._text[: m.start()].strip()) >= least]
        if ends:
            return min(ends)
        if len(self._text) > CLAUSE_MAX_CHARS:
            blank = self._text.rfind(" ", 1, CLAUSE_MAX_CHARS)
            return blank if blank > 0 else CLAUSE_MAX_CHARS
        return None

    def _ends_sentence(self, match: re.Match[str]) -> bool:
        before = self._text[: match.end()].rstrip()
        return bool(before) and not _ABBREVIATION.search(before)
