"""Where exported files lie and which hosts may be called, read once when the process starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metatron.apps.amc.connections.site import site as connection_site
from metatron.kernel.secrets import SecretBox


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings; `allow_private` lets destinations be in private networks."""

    exports: Path
    allow_private: bool
    box: SecretBox


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook, after the connections')."""
    global _site
    settings = runtime.settings
    _site = Site(
        exports=Path(settings.data_dir).absolute() / "exports",
        allow_private=settings.destinations_to_private_addresses,
        box=connection_site().box,
    )


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site
