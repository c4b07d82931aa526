"""Real processes for the payment tests: the provider and a receiver of its webhooks."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import connected, serving
from tests.platform.payments.webhook_receiver import WebhookReceiver


@pytest.fixture(scope="module")
def shared_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderProcess]:
    """A provider for all tests of a module: they use keys of their own."""
    process = ProviderProcess(
        tmp_path_factory.mktemp("provider") / "data",
        *("--seed", "7", "--settlement-seconds", "0.05", "--webhook-retry-seconds", "0.1"),
    )
    process.start()
    yield process
    process.stop()


@pytest.fixture
def provider(shared_provider: ProviderProcess) -> Iterator[ProviderProcess]:
    """The shared provider without faults and webhooks left by the test before."""
    yield shared_provider
    shared_provider.faults()
    shared_provider.call("POST", "/control/webhook_endpoint", {"url": None})


@pytest.fixture
def own_provider(tmp_path: Path) -> Iterator[ProviderProcess]:
    """A provider of the test's own, to be killed."""
    process = ProviderProcess(tmp_path / "data", "--settlement-seconds", "0.05", "--seed", "11")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    """A receiver of webhooks."""
    server = WebhookReceiver()
    yield server
    server.close()


@pytest.fixture
async def adapter(provider: ProviderProcess) -> AsyncIterator[SandboxAdapter]:
    """A client of the shared provider, connected as the process's only one."""
    async with connected(provider) as client:
        yield client


@pytest.fixture
async def web(database: Database, settings: Settings) -> AsyncIterator[str]:
    """The address of a real server with the payments routes, in this test's loop."""
    async with serving(database, settings) as url:
        yield url
