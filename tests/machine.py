"""What tests need of the machine that they run on."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip on a person's machine; where nobody reads the skips, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
