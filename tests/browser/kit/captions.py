"""An answer whose words are known to the ms, and when the page lit each of them up."""

from typing import Any

from ..mock_server import MockServer
from .guest import Guest
from .marked import SLOT_MS, WORD_MS, WORDS, read, sound

_WATCH_SCRIPT = """
(() => {
  const shown = (window.__shown = {});
  const look = () => {
    const word = document.querySelector('.now')?.textContent.trim();
    if (word && !(word in shown)) shown[word] = Date.now();
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
})()
"""


def watch(guest: Guest[Any]) -> None:
    """Note from now on when each word is first the one that is being said."""
    guest.page.evaluate(_WATCH_SCRIPT)


def say_all_words(server: MockServer, turn: int) -> None:
    """An answer of all words there are, with a caption for each."""
    text = " ".join(WORDS)
    server.send("transcription", turn=turn, text="¿Y bien?", final=True, language="es")
    server.send("response_chunk", turn=turn, text=text)
    for n, word in enumerate(WORDS):
        server.send("caption", turn=turn, text=word, start_ms=n * SLOT_MS, end_ms=n * SLOT_MS + WORD_MS)
    server.complete(turn, text)
    server.speak(turn, sound(WORDS).tobytes())


def late_ms(guest: Guest[Any]) -> list[float]:
    """How long after it was heard each word lit up; before it, less than 0."""
    heard = guest.heard()
    latency = guest.page.evaluate("websocketStreamClient.audio.outputLatencyMs") / 1000
    said = {each.word: heard.when(each.start_s * heard.rate) + latency for each in read(heard)}
    shown: dict[str, float] = guest.page.evaluate("__shown")
    assert list(said) == list(shown) == list(WORDS)
    return [shown[word] - said[word] * 1000 for word in WORDS]
