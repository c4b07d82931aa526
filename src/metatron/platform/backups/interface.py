"""What other modules may ask: how the backups are."""

from metatron.platform.backups.condition import (
    LONGEST_SILENCE,
    Condition,
    archive_facts,
    look,
)
from metatron.platform.backups.installation import Installation
from metatron.platform.backups.site import installation_of

__all__ = [
    "LONGEST_SILENCE",
    "Condition",
    "Installation",
    "archive_facts",
    "installation_of",
    "look",
]
