"""Lists of tenants to provision: rows of a CSV file, or so many of a kind."""

import csv
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from metatron.kernel.errors import InvalidInput
from metatron.platform.tenancy.organisations import checked_name, checked_slug

PLACEMENTS = ("pooled", "dedicated")
TIERS = ("free", "basic", "pro", "enterprise")
ENVIRONMENTS = ("development", "staging", "production")
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Wish:
    """One tenant to be. In texts, `{slug}` stands for its short name."""

    slug: str
    name: str
    owner_email: str
    owner_name: str = ""
    tier: str = "free"
    placement: str = "pooled"
    environment: str = "production"

    def request(self) -> dict[str, Any]:
        """Return what onboarding is asked for."""
        email = self.owner_email.replace("{slug}", self.slug)
        person = {"email": email, "display_name": self.owner_name or email.split("@")[0]}
        return {
            "name": self.name.replace("{slug}", self.slug),
            "slug": self.slug,
            "first_user": person,
            "tier": self.tier,
            "placement": self.placement,
            "environment": self.environment,
        }


COLUMNS = tuple(field.name for field in fields(Wish))
_REQUIRED = ("slug", "name", "owner_email")


def numbered(count: int, model: Wish) -> list[Wish]:
    """Return `count` wishes like `model`, whose short name gets a number: tenant-0001 and on."""
    asked = {name: getattr(model, name) for name in COLUMNS if name != "slug"}
    return [
        checked(Wish(slug=f"{model.slug}-{number:04}", **asked)) for number in range(1, count + 1)
    ]


def read_csv(path: Path) -> list[Wish]:
    """Return the rows of a file with a heading of `COLUMNS`, of which the first three are needed.

    Raises:
        InvalidInput: an unknown or missing column, a row that cannot be, or a short name that
            comes twice; nothing is done for any of them.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        heading = rows.fieldnames or ()
        wrong = [name for name in _REQUIRED if name not in heading]
        wrong += [name for name in heading if name not in COLUMNS]
        if wrong:
            raise _refusal(1, f"the columns are {', '.join(COLUMNS)}; see {', '.join(wrong)}")
        wishes: dict[str, Wish] = {}
        for number, row in enumerate(rows, 2):
            given = {name: value.strip() for name, value in row.items() if value and name}
            if missing := [name for name in _REQUIRED if name not in given]:
                raise _refusal(number, f"{', '.join(missing)} is missing")
            wish = checked(Wish(**given), number)
            if wish.slug in wishes:
                raise _refusal(number, f"{wish.slug} comes twice")
            wishes[wish.slug] = wish
            if len(wishes) > MOST:
                raise _refusal(number, f"at most {MOST} at a time")
    return list(wishes.values())


def checked(wish: Wish, row: int = 0) -> Wish:
    """Return the wish, or raise `InvalidInput` with the number of its row."""
    for name, allowed in (
        ("placement", PLACEMENTS), ("tier", TIERS), ("environment", ENVIRONMENTS),
    ):  # fmt: skip
        if getattr(wish, name) not in allowed:
            raise _refusal(row, f"{name} is one of {', '.join(allowed)}")
    if "@" not in wish.owner_email:
        raise _refusal(row, f"{wish.owner_email} is no e-mail address")
    try:
        checked_slug(wish.slug)
        checked_name(wish.name)
    except InvalidInput as error:
        raise _refusal(row, f"{wish.slug}: {error.detail}") from error
    return wish


def _refusal(row: int, hint: str) -> InvalidInput:
    return InvalidInput.field(f"row {row}" if row else "arguments", "invalid_wish", hint)
