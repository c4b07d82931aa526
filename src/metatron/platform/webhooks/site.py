"""What this process needs to reach the organisations' webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metatron.kernel.module import Module
from metatron.kernel.secrets import SecretBox
from metatron.platform.webhooks.places import Places


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings and its places."""

    box: SecretBox
    allow_private: bool
    public_url: str
    modules: Mapping[str, Module]
    places: Places


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings and modules (a module start-up hook)."""
    global _site
    settings = runtime.settings
    _site = Site(
        SecretBox(settings.secret_keys.get_secret_value()),
        settings.webhooks_to_private_addresses,
        settings.public_url.rstrip("/"),
        {module.name: module for module in runtime.modules},
        Places(),
    )


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site
