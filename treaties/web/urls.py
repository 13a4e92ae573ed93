from django.urls import path

from treaties.web import instrument_edit, instruments, law_edit, law_types, matrix, periods

_ONE = "law/instruments/<slug:code>/"
_PARTY = f"{_ONE}parties/<slug:country>/"

urlpatterns = [
    path("law/limits/", periods.limit_list, name="time-limit-list"),
    path("law/limits/overrides/new/", periods.override_new, name="time-limit-override"),
    path("law/limits/overrides/<int:override_id>/end/", periods.override_end, name="time-limit-override-end"),
    path("law/instruments/", instruments.instrument_list, name="instrument-list"),
    path("law/instruments/new/", instrument_edit.instrument_new, name="instrument-new"),
    path(_ONE, instruments.instrument_page, name="instrument-detail"),
    path(f"{_ONE}values/<slug:field>/", instrument_edit.value_edit, name="instrument-value"),
    path(f"{_ONE}withdraw/", instrument_edit.withdrawal, name="instrument-withdraw"),
    path(f"{_PARTY}withdraw/", instrument_edit.withdrawal, name="instrument-party-withdraw"),
    path(f"{_ONE}parties/new/", instrument_edit.party_new, name="instrument-party-new"),
    path(_PARTY, instruments.party_page, name="instrument-party"),
    path(f"{_PARTY}values/<slug:field>/", instrument_edit.value_edit, name="instrument-party-value"),
    path(f"{_ONE}provisions/new/", instrument_edit.provision_new, name="instrument-provision-new"),
    path(
        f"{_ONE}provisions/<slug:family>/values/<slug:field>/",
        instrument_edit.value_edit,
        name="instrument-provision-value",
    ),
    path("law/matrix/", matrix.matrix_page, name="instrument-matrix"),
    path("law/matrix/file/", matrix.matrix_file, name="instrument-matrix-file"),
    path("law/matrix/sheet/", matrix.matrix_sheet, name="instrument-matrix-sheet"),
    path("law/statutes/", law_types.law_statutes, name="law-statutes"),
    path("law/types/", law_types.law_type_list, name="law-type-list"),
    path("law/types/<slug:code>/", law_types.law_type, name="law-type"),
    path("law/types/<slug:code>/versions/", law_types.law_type_versions, name="law-type-versions"),
    path("law/types/<slug:code>/edit/", law_edit.law_edit, name="law-type-edit"),
    path("law/timeline/", instruments.instrument_timeline, name="instrument-timeline"),
]
