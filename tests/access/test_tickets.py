"""Session tokens: what is not signed by us, for this, and in time, is not read."""

import base64
import json
import time

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.server.access.signing import BadTokenError, Signer
from enterprise_stream.server.access.tickets import LIFETIME_S, MAX_TOKEN_CHARS, Tickets
from enterprise_stream.server.access.used import UsedInMemory
from enterprise_stream.testing import FakeClock

SECRET = "a secret of tests, 32 characters or more"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tickets(clock: FakeClock) -> Tickets:
    return Tickets(SECRET, clock)


def refused(tickets: Tickets, token: str) -> None:
    with pytest.raises(BadTokenError):
        tickets.read(token)


@given(
    tenant=st.text(max_size=32),
    origin=st.none() | st.just("https://www.example.com"),
    language=st.none() | st.just("en"),
    max_seconds=st.none() | st.floats(0.1, 86_400),
    most=st.integers(0, 10**10),
)
def test_what_is_minted_is_read(
    tenant: str, origin: str | None, language: str | None, max_seconds: float | None, most: int
) -> None:
    tickets = Tickets(SECRET, FakeClock())
    token, ticket = tickets.mint(
        tenant, origin=origin, language=language, max_seconds=max_seconds, max_microdollars=most
    )
    assert tickets.read(token) == ticket
    assert set(token) <= set(ALPHABET)  # what a subprotocol's name may hold


@pytest.mark.requirement("S2")
@given(st.data())
def test_no_letter_of_a_token_can_be_changed(data: st.DataObject) -> None:
    tickets = Tickets(SECRET, FakeClock())
    token, ticket = tickets.mint("hotel")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    changed = token[:at] + other + token[at + 1 :]
    try:
        assert tickets.read(changed) == ticket  # the same bytes in another spelling of base64
    except BadTokenError:
        assert changed != token


