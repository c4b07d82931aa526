"""Start the provider: `python -m metatron.platform.payments.sandbox --port N --data DIR`."""

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from metatron.platform.payments.sandbox.app import serve
from metatron.platform.payments.sandbox.settings import SandboxSettings


def main() -> None:
    """Read the arguments and serve; keys come from the environment or from the data folder."""
    parser = argparse.ArgumentParser(prog="payments-sandbox")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--webhook-url")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--settlement-seconds", type=float, default=0.5)
    parser.add_argument("--webhook-retry-seconds", type=float, default=0.5)
    given = parser.parse_args()
    settings = SandboxSettings.from_environment(
        given.data, webhook_url=given.webhook_url, seed=given.seed
    )
    settings = replace(
        settings,
        settlement_seconds=given.settlement_seconds,
        webhook_retry_seconds=given.webhook_retry_seconds,
    )
    asyncio.run(serve(settings, port=given.port))


if __name__ == "__main__":
    main()
