"""Build guides: text that teaches, queries that run, sample rows from the local AMC."""
