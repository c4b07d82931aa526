"""The client of the local escrow provider."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import httpx
import orjson

from metatron.kernel.http.trust import authorities
from metatron.platform.payments import sandbox_answers as answers
from metatron.platform.payments import webhook_signatures
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
    Unknown,
)
from metatron.platform.payments.call_lines import ONE, CallLines
from metatron.platform.payments.disputed import DisputeFacts, EvidenceCall
from metatron.platform.payments.errors import ProviderUnavailable, WebhookRefused

SIGNATURE_HEADER = "sandbox-signature"
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SandboxAdapter:
    """Speaks to one sandbox provider.

    Args:
        url: its address, without a path.
        secret_key: the bearer key.
        webhook_secrets: the live webhook secrets, newest first.
        timeout_seconds: how long one call may take before its outcome counts as unknown.
    """

    name = "sandbox"
    capabilities = frozenset(Capability)
    key_lifetime_seconds: int | None = None
    custody: Custody = "third_party_escrow"
    custody_text = "The local escrow sandbox keeps the money in escrow; no real money moves."

    def __init__(
        self,
        url: str,
        secret_key: str,
        webhook_secrets: tuple[str, ...],
        *,
        timeout_seconds: float = 10.0,
    ) -> None:
        """Prepare; the first call opens a connection."""
        self._webhook_secrets = webhook_secrets
        self._lines = CallLines(
            lambda: httpx.AsyncClient(
                base_url=url,
                timeout=timeout_seconds,
                headers={"Authorization": f"Bearer {secret_key}"},
                trust_env=False,
                limits=ONE,
                verify=authorities(),
            )
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._lines.close()

    async def send(self, call: ProviderCall) -> Outcome:
        """Tell the provider; a timeout or a broken connection leaves the outcome unknown."""
        path, body = _request(call)
        try:
            async with self._lines.one() as client:
                answer = await client.post(
                    path, json=body, headers={"Idempotency-Key": str(call.instruction_id)}
                )
        except NEVER_SENT as error:
            return RetryLater(type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        return answers.of_answer(call, answer.status_code, _json(answer), _wait(answer))

    async def look_up(self, call: ProviderCall) -> Outcome | NoTrace:
        """Ask what became of the instruction's key."""
        try:
            async with self._lines.one() as client:
                answer = await client.get(f"/v1/requests/{call.instruction_id}")
        except httpx.HTTPError as error:
            return RetryLater(type(error).__name__)
        return answers.of_trace(call, answer.status_code, _json(answer), _wait(answer))

    def read_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderEvent:
        """Verify the signature over the raw bytes, then read them."""
        header = headers.get(SIGNATURE_HEADER)
        if header is None:
            raise WebhookRefused("The signature header is missing.")
        webhook_signatures.verify(raw, header, self._webhook_secrets, now=now)
        return self.parse_webhook(raw)

    def parse_webhook(self, raw: bytes) -> ProviderEvent:
        """Read bytes that were verified when they arrived."""
        return answers.of_webhook(raw)

    async def fetch_dispute(self, reference: str) -> DisputeFacts:
        """Return how a dispute stands."""
        body = await self._read(f"/v1/disputes/{reference}", {})
        try:
            return answers.of_dispute(body)
        except (ValueError, TypeError, KeyError) as error:
            raise ProviderUnavailable("The dispute cannot be read.") from error

    async def submit_evidence(self, call: EvidenceCall) -> Outcome:
        """Hand evidence in; a broken connection leaves the outcome unknown."""
        path, key = f"/v1/disputes/{call.reference}/evidence", str(call.evidence_id)
        try:
            async with self._lines.one() as client:
                answer = await client.post(
                    path, json={"explanation": call.explanation}, headers={"Idempotency-Key": key}
                )
        except NEVER_SENT as error:
            return RetryLater(type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        return answers.of_evidence(call, answer.status_code, _json(answer), _wait(answer))

    async def fetch_statement(self, on: date) -> tuple[StatementLine, ...]:
        """Return the lines of one UTC day."""
        body = await self._read("/v1/statements", {"date": on.isoformat()})
        try:
            return tuple(answers.of_statement_line(line) for line in body["lines"])
        except (ValueError, TypeError, KeyError) as error:
            raise ProviderUnavailable("The statement cannot be read.") from error

    async def fetch_account(self) -> ProviderAccount:
        """Return who the provider is."""
        body = await self._read("/v1/account", {})
        return ProviderAccount(
            str(body["name"]), bool(body["livemode"]), self.custody, self.custody_text
        )

    async def _read(self, path: str, query: dict[str, str]) -> Any:
        try:
            async with self._lines.one() as client:
                answer = await client.get(path, params=query)
        except httpx.HTTPError as error:
            raise ProviderUnavailable from error
        body = _json(answer)
        if answer.status_code != 200 or not isinstance(body, dict):
            raise ProviderUnavailable
        return body


def _request(call: ProviderCall) -> tuple[str, dict[str, Any]]:
    """Return path and body of a write."""
    money: dict[str, Any] = {"amount_minor": call.amount_minor, "currency": call.currency}
    metadata = {"tenant_id": str(call.tenant_id), "instruction_id": str(call.instruction_id)}
    match call.kind:
        case InstructionKind.AUTHORISE | InstructionKind.CAPTURE if call.payment_method:
            at_once = call.kind is InstructionKind.CAPTURE
            how = {
                "payment_method": call.payment_method,
                "capture_method": "automatic" if at_once else "manual",
            }
            return "/v1/authorisations", money | how | {"metadata": metadata}
        case InstructionKind.CAPTURE:
            path = f"/v1/authorisations/{call.source_reference}/capture"
            return path, {"amount_minor": call.amount_minor}
        case InstructionKind.VOID:
            return f"/v1/authorisations/{call.source_reference}/void", {}
        case InstructionKind.REFUND:
            source = {"authorisation": call.source_reference, "amount_minor": call.amount_minor}
            return "/v1/refunds", source | {"metadata": metadata}
        case InstructionKind.PAYOUT:
            destination = {"destination": call.destination, "metadata": metadata}
            return "/v1/payouts", money | destination
    raise AssertionError(f"{call.kind} without the reference it needs")


def _json(answer: httpx.Response) -> Any:
    try:
        return orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None


def _wait(answer: httpx.Response) -> str | None:
    header: str | None = answer.headers.get("retry-after")
    return header
