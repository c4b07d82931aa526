"""The client's questions that move no money, and how a process is connected."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.payments import providers
from metatron.platform.payments.errors import ProviderUnavailable, ProviderUnknown
from metatron.platform.payments.interface import Capability, capabilities, provider_account
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import connected, done


async def test_the_statement_shows_what_was_moved(
    database: Database, tenant: Context, own_provider: ProviderProcess
) -> None:
    async with connected(own_provider) as adapter:
        taken = await done(database, tenant, "capture", amount=900)
        await done(database, tenant, "payout", amount=400, destination="acct_x")
        today = datetime.now(UTC).date()
        lines = await adapter.fetch_statement(today)
        assert [(line.kind, line.amount_minor) for line in lines] == [
            ("capture", 900),
            ("payout", -400),
        ]
        assert (lines[0].reference, lines[0].value_on) == (taken.provider_reference, today)
        assert len({line.line_id for line in lines}) == 2
        own_provider.faults({"operation": "read", "fault": "http_500", "count": 1})
        with pytest.raises(ProviderUnavailable):
            await adapter.fetch_statement(today)
        own_provider.kill()
        with pytest.raises(ProviderUnavailable):
            await adapter.fetch_account()


@pytest.mark.usefixtures("adapter")
async def test_the_banner_text_comes_from_the_provider() -> None:
    account = await provider_account()
    assert (account.name, account.livemode) == ("Local escrow sandbox", False)
    assert capabilities() == frozenset(Capability)
    with pytest.raises(ProviderUnknown):
        await provider_account("nobody")


@pytest.mark.parametrize(
    "change",
    [
        {"payments_provider": "nobody"},
        {"payments_secret": SecretStr("")},
        {"payments_webhook_secrets": SecretStr(" , ")},
    ],
)
async def test_a_process_without_a_provider_or_keys_does_not_start(
    settings: Settings, change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_configured", None)
    with pytest.raises(ValueError, match=r"(?i)payment"):
        providers.configure_from(settings.model_copy(update=change))
    providers.configure_from(settings)
    assert providers.default_name() == "sandbox"
