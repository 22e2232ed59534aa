"""Addresses on the net: what of them is said.

An e-mail address is said whole, since a guest will write it down. Of a web address only the domain is said, without
"www."; what follows it helps nobody who listens. One that nobody could follow by ear (an IP address, more than
`MAX_DOMAIN_CHARS`) is "the link".
"""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.say_as.leftover import CAMEL, say_leftover
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule, says
from enterprise_stream.speaking.say_as.tables import Tables

MAX_DOMAIN_CHARS = 40

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_PATH = r"(?:[/?#](?:[^\s<>\"|]{0,2000}[^\s<>\"|.,;:!?…)\]}'»”’*_`~])?)?"
_EMAIL = rf"(?:mailto:)?(?P<user>[\w.+%-]{{1,64}})@(?P<domain>{_LABEL}(?:\.{_LABEL}){{1,4}})"
_URL = (
    r"(?:(?:https?|ftp|wss?)://|www\.)(?:[^\s/@]{1,64}@)?(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}(?::\d{1,5})?)"
    + _PATH
)
_ENDS = "com|es|org|net|info|eu|io|mx|uk|fr|de|it|pt|cat|gob|ar|co|app|travel|dev|ai|us|html|pdf|cl|gov|edu|online"
_BARE = rf"(?P<host>{_LABEL}(?:\.{_LABEL}){{0,3}}\.(?:{_ENDS}))(?![\w-])" + _PATH


class Web:
    """Rules for addresses in a locale."""

    def __init__(self, locale: Locale, words: Tables) -> None:
        self._locale = locale
        self._words = words

    def rules(self) -> Iterator[Rule]:
        """E-mail addresses, then web addresses."""
        yield Rule(re.compile(_EMAIL), self._email)
        yield Rule(re.compile(_URL, re.IGNORECASE), self._site)
        yield Rule(re.compile(_BARE, re.IGNORECASE), self._site)
        yield Rule(re.compile(r"(?:https?://|ftp://|www\.)\S{1,2000}", re.IGNORECASE), says(self._words.link))

    def _email(self, match: Match, around: Around) -> str | None:
        del around
        return f"{self._spell(match['user'])} {self._words.at} {self._domain(match['domain'])}"

    def _site(self, match: Match, around: Around) -> str | None:
        del around
        host = re.sub(r"^www\.|:\d+$", "", match["host"], flags=re.IGNORECASE)
        if len(host) > MAX_DOMAIN_CHARS or "." not in host or not re.search(r"[^\W\d_]{2,}$", host) or "xn--" in host:
            return self._words.link
        return self._domain(host)

    def _domain(self, host: str) -> str:
        *labels, end = host.split(".")
        said = [self._spell(label) for label in labels]
        ends = end.lower()
        last = self._words.domains.get(ends) or self._spell(end)
        if len(labels) > 1 and labels[-1].lower() in self._words.domains:  # example.co.uk
            said[-1] = self._words.domains[labels[-1].lower()]
        return f" {self._words.dot} ".join([*said, last])

    def _spell(self, text: str) -> str:
        """One part of an address: its marks by name, its digits as a number, a name in camel case as words."""
        words = self._words
        if (known := words.respelt.get(text.lower())) is not None:
            return known
        marks = {".": words.dot, "-": words.dash, "_": words.underscore, "+": words.plus, "%": words.symbols["%"]}
        for mark, name in marks.items():
            text = text.replace(mark, f" {name} ")
        return say_leftover(CAMEL.sub(" ", text), self._locale, words)
