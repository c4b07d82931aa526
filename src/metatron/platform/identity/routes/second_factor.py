"""The authenticator app and the passkeys of the signed-in person."""

from uuid import UUID

from fastapi import status

from metatron.kernel.database.session import session_now
from metatron.kernel.errors import ImpersonationForbidden, NotFound
from metatron.kernel.http.routing import Router
from metatron.platform.identity import bodies, passkeys, schemas, totp
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.errors import (
    FreshSignInNeeded,
    InvalidPasskey,
    MfaAlreadyOn,
    MfaNotOn,
    TooManyAttempts,
    WrongCode,
)
from metatron.platform.identity.fresh_sign_in import demand_fresh
from metatron.platform.identity.guarded import guarded_by_code
from metatron.platform.identity.routes.declare import MOST_BYTES_OF_CEREMONY, person
from metatron.platform.identity.schemas import Ceremony, Passkey, Passkeys

router = Router(prefix="/auth", tags=["auth"])


@router.post("/totp")
@person(MfaAlreadyOn, ImpersonationForbidden, FreshSignInNeeded)
async def post_totp(visit: AtDesk) -> schemas.TotpSecret:
    """Make a secret for an authenticator app; it counts once a code of it is confirmed."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        await demand_fresh(session, visit.context, now=now)
        offer = await totp.offer_totp(session, desk=visit.desk, user_id=visit.user_id, now=now)
    return schemas.TotpSecret(secret=offer.secret, otpauth_uri=offer.otpauth_uri)


@router.post("/totp/confirm")
@person(MfaAlreadyOn, MfaNotOn, WrongCode, TooManyAttempts, ImpersonationForbidden)
async def post_totp_confirm(given: bodies.CodeGiven, visit: AtDesk) -> schemas.RecoveryCodes:
    """Put the authenticator in force; answers ten recovery codes, shown this once."""
    visit.refuse_impersonation()
    async with guarded_by_code(visit) as session:
        codes = await totp.confirm_totp(
            session,
            visit.context,
            desk=visit.desk,
            user_id=visit.user_id,
            code=given.code,
            now=await session_now(session),
        )
    return schemas.RecoveryCodes(recovery_codes=codes)


@router.post("/totp/remove", status_code=status.HTTP_204_NO_CONTENT)
@person(MfaNotOn, WrongCode, TooManyAttempts, ImpersonationForbidden)
async def post_totp_remove(given: bodies.CodeGiven, visit: AtDesk) -> None:
    """Take the authenticator out of force with one of its codes or a recovery code."""
    visit.refuse_impersonation()
    async with guarded_by_code(visit) as session:
        await totp.remove_totp(
            session,
            visit.context,
            desk=visit.desk,
            user_id=visit.user_id,
            code=given.code,
            now=await session_now(session),
        )


@router.post("/passkeys/registration-options")
@person(ImpersonationForbidden, FreshSignInNeeded)
async def post_registration_options(visit: AtDesk) -> Ceremony:
    """Begin to register a passkey."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        await demand_fresh(session, visit.context, now=now)
        begun = await passkeys.registration_options(
            session, desk=visit.desk, user_id=visit.user_id, now=now
        )
    return Ceremony(challenge_id=begun.challenge_id, options=begun.options)


@router.post("/passkeys", status_code=status.HTTP_201_CREATED)
@person(InvalidPasskey, ImpersonationForbidden, max_body_bytes=MOST_BYTES_OF_CEREMONY)
async def post_passkey(given: bodies.PasskeyGiven, visit: AtDesk) -> Passkey:
    """Register the authenticator's answer."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        made = await passkeys.add_passkey(
            session,
            visit.context,
            desk=visit.desk,
            user_id=visit.user_id,
            now=await session_now(session),
            **given.model_dump(),
        )
    return Passkey.model_validate(made)


@router.get("/passkeys")
@person()
async def get_passkeys(visit: AtDesk) -> Passkeys:
    """List the person's passkeys."""
    async with visit.database.transaction(visit.context) as session:
        found = await passkeys.passkeys_of(session, visit.user_id)
    return Passkeys(items=[Passkey.model_validate(item) for item in found])


@router.delete("/passkeys/{passkey_id}", status_code=status.HTTP_204_NO_CONTENT)
@person(NotFound, ImpersonationForbidden, FreshSignInNeeded)
async def delete_passkey(passkey_id: UUID, visit: AtDesk) -> None:
    """Remove a passkey."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        await demand_fresh(session, visit.context, now=now)
        await passkeys.remove_passkey(
            session, visit.context, user_id=visit.user_id, passkey_id=passkey_id, now=now
        )
