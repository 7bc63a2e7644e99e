"""Why an office file was not taken: a code for programs, a sentence in three languages for people."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from server.errors import Problem

MOST_FILE_BYTES = 4 << 20
MOST_UNPACKED_BYTES = 32 << 20
MOST_PARTS = 300
MOST_ELEMENTS = 250_000
MOST_DEPTH = 100
MOST_ROWS = 3_000
MOST_COLUMNS = 40
MOST_CELL = 4_000


class FaultCode(StrEnum):
    """What can be wrong with an office file."""

    TOO_LARGE = "office-too-large"
    NO_OFFICE_FILE = "office-unreadable"
    LOCKED = "office-locked"
    MACROS = "office-macros"
    HOSTILE = "office-hostile"
    TOO_LONG = "office-too-long"
    NO_TABLE = "office-no-table"


_SENTENCES: dict[FaultCode, tuple[str, str, str]] = {
    FaultCode.TOO_LARGE: (
        f"Tệp lớn hơn {MOST_FILE_BYTES >> 20} MiB, hoặc giải nén ra quá lớn. Hãy xóa ảnh khỏi tệp, hoặc chia nhỏ.",
        f"The file is larger than {MOST_FILE_BYTES >> 20} MiB, or unpacks to too much. Remove pictures, or split it.",
        f"文件超过{MOST_FILE_BYTES >> 20} MiB，或解压后过大。请删除文件中的图片，或拆分文件。",
    ),
    FaultCode.NO_OFFICE_FILE: (
        "Không đọc được tệp này như XLSX hoặc DOCX. Hãy mở tệp, lưu lại đúng dạng đó rồi gửi.",
        "This file cannot be read as XLSX or DOCX. Open it, save it in that form again, and send that.",
        "无法将此文件读作XLSX或DOCX。请打开后重新另存为该格式再上传。",
    ),
    FaultCode.LOCKED: (
        "Tệp có mật khẩu. Hãy bỏ mật khẩu, lưu rồi gửi lại.",
        "The file has a password. Remove it, save, and send it again.",
        "文件设有密码。请取消密码，保存后重新上传。",
    ),
    FaultCode.MACROS: (
        "Tệp có macro nên không được nhận. Hãy lưu thành .xlsx hoặc .docx thường rồi gửi lại.",
        "The file holds macros and is not taken. Save it as a plain .xlsx or .docx, and send that.",
        "文件含有宏，不予接收。请另存为普通的.xlsx或.docx后重新上传。",
    ),
    FaultCode.HOSTILE: (
        "Tệp có phần không thuộc về bảng tính hay văn bản thường. Hãy chép nội dung sang tệp mới rồi gửi.",
        "The file holds parts that no plain sheet or document has. Copy its content into a new file, and send that.",
        "文件含有普通表格或文档不应有的内容。请把内容复制到新文件后重新上传。",
    ),
    FaultCode.TOO_LONG: (
        f"Bảng dài quá {MOST_ROWS} dòng, rộng quá {MOST_COLUMNS} cột, hoặc một ô dài quá {MOST_CELL} ký tự.",
        f"The table has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns, or a cell over {MOST_CELL} characters.",
        f"表格超过{MOST_ROWS}行或{MOST_COLUMNS}列，或有单元格超过{MOST_CELL}个字符。",
    ),
    FaultCode.NO_TABLE: (
        "Tệp không có bảng nào. Hãy gửi lại đúng tệp đã tải về và điền vào đó.",
        "The file holds no table. Send the file that was downloaded here, filled in.",
        "文件中没有表格。请上传从这里下载并填写的文件。",
    ),
}


class OfficeFault(Exception):
    """A file that is not taken."""

    def __init__(self, code: FaultCode) -> None:
        super().__init__(_SENTENCES[code][1])
        self.code = code

    def problem(self) -> Problem:
        """Return the 422 that says so."""
        vi, en, zh = _SENTENCES[self.code]
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Problem(status, self.code, en, sentences={"vi": vi, "en": en, "zh": zh})
