"""What other modules may use of files."""

from metatron.platform.files.answering import (
    IfRange,
    Range,
    content_answer,
    content_responses,
)
from metatron.platform.files.attaching import attach, attached, delete
from metatron.platform.files.contents import lost_contents
from metatron.platform.files.errors import ContentMissing, FileNotFound, RangeNotSatisfiable
from metatron.platform.files.purposes import FilePurpose, register_purpose
from metatron.platform.files.reading import facts, read, readable_facts, signed_link
from metatron.platform.files.rows import FileFacts
from metatron.platform.files.site import store_in_use, store_of
from metatron.platform.files.store import Store, StoreUnusable
from metatron.platform.files.storing import store

__all__ = [
    "ContentMissing",
    "FileFacts",
    "FileNotFound",
    "FilePurpose",
    "IfRange",
    "Range",
    "RangeNotSatisfiable",
    "Store",
    "StoreUnusable",
    "attach",
    "attached",
    "content_answer",
    "content_responses",
    "delete",
    "facts",
    "lost_contents",
    "read",
    "readable_facts",
    "register_purpose",
    "signed_link",
    "store",
    "store_in_use",
    "store_of",
]
