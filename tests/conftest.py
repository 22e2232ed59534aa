"""What holds for every test."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command that a test runs in its own process decides for the whole of it where logs go."""
    for module in ("main", "serve"):
        commands = import_module(f"enterprise_stream.cli.{module}")  # the package's `main` is a function
        monkeypatch.setattr(commands, "configure_logs", lambda *_, **__: None)
