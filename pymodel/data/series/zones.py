"""Zones behind stamps: offsets from UTC, abbreviations, and names of the IANA database."""

from __future__ import annotations

import re

import numpy as np

from pymodel.data.series.named_zones import UTC, iana_name, to_utc
from pymodel.data.series.recording import Floats

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

UTC_ITSELF = "+00:00"

_ZONE = re.compile(
    r"(?<=\d)\s*\(?(?:(?:UTC|GMT)?\s*(?P<sign>[+\-\u2212])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?:\s[A-Z]{2,5})?|(?P<name>[A-Za-z]{1,5}))\)?(?:\s*[\[(].*[\])])?(?:\sm=[+\-][\d.]+)?$"
)

NAMED = re.compile(
    r"(?:(?<=[\dZz])\s*|(?<=\S)\s+)[\[(]?(?P<name>[A-Za-z][A-Za-z0-9_+\-]+(?:/[A-Za-z](?:[A-Za-z0-9_+\- ]*[A-Za-z0-9_])?)*)[\])]?$"
)
"""A name at the end of a stamp."""


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


def take_name(text: str) -> tuple[str, str] | None:
    """(what stands before it, the zone as it is written) of a stamp that ends in a zone's name, as Europe/Berlin or Japan;
    whether there is one of that name doesn't matter where it has a slash. None where it doesn't end so."""
    found = NAMED.search(text)
    if found is None:
        return None
    name = found["name"]
    known = "/" in name or (name.upper() not in ZONES and iana_name(name) is not None)
    return (text[: found.start()], name) if known else None


def zone_of(text: str) -> tuple[str, str] | None:
    """(the zone, how it is written) of a stamp: an offset as +09:00, or a name of the IANA database; None where it says none."""
    text = text.strip().strip("\"'").strip()
    named = take_name(text)
    if named is not None:
        name = iana_name(named[1])
        return None if name is None else (UTC_ITSELF if name in UTC else name, name)
    found = take_zone(text.strip("[]").strip())
    return None if found is None else (format_zone(found[1]), found[2])


def from_local(local: Floats, zone: str) -> Floats:
    """(N,) seconds since 1970 of what the clocks of +09:00 or Europe/Berlin say."""
    if zone[0] not in "+-":
        return to_utc(local, zone).seconds
    hours, minutes = zone[1:].split(":")
    offset = int(hours) * 3600.0 + int(minutes) * 60.0
    return np.asarray(local + offset if zone[0] == "-" else local - offset, np.float64)


def format_zone(offset: float) -> str:
    """+09:00."""
    minutes = round(abs(offset) / 60)
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
