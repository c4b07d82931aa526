"""The fixtures of tenancy: an application and operators."""

from tests.platform.tenancy.conftest import app, door, operator, prepared

__all__ = ["app", "door", "operator", "prepared"]
