"""The connection under Stripe's SDK: our HTTP client, so that limits and failures are ours."""

from collections.abc import Mapping
from typing import Any

import httpx

from metatron.kernel.http.trust import authorities


def make_transport(sdk: Any, *, timeout_seconds: float) -> Any:
    """Return an HTTP client for the SDK `sdk`, which raises its `APIConnectionError`.

    The SDK's own client hands text to httpx in a way that httpx is about to drop.
    """

    class Transport(sdk.HTTPClient):  # type: ignore[misc]
        name = "httpx"

        def __init__(self) -> None:
            super().__init__()
            self._client = httpx.AsyncClient(
                timeout=timeout_seconds, trust_env=False, verify=authorities()
            )

        async def request_async(
            self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
        ) -> tuple[bytes, int, Mapping[str, str]]:
            try:
                answer = await self._client.request(
                    method, url, headers=dict(headers), content=post_data or None
                )
            except httpx.HTTPError as error:
                message = f"No answer from Stripe: {type(error).__name__}"
                raise sdk.APIConnectionError(message, should_retry=False) from error
            return answer.content, answer.status_code, answer.headers

        async def close_async(self) -> None:
            await self._client.aclose()

    return Transport()
