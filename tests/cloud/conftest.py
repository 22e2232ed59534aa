"""Every test here runs on virtual time."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pytest

from enterprise_stream.testing import VirtualTimeLoop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command that is run here decides for the whole process where logs go."""
    commands = import_module("enterprise_stream.cli.main")  # the package's `main` is a function
    monkeypatch.setattr(commands, "configure_logs", lambda *_, **__: None)
