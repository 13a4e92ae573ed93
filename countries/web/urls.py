from django.urls import path

from countries.web import calendar, notices, records

urlpatterns = [
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
