"""Connections to Amazon, their accounts and instances."""
