"""Prime Video channels: who subscribes, and what they watch from then on."""

import datetime as dt

from metatron.apps.amc.sandbox import columns, world
from metatron.apps.amc.sandbox.columns import Columns, drawn, text
from metatron.apps.amc.sandbox.paid import OWN, day

_CHANNELS = ("Harbour Films", "Court Side", "Little Owls")
_TITLES = ("The Long Shore", "Night Ferry", "Match Day", "Owl Street")
_SUBSCRIBES = "hash('channel', _user) % 100 < 24"
_HAS_PROMO = "hash('promo', _user) % 2 = 0"
_STAYS = "hash('stays', _user) % 10 < 6"
_STARTS = day("cast(hash('joined', _user) % 390 as integer) - 300")
ENROLMENTS = (
    f"person, range(2) r (record) where {_SUBSCRIBES}"
    f" and (record = 0 or ({_HAS_PROMO} and {_STAYS}))"
)
"""A promotion's subscriber who stays has a second record."""
_END = world.FIRST_DAY + dt.timedelta(world.DAYS)
PLAYBACKS = (
    f"(select * from (select _user, n, cast({_STARTS} as timestamp)"
    " + to_hours(cast(n * 50 + hash('hour', _user, n) % 40 as integer)) as ts"
    " from {person}, range(60) s (n)"
    f" where {_SUBSCRIBES} and n < 4 + hash('watch', _user) % 56)"
    f" where ts < timestamp '{_END.isoformat()}')"
)


def enrolments() -> Columns:
    """Return subscriptions: a start, free of charge for some, and for some of these a second."""
    started = f"cast({_STARTS} + cast(30 * record as integer) as date)"
    promo = f"(record = 0 and {_HAS_PROMO})"
    return columns.person(OWN) | _channel() | {
        "pv_start_date": started,
        "pv_end_date": f"cast({started} + 30 as date)",
        "pv_is_promo": promo,
        "pv_is_plan_start": "record = 0", "pv_is_plan_conversion": "record = 1",
        "pv_is_latest_record": f"record = 1 or not ({_HAS_PROMO} and {_STAYS})",
        "pv_billing_type": f"if({promo}, 'FREE_TRIAL', 'HARD_BILL')",
        "pv_enrollment_status": f"if({promo} and not {_STAYS}, 'ENDED', 'ACTIVE')",
        "pv_offer_name": f"if({promo}, 'First month free', 'Monthly')",
        "pv_unit_price": f"if({promo}, 0, 9.99)",
        "pv_subscription_id": "lower(to_hex(hash('subscription', _user)))",
        "pv_subscription_name": drawn("channel_name", "_user", _CHANNELS),
    }  # fmt: skip


def playbacks() -> Columns:
    """Return what subscribers watched, never before they subscribed."""
    own = "(_user * 64 + n)"
    title = drawn("title", own, _TITLES)
    return columns.person(OWN) | _channel() | {
        "pv_playback_dt_utc": "ts",
        "pv_playback_date_utc": "cast(ts as date)",
        "pv_seconds_viewed": f"60 + hash('seconds', {own}) % 5400",
        "pv_session_id": f"lower(to_hex(hash('playback', {own})))",
        "pv_gti_title_name": title,
        "pv_gti_series_or_movie_name": title,
        "pv_gti_content_type": drawn("title", own, ("MOVIE", "MOVIE", "EVENT", "EPISODE")),
        "pv_gti_genre": f"[{drawn('title', own, ('Drama', 'Thriller', 'Sports', 'Kids'))}]",
        "pv_gti_cast": f"[{drawn('cast', title, ('A. Marlow', 'B. Okafor', 'C. Lindqvist'))}]",
        "pv_gti_studio": drawn("studio", title, ("Harbour", "Owl House")),
        "pv_gti_is_live": f"{title} = 'Match Day'",
        "pv_gti_event_sport": f"case when {title} = 'Match Day' then 'Basketball' end",
        "pv_streaming_gti": f"lower(to_hex(hash('gti', cast({title} as varchar))))",
        "pv_streaming_geo_country": text("US"),
        "pv_streaming_language": drawn("language", own, ("en", "en", "es")),
        "pv_is_avod": "false",
        "pv_is_hh_share": f"hash('share', {own}) % 8 = 0",
    } | dict.fromkeys(("pv_is_channels", "pv_is_svod", "pv_is_user_initiated"), "true")  # fmt: skip


def _channel() -> Columns:
    return {
        "marketplace_id": "1", "marketplace_name": text("AMAZON.COM"),
        "pv_benefit_id": drawn("channel_name", "_user", ("B1", "B2", "B3")),
        "pv_benefit_name": drawn("channel_name", "_user", _CHANNELS),
        "pv_offer_group": text("CHANNEL"),
    }  # fmt: skip
