from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from enterprise_stream.cost.money import dollars, micro
from enterprise_stream.cost.price_file import LISTED, load_prices
from enterprise_stream.cost.prices import Price, Prices
from enterprise_stream.errors import ConfigError
from enterprise_stream.purchases import Purchase
from enterprise_stream.vendor_settings import VENDOR_OF, VendorSettings

DAY = "2026-11-21"


def llm(model: str = "gpt-4o-mini", **amounts: int) -> Purchase:
    return Purchase("s", "llm", "openai", model, **amounts)


@pytest.fixture(scope="module")
def listed() -> Prices:
    return load_prices()


@pytest.mark.parametrize(
    ("purchase", "microdollars"),
    [
        (Purchase("s", "stt", "deepgram-flux", "flux-general-multi", audio_ms=60_000), 7_800),
        (Purchase("s", "stt", "deepgram-flux", "flux-general-en", audio_ms=60_000), 6_500),
        (Purchase("s", "stt", "deepgram-flux", "flux-general-multi", audio_ms=80), 10),
        (llm(input_tokens=1_000_000), 150_000),
        (llm(input_tokens=1_000_000, cached_tokens=1_000_000), 75_000),
        (llm(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=1_000), 120_600),
        (llm("gpt-4o-mini-2024-07-18", output_tokens=1_000_000), 600_000),
        (llm("gpt-6-luna", input_tokens=100, output_tokens=60), 40),
        (Purchase("s", "tts", "deepgram-aura2", "aura-2-diana-es", chars=1_000), 30_000),
        (Purchase("s", "tts", "openai-speech", "gpt-4o-mini-tts", audio_ms=60_000, chars=840), 15_000),
        (Purchase("s", "tts", "elevenlabs", "eleven_flash_v2_5", chars=100), 5_000),
        (Purchase("s", "tts", "cartesia", "sonic-3.5", chars=100), 4_800),
    ],
)
def test_list_prices(listed: Prices, purchase: Purchase, microdollars: int) -> None:
    with capture_logs() as logs:
        assert listed.price(purchase, DAY) == microdollars
    assert logs == []


def test_every_default_model_of_a_vendor_has_a_price(listed: Prices) -> None:
    fields = VendorSettings.model_fields
    models = {
        "deepgram-flux": "deepgram_flux_model", "deepgram-nova3": "deepgram_model", "deepgram-nova2": None,
        "deepgram-aura2": "deepgram_voice", "openai": "openai_model", "openai-speech": "openai_tts_model",
        "elevenlabs": "elevenlabs_model", "cartesia": "cartesia_model",
    }  # fmt: skip
    assert models.keys() == VENDOR_OF.keys()
    for engine, setting in models.items():
        model = fields[setting].default if setting else "nova-2"
        assert listed.find(Purchase("s", "llm", engine, model), DAY) is not None, engine
    for successor in fields["openai_successors"].default:
        assert listed.find(llm(successor), DAY) is not None


def test_every_row_says_where_it_was_read(listed: Prices) -> None:
    for row in listed.rows:
        assert row.source or row.doubt, row
        assert "." not in row.models, row


def test_the_row_in_force_is_the_latest_that_has_begun() -> None:
    def row(day: str, dollars: str, *models: str) -> Price:
        return Price("openai", models or ("m",), day, million_input=Decimal(dollars))

    prices = Prices(
        [row("2026-01-01", "1"), row("2026-06-01", "2"), row("2027-01-01", "9"), row("2026-09-01", "5", "m*")]
    )
    million = llm("m", input_tokens=1_000_000)
    assert [prices.price(million, day) / 1e6 for day in ("2025-01-01", "2026-01-01", "2026-05-31", "2026-06-01")] == [
        1, 1, 1, 2,
    ]  # fmt: skip
    assert prices.price(million, DAY) == 2_000_000  # the very model's row before a pattern's


def test_an_unknown_model_costs_what_the_dearest_of_its_engine_would_and_is_told_once(listed: Prices) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            assert listed.price(llm("gpt-9", input_tokens=1_000_000), DAY) == 150_000
            assert listed.price(Purchase("s", "tts", "elevenlabs", "v9", chars=1_000), DAY) == 100_000
    assert [(line["event"], line["engine"], line["model"]) for line in logs] == [
        ("price_unknown", "openai", "gpt-9"),
        ("price_unknown", "elevenlabs", "v9"),
    ]
    with capture_logs():
        assert listed.price(Purchase("s", "tts", "nobody", "v1", chars=1_000), DAY) == 100_000


def test_an_owners_prices_come_first(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "prices:\n- {engine: openai, models: ['qwen*'], valid_from: 2026-01-01}\n"
        "- {engine: deepgram-aura2, models: [aura-2-*], valid_from: 2026-01-01, thousand_chars: 0.027}\n"
    )
    prices = load_prices(own)
    assert prices.price(llm("qwen3", input_tokens=9_999), DAY) == 0
    assert prices.price(Purchase("s", "tts", "deepgram-aura2", "aura-2-diana-es", chars=1_000), DAY) == 27_000
    assert prices.price(llm(input_tokens=1_000_000), DAY) == 150_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prices: [}", "line 1: this is not YAML"),
        ("- engine: openai", "the whole file"),
        ("prices:\n- {engine: openai, models: [m]}", "row 1 valid_from"),
        ("prices:\n- {engine: openai, models: [m], valid_from: 2026-01-01, million_input: -1}", "row 1 million_input"),
        ("prices:\n- {engine: openai, models: [m], valid_from: 2026-01-01, per_call: 1}", "row 1 per_call"),
        ("\x00\xff", "YAML"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=told):
        load_prices(file)


def test_the_list_can_be_an_owners_file() -> None:
    assert len(load_prices(LISTED).rows) == 2 * len(load_prices().rows)


@given(st.decimals(min_value=0, max_value=10_000, places=8))
def test_money_is_rounded_once_and_by_half_of_a_micro_dollar_at_most(amount: Decimal) -> None:
    assert abs(Decimal(micro(amount)) / 1_000_000 - amount) <= Decimal("0.0000005")
    assert micro(dollars(micro(amount))) == micro(amount)


@given(
    st.integers(0, 100_000), st.integers(0, 100_000), st.integers(0, 10_000), st.integers(0, 10_000),
    st.floats(0, 1e7, allow_nan=False),
)  # fmt: skip
def test_no_purchase_costs_less_for_being_more(fresh: int, cached: int, output: int, chars: int, ms: float) -> None:
    tokens = Decimal(3), Decimal(1), Decimal(9)
    row = Price("e", ("m",), DAY, Decimal("0.0078"), *tokens, thousand_chars=Decimal("0.03"))
    price = row.of(Purchase("s", "llm", "e", "m", ms, fresh + cached, cached, output, chars))
    assert price >= 0
    assert row.of(Purchase("s", "llm", "e", "m", ms, fresh + cached, cached, output + 1, chars)) > price
