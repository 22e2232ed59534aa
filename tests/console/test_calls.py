"""Calls as the console lists and shows them."""

from urllib.parse import urlencode

from tests.console.conftest import CALLS, Console

from enterprise_stream.store.calls.keeping import SILENT_MS


async def test_pages_follow_each_other_newest_first_without_a_call_twice_or_missing(console: Console) -> None:
    found, before = [], None
    while True:
        page = await console.get("calls", limit=50, **({} if before is None else {"before": before}))
        found += page["calls"]
        before = page["next"]
        if before is None:
            break
    assert len({call["session"] for call in found}) == len(found) == CALLS
    starts = [call["started_at"] for call in found]
    assert starts == sorted(starts, reverse=True)


async def test_live_calls_and_past_ones_are_told_apart(console: Console) -> None:
    live = (await console.get("calls", live="true"))["calls"]
    past = (await console.get("calls", live="false", limit=200))["calls"]
    assert [call["ended_at"] for call in live] == [None, None]
    assert len(past) == CALLS - 2
    assert all(call["ended_at"] is not None and not call["live"] for call in past)


async def test_a_call_that_nobody_tells_of_any_more_has_ended(console: Console) -> None:
    console.clock.advance(3_600_000 + SILENT_MS + 1)
    newest = (await console.get("calls", limit=1))["calls"][0]
    assert not newest["live"]
    assert newest["end_reason"] == "lost"
    assert newest["ended_at"] is not None


async def test_calls_are_found_by_what_was_said_whatever_the_accents(console: Console) -> None:
    found = (await console.get("calls", q="bicicletas ELECTRICAS", limit=200))["calls"]
    assert 0 < len(found) < CALLS
    for call in found[:3]:
        turns = (await console.get(f"calls/{call['session']}"))["turns"]
        assert any("bicicletas eléctricas" in turn["question"] for turn in turns)
    assert not (await console.get("calls", q="zeppelin"))["calls"]
    assert not (await console.get("calls", q="100%"))["calls"]


async def test_a_call_is_found_by_its_id_and_calls_by_language(console: Console) -> None:
    one = (await console.get("calls", limit=1))["calls"][0]["session"]
    assert [call["session"] for call in (await console.get("calls", q=one))["calls"]] == [one]
    english = (await console.get("calls", language="en", limit=200))["calls"]
    assert english
    assert {call["language"] for call in english} == {"en"}


async def test_a_call_is_shown_with_its_turns_captions_and_waterfall(console: Console) -> None:
    listed = (await console.get("calls", live="false", limit=1))["calls"][0]
    shown = await console.get(f"calls/{listed['session']}")
    assert {name: shown[name] for name in listed} == {**listed, "turns": shown["turns"]}
    assert len(shown["turns"]) == listed["turns"]
    assert shown["consent"] is None or shown["consent"]["version"] == "2026-11"
    for turn in shown["turns"]:
        assert turn["captions"][0]["start_ms"] < turn["captions"][-1]["end_ms"]
        ends = [stage["start_ms"] + stage["ms"] for stage in turn["stages"]]
        assert [stage["start_ms"] for stage in turn["stages"]] == [0, *ends[:-1]]
        assert ends[-1] == turn["voice_to_voice_ms"]
    assert round(sum(turn["cost"]["total"] for turn in shown["turns"]), 9) == round(listed["dollars"], 9)


async def test_what_is_asked_wrong_is_told(console: Console) -> None:
    for query in (
        "limit=0",
        "limit=x",
        "limit=201",
        "limit=²",
        "before=x",
        "before=99999999999999999999-a",
        "live=yes",
    ):
        answer = await console.http.get(f"/api/console/calls?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["code"] == "bad_request"
    missing = await console.http.get("/api/console/calls/nobody")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_sign_that_is_in_no_text_finds_nothing_on_any_database(console: Console) -> None:
    for sign in ("\0", "zeppe\0lin", "\ud800"):
        for query in ({"q": sign}, {"language": sign}):
            answer = await console.http.get("/api/console/calls?" + urlencode(query, errors="surrogatepass"))
            assert (answer.status_code, answer.json()) == (200, {"calls": [], "next": None}), (sign, answer.text)
    listed = (await console.get("calls", limit=2))["calls"]
    following = await console.http.get("/api/console/calls", params={"limit": 1, "before": f"{10**15}-\0"})
    assert [call["session"] for call in following.json()["calls"]] == [listed[0]["session"]]
    missing = await console.http.get("/api/console/calls/%00")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_no_cache_keeps_what_guests_said(console: Console) -> None:
    answer = await console.http.get("/api/console/calls")
    assert answer.headers["cache-control"] == "no-store"
