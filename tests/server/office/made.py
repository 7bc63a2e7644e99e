"""Office files made for tests, sound and hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from server.office.document import Cell, Section, write_document
from server.office.sheet import write_sheet


def sheet() -> bytes:
    """A sound sheet."""
    return write_sheet("Bản dịch", ("Mã", "English"), [("1", "=1+1"), ("2", "Trà Lĩnh\n茶岭")], (10, 40))


def document() -> bytes:
    """A sound document."""
    rows = [(Cell("Giờ làm việc\nHằng ngày", "bt1:x"), Cell("Opening hours"), Cell("开放时间"))]
    return write_document(
        "Bản dịch", "Giữ nguyên { }.", [Section("Cửa khẩu", "{hours} = 07:00", ("vi", "en", "zh"), rows)]
    )


def changed(content: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """Return a file with parts added, changed or (None) taken away."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        held: dict[str, bytes] = {name: old.read(name) for name in old.namelist()}
        for name, change in parts.items():
            made = change(held[name]) if callable(change) else change
            if made is None:
                held.pop(name, None)
            else:
                held[name] = made
        for name, body in held.items():
            new.writestr(name, body)
    return out.getvalue()


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return a change of the first occurrence of a text."""
    return lambda body: body.replace(old.encode(), new.encode(), 1)
