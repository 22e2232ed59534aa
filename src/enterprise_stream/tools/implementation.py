"""What a tool of ours is made of: what it is, what it makes of arguments, and what it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from enterprise_stream.thinking.tool_ports import Caller, Tool


@dataclass(frozen=True, slots=True)
class Prepared:
    """Arguments that follow the tool's schema and its own rules.

    Attributes:
        arguments: in the form that the tool takes.
        question: what the guest is asked before it runs, in his language; empty where nothing is asked.
    """

    arguments: Mapping[str, Any]
    question: str = ""


class Implementation(Protocol):
    """One tool, shared by all sessions."""

    @property
    def tool(self) -> Tool:
        """What it is."""
        ...

    async def prepare(self, arguments: Mapping[str, Any], caller: Caller) -> Prepared:
        """Check what the schema cannot say; does nothing.

        Raises:
            ToolError: it cannot be had so.
        """
        ...

    async def run(self, arguments: Mapping[str, Any], request: str, caller: Caller) -> Mapping[str, Any]:
        """Do it.

        Args:
            arguments: as prepared.
            request: 32 hexadecimal digits, the same for the same call of the same session: what is done under it is
                done once.
            caller: for whom.

        Raises:
            ToolError: it failed.
            EnterpriseStreamError: something that it stands on failed.
        """
        ...
