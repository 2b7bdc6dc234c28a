"""Secure digital communication (SDK): to function addresses only, as files that the access point's program takes.

A message is a folder's file `ut/<id>.json`; what became of it comes back as `kvitton/<id>.json`.
"""

import json
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from notifications.channels.base import SENT, Claimed, Outcome, away, refused
from notifications.templates import render

OUT, RECEIPTS = "ut", "kvitton"
LARGEST = 64 * 1024


class Sender:
    def send(self, row: Claimed) -> Outcome:
        if not row.address:
            return refused("no function address")
        if settings.SIP_SDK_DIR is None:
            return refused("no access point")
        message = render(row.template, url=settings.SIP_PUBLIC_URL, citizen_url=settings.SIP_CITIZEN_URL)
        try:
            send(row.address, message.subject, message.body, message_id=str(row.id))
        except OSError as error:
            return away(type(error).__name__)
        return SENT

    def close(self) -> None:
        """Nothing is kept open."""


def send(function_address: str, subject: str, text: str, attachments=(), *, message_id: str) -> Path:
    """Drop one message whole: written beside, forced to the disk, then renamed; the same id again replaces itself.

    `attachments` are (name, type, bytes). Raises OSError when the folder cannot be written.
    """
    folder = settings.SIP_SDK_DIR / OUT
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "message_id": message_id,
        "conversation_id": message_id,
        "to": function_address,
        "subject": subject,
        "text": text,
        "attachments": [{"name": name, "type": kind, "hex": data.hex()} for name, kind, data in attachments],
    }
    ready, unfinished = folder / f"{message_id}.json", folder / f".{message_id}.tmp"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(ready)
    where = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(where)
    finally:
        os.close(where)
    return ready


def receipts() -> list[tuple[Path, UUID, bool]]:
    """The receipts that have come, as (file, message, delivered); what cannot be read is left lying."""
    folder = settings.SIP_SDK_DIR and settings.SIP_SDK_DIR / RECEIPTS
    if not folder or not folder.is_dir():
        return []
    return [found for file in sorted(folder.glob("*.json")) if (found := one_receipt(file))]


def one_receipt(file: Path) -> tuple[Path, UUID, bool] | None:
    try:
        if file.stat().st_size > LARGEST:
            return None
        said = json.loads(file.read_text(encoding="utf-8"))
        return file, UUID(said["message_id"]), said["state"] == "delivered"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
