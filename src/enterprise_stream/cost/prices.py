"""What things cost: a table of dated rows, and the price of one purchase by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

import structlog

from enterprise_stream.cost.money import micro
from enterprise_stream.purchases import Purchase

log = structlog.get_logger(__name__)

_MINUTE_MS = Decimal(60_000)
_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Price:
    """A row of the table; amounts in US dollars.

    Attributes:
        engine: as `STT`, `LLM` and `TTS` list it.
        models: names of models; `*` stands for any characters.
        valid_from: YYYY-MM-DD.
        audio_minute: for a minute of sound heard or made.
        million_input: for a million tokens read that are not `million_cached`.
        million_cached: for a million tokens read that the vendor had read before.
        million_output: for a million tokens written.
        thousand_chars: for a thousand characters spoken.
        source: where it was read, and when.
        doubt: why it may be wrong; empty where nothing says so.
    """

    engine: str
    models: tuple[str, ...]
    valid_from: str
    audio_minute: Decimal = Decimal(0)
    million_input: Decimal = Decimal(0)
    million_cached: Decimal = Decimal(0)
    million_output: Decimal = Decimal(0)
    thousand_chars: Decimal = Decimal(0)
    source: str = ""
    doubt: str = ""

    def names(self, purchase: Purchase) -> bool:
        """Whether the row is about what was bought."""
        return self.engine == purchase.engine and any(fnmatchcase(purchase.model, model) for model in self.models)

    def exactly(self, purchase: Purchase) -> bool:
        """Whether it names the very model."""
        return purchase.model in self.models

    def of(self, purchase: Purchase) -> Decimal:
        """What the purchase costs by this row, in dollars."""
        fresh = purchase.input_tokens - purchase.cached_tokens
        return (
            Decimal(str(purchase.audio_ms)) / _MINUTE_MS * self.audio_minute
            + (fresh * self.million_input + purchase.cached_tokens * self.million_cached) / _MILLION
            + purchase.output_tokens * self.million_output / _MILLION
            + purchase.chars * self.thousand_chars / _THOUSAND
        )


class Prices:
    """The table: rows of the owner's, then list prices, of which the first that names a model holds.

    Args:
        listed: list prices.
        own: the owner's; an engine and model that are named here are not looked up in `listed`.
    """

    def __init__(self, listed: Iterable[Price], own: Iterable[Price] = ()) -> None:
        self._tables = (tuple(own), tuple(listed))
        self._told: set[tuple[str, str]] = set()

    @property
    def rows(self) -> tuple[Price, ...]:
        """All rows, the owner's first."""
        return self._tables[0] + self._tables[1]

    def price(self, purchase: Purchase, day: str) -> int:
        """What was paid, in whole micro-dollars.

        A model that no row names is priced by the row of its engine that is dearest for this purchase, which is told
        once; an engine without any row by the dearest of all rows.
        """
        found = self.find(purchase, day)
        if found is not None:
            return micro(found.of(purchase))
        dearest = max((row.of(purchase) for row in self._nearest(purchase)), default=Decimal(0))
        self._tell(purchase)
        return micro(dearest)

    def find(self, purchase: Purchase, day: str) -> Price | None:
        """The row that holds on that day: the very model's before a pattern's, the latest of several."""
        for table in self._tables:
            named = [row for row in table if row.names(purchase)]
            if named:
                begun = [row for row in named if row.valid_from <= day] or [min(named, key=lambda row: row.valid_from)]
                return max(begun, key=lambda row: (row.exactly(purchase), row.valid_from))
        return None

    def _nearest(self, purchase: Purchase) -> tuple[Price, ...]:
        return tuple(row for row in self.rows if row.engine == purchase.engine) or self.rows

    def _tell(self, purchase: Purchase) -> None:
        place = (purchase.engine, purchase.model)
        if place not in self._told:
            self._told.add(place)
            log.warning(
                "price_unknown",
                engine=purchase.engine,
                model=purchase.model,
                message="counted at the engine's dearest price; add the model to PRICES_FILE",
            )
