"""Which model is asked, and how: the next one once the vendor says that one is gone."""

import structlog

from enterprise_stream.engines.openai.dialects import Dialect, dialect_of

log = structlog.get_logger(__name__)


class Models:
    """The model in use and those that may succeed it; what was learnt holds until the process ends.

    Args:
        model: asked first.
        successors: asked in its place, in order.
        own_server: they are served by the owner and not by the vendor.
    """

    def __init__(self, model: str, successors: tuple[str, ...] = (), *, own_server: bool = False) -> None:
        self._names = tuple(dict.fromkeys((model, *successors)))
        self._own_server = own_server
        self._at = 0
        self._learnt: dict[str, Dialect] = {}

    @property
    def current(self) -> str:
        """The model to ask."""
        return self._names[self._at]

    def dialect(self, model: str) -> Dialect:
        """How to ask it."""
        return self._learnt.get(model) or dialect_of(model, own_server=self._own_server)

    def learn(self, model: str, dialect: Dialect) -> None:
        """It has understood this dialect."""
        if dialect != self.dialect(model):
            log.info("openai_dialect_learnt", model=model)
            self._learnt[model] = dialect

    def gone(self, model: str) -> bool:
        """The vendor has no such model any more; returns whether there is another to ask."""
        if model != self.current:
            return True
        if self._at + 1 == len(self._names):
            return False
        self._at += 1
        log.warning("openai_model_gone", model=model, successor=self.current, setting="OPENAI_MODEL")
        return True
