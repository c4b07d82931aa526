"""The manifest of the audit log."""

from pathlib import Path

from metatron.kernel.module import Module

MODULE = Module(
    name="audit",
    title="Audit log",
    global_tables=("audit.horizon",),
    migrations=Path(__file__).parent / "migrations",
)
