"""Bodies of refunds, fees and the bond. Amounts are minor units."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StrictBool

from metatron.apps.campaigns.edge.schemas import Body, Count, Currency, Note, Token
from metatron.kernel.money import is_currency

ReasonCode = Literal[
    "campaign_failed", "admin_manual", "commitment_cancelled", "duplicate_commitment",
    "participant_request", "supplier_unable", "quality_issue", "delivery_failure",
]  # fmt: skip
"""The doctrine's reasons for a refund."""


def _known(currency: str) -> str:
    if not is_currency(currency):
        raise ValueError("give an ISO 4217 code")
    return currency


class RefundBody(Body):
    """A refund by hand: either a part, or `whole` for all that is in escrow."""

    amount_minor: Count | None = None
    whole: StrictBool = False
    reason_code: ReasonCode
    reason: Note


class BulkRefundBody(Body):
    """A refund of all held and allocated commitments: whole, or so much for each unit."""

    amount_per_unit_minor: Count | None = None
    reason_code: ReasonCode
    reason: Note


class AskedBulkRefundBody(BulkRefundBody):
    """The same, with what the preview named: it must still be so."""

    expected_count: Count
    expected_amount_minor: Count


class AlternativePayoutBody(Body):
    """Where the member wants a refused refund to go, and where the agreement is to be found."""

    destination: Token
    evidence: Note


class ChargeBody(Body):
    """A fee the provider took, under the provider's own reference."""

    kind: Literal["provider_fee", "dispute_fee"]
    amount_minor: Count
    reference: Token


class BondBody(Body):
    """A payment of the organisation into its bond."""

    amount_minor: Count
    currency: Annotated[Currency, AfterValidator(_known)]
    payment_method: Token
