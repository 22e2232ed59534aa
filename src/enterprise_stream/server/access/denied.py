"""A request that is turned away: with which status, and what it is told to do."""

from starlette.responses import JSONResponse, Response

from enterprise_stream.errors import EnterpriseStreamError


class DeniedError(EnterpriseStreamError):
    """The request may not do what it asks for.

    Attributes:
        status: of the HTTP answer.
        retry_after_s: when it may ask again; 0 says nothing of that.
    """

    def __init__(self, status: int, code: str, message: str, *, retry_after_s: int = 0) -> None:
        super().__init__(message, code=code, retryable=retry_after_s > 0)
        self.status = status
        self.retry_after_s = retry_after_s

    def response(self) -> Response:
        """What the client gets, before any upgrade; it never repeats what the client has shown."""
        headers = {"Cache-Control": "no-store"}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if self.retry_after_s > 0:
            headers["Retry-After"] = str(self.retry_after_s)
        return JSONResponse({"code": self.code, "message": self.message}, self.status, headers)
