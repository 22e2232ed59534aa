"""Collections of garbage: what a server stands on is looked through once, not again and again beside its guests."""

import asyncio
import gc

from starlette.applications import Starlette

from enterprise_stream.server.serving import Server, server_config


async def _nothing() -> None:
    pass


def test_what_is_there_before_the_first_guest_is_spared() -> None:
    stands = [[number] for number in range(10_000)]
    server = Server(server_config(Starlette()), _nothing, leave_s=0)
    server.config.load()
    server.should_exit = True  # serve for no time at all
    asyncio.run(server.main_loop())
    looked_through = {id(thing) for thing in gc.get_objects()}
    assert not [thing for thing in stands if id(thing) in looked_through]
