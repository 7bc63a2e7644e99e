"""Decisions about notices: who may change them, what an edit makes of them, and how far a language has come.

Every save with a real change makes a revision; one without makes none. An edit that was based on an older revision is
laid beside what came since; only fields that both changed differently are refused, and the refusal names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from playlists.language import Language
from playlists.legibility import BLOCKING, FindingCode
from playlists.notice import MediaKind, NoticeKind
from playlists.variant import SOURCE, Refused, Spoken, VariantState, stepped
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content import service as content
from server.content.notices import repository
from server.content.notices.content import AnyContent, ImageContent, content_for
from server.content.notices.legibility import Sight, sight_of
from server.content.notices.rows import (
    head,
    revision_of,
    stand,
    standing_of,
    used_media,
    uses_of,
    variants_of,
    whole_of,
)
from server.content.notices.saving import Standings, standings_after
from server.content.notices.schemas import NoticeChange, NoticeCheck, NoticeNew, VariantAsked
from server.content.notices.tidying import Said, tidied
from server.content.notices.whole import Differs, Whole, changed, merged, present, spoken
from server.db import Session
from server.edge import Expected
from server.errors import Problem, conflict, forbidden, invalid, not_found
from server.tables import Media, Notice, Revision, Variant
from server.tables.content import MediaUse, SubjectKind

MOST_COPY_TITLE = 108
"""A copy's title gets a word in front and stays within 120 characters."""


class Saved(NamedTuple):
    """A notice after an edit, and what was found in the texts of the edit."""

    notice: Notice
    whole: Whole
    remarks: list[Said]


class Held(NamedTuple):
    """A notice with its newest revision and that one's variants."""

    notice: Notice
    revision: Revision
    variants: dict[Language, Variant]

    @property
    def whole(self) -> Whole:
        """What it says."""
        return whole_of(self.notice.kind, self.revision, self.variants)

    @property
    def standings(self) -> Standings:
        """How far its languages have come."""
        return {language: standing_of(row) for language, row in self.variants.items()}


