"""What each request type is for, in one line: shown under its name when an officer chooses."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPE_WORDS: dict[str, Promise] = {
    "police_cooperation_out": _("请外国警方核查身份、账户、行踪、出入境等情况，多用作线索。"),
    "criminal_intelligence_exchange": _("向外国警方提供或索取犯罪情报。"),
    "interpol_locate_arrest_out": _("请成员国查找或缉捕人员，申请红色等通报。"),
    "interpol_inquiry_out": _("经国际刑警组织查询资料或调查取证。"),
    "fugitive_handover_out": _("请外国警方缉捕在逃人员并递解给我方。"),
    "border_area_police_cooperation": _("与接壤地区警方的会晤、人员往来、边境管控和情报交流。"),
    "counter_terrorism_deployment_abroad": _("经批准派员出境执行反恐怖主义任务。"),
    "mla_other_out": _("下面各类之外的司法协助，例如涉案人员信息、无犯罪记录。"),
    "mla_service_out": _("请外国向境外人员送达诉讼文书。"),
    "mla_evidence_out": _("请外国询问人员、调取材料、查询账户，用作刑事诉讼证据。"),
    "mla_witness_out": _("请证人、鉴定人来华作证，或者在外国协助调查。"),
    "mla_detained_witness_out": _("请外国把在押人员移交来华作证，用完归还。"),
    "mla_freeze_out": _("请外国查封、扣押、冻结涉案财物，防止转移。"),
    "mla_confiscation_out": _("请外国执行没收违法所得的裁判。"),
    "mla_asset_return_out": _("请外国返还违法所得和被害人的财物。"),
    "extradition_out": _("请外国把犯罪嫌疑人、被告人或者罪犯引渡给我方。"),
    "extradition_provisional_arrest_out": _("正式请求引渡之前，请外国先行羁押。"),
    "extradition_transit_out": _("押解被引渡人经过第三国。"),
    "repatriation_of_foreigner": _("把应当出境的外国人遣送回国，请其本国接收。"),
}
