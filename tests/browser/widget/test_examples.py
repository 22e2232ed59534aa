"""The examples, run: plain HTML, a theme, a strict policy, React, WordPress."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from examples.embed.site import WORDPRESS, WRITTEN, File, build_site, wordpress_footer, wordpress_preview
from playwright.sync_api import expect
from tests.machine import missing

from ..mock_server import MockServer
from .host_site import HostSite
from .visit import Go, Visit

pytestmark = pytest.mark.browser

Example = Callable[[str], Visit]


@pytest.fixture
def php() -> None:
    """PHP must be there."""
    if shutil.which("php") is None:
        missing("no PHP: apt-get install php-cli")


@pytest.fixture(scope="module")
def files(running_server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, File]:
    return build_site(running_server.url, tmp_path_factory.mktemp("react"))


@pytest.fixture
def example(go: Go, site: HostSite, files: dict[str, File]) -> Example:
    """Opens an example as `python -m examples.embed.serve` serves it."""
    site.files.update(files)
    return lambda path: go(path=path)


def typed(visit: Visit, server: MockServer, text: str) -> None:
    """The guest writes, and accepts the notice for that; the server hears it."""
    visit.panel.locator("#words").fill(text)
    visit.panel.locator("#words").press("Enter")
    visit.panel.locator("#consent-text-only").click()
    assert server.wait_for("text")["text"] == text


@pytest.mark.parametrize("path", ["/plain.html", "/strict-csp/", "/wordpress/", "/themed.html"])
def test_a_guest_asks_from_the_page(example: Example, server: MockServer, path: str) -> None:
    visit = example(path)
    visit.open()
    typed(visit, server, "¿Admiten mascotas?")
    assert visit.console == [], "no error, no refusal, no advice"


def test_every_example_is_listed(files: dict[str, File], example: Example) -> None:
    visit = example("/")
    links = visit.page.locator("a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    assert set(links) == {path for path in files if path.endswith((".html", "/"))} - _aliases(files)
    assert all(WRITTEN.encode() not in file.body for file in files.values())


def _aliases(files: dict[str, File]) -> set[str]:
    return {"/", *(path for path in files if path.endswith("index.html"))}


def test_a_themed_page_opens_her_by_its_own_button_and_follows_her(example: Example, server: MockServer) -> None:
    visit = example("/themed.html")
    visit.page.locator("#ask").click()
    visit.ready()
    typed(visit, server, "How much is it?")
    expect(visit.page.locator("#state")).to_contain_text("She is")
    assert visit.launcher.evaluate("(button) => getComputedStyle(button).textTransform") == "uppercase"
    assert visit.launcher.evaluate("(button) => getComputedStyle(button).backgroundColor") == "rgb(106, 27, 77)"


def test_react_opens_follows_and_takes_it_away(example: Example, server: MockServer) -> None:
    visit = example("/react/")
    visit.page.get_by_role("button", name="Preguntar por Loft Azul").click()
    visit.ready()
    typed(visit, server, "¿Está libre en mayo?")
    expect(visit.page.locator("main > p[role=status]")).to_contain_text("Conversación:")
    visit.page.get_by_role("button", name="Quitar a Sandra").click()
    server.wait(lambda: server.socket is None, "the session's connection to end")
    expect(visit.page.locator("iframe")).to_have_count(0)
    visit.page.get_by_role("button", name="Poner a Sandra").click()
    visit.open()
    assert visit.page.locator("sandra-voice").count() == 1
    assert visit.console == []


# --- WordPress --------------------------------------------------------------------------------------------------------


def test_the_plugin_prints_nothing_that_a_setting_could_break_out_of() -> None:
    printed = wordpress_footer(WORDPRESS | {"server": WRITTEN, "phone": '"><script>alert(1)</script>'})
    assert "<script>alert" not in printed
    assert printed.count("<sandra-voice") == 1


@pytest.mark.usefixtures("php")
def test_without_php_the_template_is_filled_in_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = WORDPRESS | {"server": WRITTEN}
    by_php = wordpress_footer(settings)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert wordpress_footer(settings) == by_php


@pytest.mark.usefixtures("php")
def test_the_plugin_is_silent_until_its_server_is_set() -> None:
    assert wordpress_preview("footer", {}) == ""
    assert 'name="sandra_voice_server"' in wordpress_preview("settings", {})


@pytest.mark.usefixtures("php")
def test_a_shortcode_takes_the_place_of_the_footer() -> None:
    printed = wordpress_preview("shortcode", {"server": WRITTEN})
    assert printed.count("<sandra-voice") == 1
    assert 'position="inline"' in printed


@pytest.mark.usefixtures("php")
def test_the_plugin_gets_tokens_and_keeps_the_key(site: HostSite) -> None:
    site.files["/api/sessions"] = File(json.dumps({"token": "t1", "session_id": "s"}).encode(), status=201)
    settings = {"server": site.origin, "api_key": "secret-key"}
    printed = wordpress_preview("footer", settings)
    assert 'token-url="https://casa.example/wp-json/sandra-voice/v1/token"' in printed
    assert "secret-key" not in printed
    assert json.loads(wordpress_preview("token", settings, "https://casa.example")) == {"token": "t1"}
    for stranger in ([], ["null"], ["https://casa.example.evil.example"]):
        refused = json.loads(wordpress_preview("token", settings, *stranger))
        assert refused == {"code": "rest_forbidden"}, "only a page of this site"
    site.files["/api/sessions"] = File(b"{}", status=401)
    assert json.loads(wordpress_preview("token", settings, "https://casa.example")) == {"code": "sandra_voice_no_token"}


def test_the_plugin_is_one_folder() -> None:
    folder = Path(__file__).parents[3] / "examples" / "embed" / "wordpress" / "sandra-voice"
    assert sorted(path.name for path in folder.iterdir()) == ["sandra-voice.php", "widget.html"]