def notice_of(
    session: Session, caller: Caller, notice_id: UUID, permission: Permission, *, lock: bool = False
) -> Notice:
    """Return a notice that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.notice(session, notice_id, lock=lock), permission, "notice")


def held_of(session: Session, notice: Notice) -> Held:
    """Return a notice with its newest revision."""
    revision = repository.newest(session, [notice.id])[notice.id]
    return Held(notice, revision, repository.variants(session, [revision.id])[revision.id])


def create_notice(session: Session, caller: Caller, new: NoticeNew, at: datetime) -> Saved:
    """Make a notice with its first revision."""
    agency = content.owner(session, caller, new.agency_id)
    if SOURCE not in new.variants:
        raise invalid("source-missing", "The Vietnamese text or picture is the source; send it with the others.")
    media = repository.media(session, (one.media_id for one in new.variants.values()))
    sent = {name: getattr(new, name) for name in new.model_fields_set - {"agency_id", "variants", "content"}}
    whole = Whole.model_validate(
        {
            **{name: value for name, value in sent.items() if value is not None},
            "content": new.content or _content_of(new.variants, media, None),
            "variants": present({language: spoken(Spoken(), asked) for language, asked in new.variants.items()}),
        }
    )
    whole, remarks = tidied(whole, new.variants)
    _check(session, agency.id, None, whole)
    finished = {language: asked.finished for language, asked in new.variants.items()}
    notice = Notice(agency_id=agency.id, title="", title_folded="", kind="", created_by=caller.user_id, newest=0, rev=0)
    _write(session, caller, notice, whole, standings_after(None, whole, {}, finished, caller.user_id, at), at)
    _write_down(session, caller, Action.NOTICE_MADE, notice, after={"revision": notice.newest})
    return Saved(notice, whole, remarks)


def change_notice(
    session: Session, caller: Caller, notice_id: UUID, change: NoticeChange, expected: Expected, at: datetime
) -> Saved:
    """Lay a change over a notice; a real change makes a new revision, and the old one stays as it was.

    Raises:
        Problem: 404, 403; 409 for an archived notice; 412 with `differences` when somebody changed the same fields
            since; 422 for files or subjects that do not fit.
    """
    notice = notice_of(session, caller, notice_id, Permission.TRANSLATE, lock=True)
    _refuse_archived(notice)
    held = held_of(session, notice)
    base, theirs = _base(session, held, expected), held.whole
    yours, remarks = laid(session, base, change)
    try:
        whole = merged(base, theirs, yours)
    except Differs as differs:
        raise _stale(notice, differs) from differs
    _check(session, notice.agency_id, theirs, whole)
    finished = {language: asked.finished for language, asked in (change.variants or {}).items() if asked is not None}
    after = standings_after(theirs, whole, held.standings, finished, caller.user_id, at)
    if not caller.may(Permission.EDIT_CONTENT, agency_id=notice.agency_id):
        _refuse_more_than_translations(whole, theirs, is_source_stepped=after[SOURCE] != held.standings[SOURCE])
    if whole != theirs:
        _write(session, caller, notice, whole, after, at)
        _write_down(session, caller, Action.NOTICE_CHANGED, notice, after={"revision": notice.newest})
    elif after != held.standings:
        for language, row in held.variants.items():
            stand(row, after[language])
        _touched(session, caller, notice, at)
    return Saved(notice, whole, remarks)


def laid(session: Session, base: Whole, change: NoticeChange) -> tuple[Whole, list[Said]]:
    """Return a notice with a change laid over it and its texts put right, and what was found in them.

    Raises:
        Problem: 422 when it does not fit together.
    """
    if change.variants and "content" not in change.model_fields_set:
        change = _with_content(session, base, change)
    try:
        return tidied(changed(base, change), change.variants or {})
    except ValidationError as error:
        raise invalid("unsound-notice", f"This does not fit together: {error.errors()[0]['msg']}.") from error


def step_variant(
    session: Session,
    caller: Caller,
    notice_id: UUID,
    language: Language,
    to: VariantState,
    expected: Expected,
    at: datetime,
) -> Notice:
    """Take one language of a notice further: hand it over, review it, or open it again.

    Raises:
        Problem: 404, 403; 409 when the step is not allowed from here or to this person; 412 when what it says is not
            what this person saw.
    """
    notice = notice_of(session, caller, notice_id, Permission.SEE, lock=True)
    _require_step(caller, notice, language, to)
    _refuse_archived(notice)
    held = held_of(session, notice)
    row = held.variants.get(language)
    if row is None:
        raise not_found("language of this notice")
    base, whole = _base(session, held, expected), held.whole
    seen = {one: base.variants.get(one) for one in (language, SOURCE)}
    now = {one: whole.variants.get(one) for one in (language, SOURCE)}
    if seen != now:
        expected.check(notice.rev)
    registered = repository.reviews(session, caller.user_id, language)
    was = standing_of(row)
    try:
        after = stepped(was, to, caller.user_id, at, whole.source_digest, registered=registered)
    except Refused as refused:
        raise conflict(refused.code, str(refused), sentences=dict(refused.sentences)) from refused
    if after != was:
        stand(row, after)
        session.add(row)
        _touched(session, caller, notice, at)
        said = {"state": after.state, "language": language}
        _write_down(session, caller, Action.NOTICE_STEPPED, notice, {"state": was.state}, said)
    return notice


def archive_notice(
    session: Session, caller: Caller, notice_id: UUID, at: datetime | None, expected: Expected
) -> Notice:
    """Put a notice into the archive at a time, or take it back with None; what is on air is not touched."""
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(notice.rev)
    if (notice.archived_at is None) == (at is None):
        return notice
    notice.archived_at, notice.archived_by = at, caller.user_id if at is not None else None
    _write_down(session, caller, Action.NOTICE_ARCHIVED if at is not None else Action.NOTICE_RESTORED, notice)
    return _touched(session, caller, notice, at)


def duplicate_notice(session: Session, caller: Caller, notice_id: UUID, at: datetime) -> Notice:
    """Make a notice that says the same, with a history of its own; translations stay what they are."""
    original = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT)
    content.owner(session, caller, original.agency_id)
    held = held_of(session, original)
    whole = held.whole.model_copy(update={"title": f"Bản sao: {original.title[:MOST_COPY_TITLE]}"})
    notice = Notice(
        agency_id=original.agency_id,
        title="",
        title_folded="",
        kind="",
        created_by=caller.user_id,
        copied_from=original.id,
        newest=0,
        rev=0,
    )
    _write(session, caller, notice, whole, held.standings, at)
    return notice


def restore_revision(
    session: Session, caller: Caller, notice_id: UUID, number: int, expected: Expected, at: datetime
) -> Notice:
    """Bring an earlier revision back as the newest one; a language stands where it stood then.

    Raises:
        Problem: 404, 403, 409, 412.
    """
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    _refuse_archived(notice)
    expected.check(notice.rev)
    revision = repository.revision(session, notice.id, number)
    if revision is None:
        raise not_found("revision of this notice")
    earlier = Held(notice, revision, repository.variants(session, [revision.id])[revision.id])
    whole = earlier.whole
    if whole == held_of(session, notice).whole:
        return notice
    made = _write(session, caller, notice, whole, earlier.standings, at)
    made.restored_from = number
    return notice


def sight(session: Session, notice: Notice, panel_ids: Sequence[UUID] | None = None) -> Sight:
    """Return what the check of a saved notice needs."""
    held = held_of(session, notice)
    return sight_of(session, held.whole, notice.agency_id, notice.id, held.revision.id, panel_ids)


def checked(session: Session, caller: Caller, asked: NoticeCheck) -> tuple[Whole, list[Said], Sight]:
    """Return what would be saved, what is put right in its texts, and what the check of it needs; nothing is written.

    Raises:
        Problem: as saving it would.
    """
    named = asked.model_fields_set & set(NoticeChange.model_fields)
    change = NoticeChange(**{name: getattr(asked, name) for name in named})
    if asked.notice_id is not None:
        notice = notice_of(session, caller, asked.notice_id, Permission.TRANSLATE)
        held = held_of(session, notice)
        base, agency_id, revision_id = held.whole, notice.agency_id, held.revision.id
    else:
        agency_id, revision_id = content.owner(session, caller, asked.agency_id).id, None
        base = Whole(title="", content=ImageContent(), variants={SOURCE: Spoken()})
    whole, remarks = laid(session, base, change)
    _check(session, agency_id, base, whole)
    seen = sight_of(session, whole, agency_id, asked.notice_id, revision_id, asked.panel_ids)
    return whole, remarks, seen


def dismiss_advice(session: Session, caller: Caller, notice_id: UUID, advice: str) -> None:
    """Put advice aside for the newest revision of a notice.

    Raises:
        Problem: 404, 403; 422 for a finding that blocks, or that is none.
    """
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    code = advice.partition(":")[0]
    if code not in set(FindingCode) or FindingCode(code) in BLOCKING:
        raise invalid("no-advice", "Only advice can be put aside. What cannot be read must be mended.")
    repository.dismiss(session, held_of(session, notice).revision.id, advice, caller.user_id)
    note_change(session, "notice", notice.id)


def _base(session: Session, held: Held, expected: Expected) -> Whole:
    """Return what the caller saw when the edit began; what is there now when they did not say."""
    if expected.rev is None or expected.rev >= held.revision.notice_rev:
        return held.whole
    revision = repository.revision_of_rev(session, held.notice.id, expected.rev)
    if revision is None:
        return held.whole
    return whole_of(held.notice.kind, revision, repository.variants(session, [revision.id])[revision.id])


def _refuse_more_than_translations(whole: Whole, theirs: Whole, *, is_source_stepped: bool) -> None:
    """Let a translator's change pass when it touches the other languages only."""

    def without_translations(one: Whole) -> Whole:
        return one.model_copy(
            update={"variants": {code: one.variants[code] for code in one.variants if code is SOURCE}}
        )

    if is_source_stepped or without_translations(whole) != without_translations(theirs):
        detail = "You translate: change the other languages only. Ask the editor for everything else, in a comment."
        sentences = {
            "vi": "Bạn là người dịch: chỉ sửa các ngôn ngữ khác. Việc khác, hãy nhờ biên tập viên qua nhận xét.",
            "en": detail,
            "zh": "您负责翻译：只能修改其他语言。其他内容请用评论请编辑修改。",
        }
        raise Problem(HTTPStatus.FORBIDDEN, "translations-only", detail, sentences=sentences)


