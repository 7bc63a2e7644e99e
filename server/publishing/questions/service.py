"""Holds a submission to the four questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import not_found
from server.publishing.questions import repository
from server.publishing.questions.answers import WITH_FILE, Answers, Lack, lacks, read_answers
from server.publishing.questions.refusal import not_answered


def check_answers(session: Session, caller: Caller, details: Mapping[str, Any]) -> Answers:
    """Hold a submission to the four questions.

    Raises:
        Problem: 422 what is missing; 404 a scan that is not the caller's to show.
    """
    answers = read_answers(dict(details))
    lack = lacks(answers)
    if lack is not None:
        raise not_answered(*lack)
    if answers is None:
        raise not_answered(Lack.UNANSWERED, None)
    for question in answers.steps:
        reference = answers.references[question]
        if question in WITH_FILE and reference.media_id is not None:
            scan = repository.media(session, reference.media_id)
            if scan is None:
                raise not_found("file")
            caller.require(Permission.SEE, agency_id=scan.agency_id, what="file")
    return answers
