"""The quick look before a slow search: most questions hold no word that a pattern begins with."""

from collections.abc import Iterable


def mentions(text: str, words: Iterable[str]) -> bool:
    """Tell whether ``text`` holds one of ``words`` (in small letters), in any case."""
    small = text.lower()
    return any(word in small for word in words)
