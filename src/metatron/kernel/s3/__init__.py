"""S3-like stores: signatures, calls, objects in parts, lists."""
