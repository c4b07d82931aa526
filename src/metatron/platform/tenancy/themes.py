"""Five theme presets and own colours; every one passes WCAG 2.2 AA (contrast of 4.5)."""

import re

from metatron.kernel.errors import InvalidInput

PRESETS: dict[str, dict[str, str]] = {
    "gold": {"accent": "#ffd700", "on_accent": "#1f1f1f"},
    "green": {"accent": "#17633a", "on_accent": "#ffffff"},
    "red": {"accent": "#97222d", "on_accent": "#ffffff"},
    "blue": {"accent": "#0056b3", "on_accent": "#ffffff"},
    "grey": {"accent": "#3f3e3a", "on_accent": "#ffffff"},
}
"""The names that the page's tokens know."""
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def checked_theme(theme: dict[str, str]) -> dict[str, str]:
    """Return a theme fit to store: `{"preset": name}` or `{"accent": .., "on_accent": ..}`.

    Raises:
        InvalidInput: unknown preset, not a colour, or too little contrast between the two.
    """
    if set(theme) == {"preset"} and theme["preset"] in PRESETS:
        return theme
    colours = {name: str(theme.get(name, "")).lower() for name in ("accent", "on_accent")}
    if set(theme) != set(colours) or not all(_COLOUR.fullmatch(c) for c in colours.values()):
        hint = f"Name a preset ({', '.join(PRESETS)}) or accent and on_accent as #rrggbb."
        raise InvalidInput.field("body.theme", "invalid_theme", hint)
    found = contrast(colours["accent"], colours["on_accent"])
    if found < LEAST_CONTRAST:
        hint = f"Contrast is {found:.1f}, at least {LEAST_CONTRAST} is needed to read it well."
        raise InvalidInput.field("body.theme", "too_little_contrast", hint)
    return colours


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21.

    Source: WCAG 2.2, definitions of relative luminance and contrast ratio.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
