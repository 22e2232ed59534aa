"""Trials of the whole server, on vendors' emulators: what is changed is heard there, and nowhere else."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from tests.cloud.stage import Cloud, cloud
from tests.server.house import client

FACTS = Path("src/enterprise_stream/data/casas-del-turia.yaml").read_text(encoding="utf-8")


async def post(at: Cloud, **wish: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=at.place.http, trust_env=False) as http:
        return await http.post("/api/console/trials", json=wish)


async def ask(at: Cloud, trial: str, text: str) -> tuple[dict[str, Any], str]:
    """`ready` and the answer of a trial."""
    async with client(at.place, subprotocols=("enterprise-stream.v1", f"trial.{trial}")) as tried:
        ready = await tried.wait("ready")
        await tried.send("text", text=text)
        answer: str = (await tried.wait("response_complete"))["text"]
        return ready, answer


async def test_another_name_and_other_facts_are_in_the_trial_alone(tmp_path: Path) -> None:
    changed = FACTS.replace("name: Casas del Turia", "name: Casas del Júcar")
    async with cloud(tmp_path, answers=["De acuerdo."]) as at:
        opened = await post(at, persona={"name": "Lucía", "greeting": {"es": "¡Buenas!"}}, knowledge=changed)
        assert opened.status_code == 201, opened.text
        ready, answer = await ask(at, opened.json()["trial"], "Hola, ¿quién eres?")
        assert ready["persona"]["name"] == "Lucía"
        assert answer
        assert "Casas del Júcar" in str(at.mind.requests[-1].messages)
        async with client(at.place) as guest:
            assert (await guest.wait("ready"))["persona"]["name"] == "Sandra"


async def test_a_trial_is_no_call_but_its_money_is_counted(tmp_path: Path) -> None:
    async with cloud(tmp_path, answers=["De acuerdo."]) as at:
        opened = await post(at, persona={"name": "Lucía"})
        await ask(at, opened.json()["trial"], "Hola")
        assert at.place.service.meter.spent("").day > 0
        await asyncio.sleep(5)  # calls are kept beside the conversation
        assert (await at.page("/api/console/calls")).json()["calls"] == []


async def test_another_voice_of_the_vendor_is_heard(tmp_path: Path) -> None:
    async with cloud(tmp_path, answers=["De acuerdo."]) as at:
        voices = (await at.page("/api/console/trials")).json()["voices"]
        assert voices[0].startswith("deepgram-aura2:")
        opened = await post(at, voice="deepgram-aura2:aura-2-nestor-es")
        ready, _ = await ask(at, opened.json()["trial"], "Hola")
        assert "nestor" in ready["persona"]["voice"]


async def test_what_is_wrong_says_where_and_what_to_do(tmp_path: Path) -> None:
    async with cloud(tmp_path) as at:
        wrong = await post(at, knowledge=FACTS.replace("bedrooms: 2", "bedroms: 2", 1))
        assert wrong.status_code == 422
        first = wrong.json()["errors"][0]
        lines = FACTS.splitlines()
        assert first["where"] == "knowledge"
        assert abs(first["line"] - 1 - next(n for n, line in enumerate(lines) if "bedrooms: 2" in line)) < 10
        assert "bedrooms" in first["problem"]
        assert first["todo"]
        no_yaml = (await post(at, knowledge="a: [")).json()["errors"]
        assert no_yaml[0]["line"] >= 1
        greeting = (await post(at, persona={"greeting": {"es": "Hola {nadie}"}})).json()["errors"]
        assert (greeting[0]["where"], greeting[0]["line"]) == ("persona", 0), "no line of what the owner wrote"
        voice = (await post(at, voice="nobody")).json()["errors"]
        assert "deepgram-aura2" in voice[0]["problem"]
        assert (voice[0]["code"], voice[0]["values"]["value"]) == ("unknown_voice", "nobody")
        assert "deepgram-aura2" in voice[0]["values"]["allowed"]
