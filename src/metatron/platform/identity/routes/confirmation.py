"""Confirming in an open session that it is its person who asks."""

from fastapi import status

from metatron.kernel.database.session import session_now
from metatron.kernel.errors import ImpersonationForbidden
from metatron.kernel.http.routing import Router
from metatron.platform.identity import bodies, schemas
from metatron.platform.identity.confirming import (
    confirm_by_mail,
    confirm_by_passkey,
    confirm_by_password,
    confirmation_options,
    ways_to_confirm,
)
from metatron.platform.identity.edge import AtDesk
from metatron.platform.identity.errors import (
    PasskeyRefused,
    TooManyAttempts,
    WrongCode,
    WrongPassword,
)
from metatron.platform.identity.mailed_codes import send_mailed_code
from metatron.platform.identity.routes.declare import MOST_BYTES_OF_CEREMONY, person

router = Router(prefix="/auth/confirmation", tags=["auth"])


@router.get("")
@person(ImpersonationForbidden)
async def get_confirmation(visit: AtDesk) -> schemas.Confirmation:
    """Tell whether the session is fresh enough to change how one signs in, and else what helps."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        found = await ways_to_confirm(session, visit.context, user_id=visit.user_id, now=now)
    return schemas.Confirmation.model_validate(found)


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
@person(WrongPassword, WrongCode, TooManyAttempts, ImpersonationForbidden)
async def post_password_again(given: bodies.PasswordAgainGiven, visit: AtDesk) -> None:
    """Confirm with the password."""
    visit.refuse_impersonation()
    await confirm_by_password(visit.database, visit.context, desk=visit.desk, **given.model_dump())


@router.post("/send-code", status_code=status.HTTP_202_ACCEPTED)
@person(TooManyAttempts, ImpersonationForbidden)
async def post_send_code(visit: AtDesk) -> schemas.Accepted:
    """Mail a code of six digits, good for ten minutes in this session."""
    visit.refuse_impersonation()
    await send_mailed_code(visit.database, visit.context, desk=visit.desk)
    return schemas.Accepted()


@router.post("/mail", status_code=status.HTTP_204_NO_CONTENT)
@person(WrongCode, TooManyAttempts, ImpersonationForbidden)
async def post_mailed_code(given: bodies.MailedCodeGiven, visit: AtDesk) -> None:
    """Confirm with the mailed code."""
    visit.refuse_impersonation()
    await confirm_by_mail(visit.database, visit.context, desk=visit.desk, **given.model_dump())


@router.post("/passkey-options")
@person(ImpersonationForbidden)
async def post_confirmation_options(visit: AtDesk) -> schemas.Ceremony:
    """Begin to confirm with a passkey."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        begun = await confirmation_options(session, desk=visit.desk, user_id=visit.user_id, now=now)
    return schemas.Ceremony(challenge_id=begun.challenge_id, options=begun.options)


@router.post("/passkey", status_code=status.HTTP_204_NO_CONTENT)
@person(
    PasskeyRefused,
    TooManyAttempts,
    ImpersonationForbidden,
    max_body_bytes=MOST_BYTES_OF_CEREMONY,
)
async def post_passkey_again(given: bodies.PasskeySignInGiven, visit: AtDesk) -> None:
    """Confirm with a passkey."""
    visit.refuse_impersonation()
    await confirm_by_passkey(visit.database, visit.context, desk=visit.desk, **given.model_dump())
