"""How long a guest waits at the first visit: for the page on a telephone's network, for the widget on a host's page."""

import statistics

import pytest
from bench import page_load, widget_load
from playwright.sync_api import Browser

from .kit.figures import Figures
from .mock_server import MockServer
from .widget.host_site import HostSite

pytestmark = [pytest.mark.browser, pytest.mark.alone]

VISITS = 3


def test_the_page_is_there_soon_on_a_telephones_network(browser: Browser, server: MockServer, figures: Figures) -> None:
    visits = [page_load.visit(browser, server.url) for _ in range(VISITS)]
    for name, most in page_load.MOST_MS.items():
        took = [each[name] for each in visits]
        figures.tell(f"first visit on a telephone's network, {name}", took)
        assert statistics.median(took) <= most, f"{name}: {took}"


def test_the_widget_is_there_soon_on_a_hosts_page(browser: Browser, server: MockServer, figures: Figures) -> None:
    site = HostSite()
    site.start()
    try:
        server.embedders = (site.origin,)
        address = site.page(f'<script src="{server.url}/widget.js" async></script><sandra-voice></sandra-voice>')
        visits = [widget_load.visit(browser, address) for _ in range(VISITS)]
    finally:
        site.stop()
    for (name, most), took in zip(widget_load.MOST_MS.items(), zip(*visits, strict=True), strict=True):
        figures.tell(f"the widget on a host's page, {name}", took)
        assert statistics.median(took) <= most, f"{name}: {took}"
