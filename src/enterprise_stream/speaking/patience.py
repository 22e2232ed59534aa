"""How long a service's next sound is waited for, whichever way it comes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from enterprise_stream.errors import VendorError

FIRST_S = 2.0
"""What the first sound may take; 90 to 310 ms are usual."""

NEXT_S = 2.0
"""What each further piece may take."""

FIRST_BYTES = 960
"""A first piece of 20 ms, which is played at once."""

NEXT_BYTES = 4_800
"""Further pieces of 100 ms: what trickles more slowly than that is a stall."""


async def pieces_in_time(pcm: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The same bytes in pieces of a size that can be played.

    Raises:
        VendorError: a piece did not come in time; and whatever `pcm` raises.
    """
    gathered = bytearray()
    least, patience_s = FIRST_BYTES, FIRST_S
    more = True
    while more:
        try:
            async with asyncio.timeout(patience_s):
                while more and len(gathered) < least:
                    data = await anext(pcm, None)
                    more = data is not None
                    gathered += data or b""
        except TimeoutError:
            raise VendorError("The voice has been silent for too long.", code="vendor_timeout") from None
        if gathered:
            yield bytes(gathered)
        gathered.clear()
        least, patience_s = NEXT_BYTES, NEXT_S
