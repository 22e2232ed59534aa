"""Named keys, rates, and where requests come from."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from enterprise_stream.keys import KeyRing, hashed, new_key, read_key, secret_part
from enterprise_stream.server.access.peers import address_of, on_this_machine
from enterprise_stream.server.access.rates import Rates

KEY = "esk_0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("written", "name"),
    [(KEY, ""), (f"casas:{KEY}", "casas"), (hashed(KEY), ""), (f"casas-2:{hashed(KEY)}", "casas-2")],
)
def test_a_key_is_known_however_it_is_written(written: str, name: str) -> None:
    ring = KeyRing([read_key(written)])
    assert ring.owner(KEY) == name
    assert ring.owner(KEY + "x") is None
    assert ring.owner(written if written != KEY else "") is None
    assert KEY not in repr(read_key(written))


def test_an_owner_may_have_several_keys_while_one_takes_the_other_s_place() -> None:
    old, new, other = new_key(), new_key(), new_key()
    ring = KeyRing(map(read_key, (f"casas:{old}", f"casas:{new}", f"hotel:{other}")))
    assert [ring.owner(key) for key in (old, new, other, new_key())] == ["casas", "casas", "hotel", None]


@pytest.mark.parametrize("bad", ["", "short", "casas:", "casas:short", "with a space in between", "ñandú" * 5])
def test_what_is_no_key_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="too short, or characters"):
        read_key(bad)


@given(st.text())
def test_no_text_is_a_key_by_chance(text: str) -> None:
    assert KeyRing([read_key(KEY)]).owner(text) is None or text == KEY


def test_the_secret_part_is_without_the_name() -> None:
    assert (secret_part(f"casas:{KEY}"), secret_part(KEY)) == (KEY, KEY)


def test_a_rate_is_kept_and_comes_back() -> None:
    rates = Rates(2, 3)
    assert [rates.take("a", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.take("b", 0) == 0
    assert (rates.wait_s("a", 250), rates.take("a", 500), rates.wait_s("a", 500)) == (0.25, 0, 0.5)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 5_000))))
def test_a_table_of_rates_is_bounded_and_nobody_gets_more(asked: list[tuple[str, int]]) -> None:
    rates, now, let = Rates(1, 2, known=8), 0.0, dict.fromkeys("abcdefgh", 0)
    for name, later in asked:
        now += later
        let[name] += rates.take(name, now) == 0
        assert len(rates._buckets) <= 8
    assert all(count <= 2 + now / 1000 for count in let.values())


def test_who_is_forgotten_is_who_was_not_seen_for_longest() -> None:
    rates = Rates(1, 1, known=2)
    for name in ("a", "b", "c"):
        rates.take(name, 0)
    assert [rates.wait_s(name, 0) > 0 for name in "abc"] == [False, True, True]


def _from(host: str | None, headers: Mapping[str, str] = MappingProxyType({})) -> HTTPConnection:
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": told, "client": None if host is None else (host, 1)})


@pytest.mark.parametrize(
    ("host", "address"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), (None, ""), ("a socket", "a socket")],
)
def test_an_address_is_what_one_customer_has(host: str | None, address: str) -> None:
    assert address_of(_from(host)) == address


@pytest.mark.parametrize(
    ("host", "headers", "here"),
    [
        ("127.0.0.1", {"host": "localhost:3000"}, True),
        ("::1", {"host": "[::1]:3000"}, True),
        ("127.0.0.1", {"host": "voice.example"}, False),
        ("127.0.0.1", {}, False),
        ("203.0.113.7", {"host": "localhost"}, False),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 x"}, False),
        (None, {"host": "localhost"}, False),
    ],
)
def test_only_what_comes_straight_from_this_machine_is_from_it(
    host: str | None, headers: dict[str, str], here: bool
) -> None:
    assert on_this_machine(_from(host, headers)) is here
