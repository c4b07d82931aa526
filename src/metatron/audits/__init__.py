"""What `bin/check` asks about secrets that were committed and packages with known weaknesses."""
