"""What a new app is called: its folder, its name on the phone, its applicationId, its models."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from appspec.errors import KitError
from appspec.java import JAVA_KEYWORDS

LONGEST = 80
"""Bytes of a folder's name: build folders and APKs are called after it."""


def check_name(name: str, apps: Path) -> str:
    """The name of the app's folder, composed as keyboards type it.

    Raises:
        KitError: no folder can be called so, or there is such an app.
    """
    plain = unicodedata.normalize("NFC", name).strip()
    why = None
    if not plain:
        why = "it is empty"
    elif any(letter in '/\\:*?"<>|' for letter in plain):
        why = "it names a folder in apps/, and holds a letter that folders can't have"
    elif plain.startswith((".", "-")):
        why = f"it begins with {plain[0]}"
    elif any(unicodedata.category(letter)[0] == "C" for letter in plain):
        why = "it holds a line break or another control character"
    elif len(plain.encode()) > LONGEST:
        why = f"it has {len(plain.encode())} bytes; {LONGEST} fit"
    if why is not None:
        raise KitError(f"An app can't be called {name!r}", why, "give a plain word, as invoke new hands --data DIR")
    taken = [path.name for path in apps.iterdir()] if apps.is_dir() else []
    same = next((other for other in taken if unicodedata.normalize("NFC", other).casefold() == plain.casefold()), None)
    if same is not None:
        raise KitError(
            f"{apps / same} is there already",
            "invoke new never writes over an app; nothing was touched",
            "give another name, or edit its app.toml",
        )
    return plain


def shown_name(name: str) -> str:
    """For the phone: hand_joints → Hand joints."""
    words = re.sub(r"[_-]+", " ", name).strip() or name
    return words[:1].upper() + words[1:]


def application_id(name: str) -> str:
    """org.example.NAME; a number in place of a name without a Latin letter."""
    part = snake(name) or f"app_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"org.example.{f'app_{part}' if not part[0].isalpha() or part in JAVA_KEYWORDS else part}"


def subject_name(category: str, otherwise: str) -> str:
    """What models are called after: the category in snake case; `otherwise` where it has no Latin letter to begin with."""
    found = snake(category)[:30].strip("_")
    return found if found and found[0].isalpha() else snake(otherwise)[:30].strip("_") or "object"


def snake(text: str) -> str:
    """Letters of umlauts and accents become plain ones: Mäuse → mause."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if not unicodedata.combining(letter)
    )
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
