"""What a vendor would charge for, to the last character: the bill that the project's own accounts must equal."""

from dataclasses import replace

from enterprise_stream.purchases import Kind, Purchase


class Charge:
    """One growing entry of the bill: a session's, or a request's."""

    def __init__(self, purchase: Purchase) -> None:
        self._purchase = purchase

    @property
    def purchase(self) -> Purchase:
        """What it has come to."""
        return self._purchase

    def add(
        self,
        *,
        audio_ms: float = 0.0,
        input_tokens: int = 0,
        cached_tokens: int = 0,
        output_tokens: int = 0,
        chars: int = 0,
    ) -> None:
        """Charge more, in the units of `Purchase`."""
        had = self._purchase
        self._purchase = replace(
            had,
            audio_ms=had.audio_ms + audio_ms,
            input_tokens=had.input_tokens + input_tokens,
            cached_tokens=had.cached_tokens + cached_tokens,
            output_tokens=had.output_tokens + output_tokens,
            chars=had.chars + chars,
        )


class Bill:
    """All charges of one emulator. It is exact at any moment, sessions that are still open included."""

    def __init__(self) -> None:
        self._charges: list[Charge] = []

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        """The entries that cost anything, oldest first; `owner` is the vendor's id of the request."""
        return tuple(charge.purchase for charge in self._charges if _costs(charge.purchase))

    def open(self, request_id: str, kind: Kind, engine: str, model: str) -> Charge:
        """Begin an entry.

        Args:
            request_id: the vendor's own.
            kind: the stage.
            engine: as `Purchase.engine` names it.
            model: as the request named it.
        """
        charge = Charge(Purchase(request_id, kind, engine, model))
        self._charges.append(charge)
        return charge

    def total(self, engine: str | None = None, model: str | None = None) -> Purchase:
        """The sum of all entries, or of an engine's or a model's; `owner` is empty."""
        kind: Kind = "stt"
        total = Charge(Purchase("", kind, engine or "", model or ""))
        for entry in self.purchases:
            if engine in (None, entry.engine) and model in (None, entry.model):
                kind = entry.kind
                total.add(
                    audio_ms=entry.audio_ms,
                    input_tokens=entry.input_tokens,
                    cached_tokens=entry.cached_tokens,
                    output_tokens=entry.output_tokens,
                    chars=entry.chars,
                )
        return replace(total.purchase, kind=kind)


def _costs(entry: Purchase) -> bool:
    return bool(entry.audio_ms or entry.input_tokens or entry.output_tokens or entry.chars)
