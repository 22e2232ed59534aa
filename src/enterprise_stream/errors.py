"""The tree of everything that goes wrong here, each with a stable code.

EnterpriseStreamError
├── ConfigError            a setting is missing or wrong; found at start
├── KnowledgeError         the knowledge file cannot be used
├── AudioError             the guest's audio cannot be used
├── ModelError             a model's files are missing or damaged
├── EngineError            a recogniser, brain or voice failed; `retryable` says whether trying again may help
│   ├── VendorError        the same, told by a vendor or by its silence
│   └── BudgetError        nothing more may be bought: no fault of any engine
├── ToolError              a tool could not do what it was called for; the message is for the brain
├── StoreError             the database cannot be used
└── OverloadedError        the machine is full

The messages are written for the person who reads them (guest, owner or operator): what happened and what to do
next. They never hold a secret, a vendor's text or a stack trace.
"""

FINAL_VENDOR_CODES = frozenset({"vendor_auth", "vendor_quota", "vendor_bad_request", "model_gone"})
"""Codes of `VendorError` that no further try helps: such an error is not retryable."""

CANNOT_GO_ON = "cannot_go_on"
"""Code of the `EngineError` of a brain that cannot go on where another has begun; nothing is wrong with it."""


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


class VendorError(EngineError):
    """A vendor's service failed; the code says how, in words of ours and never in the vendor's.

    The codes: `vendor_auth` (401, 402, 403), `vendor_quota` (nothing left to spend), `vendor_limited` (429),
    `vendor_down` (5xx, refused, reset, closed), `vendor_timeout` (silence), `vendor_garbled` (what came is no
    protocol), `vendor_bad_request` (our own fault) and `model_gone` (the model is switched off or unknown).

    Attributes:
        retry_after_s: when the vendor wants to be asked again, in seconds, where it says so.
    """

    code = "vendor_down"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        chosen = code or self.code
        super().__init__(message, code=chosen, retryable=chosen not in FINAL_VENDOR_CODES)
        self.retry_after_s = retry_after_s


class ToolError(EnterpriseStreamError):
    """A tool could not do what it was called for.

    The message is for the brain, which makes its own words of it; it says what to change, or what to tell the guest.
    The codes: `tool_unknown`, `bad_arguments`, `tool_refused` (what is asked for cannot be had), `tool_timeout`,
    `tool_unavailable` and `tool_failed`.
    """

    code = "tool_failed"


class BudgetError(EngineError):
    """Nothing more may be bought for this call; says nothing about the engine, which was not asked."""

    code = "budget_spent"
    retryable = False

    def __init__(self, message: str = "The budget is spent.") -> None:
        super().__init__(message)


class StoreError(EnterpriseStreamError):
    """The database cannot be used."""

    code = "store_failed"
    retryable = True


class OverloadedError(EnterpriseStreamError):
    """The machine is full; those inside keep their quality."""

    code = "overloaded"
    retryable = True
