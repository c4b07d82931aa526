"""Schedules: runs that somebody wants again and again."""
