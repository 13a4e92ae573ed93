"""The envelope of a file: canonical JSON under an Ed25519 signature of the network that wrote it.

A network has a key pair of its own, apart from the one that seals the audit trail. Whom it trusts says a folder of public
keys, put there by whoever runs the servers; the name of a file is the name of that network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext as _

from agencies.errors import GuardFailed, Malformed, Reason, TooLarge

FORMAT, VERSION = "coopdesk-ledger", 1
# A page carries the file back when it is applied; the largest country takes a tenth of it.
MOST = 1_000_000
_ENVELOPE = {"format", "version", "body", "key", "signature"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands in a file whose signature holds."""

    site: str  # the name under which this network knows the signer
    key: str  # its fingerprint
    sha256: str  # of the file
    body: dict[str, Any]


def canonical(value: Any) -> bytes:
    """The one way to write it. Raises ValueError for what JSON cannot say."""
    told = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return told.encode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """By which two networks compare a key, on the telephone or on paper."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def sealed(body: dict[str, Any]) -> bytes:
    """The file. Raises GuardFailed where no key was given to this network."""
    key = signing_key()
    signature = base64.b64encode(key.sign(_payload(body))).decode()
    envelope = {"format": FORMAT, "version": VERSION, "body": body}
    return canonical(envelope | {"key": fingerprint(key.public_key()), "signature": signature})


def opened(content: bytes) -> Opened:
    """The file of a network that we trust. Raises TooLarge, Malformed with what is wrong with it."""
    if len(content) > MOST:
        raise TooLarge(_("文件超过 %(limit)s 字节，不是国别台账的交换文件。没有导入。") % {"limit": f"{MOST:,}"})
    envelope = _envelope(content)
    site, key = _signer(str(envelope["key"]))
    body = envelope["body"]
    try:
        key.verify(base64.b64decode(str(envelope["signature"]), validate=True), _payload(body))
    except (InvalidSignature, binascii.Error):
        raise refused("bad_signature", _("签名不对：文件在路上被改过，或者没有传全。请对方重新导出。")) from None
    if not site:
        raise refused("our_own", _("这是本系统自己导出的文件，没有要导入的：里面写的就是本系统的台账。"))
    return Opened(site, fingerprint(key), hashlib.sha256(content).hexdigest(), body)


def _payload(body: Any) -> bytes:
    return f"{FORMAT}/{VERSION}\n".encode() + canonical(body)


def _envelope(content: bytes) -> dict[str, Any]:
    other = refused("not_a_ledger", _("不是国别台账的交换文件。选本系统导出的 .json 文件，不要改名后用别的文件。"))
    try:
        found = json.loads(content)
        same = isinstance(found, dict) and canonical(found) == content
    except (ValueError, RecursionError):
        raise other from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise other
    version = found.get("version")
    if version != VERSION or isinstance(version, bool):
        words = _("这份文件的格式是第 %(theirs)s 版，本系统只认第 %(ours)s 版。两边升级到同一版再交换。")
        raise refused("other_version", words % {"theirs": str(version)[:10], "ours": VERSION})
    if set(found) != _ENVELOPE or not isinstance(found["body"], dict) or not same:
        raise refused("changed", _("文件被改过，或者没有传全：它不再是导出时的样子。请对方重新导出。"))
    return found


def refused(code: str, words: str) -> Malformed:
    """The refusal of a file: nothing of it is written."""
    return Malformed(_("没有导入。"), reasons=[Reason(code, words, "/file")])


# --- Keys ------------------------------------------------------------------------------------------------------------


def signing_key() -> Ed25519PrivateKey:
    """The private key at COOPDESK_EXCHANGE_KEY. Only the embedded default makes one when it is missing."""
    path: Path = settings.EXCHANGE_KEY
    if not path.exists():
        if not (settings.EMBEDDED or settings.TESTING):
            raise GuardFailed(_("还没有给本系统签名的密钥，请系统管理员按运维手册设置 COOPDESK_EXCHANGE_KEY。"))
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("COOPDESK_EXCHANGE_KEY is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def own_public() -> tuple[str, str]:
    """The PEM of our public key, for the other network, and its fingerprint. Raises GuardFailed without a key."""
    key = signing_key().public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode(), fingerprint(key)


def trusted() -> dict[str, tuple[str, Ed25519PublicKey]]:
    """Whom we trust: name and key, by fingerprint. What is no Ed25519 key counts for nothing."""
    folder: Path = settings.EXCHANGE_TRUSTED
    found = {}
    for path in sorted(folder.glob("*.pem")) if folder.is_dir() else ():
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except ValueError:
            continue
        if isinstance(key, Ed25519PublicKey):
            found[fingerprint(key)] = (path.stem, key)
    return found


def _own() -> dict[str, tuple[str, Ed25519PublicKey]]:
    try:
        key = signing_key().public_key()
    except GuardFailed:
        return {}
    return {fingerprint(key): ("", key)}


def _signer(key: str) -> tuple[str, Ed25519PublicKey]:
    """Name and key; our own has no name, unless it is among the trusted."""
    known = trusted().get(key) or _own().get(key)
    if known is None:
        words = _("签名的密钥（指纹 %(key)s…）不在本系统信任的名单里。先和对方核对指纹，再请系统管理员加进来。")
        raise refused("unknown_key", words % {"key": key[:16]})
    return known
