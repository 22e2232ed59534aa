"""Reading what a request brings, to a bound."""

from starlette.requests import ClientDisconnect, Request

from enterprise_stream.server.access.denied import DeniedError


async def read_body(request: Request, most: int) -> bytes:
    """The request's body.

    Args:
        request: whose.
        most: bytes that it may have.

    Raises:
        DeniedError: it has more, and what is beyond is not read; or it did not come to its end.
    """
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise DeniedError(413, "too_big", f"The request's body is longer than {most} bytes.")
    except ClientDisconnect:
        raise DeniedError(400, "bad_request", "The request's body did not come to its end.") from None
    return body
