"""Password rules, one-time passwords and how those are hashed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

ONE_TIME_LIFE = timedelta(hours=24)
# No 0/O, 1/l/I: people read these aloud and copy them from paper.
_ALPHABETS = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
_GROUPS, _GROUP_LENGTH = 4, 4


class LengthValidator(MinimumLengthValidator):
    """Django's rule in our words."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        words = ngettext("至少 %(n)d 个字符。", "至少 %(n)d 个字符。", self.min_length)
        return words % {"n": self.min_length}


class CharacterClassesValidator:
    """At least three of: lower case, upper case, digits, anything else (GB/T 22239 8.1.4.1 a)."""

    needed = 3

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError when fewer than three classes occur."""
        if len(classes_of(password)) < self.needed:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        return _("要含大写字母、小写字母、数字、其他符号中的至少三种。")


def classes_of(password: str) -> set[str]:
    """Which of the four character classes occur."""
    return {
        "lower" if char.islower() else "upper" if char.isupper() else "digit" if char.isdecimal() else "other"
        for char in password
    }


def one_time_password() -> str:
    """Sixteen unambiguous characters in four groups, about 90 bits, of four character classes."""
    while True:
        letters = "".join(_ALPHABETS)
        groups = ["".join(secrets.choice(letters) for _char in range(_GROUP_LENGTH)) for _group in range(_GROUPS)]
        password = "-".join(groups)
        if len(classes_of(password)) == len(_ALPHABETS) + 1:
            return password


class OneTimeHasher(BasePasswordHasher):
    """For one-time passwords only: 90 random bits need no slow hash, and an import makes thousands of them.

    A wrong guess still costs as much as with the real hasher, so that nobody can tell by the clock which accounts
    have not been used yet. The first success replaces the hash by the real one (`must_update`).
    """

    algorithm = "onetime"

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}${password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, str]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        """Whether `password` is the one; a wrong one costs a run of the real hasher."""
        same = constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))
        if not same:
            real = get_hasher()
            real.encode(password, real.salt())
        return same

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """`verify` has done it."""
