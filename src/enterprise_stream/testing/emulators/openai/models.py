"""The models that the emulator serves, with what sets them apart for a client."""

from dataclasses import dataclass
from typing import Any, Literal

from enterprise_stream.testing.emulators.openai.refusals import no_such_model

Use = Literal["chat", "speech"]


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    Attributes:
        name: as requests carry it.
        use: what it can be asked for.
        reasons: thinks before it answers unless `reasoning_effort` is `none`; takes `max_completion_tokens` only, and
            no temperature.
        shutdown_date: the day (YYYY-MM-DD) from which it is gone, where one is announced.
    """

    name: str
    use: Use = "chat"
    reasons: bool = False
    shutdown_date: str | None = None

    def gone(self, today: str) -> bool:
        """Whether it is switched off by `today` (YYYY-MM-DD)."""
        return self.shutdown_date is not None and today >= self.shutdown_date


CATALOGUE: tuple[Model, ...] = (
    Model("gpt-4o", shutdown_date="2027-01-14"),
    Model("gpt-4o-mini", shutdown_date="2027-01-14"),
    Model("gpt-6-luna", reasons=True),
    Model("gpt-4o-mini-tts", "speech", shutdown_date="2027-01-06"),
    Model("tts-1", "speech", shutdown_date="2027-01-06"),
    Model("tts-1-hd", "speech", shutdown_date="2027-01-06"),
)
"""What the vendor lists (OpenAI's deprecations page, November 2026), as far as the project asks for it."""

CREATED = 1_721_172_717
"""Unix seconds that every model is said to be made at."""


class Catalogue:
    """The models that can be had on a day.

    Args:
        models: all that ever were.
        today: the day, YYYY-MM-DD; those whose end has come are gone.
    """

    def __init__(self, models: tuple[Model, ...], today: str) -> None:
        self._models = {model.name: model for model in models}
        self.today = today

    def find(self, name: str, use: Use) -> Model:
        """The model to serve.

        Raises:
            Refusal: there is none of that name, not for this, or not any more.
        """
        model = self._models.get(name)
        if model is None or model.use != use:
            raise no_such_model(name)
        if model.gone(self.today):
            raise no_such_model(name, gone=True)
        return model

    def listing(self) -> dict[str, Any]:
        """The body of `GET /v1/models`: what is not gone."""
        alive = [model for model in self._models.values() if not model.gone(self.today)]
        return {"object": "list", "data": [_entry(model) for model in alive]}

    def entry(self, name: str) -> dict[str, Any]:
        """The body of `GET /v1/models/{name}`.

        Raises:
            Refusal: there is none of that name.
        """
        model = self._models.get(name)
        if model is None or model.gone(self.today):
            raise no_such_model(name, gone=model is not None)
        return _entry(model)


def _entry(model: Model) -> dict[str, Any]:
    return {
        "id": model.name,
        "object": "model",
        "created": CREATED,
        "owned_by": "system",
        "shutdown_date": model.shutdown_date,
    }
