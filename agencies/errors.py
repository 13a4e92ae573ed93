"""What can go wrong in the domain, in one place. Doors only translate these (coopdesk/errors.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a stable code, an HTTP-like status, words for the user and facts for a machine.

    `reasons` lists every reason at once as (code, words, pointer) so that a user mends a form once.
    """

    code = "domain_error"
    status = 400
    message: object = _("请求无法处理。")

    def __init__(
        self,
        message: object = "",
        *,
        reasons: list[Reason] | None = None,
        **facts: object,
    ) -> None:
        super().__init__(str(message or self.message))
        self.message = message or self.message
        self.reasons = reasons or []
        self.facts = facts


class Reason:
    """One reason of a refusal: a stable code, words, and the field it points to (JSON pointer)."""

    __slots__ = ("code", "pointer", "words")

    def __init__(self, code: str, words: object, pointer: str = "") -> None:
        self.code, self.words, self.pointer = code, words, pointer


class Malformed(DomainError):
    """The input itself is broken; nothing was looked up."""

    code, status = "malformed", 400
    message = _("有内容不对，改正后再试。")


class NotVisible(DomainError):
    """Absent or hidden: the words never tell which."""

    code, status = "not_found", 404
    message = _("没有找到。可能已被移走，或者不在你的查看范围内。")


class NotPermitted(DomainError):
    code, status = "not_permitted", 403
    message = _("你现在的身份不能做这一步。")


class NotHolder(DomainError):
    code, status = "not_holder", 403
    message = _("案件现在不在你的机关。")


class FourEyes(DomainError):
    """Nobody approves what he drafted or recommended."""

    code, status = "four_eyes", 403
    message = _("起草或拟办过这件案件的人不能审批它，请由其他审批人办理。")


class WrongStatus(DomainError):
    code, status = "wrong_status", 409
    message = _("案件的状态已变，现在不能做这一步。")


class StaleVersion(DomainError):
    """The case changed since the page or the ETag was read."""

    code, status = "stale_version", 412
    message = _("案件刚刚有变动，请看过变动后再办。")


class GuardFailed(DomainError):
    """The case is not ready; `reasons` holds all that is missing."""

    code, status = "guard_failed", 422
    message = _("现在还不能办：按下面写的改好、补齐，再试一次。")


class Conflict(DomainError):
    code, status = "conflict", 409
    message = _("与已有的记录冲突。")


class TooLarge(DomainError):
    code, status = "too_large", 413
    message = _("内容太大，没有保存。")


class Unavailable(DomainError):
    """Something the step needs is down; nothing was changed and trying again is safe."""

    code, status = "unavailable", 503
    message = _("暂时保存不了，请稍后再试。")
