"""The one place where an error becomes a page or problem+json (RFC 9457), in the caller's language."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agencies.errors import DomainError, Malformed, NotVisible, TooLarge

logger = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"
_TITLES = {
    400: gettext_lazy("请求有误"),
    401: gettext_lazy("需要登录或令牌"),
    403: gettext_lazy("没有权限"),
    404: gettext_lazy("没有找到"),
    405: gettext_lazy("不能用这个方法"),
    406: gettext_lazy("给不出要求的格式"),
    409: gettext_lazy("与现状冲突"),
    411: gettext_lazy("缺少长度"),
    412: gettext_lazy("版本已变"),
    413: gettext_lazy("内容太大"),
    415: gettext_lazy("不支持这种内容"),
    422: gettext_lazy("条件不具备"),
    428: gettext_lazy("缺少前提"),
    429: gettext_lazy("请求太频繁"),
    500: gettext_lazy("系统出了问题"),
    503: gettext_lazy("暂时不可用"),
}


def problem(
    request: HttpRequest, *, status: int, code: str, detail: object, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The body of a problem: stable `code`, words in the caller's language, pointers to what is wrong."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": str(_TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "code": code,
        "detail": str(detail),
        "request_id": getattr(request, "request_id", ""),
    }
    if errors:
        body["errors"] = errors
    return body


def of_domain(request: HttpRequest, error: DomainError) -> dict[str, Any]:
    """A domain error as a problem."""
    errors = [{"code": r.code, "detail": str(r.words), "pointer": r.pointer} for r in error.reasons]
    body = problem(request, status=error.status, code=error.code, detail=error.message, errors=errors)
    return {**{f"case_{name}" if name in body else name: value for name, value in error.facts.items()}, **body}


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. Rolls the request's transaction back; unknown errors go on to become a 500."""
    request = context["request"]
    exc = in_domain_words(exc)
    if isinstance(exc, DomainError):
        body, status, headers = of_domain(request, exc), exc.status, {}
    else:
        response = exception_handler(exc, context)
        if response is None:
            return None
        body, status, headers = _of_drf(request, exc, response), response.status_code, dict(response.headers)
    if transaction.get_connection().in_atomic_block and not getattr(exc, "keeps_writes", False):
        transaction.set_rollback(True)
    headers.pop("Content-Type", None)
    return Response(body, status=status, headers=headers, content_type=PROBLEM_JSON)


def in_domain_words(exc: Exception) -> Exception:
    """What Django and PostgreSQL raise over hostile or outsized input, as the domain error that it amounts to."""
    if isinstance(exc, RequestDataTooBig):
        return TooLarge()
    if isinstance(exc, (DataError, SuspiciousOperation)):
        return Malformed()
    if isinstance(exc, OperationalError) and isinstance(exc.__cause__, QueryCanceled):
        return TooBroad()
    return NotVisible() if isinstance(exc, Http404) else exc


class TooBroad(DomainError):
    """The query ran into the statement's time limit."""

    code, status = "too_broad", 422
    message = gettext_lazy("查询范围太大。请加上时间、国家或状态等条件再查。")


def _of_drf(request: HttpRequest, exc: Exception, response: Response) -> dict[str, Any]:
    code = getattr(exc, "default_code", "error")
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_flatten(exc.detail))
        return problem(request, status=400, code="malformed", detail=Malformed.message, errors=errors)
    detail = getattr(exc, "detail", response.reason_phrase)
    return problem(request, status=response.status_code, code=str(code), detail=detail)


def _flatten(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, value in detail.items():
            yield from _flatten(value, f"{pointer}/{name}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, (dict, list))
            yield from _flatten(value, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"code": getattr(detail, "code", "invalid"), "detail": str(detail), "pointer": pointer}


def wants_json(request: HttpRequest) -> bool:
    """API and OAuth doors answer in JSON, also for what no view handles."""
    return request.path.startswith(("/api/", "/oauth/"))


def render_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A domain error as a page (or as JSON on the machine doors)."""
    if wants_json(request):
        return JsonResponse(of_domain(request, error), status=error.status, content_type=PROBLEM_JSON)
    return render(request, "error.html", {"error": error, "status": error.status}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        words = _("一次送出的内容太多，没有保存。返回上一页，内容还在；请把长文改成文件上传。")
        return render_error(request, TooLarge(words))
    return render_error(request, Malformed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, NotVisible())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    error = DomainError(_("你现在的身份不能打开这一页。"))
    error.code, error.status = "not_permitted", 403
    return render_error(request, error)


def in_house_shape(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A bare 405, as after reloading the address of a form, as a page that says where to go; anything else as it is."""
    if not isinstance(response, HttpResponseNotAllowed) or wants_json(request):
        return response
    error = DomainError(_("这个地址只接收表单，不能直接打开。没有改动任何内容。"))
    error.code, error.status = "method_not_allowed", 405
    page = render_error(request, error)
    page["Allow"] = response["Allow"]
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    error = DomainError(_("这一页开得太久或在别处登录过，请返回上一页刷新后再试；填写的内容还在。"))
    error.code, error.status = "csrf_failed", 403
    return render_error(request, error)


def server_error(request: HttpRequest) -> HttpResponse:
    error = DomainError(_("系统出了问题，这一步没有保存。请稍后再试；一直不行时，把请求号告诉系统管理员。"))
    error.code, error.status = "server_error", 500
    return render_error(request, error)
