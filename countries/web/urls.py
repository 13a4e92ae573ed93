from django.urls import path

from countries.web import calendar, notices, records, section_writing, sections

_SECTION = "countries/<slug:code>/sections/<slug:section>/"

urlpatterns = [
    path(_SECTION, sections.section_page, name="ledger-section"),
    path(f"{_SECTION}compare/", sections.section_compare, name="ledger-section-compare"),
    path(f"{_SECTION}write/", section_writing.section_write, name="ledger-section-write"),
    path(f"{_SECTION}entrust/", sections.section_entrust, name="ledger-section-entrust"),
    path(f"{_SECTION}confirm/", sections.section_confirm, name="ledger-section-confirm"),
    path(f"{_SECTION}versions/<int:number>/", sections.section_version, name="ledger-section-version"),
    *(
        path(
            f"{_SECTION}versions/<int:number>/{act}/",
            sections.section_act,
            {"act": act},
            name=f"ledger-section-{act}",
        )
        for act in sections.ACTS
    ),
    path("countries/<slug:code>/records/new/", records.record_new, name="ledger-record-new"),
    path("countries/records/<int:record_id>/", records.record_page, name="ledger-record"),
    path("countries/records/<int:record_id>/withdraw/", records.record_withdraw, name="ledger-record-withdraw"),
    path("countries/records/<int:record_id>/contact/", records.record_contact, name="ledger-record-contact"),
    path("calendar/", calendar.calendar_page, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar_page, name="calendar-year"),
    path("calendar/import/", notices.calendar_import, name="calendar-import"),
    path("calendar/import/sample/", notices.calendar_import_sample, name="calendar-import-sample"),
    path("calendar/day/", notices.calendar_day, name="calendar-day"),
    path("calendar/notices/", notices.notice_list, name="calendar-notice-list"),
    path("calendar/notices/<int:notice_id>/", notices.notice_page, name="calendar-notice"),
    path("calendar/notices/<int:notice_id>/state/", notices.notice_state, name="calendar-notice-state"),
    *(
        path(
            f"calendar/notices/<int:notice_id>/{act}/",
            notices.notice_act,
            {"act": act},
            name=f"calendar-notice-{act}",
        )
        for act in notices.ACTS
    ),
]
