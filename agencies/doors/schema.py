"""The OpenAPI document: shapes are plain JSON schemas registered by name; every operation documents its problems.

Each room declares its shapes beside its doors (`shape`) and describes each operation (`doc`); `finish` (settings)
puts the shapes into the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema

from agencies.doors.paging import DEFAULT, LARGEST

Json = dict[str, Any]
Words = str | Promise
Parameters = Mapping[str, tuple[Json, Words]]
SHAPES: dict[str, Json] = {}


# --- Words of JSON schema ------------------------------------------------------------------------------------------

TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
NUMBER: Json = {"type": "integer"}
UUID: Json = {"type": "string", "format": "uuid"}
MOMENT: Json = {"type": "string", "format": "date-time"}
DATE: Json = {"type": "string", "format": "date"}
_NEEDED = "x-needed"


def one_of(codes: Sequence[str]) -> Json:
    return {"type": "string", "enum": list(codes)}


def some_of(codes: Sequence[str]) -> Json:
    """Codes parted by commas, in a query."""
    one = "|".join(codes)
    return {**TEXT, "pattern": f"^({one})(,({one}))*$"}


def listed(schema: Json, most: int | None = None) -> Json:
    return {"type": "array", "items": schema} | ({} if most is None else {"maxItems": most})


def nullable(schema: Json) -> Json:
    """The same, or null."""
    if "type" not in schema or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def needed(schema: Json) -> Json:
    """The same as a parameter of a query that must be given."""
    return {**schema, _NEEDED: True}


def closed(properties: Mapping[str, Json], required: Sequence[str] | None = None) -> Json:
    """An object with these properties and no other; all of them required unless said otherwise."""
    names = list(properties) if required is None else list(required)
    found: Json = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return found | ({"required": names} if names else {})


def shape(name: str, schema: Json) -> Json:
    """Register a shape; returns the reference to it."""
    SHAPES[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(schema: Json) -> Json:
    """The envelope of every list."""
    return closed(
        {"results": listed(schema), "next": nullable({**TEXT, "format": "uri"}), "next_cursor": nullable(TEXT)}
    )


PROBLEM = shape(
    "Problem",
    {
        "type": "object",
        "description": _("RFC 9457 的问题说明，用请求者的语言；code 不变，供程序判断。"),
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "code": TEXT,
            "detail": TEXT,
            "request_id": TEXT,
            "errors": listed(closed({"code": TEXT, "detail": TEXT, "pointer": TEXT})),
        },
    },
)

# --- Operations ----------------------------------------------------------------------------------------------------

_KEY = OpenApiParameter(
    "Idempotency-Key",
    {**TEXT, "pattern": "^[!-~]{1,128}$"},
    OpenApiParameter.HEADER,
    required=True,
    description=_("每件事一个；重试用同一个，得到同一个答复。"),
)
_VERSION = OpenApiParameter(
    "If-Match",
    {**TEXT, "pattern": '^(W/)?"?[0-9]{1,9}"?$'},
    OpenApiParameter.HEADER,
    required=True,
    description=_("案件的 ETag，即带引号的版本号。"),
)
PAGING: Parameters = {
    "cursor": ({**TEXT, "minLength": 1}, _("上一页的 next_cursor。")),
    "page_size": ({**NUMBER, "minimum": 1, "maximum": LARGEST, "default": DEFAULT}, _("每页行数。")),
}


def doc(
    summary: Words,
    answer: Json | None,
    *,
    status: int = 200,
    body: Mapping[str, Json] | None = None,
    query: Parameters | None = None,
    headers: str = "",
    media: str = "application/json",
) -> Callable[[Any], Any]:
    """Describe an operation: what it takes, what it answers; `headers` names "key" and "version" where they are asked."""
    parameters = [
        OpenApiParameter(
            name,
            {key: value for key, value in schema.items() if key != _NEEDED},
            OpenApiParameter.QUERY,
            required=_NEEDED in schema,
            description=words,
        )
        for name, (schema, words) in (query or {}).items()
    ]
    parameters += [found for name, found in (("key", _KEY), ("version", _VERSION)) if name in headers]
    decorate: Callable[[Any], Any] = extend_schema(
        summary=summary,
        parameters=parameters,
        request=body,
        responses={(status, media): answer},
    )
    return decorate


def json_body(schema: Json) -> dict[str, Json]:
    return {"application/json": schema}


class ProblemSchema(AutoSchema):
    """Adds the problem+json answers that any operation may give."""

    CODES = ("400", "401", "403", "404", "405", "406", "409", "411", "412", "413", "415", "422", "428", "429", "503")

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_description(self, *args: Any) -> str:
        return ""  # docstrings are for us; the summary is for the reader

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> Any:
        bodies = super()._get_response_bodies(*args, **kwargs)
        for code in self.CODES:
            bodies.setdefault(
                code, {"description": "Problem", "content": {"application/problem+json": {"schema": PROBLEM}}}
            )
        return bodies


def finish(result: Json, generator: Any, **_: Any) -> Json:
    """drf-spectacular's hook: the shapes, under the names by which operations refer to them; a body is required."""
    for operations in result["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"].setdefault("required", True)
    result.setdefault("components", {}).setdefault("schemas", {}).update(SHAPES)
    return result


class ServiceTokenScheme(OpenApiAuthenticationExtension):
    target_class = "agencies.doors.authentication.ServiceTokenAuthentication"
    name = "client"

    def get_security_definition(self, auto_schema: Any) -> Json:
        scopes = {"cases:read": _("读取本机关可见的案件"), "cases:file": _("起草和报送本机关的请求")}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": scopes}}}


class OfficerSessionScheme(OpenApiAuthenticationExtension):
    target_class = "agencies.doors.authentication.OfficerSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Json:
        return {"type": "apiKey", "in": "cookie", "name": "coopdesk_session"}
