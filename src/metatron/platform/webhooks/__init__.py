"""Organisations' webhooks: signed messages of what happened, tried for a day."""
