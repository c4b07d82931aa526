"""Two doors to PostgreSQL, one way to bind the tenant."""
