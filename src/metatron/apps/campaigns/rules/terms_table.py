"""Mapped class of the published escrow terms."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from metatron.apps.campaigns.tables import SCHEMA
from metatron.kernel.database.mapping import Model, TenantRow


class Terms(Model, TenantRow):
    """A published text of the escrow terms; never changed, only followed by a newer version."""

    __tablename__ = "terms"
    __table_args__ = SCHEMA

    version: Mapped[str]
    locale: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]
