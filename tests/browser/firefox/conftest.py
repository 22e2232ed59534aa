"""A real Firefox, and guests who come in it: Playwright drives only a Firefox of its own."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.machine import missing
from websockets.sync.client import connect

from ..conftest import built_page
from ..hearing import CONSENT_SCRIPT, MICROPHONE_SCRIPT, TAP_SCRIPT
from ..kit.bidi import Bidi, BidiPage
from ..kit.guest import Guest
from ..kit.programs import free_port, listens, program, silent_loudspeaker
from ..mock_server import MockServer

PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}
"""Nothing is fetched from anywhere; the microphone is one that hums, and is allowed. Sound still waits for a press."""

# What the policy of the page has kept from happening, which Firefox tells the page and no driver.
POLICY_SCRIPT = "document.addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective));"

VisitFirefox = Callable[..., Guest[BidiPage]]


@pytest.fixture(scope="module")  # it takes a sixth of a core even when nobody uses it
def bidi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bidi]:
    """Firefox on a machine without screen and loudspeaker: it keeps the time of its sound by a loudspeaker's clock."""
    built_page()
    command = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if command is None or shutil.which("pulseaudio") is None:
        missing("no Firefox, or no PulseAudio for it: apt-get install firefox-esr pulseaudio")
    folder, port = tmp_path_factory.mktemp("firefox"), free_port()
    with silent_loudspeaker(folder) as environment:
        how = ["--headless", "--no-remote", "--profile", str(_profile(folder)), f"--remote-debugging-port={port}"]
        with program([command, *how], environment, lambda: listens(port)):  # noqa: SIM117 (one needs the other)
            with connect(f"ws://127.0.0.1:{port}/session", proxy=None, max_size=None) as connection:
                yield Bidi(connection)


def _profile(folder: Path) -> Path:
    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    return profile


@pytest.fixture
def visit(bidi: Bidi, server: MockServer) -> Iterator[VisitFirefox]:
    """A guest at the page, as in the tests in Chromium; no error may reach the console."""
    pages: list[BidiPage] = []

    def visit(
        path: str = "/?lang=es",
        *,
        at: str | None = None,
        microphone: bool = True,
        consent: str | None = "voice",
        also: Sequence[str] = (),
    ) -> Guest[BidiPage]:
        scripts = [POLICY_SCRIPT, TAP_SCRIPT, *also]
        if consent is not None:
            scripts.append(CONSENT_SCRIPT % consent)
        if microphone:
            scripts.append(MICROPHONE_SCRIPT)
        page = BidiPage(bidi, scripts)
        pages.append(page)
        page.goto((at or server.url) + path)
        return Guest(page)

    yield visit
    problems = [problem for page in pages for problem in page.problems()]
    for page in pages:
        page.close()
    assert problems == []
