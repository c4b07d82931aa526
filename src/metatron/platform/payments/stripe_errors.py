"""What the SDK raises, as outcomes: only a refusal by Stripe's rules is a failure."""

from typing import Any

import httpx

from metatron.platform.payments.adapter import Failed, Outcome, RetryLater, Unknown

CREDENTIAL_RETRY_SECONDS = 300.0
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
UNDER_WAY = frozenset({"lock_timeout", "idempotency_key_in_use"})
"""Another call with the key, or about the object, has not ended yet."""


def of_error(sdk: Any, error: Any) -> Outcome:
    """Classify an error of the SDK `sdk`; what is not clearly Stripe's word is unknown."""
    if isinstance(error, sdk.APIConnectionError):
        name = type(error.__cause__).__name__
        never_sent = isinstance(error.__cause__, NEVER_SENT)
        return RetryLater(name) if never_sent else Unknown(name)
    if isinstance(error, sdk.RateLimitError):
        return RetryLater("rate_limited", _wait(error))
    if isinstance(error, (sdk.AuthenticationError, sdk.PermissionError)):
        return RetryLater("credential_refused", CREDENTIAL_RETRY_SECONDS)
    return _of_answer(sdk, error, str(error.code or f"http_{error.http_status}"))


def _of_answer(sdk: Any, error: Any, code: str) -> Outcome:
    if isinstance(error, sdk.CardError):
        body = (error.json_body or {}).get("error") or {}
        intent = body.get("payment_intent") or {}
        return Failed(str(body.get("decline_code") or code), intent.get("id"))
    is_refusal = isinstance(error, sdk.InvalidRequestError) and error.http_status != 409
    return Failed(code) if is_refusal and code not in UNDER_WAY else Unknown(code)


def _wait(error: Any) -> float:
    text = str((error.headers or {}).get("retry-after") or "")
    return float(text) if text.isascii() and text.isdigit() else 1.0
