"""The invariants as SQL on a live ledger: what breaks a rule is found, whoever broke it."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 100
"""Violations reported for one rule."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken invariant: its number in the specification, the rule, the row and what is wrong."""

    invariant: int
    rule: str
    subject: UUID | None
    detail: str


def _rules() -> list[tuple[int, str, str]]:
    """Read checks.sql: each rule starts with `-- rule <invariant>: <name>`."""
    script = Path(__file__).with_name("checks.sql").read_text()
    rules = []
    for part in script.split("-- rule ")[1:]:
        heading, _, sql = part.partition("\n")
        number, _, name = heading.partition(": ")
        rules.append((int(number), name, sql.strip().rstrip(";")))
    return rules


RULES = _rules()


async def run_checks(session: AsyncSession) -> list[Violation]:
    """Run every rule over the session's tenant; an empty list means that the books are right.

    All rules look at the same rows only if the session's transaction is repeatable read; under
    read committed a busy ledger can show differences that are none.
    """
    found = []
    for invariant, rule, sql in RULES:
        statement = text(sql + "\nlimit :most")
        found += [
            Violation(invariant, rule, row.subject, row.detail)
            for row in await session.execute(statement, {"most": MOST})
        ]
    return found
