"""Signing in with a passkey: possession and user verification, two factors in one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    options_to_json,
    verify_authentication_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import UserVerificationRequirement

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import PasskeyRefused
from metatron.platform.identity.events import PasskeyCloneSuspected
from metatron.platform.identity.passkeys import Ceremony, begin, spend_challenge
from metatron.platform.identity.sign_in import Outcome, begin_session, home_tenant, note_failure
from metatron.platform.identity.tables import Passkey, PasskeyChallenge
from metatron.platform.identity.throttle import UNKNOWN, attempt_limits, forgive, take_attempt


class CounterWentBack(PasskeyRefused):
    """The passkey's counter is not ahead of the last one: there may be a copy."""

    def __init__(self, passkey_id: UUID) -> None:
        """Name the passkey."""
        super().__init__()
        self.passkey_id = passkey_id


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose passkey was presented."""

    user_id: UUID
    email_key: str


async def sign_in_options(session: AsyncSession, *, desk: Desk, now: datetime) -> Ceremony:
    """Begin a sign-in; no account is named, the authenticator offers its own."""
    challenge = begin(session, kind="sign_in", user_id=None, now=now)
    options = generate_authentication_options(
        rp_id=desk.host,
        challenge=challenge.challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(challenge.id, orjson.loads(options_to_json(options)))


async def sign_in_with_passkey(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    challenge_id: UUID,
    credential: dict[str, Any],
) -> Outcome:
    """Sign in with the authenticator's answer.

    Raises:
        PasskeyRefused: unknown, over, not verified, a wrong signature, or a counter that went
            backwards.
        TooManyAttempts: five wrong attempts on the account from this address.
    """
    async with database.transaction(context) as session:
        now = await session_now(session)
        challenge = await spend_challenge(session, challenge_id, kind="sign_in", now=now)
        holder = await _holder(session, credential)
    limits = attempt_limits(holder.email_key if holder else UNKNOWN, context.ip)
    await take_attempt(database, limits)
    try:
        outcome = await _finish(database, context, desk, challenge, credential)
    except PasskeyRefused as error:
        user_id = holder.user_id if holder else None
        await note_refusal(database, context, error, user_id=user_id, now=now)
        raise
    await forgive(database, limits)
    return outcome


def _credential_id(credential: dict[str, Any]) -> bytes | None:
    raw = credential.get("rawId")
    try:
        return base64url_to_bytes(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


async def _holder(session: AsyncSession, credential: dict[str, Any]) -> _Holder | None:
    credential_id = _credential_id(credential)
    if credential_id is None:
        return None
    passkey = await session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
    if passkey is None:
        return None
    try:
        user = await account(session, passkey.user_id)
    except Unauthenticated:
        return None
    return _Holder(user.id, user.email_key)


async def _finish(
    database: Database,
    context: Context,
    desk: Desk,
    challenge: PasskeyChallenge | None,
    credential: dict[str, Any],
) -> Outcome:
    async with database.transaction(context) as session:
        now = await session_now(session)
        passkey = await used_passkey(session, desk, challenge, credential, now=now)
        user = await account(session, passkey.user_id)
        return await begin_session(
            session,
            context,
            desk=desk,
            user=user,
            tenant_id=await home_tenant(database, session, user.id),
            method="passkey",
            is_strong=True,
            now=now,
        )


async def used_passkey(
    session: AsyncSession,
    desk: Desk,
    challenge: PasskeyChallenge | None,
    credential: dict[str, Any],
    *,
    now: datetime,
) -> Passkey:
    """Return the passkey whose answer to the challenge holds, its counter moved on.

    Raises:
        PasskeyRefused: unknown, over, not verified, a wrong signature, or a counter that went
            backwards.
    """
    if challenge is None:
        raise PasskeyRefused
    statement = select(Passkey).where(Passkey.credential_id == _credential_id(credential))
    passkey = (await session.scalars(statement.with_for_update())).one_or_none()
    if passkey is None or not _is_own_handle(credential, passkey.user_id):
        raise PasskeyRefused
    count = _verified_count(desk, challenge, passkey, credential)
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        raise CounterWentBack(passkey.id)
    passkey.sign_count, passkey.last_used_at = count, now
    return passkey


def _verified_count(
    desk: Desk, challenge: PasskeyChallenge, passkey: Passkey, credential: dict[str, Any]
) -> int:
    """Return the authenticator's counter once its signature holds; ours is compared later."""
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=desk.host,
            expected_origin=desk.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    return verified.new_sign_count


def _is_own_handle(credential: dict[str, Any], user_id: UUID) -> bool:
    """Tell whether the answer names the passkey's own person, as a discoverable one must."""
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    try:
        return isinstance(handle, str) and base64url_to_bytes(handle) == user_id.bytes
    except ValueError:
        return False


async def note_refusal(
    database: Database,
    context: Context,
    error: PasskeyRefused,
    *,
    user_id: UUID | None,
    now: datetime,
) -> None:
    """Record that a passkey was refused, and the suspicion of a copy."""
    await note_failure(database, context, factor="passkey", user_id=user_id, now=now)
    if isinstance(error, CounterWentBack) and user_id is not None:
        async with database.transaction(context) as session:
            event = PasskeyCloneSuspected(aggregate_id=user_id, passkey_id=error.passkey_id)
            await publish(session, context, event, now=now)
