"""Translators' files over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.content.translations import incoming, outgoing
from server.content.translations.schemas import FileAsked, FileForm, FileTaken
from server.edge import ReadSession, WriteSession
from server.office.document import DOCX
from server.office.fault import MOST_FILE_BYTES, OfficeFault
from server.office.sheet import XLSX
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["translations"])
File = Annotated[bytes, Body(media_type="application/octet-stream", description="the file itself")]


@router.post("/translations/file", response_class=Response)
def translators_file(asked: FileAsked, caller: CallerDep, session: ReadSession) -> Response:
    """Send the texts of notices as a file for translators, XLSX or a DOCX with three columns."""
    caller.require(Permission.SEE)
    content = outgoing.file_for(session, caller, asked)
    media_type = XLSX if asked.form is FileForm.XLSX else DOCX
    name = outgoing.file_name(asked.form, asked.notice_ids)
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/translations", max_body_size=MOST_FILE_BYTES + 1)
def take_translations(
    caller: CallerDep,
    session: WriteSession,
    parts: PartsDep,
    content: File = b"",
    dry_run: Annotated[bool, Query(description="report what would be done, and do nothing")] = False,
) -> FileTaken:
    """Take a filled file back, and report on every text: taken, unchanged, in conflict, unknown or refused.

    A text whose source or translation changed meanwhile is not taken; it is kept as a comment of its notice.
    """
    caller.require(Permission.TRANSLATE)
    try:
        sent = incoming.read_file(content)
    except OfficeFault as fault:
        raise fault.problem() from fault
    return incoming.take(session, caller, sent, parts.clock(), dry_run=dry_run)
