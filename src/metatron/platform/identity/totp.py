"""The authenticator app (TOTP, RFC 6238) and its ten recovery codes."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import RP_NAME, Desk
from metatron.platform.identity.errors import MfaAlreadyOn, MfaNotOn, WrongCode
from metatron.platform.identity.events import RecoveryCodeUsed, TotpEnabled, TotpRemoved
from metatron.platform.identity.one_time_secrets import secret_hash
from metatron.platform.identity.sessions import revoke_all
from metatron.platform.identity.tables import RecoveryCode, Totp
from metatron.platform.notifications.interface import send_mail

STEP_SECONDS = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A fresh secret for the authenticator app; shown once, not yet in force."""

    secret: str
    otpauth_uri: str


async def offer_totp(
    session: AsyncSession, *, desk: Desk, user_id: UUID, now: datetime
) -> TotpOffer:
    """Make a secret, replacing one that was never confirmed; raise `MfaAlreadyOn` if one was."""
    user = await account(session, user_id, lock=True)
    held = await session.get(Totp, user_id)
    if held is not None and held.confirmed_at is not None:
        raise MfaAlreadyOn
    secret = pyotp.random_base32()
    if held is None:
        held = Totp(user_id=user_id, last_step=0, created_at=now)
        session.add(held)
    held.secret_sealed, held.created_at, held.last_step = desk.secrets.seal(secret), now, 0
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=RP_NAME)
    return TotpOffer(secret, uri)


async def confirm_totp(
    session: AsyncSession, context: Context, *, desk: Desk, user_id: UUID, code: str, now: datetime
) -> list[str]:
    """Put the authenticator in force; returns the recovery codes and ends other sessions.

    Raises:
        MfaNotOn: no secret was made.
        MfaAlreadyOn: it is in force.
        WrongCode: the app shows another code.
    """
    held = await session.get(Totp, user_id, with_for_update=True)
    if held is None:
        raise MfaNotOn
    if held.confirmed_at is not None:
        raise MfaAlreadyOn
    if not _accept_step(held, desk, code, now):
        raise WrongCode
    held.confirmed_at = now
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=secret_hash(text.replace("-", "")))
        for text in codes
    )
    await publish(session, context, TotpEnabled(aggregate_id=user_id), now=now)
    await _after_change(session, context, desk, user_id=user_id, change="It is on now.", now=now)
    return codes


async def remove_totp(
    session: AsyncSession, context: Context, *, desk: Desk, user_id: UUID, code: str, now: datetime
) -> None:
    """Take the authenticator out of force with a code of its own or a recovery code.

    Raises:
        MfaNotOn: there is none.
        WrongCode: the code is wrong or was used.
    """
    held = await session.get(Totp, user_id, with_for_update=True)
    if held is None or held.confirmed_at is None:
        raise MfaNotOn
    await spend_code(session, context, desk=desk, user_id=user_id, code=code, now=now)
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    await session.delete(held)
    await publish(session, context, TotpRemoved(aggregate_id=user_id), now=now)
    await _after_change(session, context, desk, user_id=user_id, change="It is off now.", now=now)


async def spend_code(
    session: AsyncSession, context: Context, *, desk: Desk, user_id: UUID, code: str, now: datetime
) -> str:
    """Use up a code and return its kind; raise `WrongCode` when it is wrong or was used."""
    plain = "".join(code.split()).replace("-", "").upper()
    if plain.isdecimal():
        held = await session.get(Totp, user_id, with_for_update=True)
        if held is None or held.confirmed_at is None or not _accept_step(held, desk, plain, now):
            raise WrongCode
        return "totp"
    spent = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == secret_hash(plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.user_id)
    )
    if spent.first() is None:
        raise WrongCode
    left = await session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    )
    event = RecoveryCodeUsed(aggregate_id=user_id, codes_left=left or 0)
    await publish(session, context, event, now=now)
    return "recovery_code"


def _accept_step(held: Totp, desk: Desk, code: str, now: datetime) -> bool:
    """Compare with the steps around `now` that were not used yet, and remember the one used."""
    if not code.isascii():  # which compare_digest would not compare
        return False
    totp = pyotp.TOTP(desk.secrets.open(held.secret_sealed), interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    given = "".join(code.split()).encode()
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if step > held.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), given):
            held.last_step = step
            return True
    return False


def _new_recovery_code() -> str:
    """Return 120 random bits as six groups of letters and digits that are told apart easily.

    With 112 and more a plain hash keeps them safe (ASVS 6.5.2); fewer would have to be stretched.
    """
    text = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(text[start : start + 4] for start in range(0, 24, 4))


async def _after_change(
    session: AsyncSession,
    context: Context,
    desk: Desk,
    *,
    user_id: UUID,
    change: str,
    now: datetime,
) -> None:
    why = "mfa_changed"
    await revoke_all(session, context, user_id=user_id, keep=context.session_id, why=why, now=now)
    user = await account(session, user_id)
    variables = {
        "display_name": user.display_name,
        "change": change,
        "link": f"{desk.settings.public_url.rstrip('/')}/settings/security",
    }
    template = "identity.mfa_changed"
    await send_mail(
        session, context, to=user.email, template=template, variables=variables, now=now
    )
