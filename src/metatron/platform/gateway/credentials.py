"""The credentials of a request, each sent once or not at all."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from metatron.kernel.errors import Unauthenticated

_BEARER = re.compile(r"bearer ([\x21-\x7e]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was sent; None for what was not."""

    bearer: str | None
    api_key: str | None
    admin_key: str | None


def read_credentials(request: Request, *, lenient: bool) -> Credentials:
    """Read the headers.

    A header that is sent twice, or another scheme than Bearer, is `Unauthenticated`; `lenient`
    takes it for absent (public routes).
    """
    try:
        return Credentials(
            _bearer(request), _single(request, "x-api-key"), _single(request, "x-admin-key")
        )
    except Unauthenticated:
        if lenient:
            return Credentials(None, None, None)
        raise


def _bearer(request: Request) -> str | None:
    authorization = _single(request, "authorization")
    if authorization is None:
        return None
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise Unauthenticated("Send Authorization: Bearer <access token>.")
    return match[1]


def _single(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise Unauthenticated(f"The header {name} was sent more than once.")
    return values[0] if values else None
