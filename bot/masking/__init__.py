"""Personal data out of text: a file for each kind of pattern, and ``mask`` over all of them."""

from bot.masking.mask import found, mask
from bot.masking.types import Found, Kind

__all__ = ["Found", "Kind", "found", "mask"]
