"""Results: fetched, kept as Parquet, and read by an engine that is a process of its own."""
