"""Manifests: what goes where, by the campaign's strategy; personal data only where it must be."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import ManifestNotReady
from metatron.apps.campaigns.delivery.events import ManifestExported
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.transitions import TERMINAL
from metatron.apps.campaigns.permissions import ORGANISE, SUPPLY
from metatron.apps.campaigns.rules.addresses import DIRECT
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.events.event import publish

DIRECT_COLUMNS = (
    "reference", "units", "sku", "recipient", "street", "postal_code", "city", "country",
)  # fmt: skip
BULK_COLUMNS = ("reference", "units", "sku", "consolidation_point", "address")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_DIRECT = text("""
select m.reference, m.units_allocated units, c.sku, a.recipient, a.street, a.postal_code, a.city,
  a.country
from campaigns.commitment m
join campaigns.campaign c on c.tenant_id = m.tenant_id and c.id = m.campaign_id
left join campaigns.delivery_address a on a.tenant_id = m.tenant_id and a.commitment_id = m.id
where m.tenant_id = :tenant_id and m.campaign_id = :campaign_id
  and m.state in ('allocated', 'released', 'settled')
order by m.reference
""")
_BULK = text("""
select m.reference, m.units_allocated units, c.sku, p.name consolidation_point, p.address
from campaigns.commitment m
join campaigns.campaign c on c.tenant_id = m.tenant_id and c.id = m.campaign_id
left join campaigns.consolidation_point p
  on p.tenant_id = c.tenant_id and p.id = c.consolidation_point_id
where m.tenant_id = :tenant_id and m.campaign_id = :campaign_id
  and m.state in ('allocated', 'released', 'settled')
order by m.reference
""")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One row a commitment, its cells in the sequence of `columns`."""

    reference: str
    strategy: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]

    @property
    def units(self) -> int:
        """Return all units."""
        return sum(row["units"] for row in self.rows)


async def export_manifest(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    form: Literal["json", "csv"],
    now: datetime,
) -> Manifest:
    """Return what is delivered where, and record that it was taken out, without its content.

    Only a direct delivery names people and addresses. The campaign's own supplier and its
    organisers may.

    Raises:
        CampaignNotFound: no such campaign, or another supplier's.
        ManifestNotReady: the allocation is not complete, or the campaign has ended.
    """
    query = select(Campaign).where(
        Campaign.tenant_id == context.tenant_id, Campaign.id == campaign_id
    )
    campaign = (await session.execute(query)).scalar_one_or_none()
    if not context.allows(ORGANISE):
        if not context.allows(SUPPLY):
            raise PermissionDenied(SUPPLY)
        if campaign is not None and campaign.supplier_id != context.actor_id:
            raise CampaignNotFound
    if campaign is None:
        raise CampaignNotFound
    if campaign.allocated_at is None or campaign.state in TERMINAL["campaign"]:
        raise ManifestNotReady
    is_direct = campaign.delivery_strategy == DIRECT
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    found = await session.execute(_DIRECT if is_direct else _BULK, key)
    rows = [dict(row) for row in found.mappings()]
    event = ManifestExported(
        aggregate_id=campaign_id,
        strategy=campaign.delivery_strategy or "",
        format=form,
        rows=len(rows),
        has_personal_data=is_direct,
    )
    await publish(session, context, event, now=now)
    columns = DIRECT_COLUMNS if is_direct else BULK_COLUMNS
    return Manifest(campaign.reference, campaign.delivery_strategy or "", columns, rows)


def as_csv(manifest: Manifest) -> bytes:
    """Return the manifest as RFC 4180 CSV in UTF-8; no cell can be run as a formula."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(manifest.columns)
    for row in manifest.rows:
        writer.writerow([_harmless(row[column]) for column in manifest.columns])
    return written.getvalue().encode()


def _harmless(value: Any) -> str:
    shown = "" if value is None else str(value)
    # Spreadsheets skip blanks before a formula.
    return "'" + shown if shown.startswith(_FORMULA) or shown.lstrip()[:1] in _FORMULA else shown
