"""The tables behind the supervision board. Only the worker's fold (cases.board.fold) writes them; triggers of migration
0019 note which cases have changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case


class TouchedCase(models.Model):
    """A case changed in a way that may move a figure: a row in the transaction of the change, taken away by the fold."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.UUIDField()

    def __str__(self) -> str:
        return f"touched {self.case_id}"


class CaseFigure(models.Model):
    """What one case has contributed to the cells: a list of [agencies, measure, key, week, n, amount]. The next fold
    takes exactly this away again. Gone when the case counts in no week that is kept."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    facts = models.JSONField()
    until = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"figure of {self.case_id}"


class BoardCell(models.Model):
    """How often something happened in a week (its Monday) in an agency's subtree; `amount` in the unit of the measure."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=20)
    week = models.DateField()
    key = models.CharField(max_length=60)
    n = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "measure", "week", "key"], name="one_board_cell")]
        indexes = [models.Index(fields=["id"], condition=Q(n=0), name="board_cell_empty")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.measure} {self.key} {self.week}: {self.n}"


class BoardNow(models.Model):
    """What depends on the clock, counted anew by every fold: how many are open, near, overdue, abroad in a subtree."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    n = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "measure", "key"], name="one_board_now")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.measure} {self.key}: {self.n}"


class BoardFold(models.Model):
    """The one row that says as of when the figures hold, and the first week that is kept."""

    id = models.SmallIntegerField(primary_key=True)
    as_of = models.DateTimeField(null=True)
    first_week = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_board_fold")]

    def __str__(self) -> str:
        return f"as of {self.as_of}"
