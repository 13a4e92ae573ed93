"""What a request may rest on as the interface tells it; the rooms above tell it the same way."""

from __future__ import annotations

from agencies.doors.schema import TEXT, Json, closed, listed, nullable, one_of
from countries.models import FactConfidence
from treaties.legal_basis import Basis
from treaties.models import Standing

BASIS = closed(
    {
        "kind": one_of(["treaty", "multilateral", "statute", "reciprocity"]),
        "instrument": nullable(closed({"id": TEXT, "title_zh": TEXT})),
        "status": one_of(Standing.values),
        "articles": listed(TEXT),
        "confidence": one_of(["", *FactConfidence.values]),
        "source": TEXT,
    }
)


def basis_row(basis: Basis) -> Json:
    """The basis in the shape BASIS; the sources stand in one text, parted by ` ; `."""
    one = basis.instrument
    return {
        "kind": basis.kind,
        "instrument": {"id": one.code, "title_zh": one.title_zh} if one else None,
        "status": basis.standing.value,
        "articles": list(basis.articles),
        "confidence": basis.confidence,
        "source": " ; ".join(basis.sources),
    }
