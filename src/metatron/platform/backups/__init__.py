"""Backups: base backups, the archived log, and the way back from them."""
