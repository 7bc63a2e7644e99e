"""What messages say, in three languages: which panel, what is wrong, what to do first, and where to look.

Short enough for a phone; the texts of faults are those of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from playlists.fault import CATALOGUE, FaultCode, Severity
from playlists.fault.explained import Said
from playlists.language import Language
from server.channels.port import Letter
from server.notify.plan import Kind, Step

TEST, VERIFY, DIGEST = "test", "verify", "digest"
"""Kinds of messages that no cause has."""
_ORDER = tuple(Language)
_SEVERITY = {
    Severity.CRITICAL: Said("Nghiêm trọng", "Critical", "严重"),
    Severity.MAJOR: Said("Lớn", "Major", "重要"),
    Severity.MINOR: Said("Nhỏ", "Minor", "次要"),
    Severity.WARNING: Said("Cảnh báo", "Warning", "警告"),
}
_OVER = Said("Đã trở lại bình thường", "Back to normal", "已恢复正常")
_ENDED = Said("Đã kết thúc", "Ended", "已结束")
_FIRST = Said("Việc đầu tiên", "First step", "首先")
_SEE = Said("Xem", "See", "查看")
_WHY = Said(
    "Bạn nhận tin này vì bạn đang trực. Kênh nhận tin: mục “Tài khoản của tôi”.",
    "You get this because you are on duty. Where you are reached: “My account”.",
    "您因值班而收到此消息。接收方式请见“我的账户”。",
)
_SUBJECTS: dict[str, Said] = {
    Kind.APPROVAL: Said("Chờ duyệt: {title}", "Waits for approval: {title}", "待审批：{title}"),
    Kind.EMERGENCY: Said("KHẨN CẤP: {title} ({where})", "EMERGENCY: {title} ({where})", "紧急：{title}（{where}）"),
    Kind.HOLD: Said(
        "Tạm gỡ: {title} tại {where}", "Taken off the air: {title} at {where}", "已暂停播出：{title}，{where}"
    ),
    Kind.WEEKEND: Said(
        "Cuối tuần thiếu người duyệt: {where}", "Weekend lacks approvers: {where}", "周末缺少审批人员：{where}"
    ),
    Kind.AUDIT_HEAD: Said("Dấu nhật ký kiểm toán {day}", "Head of the audit log {day}", "审计日志摘要 {day}"),
    TEST: Said("Tin thử", "Test message", "测试消息"),
    VERIFY: Said("Mã xác nhận {code}", "Confirmation code {code}", "验证码 {code}"),
    DIGEST: Said("Tổng hợp: {count} việc", "Digest: {count} things", "汇总：{count} 项"),
}
_BODIES: dict[str, Said] = {
    Kind.APPROVAL: Said(
        "{author} gửi duyệt cho {where}. Mở để xem và ký.",
        "{author} asks for approval, for {where}. Open it, look, and sign.",
        "{author} 提交审批，范围：{where}。请打开查看并签署。",
    ),
    Kind.EMERGENCY: Said(
        "Bảng tại {where} đang hiện cảnh báo này. Mở để xem bảng nào đã nhận.",
        "Panels at {where} show this warning. Open it to see which have it.",
        "{where} 的屏幕正在显示此警报。请打开查看哪些屏幕已收到。",
    ),
    Kind.HOLD: Said(
        "{who} đã gỡ khỏi bảng. Mở để xem và quyết định.",
        "{who} took it off the panels. Open it and decide.",
        "{who} 已将其从屏幕撤下。请打开查看并决定。",
    ),
    Kind.WEEKEND: Said(
        "Từ {start} đến {end} chỉ có {people} người có thể ký. Bổ sung lịch trực.",
        "From {start} to {end} only {people} can sign. Add people to the roster.",
        "{start} 至 {end} 只有 {people} 人可签署。请补充值班表。",
    ),
    Kind.AUDIT_HEAD: Said(
        "Giữ lại: mục số {number}, SHA-256 {sha256}. Nếu sau này nhật ký bị cắt, dấu này không còn khớp.",
        "Keep this: entry {number}, SHA-256 {sha256}. If the log is cut off later, it no longer matches.",
        "请保存：第 {number} 条，SHA-256 {sha256}。若日志日后被截断，将不再吻合。",
    ),
    TEST: Said(
        "Kênh này hoạt động. Không cần làm gì.", "This channel works. There is nothing to do.", "此渠道可用，无需操作。"
    ),
    VERIFY: Said(
        "Nhập mã {code} tại “Tài khoản của tôi” trong 30 phút. Nếu không phải bạn yêu cầu, hãy bỏ qua.",
        "Type {code} at “My account” within 30 minutes. If you did not ask for it, do nothing.",
        "请在 30 分钟内于“我的账户”输入 {code}。如非本人操作，请忽略。",
    ),
}
_PAGES = {Kind.APPROVAL: "/approvals", Kind.EMERGENCY: "/emergency", Kind.HOLD: "/approvals",
          Kind.WEEKEND: "/roster", Kind.AUDIT_HEAD: "/audit", Kind.ALARM: "/faults", TEST: "/account",
          VERIFY: "/account", DIGEST: "/faults"}  # fmt: skip


def letter(
    message_id: str,
    kind: str,
    step: str,
    fields: Mapping[str, Any],
    language: str,
    base_url: str | None,
    said_at: datetime,
) -> Letter:
    """Return a message in a reader's language; `fields` are those that the cause was written with."""
    index = _ORDER.index(Language(language)) if language in set(Language) else 0
    subject, body = _said(kind, step, fields, index)
    link = _link(base_url, kind, fields)
    short = f"{subject}. {body}" if body else subject
    lines = [subject, "", body, *([f"{_SEE[index]}: {link}"] if link else [])]
    if kind not in (TEST, VERIFY):
        lines += ["", _WHY[index]]
    document = {"kind": kind, "step": step, "subject": subject, "text": body, "link": link,
                "said_at": said_at.isoformat(), "about": dict(fields)}  # fmt: skip
    return Letter(message_id, subject, "\n".join(lines), short, said_at, document, link)


