"""Whether a page is about training: all of it, some of it, or none, as its address and the reader's places say."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from server.accounts.permissions import Caller
from server.console.narrowing import named
from server.console.texts import Texts
from server.console.training import repository as rows
from server.db import Session


def ids_in(values: Iterable[object]) -> set[UUID]:
    """Return the ids among the values of an address."""
    found = (named(str(value)) for value in values)
    return {one for one in found if one is not None}


def scope(session: Session, caller: Caller, ids: set[UUID]) -> tuple[bool, list[str]]:
    """Return whether a page is about training alone, and the names of the training sites that it may show."""
    names, others = rows.training_names(session, caller.seen)
    if not names:
        return False, []
    about = rows.of_training(session, ids) if ids else None
    if about is not None:
        return about, names if about else []
    return not others, names


def sentence(texts: Texts, whole: bool, names: list[str]) -> str:
    """Return what a page says of training, or an empty text."""
    if not names:
        return ""
    if whole:
        return texts.say("Training site: nothing from here reaches a real panel.")
    return texts.say("Training sites are shown here too: %(names)s.") % {"names": ", ".join(names)}
