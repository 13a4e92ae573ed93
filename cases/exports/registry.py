"""Every kind of export, by its code. A new one is its module and one entry here."""

from __future__ import annotations

from collections.abc import Mapping

from cases.exports.board_rows import BOARD
from cases.exports.case_rows import CASES
from cases.exports.deadline_rows import DEADLINES
from cases.exports.kinds import Kind
from cases.exports.supervision_rows import SUPERVISION

KINDS: Mapping[str, Kind] = {kind.code: kind for kind in (CASES, DEADLINES, SUPERVISION, BOARD)}
