"""The tree of everything that goes wrong here, each with a stable code.

EnterpriseStreamError
├── ConfigError            a setting is missing or wrong; found at start
├── KnowledgeError         the knowledge file cannot be used
├── AudioError             the guest's audio cannot be used
├── ModelError             a model's files are missing or damaged
├── EngineError            a recogniser, brain or voice failed; `retryable` says whether trying again may help
└── OverloadedError        the machine is full

The messages are written for the person who reads them (guest, owner or operator): what happened and what to do
next. They never hold a secret, a vendor's text or a stack trace.
"""


class EnterpriseStreamError(Exception):
    """Base of the tree.

    Attributes:
        code: stable, documented identifier, as the wire's `error.code` carries it.
        retryable: whether the same request may succeed later.
    """

    code = "internal"
    retryable = False

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class ConfigError(EnterpriseStreamError):
    """A setting is missing or wrong."""

    code = "bad_config"


class KnowledgeError(EnterpriseStreamError):
    """The knowledge file cannot be used."""

    code = "bad_knowledge"


class AudioError(EnterpriseStreamError):
    """The guest's audio cannot be used."""

    code = "bad_audio"


class ModelError(EnterpriseStreamError):
    """A model's files are missing or damaged."""

    code = "model_missing"


class EngineError(EnterpriseStreamError):
    """A recogniser, brain or voice failed."""

    code = "engine_failed"
    retryable = True


class OverloadedError(EnterpriseStreamError):
    """The machine is full; those inside keep their quality."""

    code = "overloaded"
    retryable = True
