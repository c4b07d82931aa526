"""Answers of the escrow desk's lists. Amounts are minor units of `currency`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from metatron.apps.campaigns.edge.care_schemas import CardDisputeShown
from metatron.apps.campaigns.edge.schemas import Body, Note, Paragraphs

type DisputeState = Literal["open", "won", "lost"]
type PayoutState = Literal["instructed", "confirmed", "failed"]


class EvidenceBody(Body):
    """What finance says against a dispute; the commitment's facts are added to it."""

    explanation: Paragraphs


class DisputeFileBody(Body):
    """An uploaded file of the purpose `dispute_evidence`, and what it shows."""

    file_id: UUID
    note: Note | None = None


class DisputeFileShown(BaseModel):
    """A file that speaks against a dispute; its content opens at `/files/{file_id}/content`."""

    id: UUID
    dispute_id: UUID
    file_id: UUID
    sha256: str
    media_type: str
    name: str
    note: str | None
    added_by: UUID | None
    added_at: datetime


class DisputeFiles(BaseModel):
    """All files that speak against a dispute, in the sequence in which they were given."""

    items: list[DisputeFileShown]


class ListedDispute(CardDisputeShown):
    """A card dispute with what it belongs to."""

    commitment_reference: str
    campaign_reference: str
    campaign_title: str | None


class SupplierPayout(BaseModel):
    """A payment to the supplier of a campaign, for so many commitments.

    `failed` means refused by the provider, or returned: it is due and can be instructed again.
    """

    id: UUID
    campaign_id: UUID
    campaign_reference: str
    campaign_title: str | None
    amount_minor: int
    currency: str
    state: PayoutState
    attempts: int
    commitments: int
    share_title: str | None
    """Of a share released before the inspection; None for what the inspection released."""

    created_at: datetime
    due_at: datetime | None
    """Two business days after the inspection ended, or after the release of a share."""

    confirmed_at: datetime | None


class ListedPayout(SupplierPayout):
    """The same for finance, with where it goes."""

    destination: str
    supplier_name: str | None
