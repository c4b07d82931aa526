"""What this module allows."""

from metatron.kernel.module import Permission

READ = "audit:read"
PERMISSIONS = (Permission(READ, "Read the organisation's audit log and record timelines"),)
