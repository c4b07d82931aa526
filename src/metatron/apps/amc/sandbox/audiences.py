"""Segments people belong to, and how far they watch videos: drawn when read, nothing is stored."""

from metatron.apps.amc.sandbox.columns import Columns, pick

SEGMENTS = (
    "In-market: Kitchen", "In-market: Garden", "In-market: Sports", "Lifestyle: Parents",
    "Lifestyle: Commuters", "Lifestyle: Cooks",
)  # fmt: skip
BELONGING = (
    f", range({len(SEGMENTS)}) as s (segment) where _user is not null"
    " and hash('segment', _user, segment) % 100 < 14 + 9 * segment"
)
"""An impression stands once for each segment its person belongs to; an unknown person to none."""
MATCHED = "hash('target', campaign, segment) % 3 = 0"
"""Which of them the campaign was aimed at."""
_WATCHED = {
    "video_impression": 100, "video_creative_view": 97, "video_start": 92,
    "video_first_quartile": 80, "video_midpoint": 68, "video_third_quartile": 58,
    "video_complete": 47,
}  # fmt: skip
_DONE = {"video_mute": 12, "video_unmute": 5, "video_pause": 6, "video_resume": 4,
         "video_click": 1, "video_replay": 1, "video_skip_forward": 2,
         "video_skip_backward": 1}  # fmt: skip


def segment() -> Columns:
    """Return the columns of one segment of an impression's person."""
    names = pick("cast(segment as integer)", SEGMENTS)
    return {
        "behavior_segment_id": "cast(4000 + segment as integer)",
        "behavior_segment_name": names,
        "behavior_segment_description": f"'People of ' || {names}",
        "behavior_segment_matched": f"cast({MATCHED} as bigint)",
    }


def video() -> Columns:
    """Return the player's counters: whoever sees a quarter has seen the ones before it."""
    found = {
        name: f"cast(hash('watched', event) % 100 < {share} as bigint)"
        for name, share in _WATCHED.items()
    }
    for name, share in _DONE.items():
        found[name] = f"cast(hash('{name}', event) % 100 < {share} as bigint)"
    return found
