"""What the page is told of the business, and when a guest has to be asked again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from enterprise_stream.server.api import business
from enterprise_stream.server.processors import Processors
from enterprise_stream.server.service import Service
from enterprise_stream.thinking.knowledge import Business, Contact, Privacy, load_knowledge

from .house import house

DEMO = Path(__file__).parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"


async def _told(about: Business | None = None, **settings: Any) -> dict[str, Any]:
    """What `/api/business` answers for a business."""
    async with house() as place:
        service: Service = replace(place.service, **settings)
        if about is not None:
            service = replace(service, business=lambda: about)
    app = Starlette(routes=business.routes)
    app.state.service = service
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/api/business")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def _demo() -> Business:
    return load_knowledge(DEMO).business


async def test_the_house_serves_it_without_a_knowledge_file() -> None:
    async with house() as place, httpx.AsyncClient() as client:
        told = (await client.get(f"{place.http}/api/business")).json()
    assert told["persona"] == {"name": "Sandra"}
    assert told["languages"] == ["es", "en"]
    assert told["contact"] == {"phone": "", "whatsapp": "", "email": "", "address": ""}
    assert told["hours"] is None


async def test_who_answers_and_how_else_to_reach_the_business() -> None:
    told = await _told(_demo())
    assert (told["name"], told["place"], told["invented"]) == ("Casas del Turia", "Valencia", True)
    assert told["contact"]["phone"] == "+34 960 000 100"
    assert told["contact"]["email"].endswith(".example")
    assert told["hours"] == {"from": "9:00", "to": "20:00"}
    assert set(told["disclosure"]) == set(told["privacy"]["text"]) == set(told["examples"]) == {"es", "en"}
    assert all(len(examples) == business.EXAMPLES for examples in told["examples"].values())


async def test_the_offices_telephone_is_the_way_to_a_person_where_no_other_is_named() -> None:
    told = await _told(replace(_demo(), contact=Contact(phone=_demo().phones["office"])))
    assert told["contact"]["phone"] == "960 000 100"


async def test_only_languages_that_are_spoken_and_answered_are_offered() -> None:
    told = await _told(replace(_demo(), languages=("es",)))
    assert told["languages"] == ["es"]
    assert set(told["privacy"]["text"]) == {"es"}


async def test_what_is_kept_and_who_processes_it_is_told() -> None:
    short = await _told(_demo())
    long = await _told(_demo(), retention_days=30, processors=Processors(("deepgram", "openai")))
    assert "mientras dura" in short["privacy"]["text"]["es"]
    assert "only while" in short["privacy"]["text"]["en"]
    assert "30 días" in long["privacy"]["text"]["es"]
    assert "Deepgram, OpenAI" in long["privacy"]["text"]["en"]
    assert "our behalf" not in short["privacy"]["text"]["en"], "all of it is done here"


async def test_a_server_of_a_vendor_s_protocol_is_not_called_the_vendor() -> None:
    other = await _told(_demo(), processors=Processors(("deepgram",), others=True))
    assert "on our behalf by Deepgram, another service of our choice." in other["privacy"]["text"]["en"]
    assert "por nuestra cuenta: Deepgram, otro servicio que hemos elegido." in other["privacy"]["text"]["es"]


async def test_the_owners_own_words_come_first() -> None:
    about = replace(_demo(), privacy=Privacy("https://casa.example/privacidad", {"es": "Nuestras palabras."}))
    told = await _told(about)
    assert told["privacy"]["url"] == "https://casa.example/privacidad"
    assert told["privacy"]["text"]["es"] == "Nuestras palabras."
    assert told["privacy"]["text"]["en"].startswith("Sandra answers")


async def test_a_guest_is_asked_again_when_what_is_told_changes_and_only_then() -> None:
    about = _demo()
    version = (await _told(about))["privacy"]["version"]
    assert (await _told(replace(about, name="Otra")))["privacy"]["version"] == version
    other = [
        await _told(about, retention_days=7),
        await _told(replace(about, privacy=Privacy("https://casa.example/privacidad"))),
        await _told(replace(about, privacy=Privacy(text={"en": "Other words."}))),
        await _told(about, processors=Processors(("openai",))),
    ]
    versions = {told["privacy"]["version"] for told in other}
    assert len(versions | {version}) == 5
