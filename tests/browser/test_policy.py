"""Script that is not ours: whoever gets a piece of it into a page of ours gets it no further."""

import pytest
from playwright.sync_api import Browser, expect

from .conftest import OpenPage
from .mock_server import MockServer

pytestmark = pytest.mark.browser

ANSWER = "<script>window.__ran=2</script><b>hola</b>"

BLOCKED = ("connect-src", "frame-src", "script-src-attr", "script-src-elem")
"""What each of the tries below offends against."""

# The browser tells of a frame that it keeps out when another process of its own has said so.
TRIES = """async (expected) => {
    const blocked = [];
    addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
    const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
    add("script", { textContent: "window.__ran = 'inline'" });
    add("script", { src: "http://127.0.0.1:9/foreign.js" });
    add("script", { src: "data:text/javascript,window.__ran='data'" });
    add("script", { src: URL.createObjectURL(new Blob(["window.__ran = 'blob'"])), type: "module" });
    document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror=\\"window.__ran = 'handler'\\">");
    document.body.insertAdjacentHTML("beforeend", "<iframe src='http://127.0.0.1:9/'></iframe>");
    document.body.insertAdjacentHTML("beforeend", "<a id='js' href=\\"javascript:window.__ran='address'\\">x</a>");
    document.getElementById("js").click();
    await fetch("http://127.0.0.1:9/collect").catch(() => {});
    navigator.sendBeacon("http://127.0.0.1:9/collect", "words");
    const end = Date.now() + 10_000;
    while (!expected.every((each) => blocked.includes(each)) && Date.now() < end) {
        await new Promise((done) => setTimeout(done, 20));
    }
    await new Promise((done) => setTimeout(done, 300));
    return { ran: window.__ran ?? null, blocked: [...new Set(blocked)].sort() };
}"""


@pytest.mark.requirement("S24")
@pytest.mark.parametrize("path", ["/?lang=es", "/embed?lang=es"])
def test_foreign_and_inline_script_is_blocked_and_sends_nothing_home(
    browser: Browser, server: MockServer, path: str
) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(server.url + path)
        outcome = page.evaluate(TRIES, BLOCKED)
    finally:
        context.close()
    assert outcome["ran"] is None
    assert set(BLOCKED) <= set(outcome["blocked"])


@pytest.mark.requirement("S24")
def test_what_is_said_is_shown_as_words_and_never_as_a_page(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#words").fill("<img src=x onerror='window.__ran=1'>")
    page.keyboard.press("Enter")
    server.wait_for("text")
    server.send("transcription", turn=1, text="<img src=x onerror='window.__ran=1'>", final=True, language="es")
    server.send("response_chunk", turn=1, text=ANSWER)
    server.complete(1, ANSWER)
    expect(page.locator(".guest .said")).to_have_text("<img src=x onerror='window.__ran=1'>")
    expect(page.locator(".sandra .said")).to_have_text(ANSWER)
    assert page.locator(".guest img").count() == 0
    assert page.evaluate("window.__ran ?? null") is None
