"""What receives results: a table of PostgreSQL, a folder, a bucket of an S3-like store."""
