"""Two-person approval: one person asks for an action, another one lets it happen."""
