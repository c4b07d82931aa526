"""Hashes passwords on threads of their own, so that the event loop never waits for them.

The threads have the priority of all others: a thread of low priority that the system sets aside
while it holds the interpreter's lock makes the event loop wait for its turn.
"""

import asyncio
import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import bcrypt
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from metatron.kernel.errors import Busy

Result = TypeVar("Result")
QUEUE = 64
_BCRYPT_BYTES = 72
_PASSES, _KIBIBYTES = 2, 19_456
"""argon2id with 19 MiB, 2 passes, 1 lane (OWASP); libsodium computes it on wide registers."""
_AS_NOW = f"$argon2id$v=19$m={_KIBIBYTES},t={_PASSES},p=1$"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a comparison; `renewed` is a newer hash to store instead."""

    is_right: bool
    renewed: str | None = None


def hash_threads(workers: int) -> int:
    """Return how many threads each of so many processes needs to keep all cores hashing."""
    return max(1, (os.cpu_count() or 1) // workers)


class HashPool:
    """A few threads and a short queue; beyond it `Busy`."""

    def __init__(self, *, threads: int, queue: int = QUEUE) -> None:
        """Start no thread yet."""
        self._executor = ThreadPoolExecutor(threads, "hash")
        self._most = threads + queue
        self._held = 0
        self._lock = threading.Lock()

    async def hash(self, password: str) -> str:
        """Return an argon2id hash; raise `Busy` when the queue is full."""
        return await self._run(_hash, password)

    async def check(self, password: str, stored: str | None) -> Check:
        """Compare with a stored argon2id or bcrypt hash; raise `Busy` when the queue is full.

        Without a stored hash the same work is done on a hash of nobody's, so that the answer
        takes the same time. An old kind of hash is renewed when the password is right.
        """
        return await self._run(_check, password, stored)

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        with self._lock:
            if self._held >= self._most:
                raise Busy("Too many sign-ins at once; try again in a moment.")
            self._held += 1
        # The permit belongs to the job: a caller who hangs up does not free it early.
        job: Future[Result] = self._executor.submit(work, *arguments)
        job.add_done_callback(self._release)
        return await asyncio.wrap_future(job)

    def _release(self, _job: "Future[Any]") -> None:
        with self._lock:
            self._held -= 1

    def close(self) -> None:
        """Let running jobs end and drop waiting ones."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _hash(password: str) -> str:
    return argon2id.str(password.encode(), _PASSES, _KIBIBYTES * 1_024).decode()


@functools.cache
def _hash_of_nobody() -> str:
    return _hash("nobody has this password")


def _check(password: str, stored: str | None) -> Check:
    if stored is not None and stored.startswith(("$2a$", "$2b$", "$2y$")):
        return _check_bcrypt(password, stored)
    # Made at the first check of any password, so that it tells nothing of this one.
    nobody = _hash_of_nobody()
    try:
        argon2id.verify((stored or nobody).encode(), password.encode())
    except CryptoError:
        return Check(is_right=False)
    if stored is None:
        return Check(is_right=False)
    return Check(is_right=True, renewed=None if stored.startswith(_AS_NOW) else _hash(password))


def _check_bcrypt(password: str, stored: str) -> Check:
    secret = password.encode()
    if len(secret) > _BCRYPT_BYTES:  # such a hash cannot have been made of it
        return Check(is_right=False)
    try:
        is_right = bcrypt.checkpw(secret, stored.encode())
    except ValueError:
        return Check(is_right=False)
    return Check(is_right, _hash(password) if is_right else None)
