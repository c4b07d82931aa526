"""Organisations, who belongs to them and with which rights, and where their data lives."""
