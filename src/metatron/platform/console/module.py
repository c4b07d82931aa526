"""The manifest of the console."""

from metatron.kernel.module import Module
from metatron.platform.console.routes import router

MODULE = Module(name="console", title="Console", needs=("tenancy",), routers=(router,))
