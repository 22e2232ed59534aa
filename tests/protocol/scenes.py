"""Scenes that run side by side.

Spoken conversations take their real time, and most of it is waiting. A module lists its scenes; the fixture
`running` starts those that were selected, a few at once, and each test waits for its own.
"""

import asyncio
from collections.abc import Awaitable, Callable

Scene = Callable[[str], Awaitable[None]]
AT_ONCE = 4


class Scenes:
    """The scenes of one module, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Scene] = {}

    def add(self, scene: Scene) -> Scene:
        """Decorator: adds a scene under its function's name."""
        self.by_name[scene.__name__] = scene
        return scene

    def add_as(self, name: str, scene: Scene) -> None:
        """Adds a scene under a name of its own."""
        self.by_name[name] = scene

    @property
    def names(self) -> list[str]:
        """Names, in the order in which they were added."""
        return list(self.by_name)


class Running:
    """The selected scenes of one module, under way."""

    def __init__(self, scenes: Scenes, names: list[str], url: str) -> None:
        self._turnstile = asyncio.Semaphore(AT_ONCE)
        self._tasks = {name: asyncio.create_task(self._run(scenes.by_name[name], url)) for name in names}

    async def _run(self, scene: Scene, url: str) -> None:
        async with self._turnstile:
            await scene(url)

    async def __call__(self, name: str) -> None:
        """Waits for one scene and raises what it raised."""
        await self._tasks[name]

    async def stop(self) -> None:
        """Ends what is still running."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