@pytest.mark.requirement("S2")
@given(st.text() | st.text(ALPHABET, max_size=500))
def test_no_text_is_a_token(text: str) -> None:
    refused(Tickets(SECRET, FakeClock()), text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_another_signs_is_no_token(claims: object) -> None:
    forged = ".".join((_segment({"alg": "HS256", "typ": "JWT"}), _segment(claims), _segment("x")))
    refused(Tickets(SECRET, FakeClock()), forged)


@pytest.mark.requirement("S2")
@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256", "ES256"])
def test_another_algorithm_is_refused_even_with_the_right_key(tickets: Tickets, algorithm: str) -> None:
    token, _ = tickets.mint("hotel")
    _, payload, signature = token.split(".")
    refused(tickets, ".".join((_segment({"alg": algorithm, "typ": "JWT"}), payload, signature)))
    refused(tickets, ".".join((_segment({"alg": algorithm, "typ": "JWT"}), payload, "")))


@pytest.mark.requirement("S2")
def test_another_s_secret_and_the_bare_secret_are_refused(tickets: Tickets, clock: FakeClock) -> None:
    refused(tickets, Tickets(SECRET[::-1], clock).mint("hotel")[0])
    claims = _claims(tickets.mint("hotel")[0])
    refused(tickets, jwt.encode(claims, SECRET, "HS256"))


@pytest.mark.requirement("S2")
def test_what_is_signed_for_another_purpose_is_refused(tickets: Tickets, clock: FakeClock) -> None:
    claims = _claims(tickets.mint("hotel")[0])
    refused(tickets, Signer(SECRET, "admin", clock).sign(claims, clock.wall_ms() + 60_000))
    own = Signer(SECRET, "session", clock)
    refused(tickets, jwt.encode(claims | {"aud": "admin"}, own._key, "HS256"))
    refused(tickets, jwt.encode({k: v for k, v in claims.items() if k != "aud"}, own._key, "HS256"))


@pytest.mark.requirement("S2")
@pytest.mark.parametrize("left_out", ["exp", "tenant", "session_id", "id", "max_microdollars"])
def test_a_token_with_something_left_out_is_refused(tickets: Tickets, clock: FakeClock, left_out: str) -> None:
    claims = _claims(tickets.mint("hotel")[0])
    del claims[left_out]
    refused(tickets, jwt.encode(claims, Signer(SECRET, "session", clock)._key, "HS256"))


def test_a_token_is_good_for_a_minute(tickets: Tickets, clock: FakeClock) -> None:
    token, ticket = tickets.mint("hotel")
    clock.advance(LIFETIME_S * 1000 - 1)
    assert tickets.read(token) == ticket
    clock.advance(1)
    refused(tickets, token)


@pytest.mark.requirement("S2")
@pytest.mark.parametrize("until", [float("nan"), float("inf"), "soon", None, [1], 10**400, -1])
def test_a_time_that_is_none_is_refused(tickets: Tickets, clock: FakeClock, until: object) -> None:
    claims = _claims(tickets.mint("hotel")[0]) | {"exp": until}
    forged = jwt.encode(claims, Signer(SECRET, "session", clock)._key, "HS256") if until != until else None
    if forged is None:
        key = Signer(SECRET, "session", clock)._key
        forged = jwt.api_jws.encode(json.dumps(claims).encode(), key, "HS256")
    if until == float("inf"):
        assert tickets.read(forged).tenant == "hotel"  # only we can sign it, and never do
    else:
        refused(tickets, forged)


def test_a_long_token_costs_nothing(tickets: Tickets) -> None:
    began = time.thread_time()  # what it costs, whoever else is at work
    refused(tickets, "a" * (MAX_TOKEN_CHARS + 1))
    refused(tickets, "." * 10**7)
    assert time.thread_time() - began < 1


@pytest.mark.requirement("S3")
async def test_a_token_is_used_once_and_forgotten_when_it_is_too_old(tickets: Tickets, clock: FakeClock) -> None:
    used = UsedInMemory(clock)
    first, second = tickets.mint("hotel")[1], tickets.mint("hotel")[1]
    assert [await used.use(each) for each in (first, second, first, second)] == [True, True, False, False]
    clock.advance(LIFETIME_S * 1000)
    assert await used.use(tickets.mint("hotel")[1])
    assert len(used._over_at) == 1


@pytest.mark.requirement("S3")
async def test_a_token_from_before_the_process_counts_as_used(tickets: Tickets, clock: FakeClock) -> None:
    """It may have been used on the server that ended."""
    before = tickets.mint("hotel")[1]
    clock.advance(1)
    assert not await UsedInMemory(clock).use(before)


async def test_a_full_table_lets_nobody_in_rather_than_a_token_twice(
    tickets: Tickets, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enterprise_stream.server.access.used.MAX_USED", 2)
    used = UsedInMemory(clock)
    many = [tickets.mint("hotel")[1] for _ in range(3)]
    assert [await used.use(each) for each in (*many, many[0])] == [True, True, False, False]


# --- clocks that are set ----------------------------------------------------------------------------------------------

HOUR_MS = 3_600_000.0


@pytest.mark.parametrize("by_ms", [-HOUR_MS, HOUR_MS])
async def test_a_clock_that_is_set_touches_no_token_of_this_process(
    tickets: Tickets, clock: FakeClock, by_ms: float
) -> None:
    used = UsedInMemory(clock)
    clock.advance(1_000)
    first = tickets.mint("hotel")[0]
    clock.set_wall(by_ms)
    for token in (first, tickets.mint("hotel")[0]):
        assert [await used.use(tickets.read(token)) for _ in range(2)] == [True, False]
    clock.advance(LIFETIME_S * 1000)
    refused(tickets, first)
    assert await used.use(tickets.read(tickets.mint("hotel")[0]))
    assert len(used._over_at) == 1


@pytest.mark.parametrize("by_ms", [-HOUR_MS, HOUR_MS])
async def test_a_new_token_of_another_process_is_good_as_its_dates_say(clock: FakeClock, by_ms: float) -> None:
    used, here, there = UsedInMemory(clock), Tickets(SECRET, clock), Tickets(SECRET, clock)
    clock.advance(1_000)
    former = there.mint("hotel")[0]
    clock.set_wall(by_ms)
    refused(here, former)
    token = there.mint("hotel")[0]
    clock.advance(LIFETIME_S * 1000 - 1)
    assert [await used.use(here.read(token)) for _ in range(2)] == [True, False]
    clock.advance(1)
    refused(here, token)


@pytest.mark.requirement("S3")
async def test_a_token_that_was_used_before_a_restart_is_not_good_again_where_the_clock_is_set_back(
    clock: FakeClock,
) -> None:
    token = Tickets(SECRET, clock).mint("hotel")[0]
    clock.advance(5_000)
    used, here = UsedInMemory(clock), Tickets(SECRET, clock)
    assert not await used.use(here.read(token))
    for by_ms in (-30_000, -HOUR_MS):
        clock.set_wall(by_ms)
        refused(here, token)
