"""The signed-in person: who they are, their address, their password, their organisation."""

from dataclasses import asdict

from fastapi import status

from metatron.kernel.database.session import session_now
from metatron.kernel.errors import ImpersonationForbidden, NotFound
from metatron.kernel.http.hot import HotRequest, hot, no_query
from metatron.kernel.http.routing import Router
from metatron.platform.identity import bodies
from metatron.platform.identity.edge import (
    AtDesk,
    Visit,
    bind_browser,
    hot_visit,
    known_browser,
    replaced_cookie,
)
from metatron.platform.identity.errors import (
    FreshSignInNeeded,
    InvalidLink,
    TooManyAttempts,
    WeakPassword,
    WrongPassword,
)
from metatron.platform.identity.passwords import (
    change_password,
    forget_password,
    reset_password,
)
from metatron.platform.identity.profile import describe, rename
from metatron.platform.identity.registration import (
    resend_verification,
    sign_in_verified,
    verify_email,
)
from metatron.platform.identity.routes.declare import anyone, person
from metatron.platform.identity.routes.sign_in import answered
from metatron.platform.identity.schemas import (
    Accepted,
    Me,
    SignIn,
    Verified,
    WaitingInvitation,
    WaitingInvitations,
    sign_in_answer,
)
from metatron.platform.identity.switching import (
    invitations_of_person,
    join_by_invitation,
    switch,
)
from metatron.platform.tenancy.interface import InvitationForOther, InvitationInvalid, LimitReached

router = Router(tags=["auth"])


async def _me(visit: Visit) -> Me:
    found = await describe(visit.database, visit.context, visit.at, visit.desk.settings)
    return Me.model_validate(found)


async def _hot_me(asked: HotRequest) -> tuple[int, bytes]:
    return 200, (await _me(hot_visit(asked))).model_dump_json().encode()


@router.get("/auth/me")
@person(unverified=True)
@hot(_hot_me, when=no_query)
async def get_me(visit: AtDesk) -> Me:
    """Return the signed-in person, their organisation and what they may do there."""
    return await _me(visit)


@router.patch("/auth/me")
@person(ImpersonationForbidden)
async def patch_me(given: bodies.MeGiven, visit: AtDesk) -> Me:
    """Change the display name."""
    visit.refuse_impersonation()
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        await rename(session, visit.context, display_name=given.display_name, now=now)
    return await _me(visit)


@router.post("/auth/switch")
@person(NotFound, ImpersonationForbidden)
async def post_switch(given: bodies.SwitchGiven, visit: AtDesk) -> SignIn:
    """Go to another organisation of the person's."""
    tokens = await switch(visit.database, visit.context, desk=visit.desk, tenant_id=given.tenant_id)
    return sign_in_answer(tokens)


@router.get("/invitations/waiting")
@person(ImpersonationForbidden)
async def get_waiting_invitations(visit: AtDesk) -> WaitingInvitations:
    """Return the invitations that wait for the person's own address, newest first."""
    visit.refuse_impersonation()
    found = await invitations_of_person(visit.database, visit.context)
    return WaitingInvitations(items=[WaitingInvitation(**asdict(item)) for item in found])


@router.post("/invitations/accept")
@person(
    InvitationInvalid, InvitationForOther, LimitReached, TooManyAttempts, ImpersonationForbidden
)
async def post_accept_invitation(given: bodies.InvitationGiven, visit: AtDesk) -> SignIn:
    """Join the organisation that invited the person's address, and go there."""
    visit.refuse_impersonation()
    tokens = await join_by_invitation(
        visit.database, visit.context, desk=visit.desk, presented=given.presented
    )
    return sign_in_answer(tokens)


@router.post("/auth/verify-email")
@anyone(InvalidLink, TooManyAttempts)
async def post_verify_email(given: bodies.TokenGiven, visit: AtDesk) -> Verified:
    """Confirm the address with the mailed token.

    In the browser that asked for it this also signs in, for the fifteen minutes of a sign-in link.
    """
    verified = await verify_email(
        visit.database, visit.context, secret=given.token, browser=known_browser(visit)
    )
    outcome = await sign_in_verified(
        visit.database,
        visit.context,
        desk=visit.desk,
        verified=verified,
        refresh_secret=replaced_cookie(visit),
    )
    sign_in = None if outcome is None else await answered(visit, outcome)
    kept = verified.password_kept
    return Verified(email=verified.email, password_kept=kept, sign_in=sign_in)


@router.post("/auth/resend-verification", status_code=status.HTTP_202_ACCEPTED)
@person(TooManyAttempts, ImpersonationForbidden, unverified=True)
async def post_resend_verification(visit: AtDesk) -> Accepted:
    """Mail the confirmation again."""
    visit.refuse_impersonation()
    browser = bind_browser(visit)
    await resend_verification(visit.database, visit.context, desk=visit.desk, browser=browser)
    return Accepted()


@router.post("/auth/password", status_code=status.HTTP_204_NO_CONTENT)
@person(WeakPassword, WrongPassword, TooManyAttempts, ImpersonationForbidden, FreshSignInNeeded)
async def post_password(given: bodies.NewPasswordGiven, visit: AtDesk) -> None:
    """Change the password; other devices are signed out."""
    visit.refuse_impersonation()
    await change_password(
        visit.database,
        visit.context,
        desk=visit.desk,
        current=given.current_password,
        new=given.new_password,
    )


@router.post("/auth/forgot-password", status_code=status.HTTP_202_ACCEPTED)
@anyone(TooManyAttempts)
async def post_forgot_password(given: bodies.EmailGiven, visit: AtDesk) -> Accepted:
    """Mail a link that sets a new password."""
    await forget_password(visit.database, visit.context, desk=visit.desk, email=given.email)
    return Accepted()


@router.post("/auth/reset-password", status_code=status.HTTP_204_NO_CONTENT)
@anyone(InvalidLink, WeakPassword, TooManyAttempts)
async def post_reset_password(given: bodies.ResetGiven, visit: AtDesk) -> None:
    """Set a new password with the mailed token; every device is signed out."""
    await reset_password(
        visit.database, visit.context, desk=visit.desk, secret=given.token, new=given.new_password
    )
