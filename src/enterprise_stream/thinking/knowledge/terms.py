"""The words of a business that a recogniser does well to expect: names, which no language model has seen often."""

import re

from enterprise_stream.thinking.knowledge.model import Knowledge

_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZÁÉÍÓÚÑ][^\W\d_]{2,}(?: (?:del? |la )*[A-ZÁÉÍÓÚÑ][^\W\d_]{2,})*")
"""One or more capitalised words in mid-sentence."""


def business_terms(knowledge: Knowledge) -> tuple[str, ...]:
    """Names, each once: of the business and what it rents, then those in its answers.

    A lodging's other names are not among them: some are there because recognisers mishear them.
    """
    business = knowledge.business
    own = [business.name, business.place, business.persona, *(lodging.name for lodging in knowledge.lodgings)]
    told = [
        name
        for fact in knowledge.facts
        for language in business.languages
        for name in _NAME.findall(fact.answer.get(language, ""))
    ]
    return tuple(dict.fromkeys(term for term in (*own, *told) if term))
