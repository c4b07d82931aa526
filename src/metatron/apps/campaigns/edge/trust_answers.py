"""Shapes of proofs. Hashes, keys and signatures are hex."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class NeighbourAnswer(BaseModel):
    """One neighbour on the way to the root."""

    side: Literal["left", "right"]
    hash: str


class CheckpointAnswer(BaseModel):
    """A signed statement: the bytes of `statement` are what `signature` (Ed25519) is over."""

    statement: str
    signature: str
    signed_at: datetime
    key_id: str


class SealedAnswer(BaseModel):
    """A seal: `hash` is the SHA-256 of `content`; `path` leads from it to the signed root."""

    content: str
    hash: str
    path: list[NeighbourAnswer]
    checkpoint: CheckpointAnswer


class ProvedEventAnswer(BaseModel):
    """One event; `sealed` is null until the next checkpoint is signed."""

    event: str
    at: datetime
    sealed: SealedAnswer | None


class ProvedCommitmentAnswer(BaseModel):
    """The commitment as it stands."""

    id: UUID
    reference: str
    campaign_id: UUID
    campaign_reference: str
    terms_version: str
    terms_hash: str | None
    state: str
    units: int
    amount_minor: int
    currency: str


class ProofAnswer(BaseModel):
    """What a member takes along."""

    format: Literal["metatron-commitment-proof/1"]
    commitment: ProvedCommitmentAnswer
    made_at: datetime
    public_keys: dict[str, str]
    events: list[ProvedEventAnswer]
