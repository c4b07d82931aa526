"""Identity's routes, all under /api/v1 but for the key set."""
