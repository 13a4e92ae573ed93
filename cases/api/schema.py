"""The OpenAPI document of the steps: one path for each row of the workflow table, with its own input."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from agencies.doors.schema import Json, shape
from cases.api.inputs import step_body
from cases.api.shapes import STEPS
from cases.workflow import TRANSITIONS, fields_of

PATH = "/api/v1/cases/{case_id}/steps/{step}/"


def one_path_per_step(result: Json, generator: Any, **_: Any) -> Json:
    """drf-spectacular's hook: the one URL pattern of steps becomes a path for each step."""
    general = result["paths"].pop(PATH, None)
    for step in STEPS if general else ():
        operation = deepcopy(general["post"])
        operation["operationId"] = f"{operation['operationId']}_{step}"
        operation["parameters"] = [p for p in operation["parameters"] if p["name"] != "step"]
        asks = any(field.required for field in fields_of(step))
        operation["requestBody"] = {"content": {"application/json": {"schema": _body(step)}}, "required": asks}
        rows = [row for (_direction, name), row in TRANSITIONS.items() if name == step]
        operation["summary"] = rows[0].label
        operation["description"] = rows[0].leads
        result["paths"][PATH.replace("{step}", step)] = {"post": operation}
    return result


def _body(step: str) -> Json:
    return shape(f"Step{step.title().replace('_', '')}", step_body(step))