def _require_step(caller: Caller, notice: Notice, language: Language, to: VariantState) -> None:
    """Let pass who may take a language to a state: reviewers review, translators hand over, editors the source."""
    writes = Permission.EDIT_CONTENT if language is SOURCE else Permission.TRANSLATE
    if to is VariantState.REVIEWED:
        enough = caller.may(Permission.REVIEW_LANGUAGE, agency_id=notice.agency_id)
    elif to is VariantState.DRAFT:
        either = (writes, Permission.REVIEW_LANGUAGE)
        enough = any(caller.may(one, agency_id=notice.agency_id) for one in either)
    else:
        enough = caller.may(writes, agency_id=notice.agency_id)
    if not enough:
        raise forbidden()


def _stale(notice: Notice, differs: Differs) -> Problem:
    detail = "Somebody else changed the same fields since you opened it. Compare them, then save yours or theirs."
    sentences = {
        "vi": "Người khác đã sửa cùng những mục này sau khi bạn mở. Hãy so sánh, rồi lưu bản của bạn hoặc giữ bản kia.",
        "en": detail,
        "zh": "在您打开之后，他人修改了相同的内容。请比较后再保存您的版本，或保留对方的版本。",
    }
    differences = [one._asdict() for one in differs.differences]
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        "stale",
        detail,
        sentences=sentences,
        current_rev=notice.rev,
        differences=differences,
    )


