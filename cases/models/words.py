"""The closed vocabularies of a case: codes in the database and the API, Chinese words on the page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    OUTGOING = "outgoing", _("我方请求")
    INCOMING = "incoming", _("外方请求")


class Status(models.TextChoices):
    # outgoing
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("待补正")
    CLEARED = "cleared", _("待发出")
    WITH_LIAISON = "with_liaison", _("在对外联系机关")
    DISPATCHED = "dispatched", _("在外方")
    QUERY_OPEN = "query_open", _("外方询问")
    ANSWERED = "answered", _("已回复")
    DELIVERED = "delivered", _("待签收")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    DECLINED = "declined", _("不予上报")
    # incoming (in_review, cleared and closed are shared)
    RECEIVED = "received", _("已登记")
    AWAITING_SUPPLEMENT = "awaiting_supplement", _("待外方补充")
    TO_ASSIGN = "to_assign", _("待交办")
    POSTPONED = "postponed", _("推迟执行")
    IN_EXECUTION = "in_execution", _("执行中")
    RESULT_REVIEW = "result_review", _("结果审核")
    REPLIED = "replied", _("已答复外方")
    REFUSED = "refused", _("已拒绝")
    RETURNED_TO_REQUESTER = "returned_to_requester", _("已退回外方")
    TRANSFERRED = "transferred", _("已移送")


ENDED = frozenset(
    {
        Status.CLOSED,
        Status.WITHDRAWN,
        Status.DECLINED,
        Status.REFUSED,
        Status.RETURNED_TO_REQUESTER,
        Status.TRANSFERRED,
    }
)


_SHARED = {Status.IN_REVIEW, Status.CLEARED, Status.WITH_LIAISON, Status.CLOSED}
_FOREIGN = {
    Status.RECEIVED,
    Status.AWAITING_SUPPLEMENT,
    Status.TO_ASSIGN,
    Status.POSTPONED,
    Status.IN_EXECUTION,
    Status.RESULT_REVIEW,
    Status.REPLIED,
    Status.REFUSED,
    Status.RETURNED_TO_REQUESTER,
    Status.TRANSFERRED,
}
# Which statuses a case of either direction may have.
STATUSES = {
    Direction.OUTGOING: frozenset(Status) - _FOREIGN,
    Direction.INCOMING: frozenset(_SHARED | _FOREIGN),
}


class Urgency(models.TextChoices):
    NORMAL = "normal", _("普通")
    URGENT = "urgent", _("加急")
    MOST_URGENT = "most_urgent", _("特急")


class Mark(models.TextChoices):
    PUBLIC = "public", _("公开")
    INTERNAL = "internal", _("内部")
    WORK_SECRET = "work_secret", _("工作秘密")


class SubjectKind(models.TextChoices):
    PERSON = "person", _("人员")
    ENTITY = "entity", _("单位")


class SubjectRole(models.TextChoices):
    """The usual parts of a person or an entity in a case; a case may name another one in words."""

    SUSPECT = "suspect", _("犯罪嫌疑人")
    VICTIM = "victim", _("被害人")
    WITNESS = "witness", _("证人")
    ACCOUNT_HOLDER = "account_holder", _("账户持有人")
    INVOLVED = "involved", _("涉案人员")
    INVOLVED_ENTITY = "involved_entity", _("涉案单位")
    HOLDER_OF_EVIDENCE = "holder_of_evidence", _("证据持有人")
    MISSING = "missing", _("失联人员")


class Outcome(models.TextChoices):
    WAITING = "waiting", _("待答复")
    EXECUTED = "executed", _("已执行")
    PARTLY = "partly", _("部分执行")
    REFUSED = "refused", _("拒绝")
    NOT_ANSWERED = "not_answered", _("未答复")


class Usefulness(models.TextChoices):
    USEFUL = "useful", _("有用")
    PARTLY = "partly", _("部分有用")
    NOT_USEFUL = "not_useful", _("没有用")


class Side(models.TextChoices):
    DOMESTIC = "domestic", _("我方")
    EXTERNAL = "external", _("其他中央机关")
    FOREIGN = "foreign", _("外方")


class Phase(models.TextChoices):
    """What the holder of a leg is there to do."""

    DRAFT = "draft", _("起草")
    REVIEW = "review", _("审核")
    CORRECTION = "correction", _("补正")
    DISPATCH = "dispatch", _("发出")
    LIAISON = "liaison", _("对外联系")
    ABROAD = "abroad", _("等外方答复")
    QUERY = "query", _("答复询问")
    QUERY_REVIEW = "query_review", _("审核答复")
    RETURN = "return", _("转交答复")
    DELIVERY = "delivery", _("签收")
    # incoming
    CHECK = "check", _("形式审查")
    DECISION = "decision", _("审查决定")
    SUPPLEMENT = "supplement", _("等外方补充")
    POSTPONED = "postponed", _("推迟执行")
    ASSIGNMENT = "assignment", _("交办")
    EXECUTION = "execution", _("执行")
    RESULT = "result", _("审核结果")
    REPLIED = "replied", _("等外方确认")
    ENDED = "ended", _("办结后")


class InvolvementKind(models.TextChoices):
    DRAFTED = "drafted", _("起草")
    RECOMMENDED = "recommended", _("拟办")
    APPROVED = "approved", _("审批")


class Audience(models.TextChoices):
    """Who reads a note: the writer's agency alone, everyone on the route, or those invited for an opinion (会办) too."""

    AGENCY = "agency", _("本机关")
    ROUTE = "route", _("沿线机关")
    SHARED = "shared", _("沿线和会办机关")


