"""The manifest of the console."""

from metatron.kernel.module import Module
from metatron.platform.console.routes import router
from metatron.platform.console.setting_routes import router as setting_router

MODULE = Module(
    name="console", title="Console", needs=("tenancy",), routers=(router, setting_router)
)
