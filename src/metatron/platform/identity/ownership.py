"""The moment an address is shown to be somebody's: what strangers prepared before it is void.

Anybody can register any address. Until its owner has opened a mail, a password or a session on
the account may be a stranger's; so both end unless the owner's own browser made them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.identity.accounts import mark_verified
from metatron.platform.identity.sessions import revoke_all
from metatron.platform.identity.tables import UserAccount


async def prove_ownership(
    session: AsyncSession,
    context: Context,
    user: UserAccount,
    *,
    method: str,
    keep_password_hash: str | None = None,
    now: datetime,
) -> bool:
    """Mark the address as verified; return whether the password of before was kept.

    `keep_password_hash` is the hash chosen in the very browser that now opens the mail.
    """
    if user.is_verified:
        return True
    old: Any = user.password_hash
    user.password_hash = keep_password_hash
    if keep_password_hash is None or old != keep_password_hash:
        why = "address_verified"
        await revoke_all(session, context, user_id=user.id, why=why, now=now)
    await mark_verified(session, context, user, method=method, now=now)
    return old is None or user.password_hash is not None
