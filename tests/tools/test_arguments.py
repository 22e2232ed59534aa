"""Arguments as brains write them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.errors import ToolError
from enterprise_stream.tools.arguments import MAX_CHARS, check_schema, checked, meaning

SCHEMA = {
    "type": "object",
    "properties": {
        "day": {"type": "string", "format": "date"},
        "people": {"type": "integer", "minimum": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["day"],
    "additionalProperties": False,
}


def test_what_follows_the_schema_is_taken() -> None:
    assert checked('{"day": "2027-05-01", "people": 2}', SCHEMA) == {"day": "2027-05-01", "people": 2}


@pytest.mark.requirement("S22")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "'day' is a required property"),
        ("{", "no JSON"),
        ("[1]", "must be a JSON object"),
        ('{"day": "mañana"}', "day: 'mañana' is not a 'date'"),
        ('{"day": "2027-05-01", "people": 0}', "people: 0 is less than"),
        ('{"day": "2027-05-01", "people": "two"}', "people: 'two' is not of type 'integer'"),
        ('{"day": "2027-05-01", "people": NaN}', "no JSON"),
        ('{"day": "2027-05-01", "url": "http://x"}', "'url'"),
        ('{"day": "2027-05-01", "tags": [1]}', "tags.0"),
        (json.dumps({"day": "x" * MAX_CHARS}), "longer than"),
        ('{"day": ' + "[" * 3000 + "]" * 3000 + "}", "no"),
        ('{"a": ' + "[" * 20 + "]" * 20 + "}", "nested too deeply"),
    ],
)
def test_what_does_not_is_told(text: str, told: str) -> None:
    with pytest.raises(ToolError) as error:
        checked(text, SCHEMA)
    assert told in error.value.message
    assert error.value.code == "bad_arguments"
    assert len(error.value.message) < 300


@pytest.mark.requirement("S22")
@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(json.dumps)
)
def test_whatever_comes_is_taken_or_told(text: str) -> None:
    try:
        values = checked(text, SCHEMA)
    except ToolError:
        return
    assert "day" in values


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": "Ana"}, {"b": "ana ", "a": 1}, True),
        ({"a": 1, "b": ""}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"b": "Ana Gil"}, {"b": "AnaGil"}, False),
    ],
)
def test_what_calls_mean(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert (meaning("t", one) == meaning("t", other)) is same
    assert meaning("t", one) != meaning("u", one)


def test_a_schema_that_is_none() -> None:
    assert check_schema(SCHEMA) is None
    assert check_schema({"type": "nonsense"}) is not None
    assert check_schema({"type": "string"}) == "it must be of type object"
