"""Look-up in the business's knowledge file."""

from collections.abc import Mapping
from typing import Any

from enterprise_stream.thinking.facts import Facts
from enterprise_stream.thinking.ports import ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, Tool
from enterprise_stream.tools.implementation import Prepared

NAME = "look_up_facts"

TOOL = Tool(
    ToolSpec(
        NAME,
        "Looks up what the business knows: prices, rules, equipment, how to get there. Call it when the facts "
        "that you were given do not answer the question.",
        {
            "type": "object",
            "properties": {
                "question": {"type": "string", "minLength": 1, "maxLength": 400, "description": "What to find."}
            },
            "required": ["question"],
            "additionalProperties": False,
        },
    ),
    effect="none",
    cancellable=True,
    timeout_s=5.0,
    usual_ms=50.0,
)


class LookUpFacts:
    """Finds facts; offered beside those that a question already comes with."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @property
    def tool(self) -> Tool:
        """What it is."""
        return TOOL

    async def prepare(self, arguments: Mapping[str, Any], _caller: Caller) -> Prepared:
        """Any question will do."""
        return Prepared(arguments)

    async def run(self, arguments: Mapping[str, Any], _request: str, caller: Caller) -> Mapping[str, Any]:
        """Look it up."""
        found = await self._facts.find(caller.owner, arguments["question"], caller.language)
        if not found:
            return {"status": "nothing_found", "message": "The business has not said; offer to ask a person."}
        return {"status": "ok", "facts": [{"id": fact.id, "text": fact.text} for fact in found]}
