"""Takes settings out of a tree of nodes and notes, for the owner, everything that is wrong on the way."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from enterprise_stream.thinking.knowledge.problems import Problem, ProblemCode
from enterprise_stream.thinking.knowledge.tree import Node

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

LANGUAGES = ("es", "en")
"""Languages that a brain can answer in."""


def _meant(word: str, allowed: Iterable[str]) -> str:
    """What a mistaken word probably stands for; "" where that is not known."""
    return next(iter(difflib.get_close_matches(word.lower(), list(allowed), n=1, cutoff=0.6)), "")


def _asked(meant: str) -> str:
    return f"; did you mean '{meant}'?" if meant else ""


class Reader:
    """Collects problems; each `take` returns a usable value, or a harmless one after noting a problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.languages: tuple[str, ...] = ()
        self.placeholders: tuple[str, ...] = ()

    def problem(self, line: int, message: str, code: ProblemCode | None = None, **values: str) -> None:
        """Note why the file cannot be used."""
        self.problems.append(Problem(line, message, code, values=values))

    def advise(self, line: int, message: str, code: ProblemCode | None = None) -> None:
        """Note what would be better; the file can be used."""
        self.problems.append(Problem(line, message, code, fatal=False))

    def group(self, node: Node, what: str, allowed: Sequence[str], required: Sequence[str] = ()) -> Mapping[str, Node]:
        """A mapping whose keys are all allowed; unknown and missing ones are noted."""
        if not isinstance(node.value, dict):
            wrong = f"{what} must be a group of settings ('name: value' lines), not {node.kind}."
            self.problem(node.line, wrong, "not_a_group")
            return {}
        names = ", ".join(allowed)
        for key, child in node.value.items():
            if key not in allowed:
                meant = _meant(key, allowed)
                unknown = f"{what} does not know '{key}'{_asked(meant)} (allowed: {names})."
                self.problem(child.line, unknown, "unknown_setting", setting=key, meant=meant, allowed=names)
        for key in required:
            if key not in node.value:
                meant = _meant(key, node.value)
                self.problem(node.line, f"{what} needs '{key}'{_asked(meant)}.", "missing_setting", setting=key)
        return {key: child for key, child in node.value.items() if key in allowed}

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The entries of a list; none for a missing one."""
        if node is None:
            return ()
        if isinstance(node.value, tuple):
            return node.value
        self.problem(node.line, f"{what} must be a list (one '- ' per line), not {node.kind}.", "not_a_list")
        return ()

    def text(self, node: Node | None, what: str) -> str:
        """A text that is not empty; "" for a missing one (which `group` has noted)."""
        if node is None:
            return ""
        if isinstance(node.value, str) and node.value:
            return node.value
        found = "empty" if node.value == "" else node.kind
        self.problem(node.line, f"{what} must be a text, and it is {found}.", "not_a_text")
        return ""

    def number(self, node: Node | None, what: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        text = self.text(node, what)
        if re.fullmatch(r"\d{1,7}", text) and low <= int(text) <= high:
            return int(text)
        if node is not None and text:
            wrong = f"{what} must be a whole number from {low} to {high}, and it is '{text}'."
            self.problem(node.line, wrong, "not_a_number", value=text, low=str(low), high=str(high))
        return low

    def choice(self, node: Node | None, what: str, allowed: Sequence[str]) -> str:
        """One of some words; the first when it is missing."""
        text = self.text(node, what) if node is not None else allowed[0]
        if text in allowed:
            return text
        if node is not None and text:
            names, meant = ", ".join(allowed), _meant(text, allowed)
            wrong = f"{what} is '{text}'{_asked(meant)} (allowed: {names})."
            self.problem(node.line, wrong, "not_a_choice", value=text, meant=meant, allowed=names)
        return allowed[0]

    def texts(self, node: Node | None, what: str, also: Sequence[str] = ()) -> dict[str, str]:
        """One text per language of the business, with known placeholders only, `also` among them."""
        known_here = (*self.placeholders, *also)
        if node is None:
            return {}
        found = self._per_language(node, what)
        result = {language: self.text(child, f"{what} in '{language}'") for language, child in found.items()}
        for language, child in found.items():
            for name in _PLACEHOLDER.findall(result[language]):
                if name not in known_here:
                    known, meant = ", ".join("{" + known + "}" for known in known_here), _meant(name, known_here)
                    wrong = f"{what} uses {{{name}}}, which stands for nothing{_asked(meant)} (known: {known})."
                    self.problem(child.line, wrong, "unknown_placeholder", value=name, meant=meant, allowed=known)
        return result

    def phrasings(self, node: Node | None, what: str) -> dict[str, tuple[str, ...]]:
        """Several texts per language of the business."""
        if node is None:
            return {}
        result = {}
        for language, child in self._per_language(node, what).items():
            texts = [self.text(item, what) for item in self.items(child, f"{what} in '{language}'")]
            result[language] = tuple(text for text in texts if text)
            if not texts and isinstance(child.value, tuple):
                nothing = f"{what} in '{language}' is empty; write at least one."
                self.problem(child.line, nothing, "no_wording", language=language)
        return result

    def _per_language(self, node: Node, what: str) -> Mapping[str, Node]:
        if not isinstance(node.value, dict):
            example = self.languages[0] if self.languages else "es"
            wrong = f"{what} must be given per language, such as '{example}: ...', not as {node.kind}."
            self.problem(node.line, wrong, "not_per_language", language=example)
            return {}
        for language, child in node.value.items():
            if language not in self.languages:
                known, meant = ", ".join(self.languages), _meant(language, self.languages)
                wrong = f"{what} has the language '{language}'{_asked(meant)} (this business speaks: {known})."
                self.problem(child.line, wrong, "unknown_language", value=language, meant=meant, allowed=known)
        for language in self.languages:
            if language not in node.value:
                missing = f"{what} is missing in '{language}'; add a line '{language}: ...'."
                self.problem(node.line, missing, "missing_language", language=language)
        return {language: child for language, child in node.value.items() if language in self.languages}
