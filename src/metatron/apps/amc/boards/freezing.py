"""Figures as a snapshot keeps them: names, but no ids."""

from typing import Any

from metatron.apps.amc.boards.figures import Shown

_KEPT = ("total", "base", "reason", "change")


def frozen(shown: Shown) -> dict[str, Any]:
    """Return a board's figures without any id; tiles name their measure by its place."""
    places = {each["id"]: place for place, each in enumerate(shown.measures)}
    told = shown.figures
    return {
        "period": told["period"],
        "compared": told["compared"],
        "measures": [
            _measure(about, figures)
            for about, figures in zip(shown.measures, told["measures"], strict=True)
        ],
        "layout": [
            {
                "measure": places[each["measure_id"]],
                "chart": each["chart"],
                "width": each["width"],
            }
            for each in shown.layout
        ],
        "missing": len(told["missing"]),
        "provisional": told["provisional"],
    }


def _measure(about: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: about[name] for name in ("label", "kind", "format")},
        **{name: figures[name] for name in _KEPT},
        "series": [
            {name: point[name] for name in ("start", "end", "value", "provisional")}
            for point in figures["series"]
        ],
        "clients": [
            {
                "name": each["instance"]["name"],
                **{name: each[name] for name in ("total", "base", "change", "series")},
            }
            for each in figures["clients"]
        ],
    }
