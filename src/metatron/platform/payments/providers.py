"""The providers this process is connected to; set once when it starts."""

from dataclasses import dataclass

from metatron.kernel.settings import Settings
from metatron.platform.payments.adapter import PaymentAdapter
from metatron.platform.payments.errors import ProviderUnknown
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.stripe_adapter import API, StripeAdapter


@dataclass(frozen=True, slots=True)
class Providers:
    """Adapters by name, and the one new instructions go to."""

    adapters: dict[str, PaymentAdapter]
    default: str


_configured: Providers | None = None


def configure(*adapters: PaymentAdapter) -> None:
    """Connect this process to `adapters`; the first takes new instructions."""
    global _configured
    assert adapters, "at least one payment provider is needed"
    named = {adapter.name: adapter for adapter in adapters}
    _configured = Providers(named, adapters[0].name)


def configure_from(settings: Settings) -> None:
    """Connect this process to the provider the settings name.

    Raises:
        ValueError: the provider is unknown, its keys are missing, or its library is.
    """
    if settings.payments_provider not in {"sandbox", "stripe"}:
        message = f"there is no payment provider {settings.payments_provider!r}"
        raise ValueError(message)
    key = settings.payments_secret.get_secret_value()
    listed = settings.payments_webhook_secrets.get_secret_value().split(",")
    secrets = tuple(part.strip() for part in listed if part.strip())
    if not key or not secrets:
        message = "METATRON_PAYMENTS_SECRET and METATRON_PAYMENTS_WEBHOOK_SECRETS are needed"
        raise ValueError(message)
    if settings.payments_provider == "sandbox":
        configure(SandboxAdapter(settings.payments_url, key, secrets))
        return
    configure(StripeAdapter(key, secrets, url=provider_address(settings)))


def provider_address(settings: Settings) -> str:
    """Return where the provider that the settings name is called."""
    # The setting's default is the sandbox's address; Stripe has one of its own.
    is_given = "payments_url" in settings.model_fields_set
    if settings.payments_provider == "stripe" and not is_given:
        return API
    return settings.payments_url


def default_name() -> str:
    """Return the name of the provider that takes new instructions."""
    assert _configured is not None, "payments were used before the process configured them"
    return _configured.default


def adapter_named(name: str) -> PaymentAdapter:
    """Return the adapter of a provider.

    Raises:
        ProviderUnknown: this process is not connected to it.
    """
    assert _configured is not None, "payments were used before the process configured them"
    try:
        return _configured.adapters[name]
    except KeyError:
        raise ProviderUnknown from None


def all_adapters() -> tuple[PaymentAdapter, ...]:
    """Return every adapter this process is connected to."""
    assert _configured is not None, "payments were used before the process configured them"
    return tuple(_configured.adapters.values())
