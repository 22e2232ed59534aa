"""Commands run inside a test's process, whose logs are the test's own."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command decides for the whole process where logs go."""
    for module in ("main", "serve"):
        commands = import_module(f"enterprise_stream.cli.{module}")  # the package's `main` is a function
        monkeypatch.setattr(commands, "configure_logs", lambda *_, **__: None)
