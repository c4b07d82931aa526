"""What the Ads API lists of a sign-in's profiles, as rows of the catalogue."""

from dataclasses import dataclass, field

from metatron.apps.amc.amazon.advertising import KINDS, AdKind, AdsClient, Profile
from metatron.apps.amc.amazon.errors import AmazonRefused, TokenRefused
from metatron.apps.amc.catalogue.files import ASIN, Subject

type Rows = dict[tuple[str, ...], dict[str, str]]
"""By what identifies them: kind and campaign id, or the ASIN."""


@dataclass(slots=True)
class Found:
    """What the Ads API lists, and what it refused: `{line, reason}`, of no line."""

    rows: Rows = field(default_factory=dict)
    problems: list[dict[str, object]] = field(default_factory=list)


async def look(client: AdsClient, subject: Subject) -> Found:
    """Return what all profiles have.

    Raises:
        AmazonError: no answer, or no sign-in; what is refused of one profile stands in the answer.
    """
    found = Found()
    for profile in await client.profiles():
        for kind in KINDS:
            try:
                listed = _campaigns if subject == "campaigns" else _products
                rows = await listed(client, profile, kind)
            except TokenRefused:
                raise
            except AmazonRefused as error:
                # A profile without an ad product must not hide the others.
                reason = f"{profile.name}, {kind}: Amazon says: {error.details}"
                found.problems.append({"line": 0, "reason": reason})
            else:
                _join(found.rows, rows)
    return found


async def _campaigns(client: AdsClient, profile: Profile, kind: AdKind) -> Rows:
    return {
        (kind, each.campaign_id): {
            "kind": kind, "campaign_id": each.campaign_id, "name": each.name,
            "state": each.state, "brand": "",
        }
        for each in await client.campaigns(profile.profile_id, kind)
    }  # fmt: skip


async def _products(client: AdsClient, profile: Profile, kind: AdKind) -> Rows:
    rows: Rows = {}
    for each in await client.advertised(profile.profile_id, kind):
        if ASIN.fullmatch(each.asin):
            active = "true" if each.state == "ENABLED" else "false"
            row = {"asin": each.asin, "title": "", "brand": "", "marketplace": profile.country,
                   "active": active}  # fmt: skip
            _join(rows, {(each.asin,): row})
    return rows


def _join(rows: Rows, more: Rows) -> None:
    """Add rows; a product is active when one of its ads is."""
    for key, row in more.items():
        if key not in rows or row.get("active") == "true":
            rows[key] = row
