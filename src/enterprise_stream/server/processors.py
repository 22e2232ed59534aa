"""Who else is given what a guest says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Processors:
    """Who processes what a guest says on the business's behalf; nobody where this machine does it all.

    Attributes:
        vendors: whose own servers are asked, `openai` for example.
        others: whether another server beyond this machine that speaks a vendor's protocol is asked too.
    """

    vendors: tuple[str, ...] = ()
    others: bool = False
