"""What this module allows."""

from metatron.kernel.module import Permission

READ = "notifications:read"
PERMISSIONS = (Permission(READ, "See which mails were sent, and how that went"),)
