"""A dispute as a provider tells of it, and what is handed in against it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_EXPLANATION = 20_000


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """How a dispute stands at the provider; `evidence_due_at` is None when it takes none."""

    reference: str
    is_open: bool
    evidence_due_at: datetime | None
    is_evidence_in: bool


@dataclass(frozen=True, slots=True)
class EvidenceCall:
    """Evidence to be handed in, once and for all; `evidence_id` is its idempotency key."""

    evidence_id: UUID
    reference: str
    explanation: str
