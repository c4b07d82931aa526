"""Login with Amazon: consent, codes with PKCE, access and refresh tokens."""

import base64
import hashlib
import hmac
import json
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from metatron.apps.amc.twin import chaos
from metatron.apps.amc.twin.desk import Desk, OpenDesk, under_faults
from metatron.apps.amc.twin.documenting import REDIRECT, SIGN_IN_REFUSALS
from metatron.apps.amc.twin.login_page import consent_page
from metatron.apps.amc.twin.refusals import Refusal, SignInRefusal
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.tokens import ACCESS, CODE, REFRESH, digest, new_token

SCOPE = "advertising::campaign_management"
router = APIRouter(tags=["sign-in"])


class Asked(BaseModel):
    """The query of the consent page."""

    model_config = ConfigDict(extra="ignore")

    client_id: str
    redirect_uri: str
    response_type: str = ""
    scope: str = ""
    state: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None


def _client(desk: Desk, asked: Asked) -> Row:
    """Return the client; an address that is not its own is never redirected to."""
    found = desk.store.row("select * from client where client_id = ?", asked.client_id)
    if found is None:
        raise Refusal(400, "Unknown client_id.")
    if asked.redirect_uri not in json.loads(found["redirect_uris"]):
        raise Refusal(400, "The redirect_uri is not registered for this client.")
    return found


def _wrong(asked: Asked) -> str | None:
    if asked.response_type != "code":
        return "unsupported_response_type"
    if asked.scope != SCOPE:
        return "invalid_scope"
    if asked.code_challenge is not None and asked.code_challenge_method not in {"S256", "plain"}:
        return "invalid_request"
    return None


def _back(asked: Asked, **said: str) -> RedirectResponse:
    if asked.state is not None:
        said["state"] = asked.state
    separator = "&" if "?" in asked.redirect_uri else "?"
    return RedirectResponse(f"{asked.redirect_uri}{separator}{urlencode(said)}", 302)


@router.get("/ap/oa", response_class=HTMLResponse, response_model=None, responses=REDIRECT)
async def ask(desk: OpenDesk, asked: Annotated[Asked, Query()]) -> Response:
    """Ask the person for consent."""
    _client(desk, asked)
    if (error := _wrong(asked)) is not None:
        return _back(asked, error=error)
    people = desk.store.rows("select * from person order by name")
    return HTMLResponse(consent_page(people, client_id=asked.client_id, scope=asked.scope))


@router.post("/ap/oa", status_code=302, response_class=RedirectResponse, responses=REDIRECT)
async def decide(
    request: Request, desk: OpenDesk, asked: Annotated[Asked, Query()]
) -> RedirectResponse:
    """Give the client a code, or the refusal."""
    _client(desk, asked)
    if (error := _wrong(asked)) is not None:
        return _back(asked, error=error)
    said = (await request.body())[:1_000].decode(errors="replace")
    chosen = parse_qs(said).get("user_id", [""])[0]
    if desk.store.row("select 1 from person where user_id = ?", chosen) is None:
        return _back(asked, error="access_denied")
    code = new_token(CODE)
    desk.store.execute(
        "insert into code values (?, ?, ?, ?, ?, ?, ?, null)",
        digest(code), asked.client_id, chosen, asked.redirect_uri, asked.code_challenge,
        asked.code_challenge_method, desk.store.now() + desk.settings.code_seconds,
    )  # fmt: skip
    return _back(asked, code=code, scope=asked.scope)


@router.post("/auth/o2/token", dependencies=[under_faults("token")], responses=SIGN_IN_REFUSALS)
async def token(request: Request, desk: OpenDesk) -> JSONResponse:
    """Exchange a code, or a refresh token, for an access token."""
    said = (await request.body()).decode(errors="replace")
    form = {key: values[0] for key, values in parse_qs(said).items()}
    found = desk.store.row("select * from client where client_id = ?", form.get("client_id", ""))
    secret = form.get("client_secret", "")
    if found is None or not _is_same(found["client_secret"], secret):
        raise SignInRefusal("invalid_client", "Client authentication failed.", status=401)
    kind = form.get("grant_type")
    if kind == "authorization_code":
        refresh = _redeem(desk, form)
    elif kind == "refresh_token":
        refresh = form.get("refresh_token", "")
    else:
        raise SignInRefusal("unsupported_grant_type", "Use authorization_code or refresh_token.")
    access = _issue(desk, refresh, client_id=found["client_id"])
    content = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "bearer",
        "expires_in": int(desk.settings.access_seconds),
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _redeem(desk: Desk, form: dict[str, str]) -> str:
    """Use a code up; a second use ends what the first one brought."""
    store, key = desk.store, digest(form.get("code", ""))
    with store.transaction():
        code = store.row("select * from code where code_hash = ?", key)
        fits = (
            code is not None
            and code["used_at"] is None
            and code["expires_at"] > store.now()
            and code["client_id"] == form["client_id"]
            and code["redirect_uri"] == form.get("redirect_uri")
            and _proves(code, form.get("code_verifier"))
        )
        if code is None or not fits:
            raise SignInRefusal("invalid_grant", "The code is wrong, used or too old.")
        store.execute("update code set used_at = ? where code_hash = ?", store.now(), key)
        refresh = new_token(REFRESH)
        store.execute(
            "insert into grant_ values (?, ?, ?, null)",
            digest(refresh), code["client_id"], code["user_id"],
        )  # fmt: skip
    return refresh


def _proves(code: Row, verifier: str | None) -> bool:
    """Compare the verifier with the challenge (RFC 7636)."""
    if code["challenge"] is None:
        return True
    if verifier is None:
        return False
    shown = verifier
    if code["challenge_method"] == "S256":
        raw = hashlib.sha256(verifier.encode()).digest()
        shown = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return _is_same(shown, code["challenge"])


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _issue(desk: Desk, refresh: str, *, client_id: str) -> str:
    store, key = desk.store, digest(refresh)
    if chaos.draw(store, "refresh", "revoked_refresh"):
        store.execute("update grant_ set revoked_at = ? where refresh_hash = ?", store.now(), key)
    found = store.row(
        "select * from grant_ where refresh_hash = ? and client_id = ?", key, client_id
    )
    if found is None or found["revoked_at"] is not None:
        raise SignInRefusal("invalid_grant", "The refresh token is invalid or was revoked.")
    access = new_token(ACCESS)
    store.execute(
        "insert into access values (?, ?, ?)",
        digest(access), key, store.now() + desk.settings.access_seconds,
    )  # fmt: skip
    return access
