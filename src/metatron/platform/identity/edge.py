"""The HTTP edge of identity: cookies, the CSRF header, whose browser this is."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import ImpersonationForbidden
from metatron.kernel.http.hot import HotRequest
from metatron.kernel.http.unit import Db, Who
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import (
    CsrfHeaderMissing,
    InvalidRefreshToken,
)
from metatron.platform.identity.one_time_secrets import new_secret

REFRESH_COOKIE = "metatron_refresh"
REFRESH_PATH = "/api/v1/auth"
CSRF_HEADER = "x-metatron-csrf"
BROWSER_SECONDS = 2 * 24 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at identity's desk.

    `context` is bound to the platform's own tenant, where identity's events are kept; `at` is the
    caller's context in their organisation.
    """

    request: Request
    response: Response
    database: Database
    desk: Desk
    at: Context

    @property
    def context(self) -> Context:
        """Return the caller in the platform's tenant."""
        return replace(self.at, tenant_id=PLATFORM_TENANT_ID)

    @property
    def user_id(self) -> UUID:
        """Return the signed-in person."""
        assert self.at.actor_id is not None, "the route is for signed-in people"
        return self.at.actor_id

    def refuse_impersonation(self) -> None:
        """Raise `ImpersonationForbidden` when somebody acts in the person's name."""
        if self.at.impersonator_id is not None:
            raise ImpersonationForbidden


def desk_of(request: Request) -> Desk:
    """Return what the identity process holds."""
    desk: Desk = request.app.state.identity_desk
    return desk


async def _visit(request: Request, response: Response, database: Db, context: Who) -> Visit:
    return Visit(request, response, database, desk_of(request), context)


AtDesk = Annotated[Visit, Depends(_visit)]


def hot_visit(asked: HotRequest) -> Visit:
    """Return the visit of a request that goes the hot way; `cookies_of` tells what it set."""
    request = Request(asked.scope)
    return Visit(request, Response(), asked.database, desk_of(request), asked.context)


def cookies_of(visit: Visit) -> list[tuple[bytes, bytes]]:
    """Return the headers of the cookies that were set during a visit."""
    return [each for each in visit.response.raw_headers if each[0] == b"set-cookie"]


def browser_cookie_name(desk: Desk) -> str:
    """Return the cookie's name; over https a prefix keeps sibling hosts from planting one."""
    return "__Host-metatron_browser" if desk.is_https else "metatron_browser"


def refresh_cookie_name(desk: Desk) -> str:
    """Return the cookie's name, with the same prefix over https."""
    return f"__Host-{REFRESH_COOKIE}" if desk.is_https else REFRESH_COOKIE


def cookie_path(desk: Desk) -> str:
    """Return where cookies go: the prefix asks for the whole host, and the proxy for auth only."""
    return "/" if desk.is_https else REFRESH_PATH


def cookie_values(request: Request, name: str) -> list[str]:
    """Return all values sent under a name; two of them mean that somebody planted one."""
    found = []
    for header in request.headers.getlist("cookie"):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                found.append(value)
    return found


def known_browser(visit: Visit) -> str | None:
    """Return the browser's random value, None when it has none, or more than one."""
    values = cookie_values(visit.request, browser_cookie_name(visit.desk))
    return values[0] if len(values) == 1 and _SECRET.fullmatch(values[0]) else None


def bind_browser(visit: Visit) -> str:
    """Return the browser's random value and (re)new its cookie for two days."""
    desk = visit.desk
    value = known_browser(visit) or new_secret()
    visit.response.set_cookie(
        browser_cookie_name(desk),
        value,
        max_age=BROWSER_SECONDS,
        path=cookie_path(desk),
        httponly=True,
        secure=desk.is_https,
        samesite="strict",
    )
    return value


def set_refresh_cookie(visit: Visit, secret: str, *, expires_at: datetime, now: datetime) -> None:
    """Give the browser its refresh token, out of reach of scripts and other sites."""
    desk = visit.desk
    visit.response.set_cookie(
        refresh_cookie_name(desk),
        secret,
        max_age=max(0, int((expires_at - now).total_seconds())),
        path=cookie_path(desk),
        httponly=True,
        secure=desk.is_https,
        samesite="strict",
    )


def clear_refresh_cookie(visit: Visit) -> None:
    """Take the refresh token from the browser: at sign-out only, never on a lost race."""
    visit.response.delete_cookie(
        refresh_cookie_name(visit.desk),
        path=cookie_path(visit.desk),
        httponly=True,
        secure=visit.desk.is_https,
        samesite="strict",
    )


def refresh_cookie(visit: Visit) -> str | None:
    """Return the cookie's token, None without one.

    Raises:
        CsrfHeaderMissing: the header is missing, or the request comes from another origin.
        InvalidRefreshToken: several cookies of this name: one of them was planted.
    """
    values = cookie_values(visit.request, refresh_cookie_name(visit.desk))
    if not values:
        return None
    check_csrf(visit.request, visit.desk)
    if len(values) > 1:
        raise InvalidRefreshToken("Several refresh cookies were sent.")
    return values[0]


def replaced_cookie(visit: Visit) -> str | None:
    """Return the token that a new sign-in takes the place of; None without exactly one."""
    values = cookie_values(visit.request, refresh_cookie_name(visit.desk))
    return values[0] if len(values) == 1 and _SECRET.fullmatch(values[0]) else None


def check_csrf(request: Request, desk: Desk) -> None:
    """Refuse a call that could come from a foreign page with the cookie's help."""
    origin = request.headers.get("origin")
    allowed = {desk.origin, *desk.settings.cors_origins}
    if request.headers.get(CSRF_HEADER) != "1" or (origin is not None and origin not in allowed):
        raise CsrfHeaderMissing
