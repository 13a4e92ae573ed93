"""What an integrator reads first on the API's pages: how to log in, what every change carries, how errors look."""

from __future__ import annotations

from django.utils.translation import gettext as _

_EXAMPLE = """```sh
curl -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials \\
     -d "scope=cases:read cases:file" $BASE/oauth/token/

curl $BASE/api/v1/cases/ -H "Authorization: Bearer $TOKEN" \\
     -H "Content-Type: application/json" -H "Idempotency-Key: 7f0c1d9e" -d '{
  "direction": "outgoing", "country": "TH", "request_type": "police_cooperation_out",
  "urgency": "normal", "mark": "internal", "title": "…", "summary": "…", "purpose": "…",
  "subjects": [{"kind": "person", "name": "…", "role": "suspect"}],
  "items": [{"description": "…"}], "responsible_officer": "kunshan.officer"}'

curl -X POST $BASE/api/v1/cases/$ID/steps/submit/ -H "Authorization: Bearer $TOKEN" \\
     -H 'If-Match: "1"' -H "Content-Type: application/json" -H "Idempotency-Key: 5b21aa07" -d '{}'
```"""


def introduction() -> str:
    """Markdown in the caller's language."""
    parts = [
        _(
            "**登录**：系统对接用客户端凭证换 15 分钟的令牌（`POST /oauth/token/`），范围是 `cases:read` 和 `cases:file`；客户端由安全管理员登记，"
            "代表一个机关，新建时用 `responsible_officer` 写明负责的承办人警号，不能审批。民警在浏览器里用登录后的会话，改动要带 CSRF 令牌。"
        ),
        _(
            "**重试**：新建和步骤要带 `Idempotency-Key`。同一个键、同样的内容，得到同一个答复；内容不同 422，还在办理 409，没有带 400。"
        ),
        _(
            "**版本**：案件的 ETag 是带引号的版本号，改草稿和办步骤要用 `If-Match` 带回来；没有带 428，已经过时 412，先重新读取。"
        ),
        _(
            "**错误**：一律是 `application/problem+json`，`code` 固定不变供程序判断，`errors` 一次列出全部问题，`pointer` 指向字段，"
            "说明用 `Accept-Language` 的语言。看不见的和不存在的都是同样的 404。"
        ),
        _("**翻页**：列表给出 `next` 里的游标，照着取下一页；`page_size` 最多 100。不认识的字段和参数一律 400。"),
        _EXAMPLE,
    ]
    return "\n\n".join(parts)
