"""Passkeys (WebAuthn): discoverable, with user verification, one ceremony per challenge."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import RP_NAME, Desk
from metatron.platform.identity.errors import InvalidPasskey
from metatron.platform.identity.events import PasskeyAdded, PasskeyRemoved
from metatron.platform.identity.tables import Passkey, PasskeyChallenge

CEREMONY = timedelta(minutes=5)
CHALLENGE_BYTES = 32
MOST_PASSKEYS = 20
LONGEST_CREDENTIAL_ID = 1_023
"""In bytes (WebAuthn level 3, 6.5.1)."""
_TRANSPORTS = {item.value for item in AuthenticatorTransport}


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A challenge's id and the options for the browser's credential API."""

    challenge_id: UUID
    options: dict[str, Any]


def begin(
    session: AsyncSession, *, kind: str, user_id: UUID | None, now: datetime
) -> PasskeyChallenge:
    """Add a challenge of five minutes."""
    challenge = PasskeyChallenge(
        id=new_id(),
        kind=kind,
        user_id=user_id,
        challenge=secrets.token_bytes(CHALLENGE_BYTES),
        created_at=now,
        expires_at=now + CEREMONY,
    )
    session.add(challenge)
    return challenge


async def spend_challenge(
    session: AsyncSession, challenge_id: UUID, *, kind: str, now: datetime
) -> PasskeyChallenge | None:
    """Mark a live challenge as used and return it, None when there is none; one use wins."""
    found = await session.get(PasskeyChallenge, challenge_id, with_for_update=True)
    if found is None or found.kind != kind or found.used_at or found.expires_at <= now:
        return None
    found.used_at = now
    return found


async def registration_options(
    session: AsyncSession, *, desk: Desk, user_id: UUID, now: datetime
) -> Ceremony:
    """Begin the registration of a passkey for the signed-in person."""
    user = await account(session, user_id)
    challenge = begin(session, kind="registration", user_id=user_id, now=now)
    known = await session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id))
    options = generate_registration_options(
        rp_id=desk.host,
        rp_name=RP_NAME,
        user_id=user_id.bytes,
        user_name=user.email,
        user_display_name=user.display_name,
        challenge=challenge.challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=item) for item in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return Ceremony(challenge.id, orjson.loads(options_to_json(options)))


async def add_passkey(
    session: AsyncSession,
    context: Context,
    *,
    desk: Desk,
    user_id: UUID,
    challenge_id: UUID,
    name: str,
    credential: dict[str, Any],
    now: datetime,
) -> Passkey:
    """Register the authenticator's answer.

    Raises:
        InvalidPasskey: the challenge is over or another person's, the answer does not hold, the
            user was not verified, or the passkey is known already.
    """
    challenge = await spend_challenge(session, challenge_id, kind="registration", now=now)
    if challenge is None or challenge.user_id != user_id:
        raise InvalidPasskey("Start again: the ceremony is over.")
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=desk.host,
            expected_origin=desk.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise InvalidPasskey from error
    if len(verified.credential_id) > LONGEST_CREDENTIAL_ID:
        raise InvalidPasskey
    await _check_number(session, user_id)
    passkey = Passkey(
        id=new_id(),
        user_id=user_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        transports=_transports(credential),
        backed_up=verified.credential_backed_up,
        created_at=now,
    )
    session.add(passkey)
    try:
        await session.flush()
    except IntegrityError as error:
        raise InvalidPasskey("This passkey is registered already.") from error
    event = PasskeyAdded(aggregate_id=user_id, passkey_id=passkey.id)
    await publish(session, context, event, now=now)
    return passkey


async def _check_number(session: AsyncSession, user_id: UUID) -> None:
    await account(session, user_id, lock=True)
    count = await session.scalar(
        select(func.count()).select_from(Passkey).where(Passkey.user_id == user_id)
    )
    if (count or 0) >= MOST_PASSKEYS:
        raise InvalidPasskey(f"A person has at most {MOST_PASSKEYS} passkeys.")


def _transports(credential: dict[str, Any]) -> list[Any]:
    response = credential.get("response")
    given = response.get("transports") if isinstance(response, dict) else None
    if not isinstance(given, list):
        return []
    return sorted({item for item in given if isinstance(item, str) and item in _TRANSPORTS})


async def passkeys_of(session: AsyncSession, user_id: UUID) -> list[Passkey]:
    """Return a person's passkeys, the newest first."""
    statement = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id.desc())
    return list(await session.scalars(statement))


async def remove_passkey(
    session: AsyncSession, context: Context, *, user_id: UUID, passkey_id: UUID, now: datetime
) -> None:
    """Remove one of a person's passkeys; raise `NotFound` when it is not theirs."""
    removed = await session.execute(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.user_id == user_id)
        .returning(Passkey.id)
    )
    if removed.first() is None:
        raise NotFound
    event = PasskeyRemoved(aggregate_id=user_id, passkey_id=passkey_id)
    await publish(session, context, event, now=now)
