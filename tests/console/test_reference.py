"""The reference page is what the shapes say."""

from starlette.routing import Route

from enterprise_stream.server.api import console
from enterprise_stream.server.api.console.reference import ENDPOINTS, PAGE, page


def test_the_page_is_as_the_shapes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m enterprise_stream.server.api.console.reference --write"
    )


def test_every_endpoint_is_on_it() -> None:
    served = {f"GET {route.path}" for route in (*console.routes, *console.operator_routes) if isinstance(route, Route)}
    assert served == {name for name, _, _ in ENDPOINTS}
