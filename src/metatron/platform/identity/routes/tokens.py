"""Tokens for programs: introspection, revocation, service tokens; and acting for a person."""

from urllib.parse import parse_qs
from uuid import UUID

from fastapi import Request

from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.http.access import Access, declare
from metatron.kernel.http.routing import Router
from metatron.platform.identity import bodies
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.errors import (
    AudienceNotAllowed,
    CannotImpersonate,
    InvalidClient,
    TooManyAttempts,
)
from metatron.platform.identity.impersonation import PERMISSION, impersonate
from metatron.platform.identity.introspection import introspect, revoke
from metatron.platform.identity.permissions import INTROSPECT
from metatron.platform.identity.routes.declare import MOST_BYTES, anyone
from metatron.platform.identity.schemas import Introspection, ServiceToken, SignIn, sign_in_answer
from metatron.platform.identity.service_clients import service_token

router = Router(tags=["auth"])
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["token"],
                    "properties": {
                        "token": {"type": "string", "minLength": 1, "maxLength": 3_500},
                        "token_type_hint": {"type": "string", "maxLength": 50},
                    },
                }
            }
        },
    }
}


async def _token_of_form(request: Request) -> str:
    """Return the form's `token` (RFC 7009 and 7662 send forms, not JSON)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = (await request.body()).decode("utf-8")
        fields = parse_qs(text, max_num_fields=10) if kind == _FORM_TYPE else {}
    except ValueError as error:
        raise _no_token() from error
    found = fields.get("token", [])
    if len(found) != 1:
        raise _no_token()
    return found[0]


_FORM_TYPE = "application/x-www-form-urlencoded"


def _no_token() -> InvalidInput:
    return InvalidInput.field("body.token", "missing", "Send a form with one token.")


@router.post("/auth/introspect", openapi_extra=_FORM)
@declare(Access("permission", INTROSPECT, idempotency="ignored", max_body_bytes=MOST_BYTES))
async def post_introspect(request: Request, visit: AtDesk) -> Introspection:
    """Say whether an access token holds (RFC 7662)."""
    token = await _token_of_form(request)
    found = await introspect(visit.database, visit.context, visit.at, desk=visit.desk, token=token)
    return Introspection.model_validate(found)


@router.post("/auth/revoke", openapi_extra=_FORM)
@anyone()
async def post_revoke(request: Request, visit: AtDesk) -> dict[str, str]:
    """End the session of a token (RFC 7009); an unknown token is answered the same way."""
    token = await _token_of_form(request)
    await revoke(visit.database, visit.context, desk=visit.desk, token=token)
    return {}


@router.post("/auth/service-token")
@anyone(InvalidClient, AudienceNotAllowed, TooManyAttempts)
async def post_service_token(given: bodies.ServiceTokenGiven, visit: AtDesk) -> ServiceToken:
    """Give a service a token with which it calls another one."""
    token = await service_token(
        visit.database, visit.context, desk=visit.desk, **given.model_dump()
    )
    return ServiceToken(access_token=token.text, expires_in=token.expires_in)


@router.post("/admin/users/{user_id}/impersonate")
@declare(
    Access(
        "operator",
        PERMISSION,
        raises=(NotFound, CannotImpersonate),
        idempotency="ignored",
        max_body_bytes=MOST_BYTES,
        rate_class="admin",
    )
)
async def post_impersonate(user_id: UUID, given: bodies.ImpersonateGiven, visit: AtDesk) -> SignIn:
    """Act in a person's name; they are told, and everything is recorded with both names."""
    tokens = await impersonate(
        visit.database, visit.context, desk=visit.desk, user_id=user_id, **given.model_dump()
    )
    return sign_in_answer(tokens)
