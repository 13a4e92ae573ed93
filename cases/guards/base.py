"""What a guard is: a fact of a case that must hold before a step. It yields every reason against it, for the user to
mend at once. Its values are those of the step, and `at`, the moment of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise

from agencies.errors import Reason
from cases.models import Case

Words = str | Promise
Values = Mapping[str, Any]
Guard = Callable[[Case, Values], Iterable[Reason]]
