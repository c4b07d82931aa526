"""5 attempts in 15 minutes per account and address, over every factor; kept in PostgreSQL.

An attempt is counted before the factor is checked, so that parallel guesses cannot outrun the
count, and taken back when it was right. The key holds the caller's address: a stranger elsewhere
cannot lock the person out. Blocks double from 15 minutes to 4 hours and end by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.platform.identity.errors import TooManyAttempts

PER_ACCOUNT_AND_ADDRESS = 5
PER_ADDRESS = 100
"""Wrong attempts on whatever accounts from one address: guessing one password of everybody."""
PER_ACCOUNT_SECOND_FACTOR = 20
"""Wrong codes from anywhere: who gets this far knows the first factor."""
MAILS_PER_RECIPIENT = 20
MAILS_PER_ADDRESS = 100
UNKNOWN = "-"
"""Stands for the account when a token belongs to nobody."""

_TAKE = f"""{BOUND}
select identity.take_attempt($2, $3, $4), coalesce($4, clock_timestamp()) as at from bound
"""
_GIVE_BACK = f"{BOUND} select identity.give_back_attempt($2) from bound"
_FORGIVE = f"{BOUND} select identity.forgive_attempts($2, $3) from bound"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts in 15 minutes under one key."""

    key: bytes
    most: int
    is_shared: bool = False
    """Counts many accounts: a sign-in of one of them does not clear it."""


def attempt_limits(account: str, ip: str | None) -> list[Limit]:
    """Return the limits on proving to be `account` (an address's key or an id) from `ip`."""
    place = network_of(ip)
    return [
        Limit(_key("account", account, place), PER_ACCOUNT_AND_ADDRESS),
        Limit(_key("address", place), PER_ADDRESS, is_shared=True),
    ]


def second_factor_limits(account: str, ip: str | None) -> list[Limit]:
    """Return the limits on codes, which also count over all addresses together."""
    everywhere = Limit(_key("second_factor", account), PER_ACCOUNT_SECOND_FACTOR)
    return [*attempt_limits(account, ip), everywhere]


def mail_limits(recipient: str, ip: str | None) -> list[Limit]:
    """Return the limits on mails to one person and from one address.

    The machine itself (loopback) may send to as many people as it likes: that is the operator.
    """
    place = network_of(ip)
    limits = [
        Limit(_key("mail", recipient, place), PER_ACCOUNT_AND_ADDRESS),
        Limit(_key("mail_to", recipient), MAILS_PER_RECIPIENT),
    ]
    if ip is not None and not ip_address(ip).is_loopback:
        limits.append(Limit(_key("mail_from", place), MAILS_PER_ADDRESS))
    return limits


async def take_attempt(
    database: Database, limits: list[Limit], *, now: datetime | None = None
) -> None:
    """Count an attempt, committed at once; `now` None means the database's clock.

    Raises:
        TooManyAttempts: with `Retry-After` in seconds.
    """
    context = system_context()
    door = await database.direct(context)
    row = await door.row(context, _TAKE, *attempt_arguments(limits), now)
    assert row is not None
    refuse_blocked(row[0], row["at"])


def attempt_arguments(limits: list[Limit]) -> tuple[list[bytes], list[int]]:
    """Return the first two arguments of `identity.take_attempt`."""
    ordered = sorted(limits, key=lambda limit: limit.key)  # one order of locks
    return [limit.key for limit in ordered], [limit.most for limit in ordered]


def refuse_blocked(until: datetime | None, at: datetime) -> None:
    """Raise `TooManyAttempts` when what `identity.take_attempt` answered is an instant."""
    if until is not None:
        seconds = max(1, int((until - at).total_seconds()) + 1)
        raise TooManyAttempts(
            f"Try again in {seconds} seconds.", headers={"Retry-After": str(seconds)}
        )


async def give_back(database: Database, limits: list[Limit]) -> None:
    """Take back one attempt that was right but is not the whole of a sign-in."""
    context = system_context()
    door = await database.direct(context)
    await door.row(context, _GIVE_BACK, [limit.key for limit in limits])


async def forgive(database: Database, limits: list[Limit]) -> None:
    """Forget the account's wrong attempts after a complete sign-in."""
    context = system_context()
    door = await database.direct(context)
    await door.row(context, _FORGIVE, *split_keys(limits))


def split_keys(limits: Sequence[Limit]) -> tuple[list[bytes], list[bytes]]:
    """Return the keys that a sign-in clears, and those on which it takes one attempt back."""
    own = [limit.key for limit in limits if not limit.is_shared]
    return own, [limit.key for limit in limits if limit.is_shared]


def network_of(ip: str | None) -> str:
    """Return whom an address stands for: itself, or for IPv6 its /64."""
    if ip is None:
        return UNKNOWN
    address = ip_address(ip)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)


def _key(*parts: str) -> bytes:
    return sha256("\x1f".join(parts).encode()).digest()
