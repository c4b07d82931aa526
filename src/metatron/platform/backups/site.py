"""The installation that this process backs up, if it is given what that takes."""

from metatron.kernel.settings import Settings
from metatron.platform.backups.installation import Installation

_site: Installation | None = None


def prepare_site(settings: Settings) -> None:
    """Take note of the process's settings; called once when it starts."""
    global _site
    _site = installation_of(settings)


def installation_of(settings: Settings) -> Installation | None:
    """Return what is backed up by itself; None where that is not set up, or switched off."""
    if settings.database_backup_url is None or settings.backups_kept == 0:
        return None
    return Installation(settings)


def site() -> Installation | None:
    """Return what `prepare_site` noted."""
    return _site
