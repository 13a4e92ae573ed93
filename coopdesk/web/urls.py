"""The pages that belong to no room, or to several: the language switch, the component page, the country ledgers."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from coopdesk.web import (
    countries,
    country_lists,
    country_paper,
    country_work,
    exchange,
    frontiers,
    ledger_values,
    proposals,
)
from coopdesk.web.components import components

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", login_not_required(set_language), name="set-language"),
    path("components/", components, name="components"),
    path("countries/", country_lists.country_list, name="country-list"),
    path("countries/compare/", country_lists.compare, name="country-compare"),
    path("countries/unsettled/", country_lists.unsettled_list, name="country-unsettled"),
    path("countries/changes/", country_lists.change_list, name="country-changes"),
    path("countries/stale/", country_lists.stale_list, name="country-stale"),
    path("countries/exchange/", exchange.exchange, name="country-exchange"),
    path("countries/exchange/take/", exchange.exchange_take, name="country-exchange-take"),
    path("countries/mine/", country_work.work_page, name="ledger-work"),
    path("countries/proposals/", proposals.proposal_list, name="ledger-proposal-list"),
    path("countries/proposals/<int:proposal_id>/", proposals.proposal_page, name="ledger-proposal"),
    path("countries/proposals/<int:proposal_id>/answer/", proposals.proposal_answer, name="ledger-proposal-answer"),
    path("countries/proposals/<int:proposal_id>/accept/", proposals.proposal_accept, name="ledger-proposal-accept"),
    path("countries/<slug:code>/propose/", proposals.proposal_new, name="ledger-propose"),
    path("countries/<slug:code>/", countries.country_page, name="country-detail"),
    path("countries/<slug:code>/paper/", country_paper.country_paper, name="country-paper"),
    path("countries/<slug:code>/exchange/file/", exchange.exchange_file, name="country-exchange-file"),
    path("countries/<slug:code>/asking/<slug:kind>/", countries.asking_page, name="country-asking"),
    path("countries/<slug:code>/values/<slug:topic>/", ledger_values.value_page, name="ledger-value"),
    path("countries/<slug:code>/frontiers/<slug:division>/", frontiers.frontier_page, name="ledger-frontier"),
]
