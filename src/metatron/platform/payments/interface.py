"""What other modules may use of payments."""

from metatron.platform.payments.adapter import (
    Capability,
    Confirmed,
    Custody,
    Failed,
    InstructionKind,
    Outcome,
    Pending,
    ProviderAccount,
    ProviderEvent,
    RetryLater,
    Returned,
    StatementLine,
    Unknown,
)
from metatron.platform.payments.dispute_evidence import request_evidence
from metatron.platform.payments.disputed import LONGEST_EXPLANATION
from metatron.platform.payments.errors import BreakNotFound, CapabilityMissing, EvidenceGiven
from metatron.platform.payments.finding import find_instructions
from metatron.platform.payments.inbox import receive_webhook
from metatron.platform.payments.instructions import (
    Instruction,
    approve_instruction,
    get_instruction,
    request_instruction,
)
from metatron.platform.payments.many_instructions import InstructionWanted, request_instructions
from metatron.platform.payments.outcomes import record_outcome, reject_instruction
from metatron.platform.payments.providers import adapter_named, default_name, provider_address
from metatron.platform.payments.statements.breaks import resolve_break
from metatron.platform.payments.statements.differences import (
    StatementDifference,
    statement_difference,
)
from metatron.platform.payments.statements.lines_about import LineAbout, statement_lines_about
from metatron.platform.payments.statements.position import StatementPosition, statement_position


def capabilities() -> frozenset[Capability]:
    """Return what the provider of new instructions can do."""
    return adapter_named(default_name()).capabilities


def custody(provider: str | None = None) -> tuple[Custody, str]:
    """Return who holds members' money at a provider, and the sentence that says it.

    Raises:
        ProviderUnknown: there is no such provider.
    """
    adapter = adapter_named(provider or default_name())
    return adapter.custody, adapter.custody_text


async def provider_account(provider: str | None = None) -> ProviderAccount:
    """Return who a provider is, for the page's banner; a network call, never in a use case.

    Raises:
        ProviderUnknown: there is no such provider.
        ProviderUnavailable: it did not answer.
    """
    return await adapter_named(provider or default_name()).fetch_account()


__all__ = [
    "LONGEST_EXPLANATION",
    "BreakNotFound",
    "Capability",
    "CapabilityMissing",
    "Confirmed",
    "Custody",
    "EvidenceGiven",
    "Failed",
    "Instruction",
    "InstructionKind",
    "InstructionWanted",
    "LineAbout",
    "Outcome",
    "Pending",
    "ProviderAccount",
    "ProviderEvent",
    "RetryLater",
    "Returned",
    "StatementDifference",
    "StatementLine",
    "StatementPosition",
    "Unknown",
    "approve_instruction",
    "capabilities",
    "custody",
    "default_name",
    "find_instructions",
    "get_instruction",
    "provider_account",
    "provider_address",
    "receive_webhook",
    "record_outcome",
    "reject_instruction",
    "request_evidence",
    "request_instruction",
    "request_instructions",
    "resolve_break",
    "statement_difference",
    "statement_lines_about",
    "statement_position",
]
