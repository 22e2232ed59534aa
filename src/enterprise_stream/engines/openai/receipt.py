"""What one request costs: the vendor's own account of it, or our count where that never came."""

from enterprise_stream.engines.openai.deltas import Deltas
from enterprise_stream.engines.openai.dialects import Dialect
from enterprise_stream.engines.openai.request import Request
from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.thinking.ports import Usage
from enterprise_stream.thinking.tokens import count_call, count_prompt, count_tokens

ENGINE = "openai"
"""What the brain is called in `LLM` and on the bill."""


class Receipt:
    """One request's, settled once at most; a request that the vendor refused is not settled.

    Args:
        owner: session that it is made for.
        request: what is asked.
        buy: told when it is settled.

    Attributes:
        deltas: what has come so far.
    """

    def __init__(self, owner: str, request: Request, buy: Buy) -> None:
        self.deltas = Deltas()
        self._owner = owner
        self._request = request
        self._buy = buy
        self._model = ""
        self._dialect = Dialect()

    def asked(self, model: str, dialect: Dialect) -> None:
        """The request goes out to this model, in this dialect."""
        self._model = model
        self._dialect = dialect

    def settle(self) -> Usage:
        """Tell what it cost."""
        usage = self.deltas.usage or self._counted()
        model = self.deltas.model or self._model
        spent = Purchase(
            self._owner,
            "llm",
            ENGINE,
            model,
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            output_tokens=usage.output_tokens,
        )
        self._buy(spent)
        return usage

    def _counted(self) -> Usage:
        prompt = self._request.messages(late_system=self._dialect.late_system)
        written = count_tokens(self.deltas.text)
        written += sum(count_call(call.name, call.arguments) for call in self.deltas.calls)
        return Usage(count_prompt(prompt, self._request.tools), 0, written)
