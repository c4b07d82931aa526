"""Sharing accepted units among commitments that ask for more: three published rules."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from metatron.apps.campaigns.tables import Rule


@dataclass(frozen=True, slots=True)
class Claim:
    """One commitment's wish, in units."""

    id: UUID
    units: int


def share_out(
    claims: Sequence[Claim], accepted_units: int, rule: Rule, seed: str
) -> dict[UUID, int]:
    """Return how many units each claim gets; all of `accepted_units`, or all that is asked for.

    `fcfs` serves claims whole in the given sequence, the last one with what is left; `lottery`
    does so in the sequence of SHA-256(seed, id). `pro_rata` gives each its exact share of the
    units rounded down and the rest, one each, to the largest remainders (Hamilton's method); ties
    go by id, so that the given sequence does not matter.

    Args:
        claims: different commitments in the sequence in which they were placed, units above 0.
        accepted_units: how many there are to share out.
        rule: the campaign's published one.
        seed: the published seed; read by the lottery only.
    """
    asked = sum(claim.units for claim in claims)
    if asked <= accepted_units:
        return {claim.id: claim.units for claim in claims}
    if rule == "pro_rata":
        return _in_proportion(claims, accepted_units, asked)
    if rule == "lottery":
        claims = sorted(claims, key=lambda claim: drawn_place(seed, claim.id))
    shares, left = {}, accepted_units
    for claim in claims:
        shares[claim.id] = min(claim.units, left)
        left -= shares[claim.id]
    return shares


def _in_proportion(claims: Sequence[Claim], accepted_units: int, asked: int) -> dict[UUID, int]:
    shares = {claim.id: accepted_units * claim.units // asked for claim in claims}
    left = accepted_units - sum(shares.values())
    by_remainder = sorted(
        claims, key=lambda claim: (-(accepted_units * claim.units % asked), claim.id)
    )
    for claim in by_remainder[:left]:
        shares[claim.id] += 1
    return shares


def drawn_place(seed: str, claim_id: UUID) -> bytes:
    """Return by what the lottery sorts: SHA-256 of the seed and the commitment's id, as text."""
    return hashlib.sha256(f"{seed}:{claim_id}".encode()).digest()


def draw_seed(terms_hash: str, claims: Sequence[Claim]) -> str:
    """Return the lottery's seed (hex): SHA-256 of the terms hash and all ids, sorted.

    It follows from facts that are fixed before the supplier answers, so that nobody chooses it.
    """
    ids = ":".join(sorted(str(claim.id) for claim in claims))
    return hashlib.sha256(f"{terms_hash}:{ids}".encode()).hexdigest()
