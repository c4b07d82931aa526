"""Ways in and out: links, password, refresh, sign-out."""

from fastapi import status

from metatron.kernel.clock import utc_now
from metatron.kernel.database.session import session_now
from metatron.kernel.http.edge import answer_with
from metatron.kernel.http.hot import HotRequest, hot, plain_json, read_body
from metatron.kernel.http.routing import Router
from metatron.platform.identity import bodies, schemas
from metatron.platform.identity.edge import (
    AtDesk,
    Visit,
    bind_browser,
    clear_refresh_cookie,
    cookies_of,
    hot_visit,
    known_browser,
    refresh_cookie,
    replaced_cookie,
    set_refresh_cookie,
)
from metatron.platform.identity.errors import (
    CsrfHeaderMissing,
    InvalidLink,
    InvalidMfaToken,
    InvalidRefreshToken,
    LinkOfOtherBrowser,
    PasskeyRefused,
    RefreshTokenReused,
    TooManyAttempts,
    WeakPassword,
    WrongCode,
    WrongCredentials,
)
from metatron.platform.identity.magic_links import open_link, send_link
from metatron.platform.identity.passkey_sign_in import sign_in_options, sign_in_with_passkey
from metatron.platform.identity.password_sign_in import sign_in_with_password
from metatron.platform.identity.refresh import rotate
from metatron.platform.identity.registration import Registration, register
from metatron.platform.identity.routes.declare import MOST_BYTES_OF_CEREMONY, anyone
from metatron.platform.identity.schemas import Accepted, SignIn, sign_in_answer
from metatron.platform.identity.second_factor import finish_sign_in
from metatron.platform.identity.sign_in import Outcome, Tokens
from metatron.platform.identity.sign_out import end_replaced, sign_out

router = Router(prefix="/auth", tags=["auth"])


async def answered(visit: Visit, outcome: Outcome) -> SignIn:
    """Put the refresh token in its cookie, ending whose place it takes, and render the rest."""
    if isinstance(outcome, Tokens) and outcome.refresh_token and outcome.refresh_expires_at:
        ends = outcome.refresh_expires_at
        replaced = replaced_cookie(visit)
        if replaced is not None:
            await end_replaced(visit.database, visit.context, refresh_secret=replaced)
        set_refresh_cookie(visit, outcome.refresh_token, expires_at=ends, now=utc_now())
    return sign_in_answer(outcome)


@router.post("/register", status_code=status.HTTP_202_ACCEPTED)
@anyone(WeakPassword, TooManyAttempts)
async def post_register(given: bodies.RegisterGiven, visit: AtDesk) -> Accepted:
    """Register by e-mail; the answer is the same for an address that has an account."""
    browser = bind_browser(visit)
    asked = Registration(**given.model_dump())
    await register(visit.database, visit.context, desk=visit.desk, asked=asked, browser=browser)
    return Accepted()


@router.post("/send-magic-link", status_code=status.HTTP_202_ACCEPTED)
@anyone(TooManyAttempts)
async def post_send_magic_link(given: bodies.LinkGiven, visit: AtDesk) -> Accepted:
    """Mail a sign-in link that opens in this browser only."""
    browser = bind_browser(visit)
    await send_link(
        visit.database, visit.context, desk=visit.desk, browser=browser, **given.model_dump()
    )
    return Accepted()


@router.post("/verify-magic-link")
@anyone(InvalidLink, LinkOfOtherBrowser, TooManyAttempts)
async def post_verify_magic_link(given: bodies.TokenGiven, visit: AtDesk) -> SignIn:
    """Sign in with a link's token."""
    browser = known_browser(visit)
    outcome = await open_link(
        visit.database, visit.context, desk=visit.desk, secret=given.token, browser=browser
    )
    return await answered(visit, outcome)


@router.post("/login")
@anyone(WrongCredentials, TooManyAttempts)
async def post_login(given: bodies.LoginGiven, visit: AtDesk) -> SignIn:
    """Sign in with a password."""
    outcome = await sign_in_with_password(
        visit.database, visit.context, desk=visit.desk, email=given.email, password=given.password
    )
    return await answered(visit, outcome)


@router.post("/mfa")
@anyone(InvalidMfaToken, WrongCode, TooManyAttempts)
async def post_mfa(given: bodies.MfaGiven, visit: AtDesk) -> SignIn:
    """Finish a sign-in with a code of the authenticator app or a recovery code."""
    outcome = await finish_sign_in(
        visit.database, visit.context, desk=visit.desk, secret=given.mfa_token, code=given.code
    )
    return await answered(visit, outcome)


async def _refreshed(visit: Visit, given: bodies.RefreshGiven | None) -> schemas.SignedIn:
    from_body = given.refresh_token if given is not None else None
    secret = from_body or refresh_cookie(visit)
    if secret is None:
        raise InvalidRefreshToken
    rotation = await rotate(visit.database, visit.context, secret)
    token = visit.desk.issuer.access_token(rotation.subject, now=rotation.at)
    answer = schemas.SignedIn(access_token=token.text, expires_in=token.expires_in)
    if from_body is not None:
        return answer.model_copy(update={"refresh_token": rotation.secret})
    ends = rotation.expires_at
    set_refresh_cookie(visit, rotation.secret, expires_at=ends, now=rotation.at)
    return answer


async def _hot_refresh(request: HotRequest) -> tuple[int, bytes]:
    """Every open page asks for this each quarter of an hour."""
    raw = await request.raw()
    given = read_body(bodies.RefreshGiven, raw) if raw and raw.strip() != b"null" else None
    visit = hot_visit(request)
    answer = await _refreshed(visit, given)
    answer_with(request.scope, cookies_of(visit))
    return status.HTTP_200_OK, answer.model_dump_json().encode()


@router.post("/refresh")
@anyone(InvalidRefreshToken, RefreshTokenReused, CsrfHeaderMissing)
@hot(_hot_refresh, when=plain_json)
async def post_refresh(visit: AtDesk, given: bodies.RefreshGiven | None = None) -> SignIn:
    """Exchange a refresh token, of the cookie or of the body, for new tokens."""
    return await _refreshed(visit, given)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
@anyone(CsrfHeaderMissing)
async def post_logout(visit: AtDesk) -> None:
    """End this session: the bearer token's, and the cookie's. Nothing to end is fine."""
    secret = refresh_cookie(visit)
    await sign_out(visit.database, visit.context, refresh_secret=secret)
    clear_refresh_cookie(visit)


@router.post("/passkeys/sign-in-options")
@anyone()
async def post_passkey_options(visit: AtDesk) -> schemas.Ceremony:
    """Begin a sign-in with a passkey."""
    async with visit.database.transaction(visit.context) as session:
        now = await session_now(session)
        begun = await sign_in_options(session, desk=visit.desk, now=now)
    return schemas.Ceremony(challenge_id=begun.challenge_id, options=begun.options)


@router.post("/passkeys/sign-in")
@anyone(PasskeyRefused, TooManyAttempts, max_body_bytes=MOST_BYTES_OF_CEREMONY)
async def post_passkey_sign_in(given: bodies.PasskeySignInGiven, visit: AtDesk) -> SignIn:
    """Sign in with the authenticator's answer."""
    outcome = await sign_in_with_passkey(
        visit.database, visit.context, desk=visit.desk, **given.model_dump()
    )
    return await answered(visit, outcome)
