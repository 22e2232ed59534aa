"""Who may frame, load and keep what the server answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from enterprise_stream.server.api import embedding
from enterprise_stream.server.headers import headers_for
from enterprise_stream.server.routes import STATIC

from .house import house

LISTED = ("https://www.example.com", "https://casa.example")


def ancestors(headers: httpx.Headers | dict[str, str]) -> list[str]:
    policy = headers.get("content-security-policy") or headers.get("Content-Security-Policy") or ""
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    return directives["frame-ancestors"].split()


@pytest.mark.parametrize("path", ["/", "/embed.html", "/embed/", "/embedded", "//embed", "/console", "/widget.js", ""])
def test_nothing_but_the_panel_can_be_framed(path: str) -> None:
    headers = headers_for(path, 200, LISTED)
    assert ancestors(headers) == ["'none'"]
    assert headers["X-Frame-Options"] == "DENY"


def test_the_panel_is_framed_by_the_listed_origins_and_by_ourselves() -> None:
    headers = headers_for("/embed", 200, LISTED)
    assert ancestors(headers) == ["'self'", "https://casa.example", "https://www.example.com"]
    assert "X-Frame-Options" not in headers, "it can name no list, and some browsers would obey it"
    assert ancestors(headers_for("/embed", 200, ())) == ["'self'"]


def test_only_the_loader_is_lent_to_other_origins() -> None:
    loader = headers_for("/widget.js", 200, ())
    assert loader["Access-Control-Allow-Origin"] == "*"
    assert loader["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/", "/embed", "/page.js", "/widget.js.map", "/readyz"):
        headers = headers_for(path, 200, LISTED)
        assert "Access-Control-Allow-Origin" not in headers, path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path


@pytest.mark.parametrize(("status", "kept"), [(200, True), (304, True), (404, False), (503, False)])
def test_only_a_good_loader_is_kept(status: int, kept: bool) -> None:
    assert ("max-age" in headers_for("/widget.js", status, ())["Cache-Control"]) is kept


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A web build, whether or not there is one on this machine."""
    for name in ("index.html", "embed.html", "widget.js"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr("enterprise_stream.server.routes.STATIC", tmp_path)
    monkeypatch.setattr(embedding, "PAGE", tmp_path / "embed.html")
    yield
    shutil.rmtree(tmp_path)


@pytest.mark.usefixtures("built")
async def test_the_panel_tells_browsers_which_pages_may_frame_it() -> None:
    async with house(origins=LISTED) as place, httpx.AsyncClient(base_url=place.http) as http:
        panel = await http.get("/embed?lang=en&host=https://evil.example")
        assert (panel.status_code, panel.text) == (200, "embed.html")
        assert ancestors(panel.headers) == ["'self'", "https://casa.example", "https://www.example.com"]
        assert panel.headers["cache-control"] == "no-cache"
        assert panel.headers["content-type"].startswith("text/html")
        for path in ("/", "/embed.html", "/embed/", "/nothing-here", "/readyz"):
            assert ancestors((await http.get(path)).headers) == ["'none'"], path


@pytest.mark.usefixtures("built")
async def test_the_loader_is_asked_for_again_by_its_tag() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        first = await http.get("/widget.js", headers={"Origin": "https://www.example.com"})
        assert (first.status_code, first.headers["access-control-allow-origin"]) == (200, "*")
        again = await http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == first.headers["cache-control"]


@pytest.mark.usefixtures("built")
async def test_what_is_worth_it_comes_compressed_to_whoever_can_read_that(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text("let talk;" * 500, encoding="utf-8")
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        packed = await http.get("/page.js")
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < 200
        plain = await http.get("/page.js", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text == "let talk;" * 500
        assert "Accept-Encoding" in plain.headers["vary"]
        assert "content-encoding" not in (await http.get("/livez")).headers


async def test_a_panel_that_is_not_built_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedding, "PAGE", tmp_path / "embed.html")
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        answer = await http.get("/embed")
        assert (answer.status_code, "make web" in answer.text) == (503, True)


def test_the_panel_is_where_the_build_puts_it() -> None:
    assert embedding.PAGE == STATIC / "embed.html"
