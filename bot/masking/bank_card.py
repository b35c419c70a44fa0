"""Bank cards: 13 to 19 digits that pass the Luhn check."""

_FEWEST, _MOST = 13, 19
# What each digit adds when it is one of those counted twice.
_DOUBLED = {str(digit): digit * 2 - 9 * (digit > 4) for digit in range(10)}  # noqa: PLR2004


def is_bank_card(digits: str) -> bool:
    """Tell whether ``digits`` can be a card's number (ISO/IEC 7812-1, annex B)."""
    if not _FEWEST <= len(digits) <= _MOST or len(set(digits)) == 1:
        return False
    doubled = sum(map(_DOUBLED.__getitem__, digits[-2::-2]))
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0
