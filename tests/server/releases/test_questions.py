"""The four questions: what suffices, and that a submission without it is not taken."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.publishing.questions.answers import STEPS, Answers, Lack, Question, lacks, read_answers
from tests.server.releases.stage import Stage

PLAIN: dict[str, Any] = {"symbols": False, "faces": False, "personal": False, "cleared": True}


def lack_of(**fields: Any) -> Any:
    return lacks(read_answers({"answers": PLAIN | fields}))


def test_what_suffices() -> None:
    number, scan = {"number": "12/SNV"}, {"number": "12/SNV", "media_id": str(uuid4())}
    assert lack_of() is None
    assert lack_of(cleared=False) == (Lack.NOT_CLEARED, Question.CLEARED)
    assert lack_of(faces=True) == (Lack.NO_REFERENCE, Question.FACES)
    assert lack_of(faces=True, references={"faces": number}) == (Lack.NO_FILE, Question.FACES)
    assert lack_of(faces=True, references={"faces": scan}) is None
    assert lack_of(personal=True, references={"personal": number}) is None
    assert lack_of(symbols=True, references={"symbols": number}) == (Lack.NO_FILE, Question.SYMBOLS)
    assert lack_of(symbols=True, references={"symbols": scan}) is None
    assert lacks(read_answers({})) == (Lack.UNANSWERED, None)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from([*PLAIN, "references", "x"]), st.none() | st.booleans() | st.text() | st.integers())
)
def test_outside_answers_are_read_or_refused(said: dict[str, Any]) -> None:
    answers = read_answers({"answers": said})
    assert answers is None or isinstance(answers, Answers)
    if answers is not None and lacks(answers) is None:
        assert answers.cleared
        assert {step for step in STEPS if getattr(answers, step)} <= set(answers.references)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({}, "questions-unanswered"),
        ({"answers": PLAIN | {"cleared": False}}, "questions-not-cleared"),
        ({"answers": PLAIN | {"personal": True}}, "questions-no-reference"),
        ({"answers": PLAIN | {"symbols": True, "references": {"symbols": {"number": "1"}}}}, "questions-no-file"),
        (
            {
                "answers": PLAIN
                | {"symbols": True, "references": {"symbols": {"number": "1", "media_id": str(uuid4())}}}
            },
            "not-found",
        ),
    ],
)
def test_a_submission_that_does_not_answer_is_refused_in_words(
    stage: Stage, details: dict[str, Any], code: str
) -> None:
    asked = {"notice_ids": [stage.notice()], "site_ids": [stage.site["id"]], "details": details}
    refused = stage.client.post("/api/v1/releases", json=asked).json()
    assert refused["code"] == code
    if code != "not-found":
        assert set(refused["sentences"]) == {"vi", "en", "zh"}


def test_a_yes_is_stored_with_its_opinion(stage: Stage) -> None:
    reference = {"number": "45/SNgV-BG", "issuer": "Sở Ngoại vụ", "media_id": stage.picture()}
    shown = stage.submit(
        stage.notice(), details={"answers": PLAIN | {"symbols": True, "references": {"symbols": reference}}}
    )
    assert shown["details"]["answers"]["references"]["symbols"] == reference
    page = stage.leader.client.get(f"/approvals/{shown['id']}")
    assert page.status_code == 200
    assert "45/SNgV-BG" in page.text
    slip = stage.leader.client.get(f"/approvals/{shown['id']}/slip")
    assert (slip.status_code, "45/SNgV-BG" in slip.text) == (200, True)
    queue = stage.leader.client.get("/approvals")
    assert f"/approvals/{shown['id']}" in queue.text
    form = stage.client.get("/approvals/new")
    assert (form.status_code, "data-submission" in form.text) == (200, True)
