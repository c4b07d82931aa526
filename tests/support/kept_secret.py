"""Texts of this run that no log may hold: keys as they were drawn, values that tests planted."""

_texts: dict[str, set[str]] = {}


def keep_secret(kind: str, text: str) -> str:
    """Have a text looked for in all that is written, as a secret of a kind; returns it."""
    _texts.setdefault(kind, set()).add(text)
    return text


def kinds_told(text: str) -> set[str]:
    """Return the kinds of which a secret stands in a text."""
    return {kind for kind, texts in _texts.items() if any(each in text for each in texts)}
