"""Makes the database ready and greets with a sign-in link; at a second start with few statements.

The heavy parts (migrations, seed) run as programs of their own, only when they are needed: they
import the whole suite, which would cost this process seconds and 100 MB.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from metatron.kernel.process.child import python
from metatron.kernel.process.errand import run_errand
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.platform.identity.quick_link import quick_sign_in_link
from metatron.warmth import Notes, applied_revisions, migrations_digest, seed_digest

ORGANISER = "organiser@demo.example.com"
REVIEWER = "reviewer@demo.example.com"
FINANCE = "finance@demo.example.com"
SUPPLIER = "supplier@demo.example.com"
FIRST_OPERATOR = "owner@example.com"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an installation keeps its things. The addresses are libpq-style."""

    data: Path
    owner_dsn: str
    application_dsn: str
    public_url: str

    @property
    def notes(self) -> Notes:
        """What earlier starts have noted."""
        return Notes(self.data / "notes")

    def log(self, name: str) -> Path:
        """Return the log of an errand."""
        return self.data / "logs" / f"{name}.log"


async def ensure_schema(here: Installation, progress: Progress) -> None:
    """Migrate, unless these migrations have brought the database to where it is.

    Raises:
        ProcessError: a migration failed.
    """
    digest = migrations_digest()
    applied = await applied_revisions(here.owner_dsn)
    if applied and here.notes.says("migrated", f"{digest}\n{applied}"):
        return
    with progress.step("migrations"):
        await run_errand(python("-m", "metatron", "migrate"), log=here.log("migrations"))
    here.notes.note("migrated", f"{digest}\n{await applied_revisions(here.owner_dsn)}")


async def sign_in_link(here: Installation, progress: Progress, *, demo: bool) -> str:
    """Seed what is missing and return a one-time sign-in link.

    Raises:
        ProcessError: the seed failed.
    """
    stamp = f"{seed_digest()} {'demo' if demo else 'plain'}"
    if here.notes.says("seeded", stamp):
        link = await quick_sign_in_link(
            here.application_dsn,
            email_key=ORGANISER if demo else FIRST_OPERATOR,
            public_url=here.public_url,
        )
        if link is not None:
            return link
    kind = "--demo" if demo else "--no-demo"
    with progress.step("seed"):
        link = await run_errand(python("-m", "metatron", "seed", kind), log=here.log("seed"))
    here.notes.note("seeded", stamp)
    return link


def staged_demo(here: Installation) -> str | None:
    """Return the address of the demo's live campaign, None until an earlier start has made it."""
    path = here.notes.text("demo")
    return f"{here.public_url}{path}" if path else None


async def stage_demo(here: Installation, progress: Progress) -> str | None:
    """Play the demo's campaigns as far as its members; return the address of the live one.

    A demo that cannot be played keeps nobody from working: it is said in one line, and None.
    """
    with contextlib.suppress(ProcessError), progress.step("demo campaigns"):
        return here.public_url + await run_errand(
            python("-m", "metatron", "demo"), log=here.log("demo")
        )
    progress.note(f"the demo's campaigns are not complete: read {here.log('demo')}")
    return None


async def complete_demo(here: Installation, shown: str | None) -> None:
    """Do what a first start leaves for later; what is complete is noted and never done again.

    The members of the live campaign at `shown` commit, and Amazon's local stand-in is connected.
    """
    if shown is not None and staged_demo(here) is None:
        with contextlib.suppress(ProcessError):
            await run_errand(python("-m", "metatron", "demo", "--members"), log=here.log("demo"))
            here.notes.note("demo", shown.removeprefix(here.public_url))
    if not here.notes.text("demo-amazon"):
        with contextlib.suppress(ProcessError):
            told = await run_errand(
                python("-m", "metatron", "demo", "--amazon"), log=here.log("demo-amazon")
            )
            here.notes.note("demo-amazon", told)
