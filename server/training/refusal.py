"""Why something of a training site cannot be done, in three languages."""

from __future__ import annotations

from server.errors import Problem, conflict, invalid


def not_training(name: str) -> Problem:
    """Say that a site is a real one."""
    sentences = {
        "vi": f"{name} không phải điểm tập huấn. Chỉ điểm tập huấn mới đặt lại được.",
        "en": f"{name} is no training site. Only a training site can be reset.",
        "zh": f"{name} 不是培训地点。只有培训地点才能重置。",
    }
    return conflict("not-training", sentences["en"], sentences=sentences)


def not_confirmed(slug: str) -> Problem:
    """Say that another site was named than the one that would be reset."""
    sentences = {
        "vi": f"Để đặt lại, hãy gửi đúng tên ngắn của điểm: {slug}.",
        "en": f"To reset it, send the site's own short name: {slug}.",
        "zh": f"如需重置，请提交该地点的短名称：{slug}。",
    }
    return invalid("not-confirmed", sentences["en"], sentences=sentences)


def too_few_approvers() -> Problem:
    """Say that nobody could approve anything."""
    sentences = {
        "vi": "Điểm tập huấn cần ít nhất hai người duyệt. Hãy thêm người rồi tạo lại khóa tập huấn.",
        "en": "A training site needs two approvers at least. Add people, then make the training keys again.",
        "zh": "培训地点至少需要两名审批人。请添加人员后重新生成培训密钥。",
    }
    return conflict("too-few-approvers", sentences["en"], sentences=sentences)


def no_training_key(name: str) -> Problem:
    """Say that there is no training key with which somebody could sign."""
    sentences = {
        "vi": f"{name} chưa có khóa tập huấn. Nhờ quản trị viên tạo khóa tập huấn ở trang Tập huấn.",
        "en": f"{name} has no training key. Ask an administrator to make the training keys on the page Training.",
        "zh": f"{name} 没有培训密钥。请管理员在“培训”页面生成培训密钥。",
    }
    return conflict("no-training-key", sentences["en"], sentences=sentences)


def not_of_training() -> Problem:
    """Say that a document is real, so that only real keys sign it."""
    sentences = {
        "vi": "Văn bản này không thuộc điểm tập huấn. Hãy ký bằng khóa thật của bạn.",
        "en": "This document is not of a training site. Sign it with your own key.",
        "zh": "该文件不属于培训地点。请使用您自己的真实密钥签署。",
    }
    return conflict("not-of-training", sentences["en"], sentences=sentences)
