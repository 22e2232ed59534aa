"""Every test here runs on virtual time."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from enterprise_stream.testing import VirtualTimeLoop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}
