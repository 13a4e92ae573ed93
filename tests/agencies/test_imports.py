"""Accounts from a file: UTF-8 or GBK, every fault shown, all or none, passwords once."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.commands import imports
from agencies.errors import GuardFailed, Malformed, NotPermitted
from agencies.models import AuditEvent, Officer

pytestmark = pytest.mark.django_db
GOOD = "警号,姓名,邮箱\r\n320583017,陈示文,chen@example.test\r\n３２０５８３０１８,李示二,\r\n"
BAD = "警号,姓名,邮箱\n320583017,陈示文,\n320583017,李示二,x\n,无号,\nkunshan.officer,已有,\n3 2,空格,\n"


def enter(client, cast, login="sysadmin"):
    client.force_login(cast.officer(login), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def upload(client, data: bytes):
    return client.post(reverse("officer-import"), {"file": SimpleUploadedFile("人员.csv", data)})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_what_spreadsheets_save(encoding):
    sheet = imports.read(imports.decode(GOOD.encode(encoding)))
    assert [(row.new.police_number, row.new.name) for row in sheet.rows] == [
        ("320583017", "陈示文"),
        ("320583018", "李示二"),
    ]
    assert sheet.good


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_other_delimiters(delimiter):
    assert imports.read(GOOD.replace(",", delimiter)).good


def test_every_fault_is_shown_by_line():
    sheet = imports.read(BAD)
    found = {row.line: [fault.code for fault in row.faults] for row in sheet.bad}
    assert found == {
        3: ["bad_email", "number_twice"],
        4: ["bad_number"],
        5: ["number_taken"],
        6: ["bad_number"],
    }


def test_all_or_none(cast):
    before = Officer.objects.count()
    with pytest.raises(GuardFailed) as refused:
        imports.import_officers(actor=cast.actor("sysadmin"), text=BAD)
    assert len(refused.value.reasons) == 5
    assert Officer.objects.count() == before
    made = imports.import_officers(actor=cast.actor("sysadmin"), text=GOOD)
    assert all(officer.check_password(password) for officer, password in made)
    assert AuditEvent.objects.filter(kind="officer.create").count() == 2
    assert not any(officer.appointments.exists() for officer, _password in made), "a file grants no roles"


def test_only_the_system_administrator(cast):
    for login in ("secadmin", "auditor", "kunshan.chief"):
        with pytest.raises(NotPermitted):
            imports.import_officers(actor=cast.actor(login), text=GOOD)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_rows"),
        ("姓名\n陈".encode(), "no_header"),
        ("警号,姓名\n".encode(), "no_rows"),
        ("警号,姓名\n\n , \n".encode(), "no_rows"),
        (b"\xff\xfe\x00\x01\x81", "not_text"),
        ("警号,姓名\n1,\x00".encode(), "not_text"),
        ('警号,姓名\n"1,陈\n2,李'.encode(), "not_csv"),
        (b"x" * (imports.BYTES_LIMIT + 1), "file_too_big"),
        (("警号,姓名\n" + "".join(f"{n},陈\n" for n in range(2001))).encode(), "too_many_rows"),
    ],
)
def test_files_without_shape(data, code):
    with pytest.raises(Malformed) as refused:
        imports.read(imports.decode(data))
    assert [reason.code for reason in refused.value.reasons] == [code]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(data):
    with contextlib.suppress(Malformed):
        imports.read(imports.decode(data))


# --- The pages -----------------------------------------------------------------------------------------------------


def test_upload_look_open_take_along(client, cast):
    enter(client, cast)
    preview = upload(client, GOOD.encode("gbk"))
    assert preview.status_code == 200
    assert "2 人，没有问题，可以开通" in preview.content.decode()
    assert Officer.objects.filter(police_number="320583017").count() == 0
    done = client.post(reverse("officer-import-confirm"), {"text": preview.context["text"]})
    assert done.status_code == 201
    assert "no-store" in done["Cache-Control"]
    file = client.post(reverse("officer-import-file"), {"file": done.context["file"]})
    assert file["Content-Disposition"].startswith("attachment")
    table = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row[0] for row in table] == ["警号", "320583017", "320583018"]
    assert Officer.objects.get(police_number="320583017").check_password(table[1][2])


def test_a_bad_file_opens_nothing(client, cast):
    enter(client, cast)
    preview = upload(client, BAD.encode())
    assert preview.status_code == 422
    assert "5 人里有 4 行不对，一个也没有开通" in preview.content.decode()
    assert client.post(reverse("officer-import-confirm"), {"text": BAD}).status_code == 422
    assert client.post(reverse("officer-import-confirm"), {"text": ""}).status_code == 400
    assert upload(client, b"\xff\xfe\x00\x81").status_code == 400
    assert client.post(reverse("officer-import"), {}).status_code == 400


def test_no_cell_becomes_a_formula(client, cast):
    enter(client, cast)
    done = client.post(reverse("officer-import-confirm"), {"text": "警号,姓名\n=1+1,@SUM(A1)\n"})
    assert "'=1+1,'@sum" in done.context["file"].casefold()


@pytest.mark.parametrize("name", ["officer-import", "officer-import-sample"])
@pytest.mark.parametrize("login", ["secadmin", "auditor", "kunshan.chief"])
def test_closed_to_others(client, cast, name, login):
    enter(client, cast, login)
    assert client.get(reverse(name)).status_code == 403


def test_the_sample_can_be_imported(client, cast):
    enter(client, cast)
    sample = client.get(reverse("officer-import-sample")).content
    assert imports.read(imports.decode(sample)).good
