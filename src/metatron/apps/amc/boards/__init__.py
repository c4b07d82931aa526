"""Boards: what collections come to, compared, charted and shared."""
