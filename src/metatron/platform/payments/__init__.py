"""Instructions to escrow providers, their outcomes and their webhooks."""
