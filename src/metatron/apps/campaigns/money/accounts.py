"""The chart of accounts of a campaign, in the ledger's terms.

Debit-normal: what the provider holds. Credit-normal: whom it is held for. Units are a ledger of
their own, one asset a campaign; the published cap is nothing but a balance limit there.
"""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID, uuid5

MONEY_LEDGER = 1
UNITS_LEDGER = 2
NO_CAMPAIGN = UUID(int=0)
"""In the place of a campaign: what the provider holds for the organisation itself."""


class Kind(IntEnum):
    """Codes of accounts in the ledger."""

    PROVIDER_CLEARING = 101
    PROVIDER_ESCROW = 102
    DISPUTE_RECEIVABLE = 103
    SUPPLIER_RECEIVABLE = 104
    PROVIDER_FEE = 105
    DISPUTE_FEE = 106
    LOSS = 107
    SUSPENSE = 108
    COMMITMENT_ESCROW = 201
    COMMITMENT_REFUND_DUE = 202
    COMMITMENT_HOLD = 203
    CAMPAIGN_PAYABLE = 301
    CAMPAIGN_BONUS = 302
    ORGANISER_BOND = 303
    MARGIN_INCOME = 401
    FEE_INCOME = 402
    TAX_PAYABLE = 403
    UNITS_SOURCE = 501
    UNITS_OPEN = 502
    COMMITMENT_UNITS = 503


NAMES = {
    Kind.PROVIDER_CLEARING: ("prov:{provider}:clearing", "Confirmed, not available yet"),
    Kind.PROVIDER_ESCROW: ("prov:{provider}:escrow", "Held in escrow at the provider"),
    Kind.DISPUTE_RECEIVABLE: ("dispute_recv:*", "Taken back by card issuers, in dispute"),
    Kind.SUPPLIER_RECEIVABLE: ("supplier_recv:*", "Due back from the supplier"),
    Kind.PROVIDER_FEE: ("provider_fee", "Fees of the provider"),
    Kind.DISPUTE_FEE: ("dispute_fee", "Fees of disputes"),
    Kind.LOSS: ("loss", "Losses borne by the organisation"),
    Kind.SUSPENSE: ("suspense:{provider}", "Statement lines not matched yet"),
    Kind.COMMITMENT_ESCROW: ("cmt:*:escrow", "Escrow of members' commitments"),
    Kind.COMMITMENT_REFUND_DUE: ("cmt:*:refund_due", "Refunds due to members"),
    Kind.COMMITMENT_HOLD: ("cmt:*:hold", "Held while a dispute is open"),
    Kind.CAMPAIGN_PAYABLE: ("camp:{campaign}:payable", "Due to the supplier"),
    Kind.CAMPAIGN_BONUS: ("camp:{campaign}:bonus", "Bonus set apart for members"),
    Kind.ORGANISER_BOND: ("org:bond", "Bond of the organisation"),
    Kind.MARGIN_INCOME: ("margin_income", "Income of the organisation"),
    Kind.FEE_INCOME: ("fee_income", "Fees for running campaigns"),
    Kind.TAX_PAYABLE: ("tax_payable", "Tax on fees, due to the authority"),
}  # fmt: skip
"""Code and name of each money account in the books."""

DEBIT_NORMAL = frozenset(
    {
        Kind.PROVIDER_CLEARING, Kind.PROVIDER_ESCROW, Kind.DISPUTE_RECEIVABLE,
        Kind.SUPPLIER_RECEIVABLE, Kind.PROVIDER_FEE, Kind.DISPUTE_FEE, Kind.LOSS, Kind.SUSPENSE,
        Kind.UNITS_SOURCE,
    }
)  # fmt: skip
HELD_FOR_SOMEBODY = (
    Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_HOLD,
    Kind.CAMPAIGN_PAYABLE, Kind.CAMPAIGN_BONUS,
)  # fmt: skip
"""Accounts that are at zero when a campaign has ended."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `unit` is a currency code or `U:<campaign>`; `campaign_id` groups accounts."""

    id: UUID
    kind: Kind
    unit: str
    campaign_id: UUID
    limited: bool = False
    """Credit-normal: debits never exceed credits. Debit-normal: credits never exceed debits."""

    @property
    def ledger(self) -> int:
        """Return the ledger's number."""
        return UNITS_LEDGER if self.unit.startswith("U:") else MONEY_LEDGER


