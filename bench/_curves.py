"""Curves over a logarithmic axis as SVG, without a library: a few panels beside each other."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN, COLUMNS = 320, 220, 48, 3
COLOURS = ("#b8860b", "#1f5f8b", "#7a3b69", "#3b7a4b")
_STYLE = "text{font:11px system-ui,sans-serif;fill:#444} .t{font-weight:600;font-size:12px}"
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram: lines by name over the same axis; `goal` is drawn dashed."""

    title: str
    lines: Mapping[str, Points]
    goal: float | None = None


def draw(path: Path, heading: str, panels: Sequence[Panel]) -> None:
    """Write the panels to a file."""
    rows = math.ceil(len(panels) / COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT + 30
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="12" y="20" class="t">{escape(heading)}</text>',
    ]
    for number, panel in enumerate(panels):
        left, top = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT + 30
        parts.append(f'<g transform="translate({left},{top})">{_panel(panel)}</g>')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts) + "</svg>\n")


def _panel(panel: Panel) -> str:
    values = [y for line in panel.lines.values() for _, y in line] + [panel.goal or 0.0]
    places = sorted({x for line in panel.lines.values() for x, _ in line})
    most = _ceiling(max(values))
    right, bottom = WIDTH - 16, HEIGHT - MARGIN

    def x_of(x: float) -> float:
        span = math.log10(places[-1] / places[0]) or 1.0
        return MARGIN + math.log10(x / places[0]) / span * (right - MARGIN)

    def y_of(y: float) -> float:
        return bottom - y / most * (bottom - 28)

    parts = [f'<text x="{MARGIN}" y="14" class="t">{escape(panel.title)}</text>']
    for part in range(5):
        value = most * part / 4
        y = y_of(value)
        parts.append(f'<path d="M{MARGIN},{y:.1f}H{right}" stroke="#e4e0d8" fill="none"/>')
        parts.append(f'<text x="{MARGIN - 4}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    parts += [
        f'<text x="{x_of(x):.1f}" y="{bottom + 16}" text-anchor="middle">{x:,.0f}</text>'
        for x in places
    ]
    if panel.goal is not None:
        y = y_of(panel.goal)
        parts.append(
            f'<path d="M{MARGIN},{y:.1f}H{right}" stroke="#a33" stroke-dasharray="4" fill="none"/>'
        )
    for number, (name, line) in enumerate(panel.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}"/>'
            for x, y in line
        ]
        parts.append(
            f'<text x="{MARGIN + number * 80}" y="{bottom + 34}" style="fill:{colour}">'
            f"{escape(name)}</text>"
        )
    return "".join(parts)


def _ceiling(value: float) -> float:
    """Return the next 1, 2, 4 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 4.0, 10.0) if step * power >= value)