class BorderMatter(models.TextChoices):
    """What border agencies may agree with their neighbours directly (MPSR-376)."""

    MEETING = "meeting", _("执法会晤")
    MOVEMENT = "movement", _("人员往来")
    BORDER_CONTROL = "border_control", _("边境管控")
    INTELLIGENCE = "intelligence", _("情报信息交流")


class Decision(models.TextChoices):
    """What was decided on one part of a foreign request."""

    EXECUTE = "execute", _("执行")
    REFUSE = "refuse", _("拒绝")


class Body(models.TextChoices):
    """Central organs outside public security: liaison authorities, and those who may be asked for an opinion."""

    COURT = "court", _("最高人民法院")
    PROCURATORATE = "procuratorate", _("最高人民检察院")
    STATE_SECURITY = "state_security", _("国家安全部")
    MOJ = "moj", _("司法部")
    MFA = "mfa", _("外交部")
    IMMIGRATION = "immigration", _("国家移民管理局")
    CUSTOMS = "customs", _("海关总署缉私局")


class AssignmentKind(models.TextChoices):
    """Parallel work that is not custody. The code is also the key of its internal limit."""

    OPINION = "opinion", _("会办意见")
    COMPLETION = "completion", _("补办审核手续")
    SHARE = "share", _("分办执行")


class AssignmentState(models.TextChoices):
    OPEN = "open", _("办理中")
    DONE = "done", _("已办")
    LAPSED = "lapsed", _("不再需要")


class ClockKind(models.TextChoices):
    """What an internal clock may be for besides a phase or parallel work: the foreign side's answer, and supervision."""

    ACKNOWLEDGEMENT = "acknowledgement", _("等外方确认收到")
    EXPECTED_REPLY = "expected_reply", _("预期答复")
    CHASE = "chase", _("再次催办外方")
    SUPERVISION = "supervision", _("督办反馈")


class ClockRule(models.TextChoices):
    """How a clock counts (countries.calendars.Rule)."""

    INTERNAL = "internal", _("内部时限")
    STATUTORY = "statutory", _("法定期限")
    FIXED = "fixed", _("不因休息日顺延")


class ClockState(models.TextChoices):
    """How a clock stands at a moment; derived (cases.clocks.states), never stored."""

    RUNNING = "running", pgettext_lazy("clock", "计时中")
    PAUSED = "paused", pgettext_lazy("clock", "暂停")
    MET = "met", pgettext_lazy("clock", "按期办结")
    BREACHED = "breached", pgettext_lazy("clock", "超期")
    CANCELLED = "cancelled", pgettext_lazy("clock", "不再计时")


class PauseCategory(models.TextChoices):
    """Why a clock stands still."""

    FOREIGN_SIDE = "foreign_side", _("等外方补充或者确认")
    OTHER_ORGAN = "other_organ", _("等其他机关意见")
    FORCE_MAJEURE = "force_majeure", _("不可抗力")
    COURT = "court", _("司法程序需要")
    POSTPONED = "postponed", _("推迟执行")
    OTHER = "other", _("其他原因")


class SupervisionKind(models.TextChoices):
    REMINDER = "reminder", _("催办")
    ORDER = "order", _("督办")


class SupervisionState(models.TextChoices):
    OPEN = "open", _("待反馈")
    ANSWERED = "answered", _("已反馈")
    CLOSED = "closed", _("已办结")
    ESCALATED = "escalated", _("已提级")
