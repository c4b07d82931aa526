"""Where the page is: the link at the end of what the organisation's own people are told."""

from typing import Any
from uuid import UUID


class PageAddress:
    """Knows the page's address; `open` is called with the settings when the process starts."""

    def __init__(self) -> None:
        """Begin without an address."""
        self._public_url = ""

    def open(self, runtime: Any) -> None:
        """Take the settings of the process (a module start-up hook)."""
        self._public_url = runtime.settings.public_url.rstrip("/")

    def of_campaign(self, campaign_id: UUID) -> str:
        """Return the address of a campaign's record."""
        return f"{self._public_url}/campaigns/{campaign_id}"


page_address = PageAddress()
