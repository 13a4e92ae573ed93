from django.urls import URLPattern, URLResolver, path

from agencies.web import (
    appointments,
    audit,
    clients,
    delegations,
    feeds,
    my_account,
    officer_import,
    officers,
    reorganisation,
    tree,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("agencies/", tree.agency_list, name="agency-list"),
    path("agencies/search/", tree.agency_search, name="agency-search"),
    path("agencies/reorganisations/", reorganisation.reorganisation_list, name="reorganisation-list"),
    path(
        "agencies/reorganisations/<int:order_id>/", reorganisation.reorganisation_detail, name="reorganisation-detail"
    ),
    path(
        "agencies/reorganisations/<int:order_id>/state/",
        reorganisation.reorganisation_state,
        name="reorganisation-state",
    ),
    *(
        path(
            f"agencies/reorganisations/<int:order_id>/{act}/",
            reorganisation.reorganisation_act,
            {"act": act},
            name=f"reorganisation-{act}",
        )
        for act in reorganisation.ACTS
    ),
    path("agencies/<str:code>/reorganise/", reorganisation.reorganisation_new, name="reorganisation-new"),
    path("agencies/<str:code>/", tree.agency_detail, name="agency-detail"),
    path("officers/", officers.officer_list, name="officer-list"),
    path("officers/new/", officers.officer_new, name="officer-new"),
    path("officers/import/", officer_import.officer_import, name="officer-import"),
    path("officers/import/confirm/", officer_import.officer_import_confirm, name="officer-import-confirm"),
    path("officers/import/file/", officer_import.officer_import_file, name="officer-import-file"),
    path("officers/import/sample/", officer_import.officer_import_sample, name="officer-import-sample"),
    path("officers/<int:officer_id>/", officers.officer_detail, name="officer-detail"),
    path("officers/<int:officer_id>/edit/", officers.officer_edit, name="officer-edit"),
    path("officers/<int:officer_id>/reset/", officers.officer_reset, name="officer-reset"),
    *(
        path(f"officers/<int:officer_id>/{act}/", officers.officer_act, {"act": act}, name=f"officer-{act}")
        for act in officers.ACTS
    ),
    path("officers/<int:officer_id>/appoint/", appointments.appointment_grant, name="appointment-grant"),
    path("appointments/<int:appointment_id>/end/", appointments.appointment_end, name="appointment-end"),
    path("appointments/agencies/", appointments.agency_options, name="agency-options"),
    path("appointments/acting-as/", appointments.acting_as, name="acting-as"),
    path("delegations/", delegations.delegation_list, name="delegation-list"),
    path("delegations/<int:delegation_id>/revoke/", delegations.delegation_revoke, name="delegation-revoke"),
    path("clients/", clients.client_list, name="client-list"),
    path("clients/new/", clients.client_new, name="client-new"),
    path("clients/<int:account_id>/revoke/", clients.client_revoke, name="client-revoke"),
    path("audit/", audit.audit_log_page, name="audit-log"),
    path("audit/verify/", audit.audit_verify, name="audit-verify"),
    path("account/", my_account.my_account, name="my-account"),
    path("account/calendar/", feeds.feed_make, name="feed-make"),
    path("account/calendar/revoke/", feeds.feed_revoke, name="feed-revoke"),
    path("account/notices/", my_account.notice_settings, name="notice-settings"),
    path("account/lend/<int:appointment_id>/", delegations.delegation_lend, name="delegation-lend"),
]
