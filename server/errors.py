"""Errors that people see: a sentence with a status, written as RFC 9457 problem details."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """What was wrong, where, and what to do; `code` is stable for programs, the sentence is for people.

    `sentences` may carry the same sentence by language (vi, en, zh); `detail` is the English one.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        sentences: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.sentences = sentences or {}
        self.headers = headers or {}
        self.extra = extra

    def body(self, instance: str) -> dict[str, Any]:
        """Return the RFC 9457 document of this problem for a request's path."""
        document: dict[str, Any] = {
            "type": f"urn:bangtin:problem:{self.code}",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            "instance": instance,
        }
        if self.sentences:
            document["sentences"] = self.sentences
        return document | self.extra


def not_found(what: str) -> Problem:
    """Return the 404 for something that is not there, or that the caller may not know of."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no such {what}, or it is not yours to see.")


def conflict(code: str, detail: str, **extra: Any) -> Problem:
    """Return a 409 with a sentence."""
    return Problem(HTTPStatus.CONFLICT, code, detail, **extra)


def invalid(code: str, detail: str, **extra: Any) -> Problem:
    """Return a 422 with a sentence."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, code, detail, **extra)


def forbidden(detail: str = "Your role does not allow this.") -> Problem:
    """Return a 403 with a sentence."""
    return Problem(HTTPStatus.FORBIDDEN, "forbidden", detail)


def stale(current_rev: int) -> Problem:
    """Return the 412 for an edit that was based on an older revision."""
    detail = "Somebody else changed this since you opened it. Reload it, then make your change again."
    return Problem(HTTPStatus.PRECONDITION_FAILED, "stale", detail, current_rev=current_rev)


def install(app: FastAPI) -> None:
    """Answer every failure of an application with problem details, never with a traceback."""

    @app.exception_handler(Problem)
    def problem(request: Request, error: Problem) -> JSONResponse:
        return answer(error, request)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        code = status.phrase.lower().replace(" ", "-")
        return answer(Problem(status, code, str(error.detail), headers=dict(error.headers or {})), request)

    @app.exception_handler(RequestValidationError)
    def validation(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": str(item["msg"])}
            for item in error.errors()
        ]
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "The request is not of its form."
        return answer(invalid("invalid-request", first, fields=fields), request)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
        detail = "Something went wrong here, and it was written to the server's log. Try again in a minute."
        return answer(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail), request)


def answer(error: Problem, request: Request) -> JSONResponse:
    """Return a problem as the answer to a request."""
    body = error.body(request.url.path)
    return JSONResponse(body, status_code=int(error.status), headers=error.headers, media_type=MEDIA_TYPE)
