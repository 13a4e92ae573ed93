"""The code lists a step's input may name, looked up in one way."""

from __future__ import annotations

from treaties.models import Channel, Named, RefusalGround, RequestType, ReturnReason

CODES: dict[str, type[Named]] = {
    "channels": Channel,
    "return_reasons": ReturnReason,
    "refusal_grounds": RefusalGround,
}


def code_exists(source: str, code: str) -> bool:
    """Is `code` in the list named `source` (a key of CODES)?"""
    return CODES[source]._default_manager.filter(code=code).exists()


def channel_by_code(code: str) -> Channel | None:
    """The channel with this code, or None."""
    return Channel.objects.filter(code=code).first()


def request_type_by_code(code: str) -> RequestType | None:
    """The request type with this id of seeds/requirements.yaml, or None."""
    return RequestType.objects.filter(code=code).first()
