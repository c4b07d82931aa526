"""The client of Stripe Connect: separate charges and transfers, through the official SDK.

Stripe is no escrow agent. What is captured lies in the platform's own Stripe balance until it is
transferred to a supplier's connected account or refunded, and the adapter says so.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from metatron.platform.payments import stripe_answers as answers
from metatron.platform.payments import stripe_webhooks, webhook_signatures
from metatron.platform.payments.adapter import (
    Capability,
    Custody,
    InstructionKind,
    NoTrace,
    Outcome,
    ProviderAccount,
    ProviderCall,
    ProviderEvent,
    RetryLater,
    StatementLine,
)
from metatron.platform.payments.disputed import DisputeFacts, EvidenceCall
from metatron.platform.payments.errors import ProviderUnavailable, WebhookRefused
from metatron.platform.payments.stripe_errors import of_error
from metatron.platform.payments.stripe_statements import of_transactions
from metatron.platform.payments.stripe_transport import make_transport

API = "https://api.stripe.com"
API_VERSION = "2026-10-28.endive"
SIGNATURE_HEADER = "stripe-signature"
DAY_SECONDS = 86_400
PAGE = 100


class StripeAdapter:
    """Speaks to one Stripe account, the platform's.

    Args:
        secret_key: the account's secret or restricted key; it says whether it is of live mode.
        webhook_secrets: the endpoint's live signing secrets, newest first.
        url: where the API is.
        timeout_seconds: how long one call may take before its outcome counts as unknown.

    Raises:
        ValueError: the official SDK is not installed, or the key is no secret key.
    """

    name = "stripe"
    # Captured money is not held by a third party: ESCROW_CAPTURE means capture ahead of payout.
    capabilities = frozenset(Capability)
    key_lifetime_seconds: int | None = DAY_SECONDS
    custody: Custody = "operator_balance"
    custody_text = (
        "Payments are processed by Stripe and lie in the operator's Stripe balance until they are"
        " released or refunded. Stripe is not an escrow agent, and neither is the operator."
    )

    def __init__(
        self,
        secret_key: str,
        webhook_secrets: tuple[str, ...],
        *,
        url: str = API,
        timeout_seconds: float = 20.0,
    ) -> None:
        """Prepare; the first call opens a connection."""
        kind, _, mode = secret_key.partition("_")
        if kind not in {"sk", "rk"} or mode.partition("_")[0] not in {"live", "test"}:
            message = "Stripe's secret key begins with sk_ or rk_, then live_ or test_"
            raise ValueError(message)
        self.livemode = mode.startswith("live_")
        self._webhook_secrets = webhook_secrets
        self._sdk = _load_sdk()
        self._http = make_transport(self._sdk, timeout_seconds=timeout_seconds)
        self._stripe = self._sdk.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": url},
            # Repeats are ours to make, under the instruction's lock and with its key.
            max_network_retries=0,
            http_client=self._http,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()

    async def send(self, call: ProviderCall) -> Outcome:
        """Tell Stripe; what is not clearly its word leaves the outcome unknown."""
        unfit = answers.unfit_amount(call)
        if unfit is not None:
            return unfit
        try:
            found = await self._write(call)
        except self._sdk.StripeError as error:
            return of_error(self._sdk, error)
        return answers.of_object(call, found.to_dict())

    async def look_up(self, call: ProviderCall) -> Outcome | NoTrace:
        """Ask what became of the instruction: by its reference, else by the marks it left."""
        try:
            return await self._find(call)
        except self._sdk.StripeError as error:
            told = of_error(self._sdk, error)
            # A look-up that fails says nothing of the instruction.
            return told if isinstance(told, RetryLater) else RetryLater("look_up_failed", 5.0)

    def read_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderEvent:
        """Verify the signature over the raw bytes, then whose event it is, then read it."""
        header = headers.get(SIGNATURE_HEADER)
        if header is None:
            raise WebhookRefused("The signature header is missing.")
        webhook_signatures.verify(raw, header, self._webhook_secrets, now=now)
        stripe_webhooks.demand_ours(raw, livemode=self.livemode, api_version=API_VERSION)
        return self.parse_webhook(raw)

    def parse_webhook(self, raw: bytes) -> ProviderEvent:
        """Read bytes that were verified when they arrived."""
        return stripe_webhooks.of_webhook(raw)

    async def fetch_dispute(self, reference: str) -> DisputeFacts:
        """Return how a dispute stands."""
        try:
            found = (await self._stripe.v1.disputes.retrieve_async(reference)).to_dict()
            return answers.of_dispute(found)
        except (self._sdk.StripeError, ValueError, TypeError, KeyError) as error:
            raise ProviderUnavailable("The dispute cannot be had.") from error

    async def submit_evidence(self, call: EvidenceCall) -> Outcome:
        """Hand evidence in; Stripe takes what is submitted once and for all."""
        given = {"evidence": {"uncategorized_text": call.explanation}, "submit": True}
        once = {"idempotency_key": str(call.evidence_id)}
        try:
            found = await self._stripe.v1.disputes.update_async(call.reference, given, once)
        except self._sdk.StripeError as error:
            return of_error(self._sdk, error)
        return answers.of_evidence(call, found.to_dict())

    async def fetch_statement(self, on: date) -> tuple[StatementLine, ...]:
        """Return the balance transactions of one UTC day as lines."""
        start = datetime(on.year, on.month, on.day, tzinfo=UTC)
        created = {
            "gte": int(start.timestamp()),
            "lt": int((start + timedelta(days=1)).timestamp()),
        }
        params = {"created": created, "limit": PAGE, "expand": ["data.source"]}
        try:
            page = await self._stripe.v1.balance_transactions.list_async(params)
            found = [each.to_dict() async for each in page.auto_paging_iter()]
            return of_transactions(found)
        except (self._sdk.StripeError, ValueError, TypeError, KeyError) as error:
            raise ProviderUnavailable("The statement cannot be had.") from error

    async def fetch_account(self) -> ProviderAccount:
        """Return who the account belongs to."""
        try:
            found = (await self._stripe.v1.accounts.retrieve_current_async()).to_dict()
        except self._sdk.StripeError as error:
            raise ProviderUnavailable from error
        dashboard = ((found.get("settings") or {}).get("dashboard") or {}).get("display_name")
        name = dashboard or (found.get("business_profile") or {}).get("name") or "Stripe"
        return ProviderAccount(str(name), self.livemode, self.custody, self.custody_text)

    def _write(self, call: ProviderCall) -> Any:
        """Return the one call of an instruction, to be awaited; its id is the idempotency key."""
        once = {"idempotency_key": str(call.instruction_id)}
        marks = {
            answers.TENANT: str(call.tenant_id),
            answers.INSTRUCTION: str(call.instruction_id),
        }
        v1 = self._stripe.v1
        match call.kind:
            case InstructionKind.AUTHORISE | InstructionKind.CAPTURE if call.payment_method:
                return v1.payment_intents.create_async(_intent(call, marks), once)
            case InstructionKind.CAPTURE:
                taking = {
                    "amount_to_capture": call.amount_minor,
                    "metadata": {answers.CAPTURE_INSTRUCTION: str(call.instruction_id)},
                }
                return v1.payment_intents.capture_async(call.source_reference, taking, once)
            case InstructionKind.VOID:
                return v1.payment_intents.cancel_async(call.source_reference, {}, once)
            case InstructionKind.REFUND:
                refund = {
                    "payment_intent": call.source_reference,
                    "amount": call.amount_minor,
                    "metadata": marks,
                }
                return v1.refunds.create_async(refund, once)
            case InstructionKind.PAYOUT:
                return v1.transfers.create_async(_transfer(call, marks), once)
        raise AssertionError(f"{call.kind} without the reference it needs")

    async def _find(self, call: ProviderCall) -> Outcome | NoTrace:
        v1, known = self._stripe.v1, call.provider_reference
        if call.source_reference and call.kind is not InstructionKind.REFUND:
            found = await v1.payment_intents.retrieve_async(call.source_reference)
            return answers.of_source(call, found.to_dict())
        match call.kind:
            case InstructionKind.REFUND:
                found = (
                    await v1.refunds.retrieve_async(known)
                    if known
                    else await self._marked(
                        call, v1.refunds, {"payment_intent": call.source_reference}
                    )
                )
            case InstructionKind.PAYOUT:
                found = (
                    await v1.transfers.retrieve_async(known)
                    if known
                    else await self._marked(call, v1.transfers, _group(call))
                )
            case _:
                found = await self._intent_of(call)
        return NoTrace() if found is None else answers.of_object(call, found.to_dict())

    async def _intent_of(self, call: ProviderCall) -> Any:
        """Return the payment intent a call made, by its reference or by its charge's group."""
        v1, known = self._stripe.v1, call.provider_reference
        if known is None:
            charge = await self._marked(call, v1.charges, _group(call))
            if charge is None:
                return None
            known = str(charge.payment_intent)
        return await v1.payment_intents.retrieve_async(known, {"expand": ["latest_charge"]})

    async def _marked(self, call: ProviderCall, service: Any, where: dict[str, Any]) -> Any:
        """Return the object of a list that carries the instruction's id."""
        page = await service.list_async({**where, "limit": PAGE})
        async for each in page.auto_paging_iter():
            metadata = each.to_dict().get("metadata") or {}
            if metadata.get(answers.INSTRUCTION) == str(call.instruction_id):
                return each
        return None


def _load_sdk() -> Any:
    try:
        import stripe  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        message = "Install metatron[stripe]: the Stripe adapter needs the official SDK"
        raise ValueError(message) from error
    return stripe


def _group(call: ProviderCall) -> dict[str, str]:
    return {"transfer_group": str(call.instruction_id)}


def _intent(call: ProviderCall, marks: dict[str, str]) -> dict[str, Any]:
    at_once = call.kind is InstructionKind.CAPTURE
    return {
        "amount": call.amount_minor,
        "currency": call.currency.lower(),
        "payment_method": call.payment_method,
        "allowed_payment_method_types": ["card"],
        "capture_method": "automatic" if at_once else "manual",
        "confirm": True,
        # Nobody sits in front of a page here: a card that wants its holder is declined.
        "error_on_requires_action": True,
        "metadata": marks,
        "expand": ["latest_charge"],
        **_group(call),
    }


def _transfer(call: ProviderCall, marks: dict[str, str]) -> dict[str, Any]:
    return {
        "amount": call.amount_minor,
        "currency": call.currency.lower(),
        "destination": call.destination,
        "metadata": marks,
        **_group(call),
    }
