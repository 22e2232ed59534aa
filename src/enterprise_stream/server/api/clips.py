"""Recordings of the voice library, for a client that plays them by itself: what there is, nothing is ever synthesised.

They hold nothing of any guest (the library keeps no clause that may be private), so they are public like the page.
"""

import asyncio
import hashlib
import io
import wave
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enterprise_stream.server.clips import url_of
from enterprise_stream.server.service import Service
from enterprise_stream.speaking.library import Category
from enterprise_stream.speaking.library.clip import CATEGORIES
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

MAX_TEXT_CHARS: Final = 600
"""Longest text that a recording is looked for, in characters: more than half a minute of speech."""

_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}
_CACHED = {**_ANY_PAGE, "Cache-Control": "public, max-age=86400"}


async def find_clip(request: Request) -> Response:
    """Where the recording of a text is: 200 with its `url`, null where there is none; 422 for what cannot be asked.

    That there is none is an answer and no fault, which a browser would report as one to whoever watches the page.
    """
    service: Service = request.app.state.service
    asked = request.query_params
    text, language = asked.get("text", "").strip(), asked.get("language", service.language)
    problem = _problem(service, text, language, asked.get("category", "general"))
    if problem is not None:
        return JSONResponse({"code": "bad_request", "message": problem}, 422, _ANY_PAGE)
    category = cast("Category", asked.get("category", "general"))
    name = await service.clips.find(text, language, voice=asked.get("voice"), category=category)
    url = None if name is None else url_of(name)
    return JSONResponse({"url": url}, headers={**_ANY_PAGE, "Cache-Control": "no-cache"})


async def get_clip(request: Request) -> Response:
    """A recording as 16-bit WAV at 24 kHz."""
    service: Service = request.app.state.service
    samples = await service.clips.sound(request.path_params["name"])
    if samples is None:
        return JSONResponse(
            {"code": "no_clip", "message": "There is no such recording; ask for it anew."}, 404, _ANY_PAGE
        )
    body = await asyncio.to_thread(_wav, samples)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_CACHED, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="audio/wav", headers=headers)


def _problem(service: Service, text: str, language: str, category: str) -> str | None:
    """What of a question for a recording cannot be asked; None where all of it can."""
    if not text or len(text) > MAX_TEXT_CHARS:
        return f"Name a `text` of at most {MAX_TEXT_CHARS} characters."
    if language not in service.languages:
        return f"`language` is one of: {', '.join(service.languages)}."
    if category not in CATEGORIES:
        return f"`category` is one of: {', '.join(CATEGORIES)}."
    return None


def _wav(samples: Pcm) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(SAMPLE_RATE)
        recording.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


routes = [Route("/api/clips", find_clip), Route("/api/clips/{name}.wav", get_clip)]
