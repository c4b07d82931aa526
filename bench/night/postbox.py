"""The folder of the local mail server: which mails came, and whether one came twice."""

import asyncio
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

EVERY_SECONDS = 2.0
SENDER_HOST = "localhost"
"""Of the sender of a suite that was not given one."""


@dataclass(slots=True)
class Postbox:
    """Remembers every mail, for the folder keeps but the newest; a name holds the mail's digest."""

    folder: Path
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(EVERY_SECONDS)

    def copies(self, message_id: UUID) -> int:
        """Return how often a message of ours came."""
        digest = hashlib.sha256(f"{message_id}@{SENDER_HOST}".encode()).hexdigest()[:32]
        return len(self.names.get(digest, ()))

    def look(self) -> None:
        """Note what is there."""
        if self.folder.exists():
            for file in self.folder.glob("*.json"):
                self.names[file.name[18:50]].add(file.name)
