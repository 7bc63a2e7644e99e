"""Why something is not sent to approval, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem
from server.publishing.questions.answers import NAMES, Lack, Question


def not_answered(lack: Lack, question: Question | None) -> Problem:
    """Say what the four questions still need."""
    name = NAMES.get(question, {}) if question is not None else {}
    vi, en, zh = (sentence.format(name.get(language, "")) for language, sentence in _SAID[lack].items())
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"questions-{lack}",
        en,
        sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh},
        question=question,
    )


_SAID = {
    Lack.UNANSWERED: {
        Language.VI: "Hãy trả lời đủ bốn câu hỏi trước khi gửi duyệt.",
        Language.EN: "Answer all four questions before you send this to approval.",
        Language.ZH: "送审前请回答全部四个问题。",
    },
    Lack.NOT_CLEARED: {
        Language.VI: "Chưa đủ quyền sử dụng hoặc có nội dung mật thì không được gửi duyệt. Hãy xử lý xong rồi gửi lại.",
        Language.EN: "What lacks rights or is confidential is not sent to approval. Settle that first, then send it.",
        Language.ZH: "未取得使用权或含有涉密内容，不得送审。请先处理完毕再提交。",
    },
    Lack.NO_REFERENCE: {
        Language.VI: "Nội dung có {}: hãy ghi số văn bản cho phép.",
        Language.EN: "It shows {}: give the number of the document that allows it.",
        Language.ZH: "内容含有{}：请填写许可文件的编号。",
    },
    Lack.NO_FILE: {
        Language.VI: "Nội dung có {}: hãy đính kèm bản chụp văn bản cho phép (ý kiến hoặc đồng ý).",
        Language.EN: "It shows {}: add the scan of the document that allows it (the opinion or the consent).",
        Language.ZH: "内容含有{}：请附上许可文件（意见或同意书）的扫描件。",
    },
}
