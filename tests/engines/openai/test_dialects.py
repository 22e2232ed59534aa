"""Models that want other parameters, and models that are gone."""

import pytest

from enterprise_stream.engines.openai.dialects import Dialect, dialect_of, without
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.thinking.ports import Question

from .vendor import Refuses, Vendor, answered, brain_on, says

ASKED = Question("ana", "¿Hay wifi?", "es", today="2026-11-21")


def unsupported(param: str, code: str = "unsupported_parameter") -> Refuses:
    told = f"Unsupported parameter: '{param}' is not supported with this model."
    return Refuses(400, {"message": told, "type": "invalid_request_error", "param": param, "code": code})


GONE = Refuses(
    404, {"message": "The model does not exist.", "type": "invalid_request_error", "code": "model_not_found"}
)


@pytest.mark.parametrize(
    ("model", "limit", "effort"),
    [
        ("gpt-4o-mini", "max_tokens", None),
        ("gpt-4.1", "max_tokens", None),
        ("gpt-6-luna", "max_completion_tokens", "none"),
        ("gpt-5.2-mini", "max_completion_tokens", "none"),
        ("gpt-10", "max_completion_tokens", "none"),
        ("o4-mini", "max_completion_tokens", "none"),
        ("gpt-5-chat-latest", "max_tokens", None),
    ],
)
def test_a_dialect_is_known_by_the_models_name(model: str, limit: str, effort: str | None) -> None:
    dialect = dialect_of(model, own_server=False)
    assert (dialect.limit, dialect.effort, dialect.temperature) == (limit, effort, effort is None)
    assert dialect_of(model, own_server=True).limit == limit


def test_what_a_refusal_does_not_name_stays() -> None:
    assert without(Dialect(), "something else is wrong") is None
    assert without(Dialect(effort="low"), "'reasoning_effort' must be…") == Dialect(effort=None)


async def test_a_dialect_is_learnt_and_kept() -> None:
    bought: list[Purchase] = []
    refusals = (unsupported("max_tokens"), unsupported("temperature", "unsupported_value"))
    vendor = Vendor(*refusals, says("Sí."))
    async with brain_on(vendor, bought, model="tomorrow-1") as brain:
        assert (await answered(brain, ASKED))[0] == "Sí."
        await answered(brain, ASKED)
    assert len(vendor.asked) == 4
    assert "temperature" not in vendor.asked[3]
    assert vendor.asked[3]["max_completion_tokens"] == 300
    assert len(bought) == 2


async def test_a_server_that_names_parameters_only_in_words_is_understood() -> None:
    refusal = Refuses(400, {"message": "Extra inputs are not permitted: stream_options", "code": 400})
    vendor = Vendor(refusal, says("Sí."))
    async with brain_on(vendor, base_url="http://127.0.0.1:1/v1") as brain:
        await answered(brain, ASKED)
    assert "stream_options" not in vendor.asked[1]


async def test_parameters_are_not_tried_for_ever() -> None:
    vendor = Vendor(unsupported("max_tokens"), unsupported("max_completion_tokens"), unsupported("max_tokens"))
    async with brain_on(vendor) as brain:
        with pytest.raises(VendorError) as caught:
            await answered(brain, ASKED)
    assert (caught.value.code, caught.value.retryable) == ("vendor_bad_request", False)
    assert len(vendor.asked) == 2


async def test_a_successor_takes_over_once_the_model_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    bought: list[Purchase] = []
    vendor = Vendor(GONE, says("Sí."))
    async with brain_on(vendor, bought, successors=("gpt-6-luna",)) as brain:
        assert (await answered(brain, ASKED))[0] == "Sí."
        await answered(brain, ASKED)
    assert [body["model"] for body in vendor.asked] == ["gpt-4o-mini", "gpt-6-luna", "gpt-6-luna"]
    assert vendor.asked[2]["reasoning_effort"] == "none"
    assert "temperature" not in vendor.asked[2]
    assert len(bought) == 2
    assert capsys.readouterr().out.count("openai_model_gone") == 1


async def test_without_a_successor_the_model_is_gone() -> None:
    async with brain_on(Vendor(GONE)) as brain:
        with pytest.raises(VendorError) as caught:
            await answered(brain, ASKED)
    assert caught.value.code == "model_gone"
