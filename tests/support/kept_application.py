"""Applications of all modules, kept for the tests that come after.

Composing one looks through some seven hundred routes, which takes seconds, and most tests want the
same. Who takes one has it alone, with nothing in its state but what composing it left there.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from metatron.kernel.http.application import create_application
from metatron.kernel.settings import Settings
from metatron.processes import all_modules

RUNS_OWN = {
    "data_dir", "database_url", "database_system_url", "database_owner_url", "secret_keys",
    "signing_key_dir", "mailbox_dir",
}  # fmt: skip
"""Settings that no application is composed by: what starts on it reads them."""

_free: dict[str, list[FastAPI]] = defaultdict(list)


@contextmanager
def kept_application(settings: Settings) -> Iterator[FastAPI]:
    """Take an application composed by such settings, or compose one; nothing has started on it."""
    free = _free[settings.model_dump_json(exclude=RUNS_OWN)]
    app = free.pop() if free else create_application(settings, all_modules())
    owners = app.state.owners
    app.state.settings = settings
    try:
        yield app
    finally:
        app.state._state.clear()
        app.state.owners = owners
        free.append(app)
