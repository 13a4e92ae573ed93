"""Who stands above whom for supervision: the tree, with the terminal desk acting for the ministry whose part it is."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agencies.models import Agency


def oversees(above: Agency, agency: Agency) -> bool:
    """Is `agency` below `above`? Nobody is below himself; the terminal desk is above all but the ministry itself."""
    if above.pk == agency.pk:
        return False
    return above.pk in agency.ancestors or (above.is_terminal and agency.pk not in above.ancestors)


def overseen_by(above: Agency) -> QuerySet[Agency]:
    """The agencies below `above`, merged ones too."""
    if above.is_terminal:
        return Agency.objects.exclude(pk__in=[*above.ancestors, above.pk])
    return Agency.objects.filter(ancestors__contains=[above.pk]).exclude(pk=above.pk)


def overseer_of(agency: Agency) -> Agency | None:
    """The next agency above: the parent, or the terminal desk where that is the ministry; None at the top."""
    terminal = Agency.objects.filter(is_terminal=True)
    if agency.is_terminal or agency.parent_id is None:
        return None
    return (
        terminal.filter(ancestors__contains=[agency.parent_id]).first()
        or Agency.objects.filter(Q(pk=agency.parent_id)).first()
    )
