"""The manifest of the console."""

from pathlib import Path

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.console.taking_up import follow_configuration

MODULE = Module(
    name="console",
    title="Console",
    service="admin",
    needs=("tenancy",),
    routers=routers_in(
        "metatron.platform.console", "routes", "setting_routes", "configuration_routes"
    ),
    global_tables=("console.configuration",),
    home_tables=("console.configuration",),
    retention=(Retention("console.configuration", None),),
    migrations=Path(__file__).parent / "migrations",
    startup=(follow_configuration,),
)
