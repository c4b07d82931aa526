"""The local escrow provider: an own process that speaks HTTP like the real ones."""
