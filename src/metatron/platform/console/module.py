"""The manifest of the console."""

from metatron.kernel.module import Module, routers_in

MODULE = Module(
    name="console",
    title="Console",
    service="admin",
    needs=("tenancy",),
    routers=routers_in("metatron.platform.console", "routes", "setting_routes"),
)