def line(kind: str, step: str, fields: Mapping[str, Any], language: str) -> str:
    """Return a message's subject, for lists."""
    index = _ORDER.index(Language(language)) if language in set(Language) else 0
    return _said(kind, step, fields, index)[0]


def _said(kind: str, step: str, fields: Mapping[str, Any], index: int) -> tuple[str, str]:
    if kind == Kind.ALARM:
        return _alarm(step, fields, index)
    if kind == DIGEST:
        items: Sequence[Mapping[str, Any]] = fields.get("items", [])
        lines = [f"- {_item(one, index)}" for one in items]
        return _put(_SUBJECTS[DIGEST][index], {"count": len(items)}), "\n".join(lines)
    subject = _put(_SUBJECTS[kind][index], fields)
    if step == Step.ENDED:
        return f"{_ENDED[index]}: {subject}", ""
    return subject, _put(_BODIES[kind][index], fields)


def _item(one: Mapping[str, Any], index: int) -> str:
    subject = _said(one["kind"], one["step"], one["fields"], index)[0]
    return f"{subject} ({_OVER[index].lower()})" if one.get("is_over") else subject


def _alarm(step: str, fields: Mapping[str, Any], index: int) -> tuple[str, str]:
    code = str(fields["code"])
    known = CATALOGUE.get(FaultCode(code)) if code in set(FaultCode) else None
    name = known.name[index] if known is not None else code
    part = f" {fields['subject']}" if fields.get("subject") else ""
    where = fields["where"]
    if step == Step.ENDED:
        return f"{_OVER[index]}: {where}: {name}{part}", ""
    severity = str(fields["severity"])
    grade = _SEVERITY[Severity(severity)][index] if severity in set(Severity) else severity
    first = f"{_FIRST[index]}: {known.first_step[index]}" if known is not None else ""
    return f"{grade}: {where}: {name}{part}", first


def _put(text: str, fields: Mapping[str, Any]) -> str:
    for name, value in fields.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _link(base_url: str | None, kind: str, fields: Mapping[str, Any]) -> str:
    if not base_url:
        return ""
    page = _PAGES[kind]
    if kind == Kind.ALARM and fields.get("panel_id"):
        page = f"/faults?panel={fields['panel_id']}"
    return base_url.rstrip("/") + page
