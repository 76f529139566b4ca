"""Zones behind stamps: offsets from UTC, and abbreviations."""

from __future__ import annotations

import re

ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "TRT": 3, "KST": 9, "JST": 9, "HKT": 8, "SGT": 8, "AWST": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "BRT": -3, "ART": -3, "IST": 5.5, "PKT": 5, "ICT": 7, "WIB": 7, "PHT": 8, "SAST": 2, "ACST": 9.5, "ACDT": 10.5, "UZT": 5,
}  # fmt: skip
"""Hours east of Greenwich."""

AMBIGUOUS = {
    "CST": ("America's -06:00", "China's +08:00 and Cuba's -05:00"),
    "IST": ("India's +05:30", "Israel's +02:00 and Ireland's +01:00"),
    "BST": ("Britain's +01:00", "Bangladesh's +06:00"),
    "PST": ("America's -08:00", "the Philippines' +08:00"),
    "MST": ("America's -07:00", "Malaysia's +08:00 and Myanmar's +06:30"),
    "EST": ("America's -05:00", "Australia's +10:00"),
}
"""Abbreviations of several zones: which one is taken, and which others there are."""

SUMMER = {"CST": "CDT", "PST": "PDT", "MST": "MDT", "EST": "EDT", "BST": "GMT"}
"""What stands beside them in a year's stamps, where they are the ones that are taken."""

_ZONE = re.compile(
    r"(?<=\d)\s*\(?(?:(?:UTC|GMT)?\s*(?P<sign>[+\-\u2212])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?|(?P<name>[A-Za-z]{1,5}))\)?(?:\s*[\[(].*[\])])?$"
)


def take_zone(text: str) -> tuple[str, float, str] | None:
    """(what stands before it, offset in seconds, the zone as it is written) of a stamp that ends in a zone; None where it doesn't."""
    zone = _ZONE.search(text)
    if zone is None or not (zone["name"] or ":" in text[: zone.start()]):
        return None
    if zone["name"] is None:
        offset = int(zone["hours"]) * 3600 + int(zone["minutes"] or 0) * 60.0
        offset = offset if zone["sign"] == "+" else -offset
        return text[: zone.start()], offset, format_zone(offset)
    name = zone["name"].upper()
    return (text[: zone.start()], ZONES[name] * 3600.0, name) if name in ZONES else None


def zone_of(text: str) -> tuple[float, str] | None:
    """(offset in seconds, the zone as it is written) of a stamp; None where it says none."""
    found = take_zone(text.strip().strip("\"'[]").strip())
    return None if found is None else found[1:]


def format_zone(offset: float) -> str:
    """+09:00."""
    minutes = round(abs(offset) / 60)
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
