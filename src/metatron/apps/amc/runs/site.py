"""Where results lie and how fast this process works, read once when it starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from metatron.apps.amc.connections.site import site as connection_site
from metatron.kernel.secrets import SecretBox


@dataclass(frozen=True, slots=True)
class Tempo:
    """Figures of the queue. `tick` is between two looks at one instance's runs at Amazon."""

    tick: timedelta = timedelta(seconds=15)
    stand_in_tick: timedelta = timedelta(milliseconds=500)
    """A run's end is to be seen within a second, and the way to the page takes some of it."""
    settle: timedelta = timedelta(seconds=60)
    """What was asked for and not answered is in Amazon's lists by then, or never will be."""
    stand_in_settle: timedelta = timedelta(seconds=3)
    stay: timedelta = timedelta(seconds=25)
    """How long a worker goes on looking without a new job, when looks follow each other fast."""
    per_instance: int = 10
    per_account: int = 200


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings."""

    results: Path
    box: SecretBox
    page_url: str
    private_webhooks: bool
    is_stand_in: bool
    mails_a_day: Callable[[], int]
    """Of one organisation's alerts; asked each time, for operators may change it."""
    tempo: Tempo = field(default_factory=Tempo)

    def page(self, path: str) -> str:
        """Return the address of a page."""
        return self.page_url + path

    @property
    def tick(self) -> timedelta:
        """Between two looks."""
        return self.tempo.stand_in_tick if self.is_stand_in else self.tempo.tick

    @property
    def settle(self) -> timedelta:
        """How long a lost answer is waited for."""
        return self.tempo.stand_in_settle if self.is_stand_in else self.tempo.settle


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook, after the connections')."""
    global _site
    settings = runtime.settings
    _site = Site(
        results=Path(settings.data_dir).absolute() / "amc",
        box=connection_site().box,
        page_url=settings.public_url.rstrip("/"),
        private_webhooks=settings.webhooks_to_private_addresses,
        is_stand_in=connection_site().is_stand_in,
        mails_a_day=lambda: settings.alert_mails_a_day,
    )


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site