def _write_down(
    session: Session,
    caller: Caller,
    action: Action,
    notice: Notice,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(
        session,
        caller,
        action,
        "notice",
        notice.id,
        name=notice.title,
        agency_id=notice.agency_id,
        before=before,
        after=after,
    )


def _refuse_archived(notice: Notice) -> None:
    if notice.archived_at is not None:
        raise conflict("notice-archived", f"{notice.title} is archived. Take it back before you change it.")


def _content_of(
    variants: Mapping[Language, VariantAsked | None], media: Mapping[UUID, Media], otherwise: AnyContent | None
) -> AnyContent:
    """Return the content of a notice that was sent as files only."""
    named = [one.media_id for one in variants.values() if one is not None]
    kinds = [MediaKind(media[one].kind) for one in named if one is not None and one in media]
    return content_for(kinds[0]) if kinds else otherwise or ImageContent()


def _with_content(session: Session, base: Whole, change: NoticeChange) -> NoticeChange:
    """Let files of the other sort make a picture notice a clip notice, or back."""
    if base.content.kind not in (NoticeKind.IMAGE, NoticeKind.CLIP) or change.variants is None:
        return change
    media = repository.media(session, (one.media_id for one in change.variants.values() if one is not None))
    return change.model_copy(update={"content": _content_of(change.variants, media, base.content)}) if media else change


def _check(session: Session, agency_id: UUID, before: Whole | None, whole: Whole) -> None:
    """See that everything that a revision names is there, the agency's, and of the right kind."""
    media = repository.media(session, (media_id for media_id, _ in used_media(whole)))
    known = {media_id for media_id, _ in used_media(before)} if before is not None else set()
    for media_id, used_for in sorted(used_media(whole)):
        row = media.get(media_id)
        if row is None or row.agency_id != agency_id or (row.deleted_at is not None and media_id not in known):
            raise not_found(_file_word(whole, media_id, used_for))
        _check_kind(whole, MediaKind(row.kind), used_for)
    wanted = ((whole.subject_id, SubjectKind.SUBJECT, "subject"), (whole.task_id, SubjectKind.TASK, "task"))
    held = {before.subject_id, before.task_id} if before is not None else set()
    for subject_id, kind, word in wanted:
        if subject_id is not None and subject_id not in held:
            _check_subject(session, agency_id, subject_id, kind, word)


def _file_word(whole: Whole, media_id: UUID, used_for: MediaUse) -> str:
    if used_for is not MediaUse.VARIANT:
        return "media"
    language = next(language for language, one in whole.variants.items() if one.media_id == media_id)
    return f"media for {language}"


def _check_kind(whole: Whole, kind: MediaKind, used_for: MediaUse) -> None:
    wanted = NoticeKind.CLIP if used_for is MediaUse.VARIANT and whole.content.kind is NoticeKind.CLIP else None
    wanted = wanted or NoticeKind.IMAGE
    if kind.notice_kind is wanted:
        return
    if used_for is MediaUse.VARIANT:
        raise invalid("mixed-kinds", "A notice is either pictures or clips in all three languages, not a mixture.")
    raise invalid("no-picture", "Only a picture can be used here, not a clip. Upload a JPEG, PNG or WebP file.")


def _check_subject(session: Session, agency_id: UUID, subject_id: UUID, kind: SubjectKind, word: str) -> None:
    row = repository.subject(session, subject_id)
    if row is None or row.agency_id != agency_id or row.kind != kind:
        raise not_found(word)
    if row.closed_at is not None:
        raise invalid(f"{word}-closed", f"{row.name} is closed. Choose another {word}, or open it again.")


def _write(
    session: Session, caller: Caller, notice: Notice, whole: Whole, standings: Standings, at: datetime
) -> Revision:
    notice.newest += 1
    notice.rev += 1
    notice.changed_by, notice.changed_at = caller.user_id, at
    head(notice, whole, at)
    session.add(notice)
    session.flush()
    revision = revision_of(whole, notice, caller.user_id, at)
    session.add(revision)
    session.flush()
    session.add_all([*variants_of(whole, standings, revision.id), *uses_of(whole, revision.id)])
    session.flush()
    note_change(session, "notice", notice.id)
    return revision


def _touched(session: Session, caller: Caller, notice: Notice, at: datetime | None) -> Notice:
    notice.rev += 1
    notice.changed_by = caller.user_id
    notice.changed_at = at or notice.changed_at
    session.add(notice)
    session.flush()
    note_change(session, "notice", notice.id)
    return notice
