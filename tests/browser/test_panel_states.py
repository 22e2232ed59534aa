"""What holds in every state of the panel: nothing for axe to find, room for a finger, no motion, nothing cut off."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .kit.axe import assert_accessible
from .kit.targets import too_small
from .mock_server import MockServer
from .scenes import FAILED, GRIP_SCRIPT, SCENES, TOLD, Scene, options, speaking

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 800), "phone": (360, 740)}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_state_is_accessible(open_page: OpenPage, server: MockServer, scene: Scene) -> None:
    width, height = SIZES["phone"]
    page = open_page(
        width=width,
        height=height,
        reduced_motion="reduce",
        microphone=scene.silent,
        consent="voice" if scene.accepted else None,
    )
    scene.play(page, server, "es")
    accessible(page)


def test_whatever_a_guest_is_told_is_accessible(open_page: OpenPage, server: MockServer) -> None:
    page = open_page("/livez", reduced_motion="reduce")
    page.add_init_script(GRIP_SCRIPT)
    for scene in (*TOLD, *FAILED):
        page.goto(f"{server.url}/livez")
        page.evaluate("sessionStorage.clear()")  # or the page goes on by itself with the scene before
        server.reset()
        page.goto(f"{server.url}/?lang=es")
        scene.play(page, server, "es")
        accessible(page)


def accessible(page: Page) -> None:
    """By day and by night, at either size: nothing for axe to find, no motion, room for a finger, nothing too wide."""
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        assert page.evaluate("document.getAnimations().length") == 0, "less motion is wanted"
        assert too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_cut_off_at_any_width(open_page: OpenPage, server: MockServer, width: int, language: str) -> None:
    page = open_page(f"/?lang={language}", width=width, height=700)
    speaking(page, server, language)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("#talk", "#words", "#options", "#state"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 700
    stage, dock = page.locator("#disclosure").bounding_box(), page.locator(".dock").bounding_box()
    assert stage is not None
    assert dock is not None
    assert stage["y"] + stage["height"] <= dock["y"], "the disclosure stands clear of the button"


def test_a_phone_on_its_side_can_reach_everything(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(width=740, height=360, touch=True)
    for part in ("#talk", "#words", "#options"):
        page.locator(part).scroll_into_view_if_needed()
        expect(page.locator(part)).to_be_in_viewport()
    options(page, server, "es")
    page.locator("#erase").scroll_into_view_if_needed()
    expect(page.locator("#erase")).to_be_in_viewport()