class Chart:
    """Names the accounts of one organisation for one currency and provider."""

    def __init__(self, tenant_id: UUID, currency: str, provider: str) -> None:
        """Fix what all account ids are derived from."""
        self._tenant_id = tenant_id
        self.currency = currency
        self.provider = provider
        self._known: dict[str, UUID] = {}

    def _id(self, kind: Kind, *of: object) -> UUID:
        name = ":".join(["campaigns", kind.name.lower(), *map(str, of)])
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = uuid5(self._tenant_id, name)
        return found

    def clearing(self, campaign_id: UUID) -> Account:
        """Return the campaign's own part of the provider's clearing account; it has no limit."""
        kind = Kind.PROVIDER_CLEARING
        account_id = self._id(kind, self.provider, self.currency, campaign_id)
        return Account(account_id, kind, self.currency, campaign_id)

    def escrow(self, campaign_id: UUID) -> Account:
        """Return what the provider holds for the campaign; never below zero.

        Kept apart for each campaign, so that none can be refunded or paid out of another's money.
        """
        kind = Kind.PROVIDER_ESCROW
        account_id = self._id(kind, self.provider, self.currency, campaign_id)
        return Account(account_id, kind, self.currency, campaign_id, limited=True)

    def margin(self, campaign_id: UUID) -> Account:
        """Return the organisation's income from the campaign."""
        kind = Kind.MARGIN_INCOME
        account_id = self._id(kind, self.currency, campaign_id)
        return Account(account_id, kind, self.currency, campaign_id)

    def commitment(self, kind: Kind, campaign_id: UUID, commitment_id: UUID) -> Account:
        """Return one of a commitment's own accounts."""
        unit = f"U:{campaign_id}" if kind is Kind.COMMITMENT_UNITS else self.currency
        return Account(self._id(kind, commitment_id), kind, unit, campaign_id, limited=True)

    def payable(self, campaign_id: UUID) -> Account:
        """Return what is due to the campaign's supplier."""
        kind = Kind.CAMPAIGN_PAYABLE
        account_id = self._id(kind, self.currency, campaign_id)
        return Account(account_id, kind, self.currency, campaign_id, limited=True)

    def of_campaign(self, kind: Kind, campaign_id: UUID) -> Account:
        """Return one of the campaign's accounts that needs no limit: fees, tax, losses."""
        return Account(self._id(kind, self.currency, campaign_id), kind, self.currency, campaign_id)

    def dispute_receivable(self, campaign_id: UUID, commitment_id: UUID) -> Account:
        """Return what a card issuer took back for a commitment; never below zero."""
        kind = Kind.DISPUTE_RECEIVABLE
        account_id = self._id(kind, commitment_id)
        return Account(account_id, kind, self.currency, campaign_id, limited=True)

    def supplier_receivable(self, claim_id: UUID) -> Account:
        """Return what a supplier owes for one claim; never below zero."""
        kind = Kind.SUPPLIER_RECEIVABLE
        return Account(self._id(kind, claim_id), kind, self.currency, NO_CAMPAIGN, limited=True)

    def bond(self) -> Account:
        """Return the organisation's bond; never below zero."""
        kind = Kind.ORGANISER_BOND
        return Account(
            self._id(kind, self.currency), kind, self.currency, NO_CAMPAIGN, limited=True
        )

    def suspense(self) -> Account:
        """Return where money stands that the provider's statement shows and nobody owns."""
        kind = Kind.SUSPENSE
        account_id = self._id(kind, self.provider, self.currency)
        return Account(account_id, kind, self.currency, NO_CAMPAIGN)

    def units_open(self, campaign_id: UUID, *, capped: bool) -> Account:
        """Return the campaign's units: commitments debit it; a cap is its limit."""
        kind = Kind.UNITS_OPEN
        account_id = self._id(kind, campaign_id)
        return Account(account_id, kind, f"U:{campaign_id}", campaign_id, limited=capped)

    def units_source(self, campaign_id: UUID) -> Account:
        """Return where the capped number of units comes from."""
        kind = Kind.UNITS_SOURCE
        account_id = self._id(kind, campaign_id)
        return Account(account_id, kind, f"U:{campaign_id}", campaign_id)


def derived_id(pending_id: UUID, name: str) -> UUID:
    """Return the id of the transfer that resolves or follows another: the same on every repeat."""
    return uuid5(pending_id, name)
