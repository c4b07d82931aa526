"""The records module's manifest."""

from pathlib import Path

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.records.personal_data import PERSONAL_DATA

MODULE = Module(
    name="records",
    title="Records",
    routers=routers_in("metatron.platform.records", "routes"),
    personal_data=PERSONAL_DATA,
    retention=(Retention("records.saved_view"),),
    migrations=Path(__file__).parent / "migrations",
)
