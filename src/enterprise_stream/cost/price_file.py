"""The price table as a file: YAML that a person can edit, checked line by line."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from enterprise_stream.cost.prices import Price, Prices
from enterprise_stream.errors import ConfigError

LISTED = Path(__file__).parents[1] / "data" / "prices.yaml"
"""List prices, as they come with this program."""


def _as_written(value: Any) -> Any:
    """A number as it stands in the file, not the nearest binary fraction."""
    return str(value) if isinstance(value, float) else value


_Dollars = Annotated[Decimal, BeforeValidator(_as_written), Field(ge=0, le=1_000_000)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str
    models: tuple[str, ...] = Field(min_length=1)
    valid_from: date
    audio_minute: _Dollars = Decimal(0)
    million_input: _Dollars = Decimal(0)
    million_cached: _Dollars = Decimal(0)
    million_output: _Dollars = Decimal(0)
    thousand_chars: _Dollars = Decimal(0)
    source: str = ""
    doubt: str = ""

    def price(self) -> Price:
        return Price(**(dict(self) | {"valid_from": self.valid_from.isoformat()}))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    prices: tuple[_Row, ...]


def load_prices(own: Path | None = None) -> Prices:
    """The list prices, and the owner's before them.

    Raises:
        ConfigError: the owner's file cannot be used; the message has one line for each mistake.
    """
    return Prices(_read(LISTED), () if own is None else _read(own))


def _read(file: Path) -> list[Price]:
    try:
        held = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
        return [row.price() for row in _File.model_validate(held).prices]
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{file} cannot be read: a text file in UTF-8 is needed (PRICES_FILE).") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        raise ConfigError(f"{file}{where}: this is not YAML; see `enterprise-stream costs --prices`.") from None
    except ValidationError as error:
        raise ConfigError("\n".join(f"{file}, {_place(p['loc'])}: {p['msg']}" for p in error.errors())) from None
    except (ValueError, RecursionError):  # YAML's own, of a day such as 2020-01-81, or of brackets without end
        raise ConfigError(f"{file}: a date or a number in it is none, or it is too deep (PRICES_FILE).") from None


def _place(loc: tuple[int | str, ...]) -> str:
    match loc:
        case ("prices", int(row), *rest):
            return " ".join([f"row {row + 1}", *(str(part) for part in rest if isinstance(part, str))])
        case _:
            return "the whole file (it begins with `prices:`)"
