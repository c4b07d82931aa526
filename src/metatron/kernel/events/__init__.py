"""One row is outbox message, audit entry, activity feed and webhook payload at once."""
