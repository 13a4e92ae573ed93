"""API clients: the security administrator registers machines and ends them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import clients
from agencies.commands.accounts import require
from agencies.doors.forms import attach, sent
from agencies.errors import Malformed
from agencies.roles import Role
from agencies.web.forms import ClientForm


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    """Every client, the newest first."""
    require(request.actor, Role.SECURITY_ADMIN)  # type: ignore[attr-defined]
    rows = list(clients.registered_clients())
    context = {"rows": rows, "active": sum(row.is_active for row in rows)}
    return render(request, "agencies/client_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def client_new(request: HttpRequest) -> HttpResponse:
    """Register a client; its secret is on the answer to the POST and nowhere else."""
    require(request.actor, Role.SECURITY_ADMIN)  # type: ignore[attr-defined]
    form = ClientForm(sent(request))
    if request.method == "POST" and form.is_valid() and form.picked is not None:
        name = form.cleaned_data["name"]
        try:
            client_id, secret = clients.register_client(
                actor=request.actor,  # type: ignore[attr-defined]
                agency=form.picked,
                name=name,
            )
        except Malformed as error:
            attach(form, error)
        else:
            context = {"client_id": client_id, "secret": secret, "agency": form.picked, "name": name}
            return render(request, "agencies/client_done.html", context, status=201)
    return render(request, "agencies/client_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def client_revoke(request: HttpRequest, account_id: int) -> HttpResponse:
    """End a client: its tokens stop working at once."""
    clients.revoke_client(actor=request.actor, account_id=account_id)  # type: ignore[attr-defined]
    messages.success(request, _("接口客户端已停用，它的令牌立即失效；已报送的案件不受影响。"))
    return redirect("client-list")
