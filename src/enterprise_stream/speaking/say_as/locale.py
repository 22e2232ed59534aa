"""Where a text is read aloud: its language, and the habits of the business's country."""

import re
from dataclasses import dataclass
from functools import lru_cache

from enterprise_stream.setting_types import DEFAULT_REGION

# Decimal marks and currencies per country are CLDR's (https://cldr.unicode.org, `decimal` and territory currencies).
_DECIMAL_POINT = frozenset({"DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US"})
_PESOS = frozenset({"AR", "CL", "CO", "CU", "DO", "MX", "UY"})


@dataclass(frozen=True, slots=True)
class Locale:
    """A language and a region.

    Attributes:
        language: ISO 639-1 code, lower case.
        region: ISO 3166-1 alpha-2 code, upper case.
    """

    language: str
    region: str = DEFAULT_REGION

    @property
    def point(self) -> str:
        """The mark before decimals; English writes a point wherever it is written."""
        return "." if self.language == "en" or self.region in _DECIMAL_POINT else ","

    @property
    def american(self) -> bool:
        """Whether Spanish is that of the Americas: "primero de mayo", pairs of digits, "de la noche" from seven."""
        return self.region != "ES"

    @property
    def month_first(self) -> bool:
        """Whether 8/15 is the fifteenth of August; dates in digits are day first everywhere else."""
        return self.language == "en" and self.region == "US"

    @property
    def dollar(self) -> str:
        """Currency that a bare $ stands for, ISO 4217 or, for any peso, "peso"."""
        return "peso" if self.region in _PESOS else "USD"

    @property
    def hundred_and(self) -> bool:
        """Whether English says "a hundred and five"; Americans leave the "and" out."""
        return self.region != "US"


@lru_cache(maxsize=256)
def locale_of(language: str, region: str = DEFAULT_REGION) -> Locale:
    """The locale of a language tag.

    Args:
        language: "es", or a tag with a region ("es-MX"), which then wins.
        region: the business's.
    """
    parts = re.split(r"[-_]", language)
    own = next((part for part in parts[1:] if len(part) == 2 and part.isalpha()), region)
    return Locale(parts[0].lower(), own.upper())
