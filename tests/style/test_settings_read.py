"""A setting that nobody reads is a promise that nobody keeps."""

import re

from metatron.kernel.settings import Settings
from tests.style.tree import SOURCES


def test_every_setting_is_read() -> None:
    texts = [
        path.read_text() for path in SOURCES.rglob("*.py") if path != SOURCES / "kernel/settings.py"
    ]
    program = "\n".join(texts)
    unread = [name for name in Settings.model_fields if not re.search(rf"\.{name}\b", program)]
    assert not unread, f"read it, or take it out of kernel/settings.py and the guides: {unread}"
