"""The supplier's answer."""
