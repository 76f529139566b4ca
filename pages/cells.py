"""What a table's cell may be beside a text: a bar behind a number, a word that stands out."""

from __future__ import annotations

from markupsafe import Markup


def bar(share: float, words: str) -> Markup:
    """Words above a bar.

    Args:
        share: of the column's longest one; above 1 it is drawn as 1.
    """
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup('<span class="bar"><span>{}</span><i style="width:{:.1f}%"></i></span>').format(words, width)


def marked(words: str, mark: str) -> Markup:
    """Words with a mark beside them that they must not be read without; none where it is empty."""
    return _beside(words, mark, "mark")


def tagged(words: str, tag: str) -> Markup:
    """Words with a tag beside them that tells them from others; none where it is empty."""
    return _beside(words, tag, "tag")


def code(words: str) -> Markup:
    """A hash, a name: broken anywhere, copied whole."""
    return Markup("<code>{}</code>").format(words)


def _beside(words: str, mark: str, kind: str) -> Markup:
    return Markup('{} <span class="{}">{}</span>').format(words, kind, mark) if mark else Markup("{}").format(words)
