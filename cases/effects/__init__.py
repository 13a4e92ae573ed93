"""What a step writes besides status, custody and the record. Columns of the case are set here and saved by take_step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cases.effects import incoming, outgoing, parallel
from cases.effects.act import Act, facing_name

__all__ = ["Act", "apply", "facing_name"]


def apply(step: str, act: Act) -> None:
    """Run the effect of `step`, if it has one."""
    if effect := _EFFECTS.get(step):
        effect(act)


_EFFECTS: Mapping[str, Callable[[Act], None]] = {
    effect.__name__: effect
    for effect in (
        outgoing.submit,
        outgoing.approve,
        outgoing.dispatch,
        outgoing.liaison_sent,
        outgoing.record_acknowledgement,
        outgoing.record_query,
        outgoing.record_chase,
        outgoing.request_recall,
        outgoing.record_recall,
        outgoing.close_unanswered,
        outgoing.record_reply,
        outgoing.accept,
        outgoing.acknowledge_filing,
        incoming.check_form,
        incoming.request_supplement,
        incoming.record_supplement,
        incoming.decide,
        incoming.assign,
        incoming.return_assignment,
        incoming.submit_result,
        incoming.reply,
        incoming.close,
        parallel.assign_handler,
        parallel.invite,
        parallel.answer_assignment,
        parallel.confirm_skip,
        parallel.record_opinion,
    )
} | {"redispatch": outgoing.dispatch, "record_late_reply": outgoing.record_reply}
