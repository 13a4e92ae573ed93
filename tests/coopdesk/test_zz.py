import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.browsing import log_in

pytestmark = pytest.mark.django_db


def test_q(cast):
    import sys

    for who, code in (("guohe.desk", "MM"), ("kunshan.officer", "TH")):
        c = log_in(cast, who)
        u = reverse("country-detail", args=[code])
        c.get(u)
        with CaptureQueriesContext(connection) as q:
            r = c.get(u)
        print(who, code, len(q), file=sys.stderr)
        for x in q:
            print("  ", x["time"], x["sql"][:230], file=sys.stderr)
        open(f"/tmp/plan/page_{code}.html", "w").write(r.content.decode())
    c.cookies["coopdesk_language"] = "en"
    from tests.language import wrong_words

    for kind in ("extradition_out", "mla_freeze_out"):
        print(
            wrong_words(
                c.get(
                    reverse("advice"), {"country": "KZ", "type": kind, "purpose": "evidence", "urgency": "urgent"}
                ).content.decode(),
                "en",
            ),
            file=sys.stderr,
        )
