"""Tokens are OpenAI's own."""

from enterprise_stream.thinking.tokens import count_call, count_message, count_prompt, count_tokens, load_tokens

LOOK_UP = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}


def test_counts_are_those_of_o200k_base() -> None:
    load_tokens()
    assert count_tokens("") == 0
    assert count_tokens("Hello, world!") == 4
    assert count_tokens("Hola, ¿cuánto cuesta el ático por noche? Son 120 € la noche.") == 19


def test_a_special_tokens_name_is_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


def test_a_prompt_is_its_messages_and_what_is_around_them() -> None:
    hello = {"role": "user", "content": "Hello, world!"}
    assert count_message(hello) == 3 + 1 + 4
    assert count_message({"role": "user", "content": [{"type": "text", "text": "Hello, world!"}]}) == 3 + 1 + 4
    assert count_prompt([hello, hello]) == 2 * 8 + 3


def test_calls_and_functions_count() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"q":"wifi"}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    assert count_message(message) == 3 + 1 + count_call("look_up", '{"q":"wifi"}')
    assert count_prompt([], [LOOK_UP]) > count_prompt([])


def test_half_a_character_is_counted_and_breaks_nothing() -> None:
    assert count_tokens("Hola \ud83d") == count_tokens("Hola ?")
