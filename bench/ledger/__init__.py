"""Our ledger beside pgledger, in one PostgreSQL."""
