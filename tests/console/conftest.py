"""The console's endpoints over a database of each kind, full of invented calls."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import URL

from enterprise_stream.store import Store
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.calls import seed
from enterprise_stream.testing.calls.serving import console_app

CALLS = 80


@dataclass(frozen=True, slots=True)
class Console:
    """The endpoints and what they read."""

    http: httpx.AsyncClient
    store: Store
    clock: FakeClock

    async def get(self, path: str, **parameters: object) -> Any:
        answer = await self.http.get(f"/api/console/{path}", params={k: str(v) for k, v in parameters.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def console(url: URL) -> AsyncIterator[Console]:
    clock = FakeClock()
    async with Store.open(url) as store:
        await seed(store, CALLS, days=20)
        transport = httpx.ASGITransport(app=console_app(store, clock))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Console(http, store, clock)
