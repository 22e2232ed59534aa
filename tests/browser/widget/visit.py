"""A guest on a page of somebody else's."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import FrameLocator, Locator, Page, expect


@dataclass
class Visit:
    """A guest on a host's page."""

    page: Page
    console: list[str] = field(default_factory=list)

    @property
    def panel(self) -> FrameLocator:
        """Our page in the frame."""
        return self.page.frame_locator("sandra-voice iframe")

    @property
    def launcher(self) -> Locator:
        """The element's button."""
        return self.page.locator("sandra-voice").first.locator("[part=launcher]")

    def open(self) -> None:
        """Press the launcher, and wait for the panel."""
        self.launcher.click()
        self.ready()

    def ready(self) -> None:
        """The panel is there."""
        expect(self.page.locator("sandra-voice [part=panel]").first).to_have_attribute("data-panel", "ready")

    def advice(self) -> list[str]:
        """What the element told the people who build the page."""
        return [text for text in self.console if text.startswith("<sandra-voice>")]

    @property
    def box(self) -> Locator:
        """The panel's box, on the host's side."""
        return self.page.locator("sandra-voice").first.locator("[part=panel]")


Go = Callable[..., Visit]
