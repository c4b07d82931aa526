"""The HTTP edge: access declarations, one transaction a write, problem documents, limits."""
