"""Numbers that belong to nobody: outside every range in use, with correct check digits, so that checks accept them."""

from __future__ import annotations

from datetime import date
from random import Random

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# No division of GB/T 2260 has this code.
NOWHERE = "999999"


def id_card(birth: date, serial: int) -> str:
    """An 18-digit identity number of division 999999, with its check digit (GB 11643)."""
    body = f"{NOWHERE}{birth:%Y%m%d}{serial % 1000:03d}"
    return body + _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def iban(account: str) -> str:
    """An IBAN of the user-assigned country code ZZ, with its check digits (ISO 7064 mod 97), in groups of four."""
    digits = "".join(str(int(char, 36)) for char in f"{account}ZZ00")
    text = f"ZZ{98 - int(digits) % 97:02d}{account}"
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def fill(pattern: str, rng: Random) -> str:
    """The pattern with a digit for each `#`."""
    return "".join(str(rng.randrange(10)) if char == "#" else char for char in pattern)
