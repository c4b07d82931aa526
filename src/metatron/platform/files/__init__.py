"""Evidence, pictures and exports: kept once by content, read by permission or signed link."""
