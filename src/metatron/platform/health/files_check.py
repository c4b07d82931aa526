"""Can contents of files be kept where the settings say, in a bucket of an S3-like store?"""

import time

from metatron.platform.files.interface import Store, StoreUnusable
from metatron.platform.health.checks import Check, Outcome

REMEMBERED_SECONDS = 30.0
"""Each question is a call that the store's owner pays for."""


def files_check(store: Store) -> Check:
    """Ask the store; away it degrades, for everything but files goes on without it.

    A store that refuses says why, in `files_problem`; it is asked anew each time then.
    """
    well_until = 0.0

    async def ask() -> Outcome:
        nonlocal well_until
        if time.monotonic() < well_until:
            return Outcome("healthy", {"files_problem": None})
        try:
            await store.check()
        except StoreUnusable as error:
            return Outcome("degraded", {"files_problem": str(error)})
        well_until = time.monotonic() + REMEMBERED_SECONDS
        return Outcome("healthy", {"files_problem": None})

    return Check("files", ask)
