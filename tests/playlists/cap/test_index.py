"""Indexes of feeds: what is read of ATOM and RSS, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.cap import index
from playlists.cap.index import Entry, read_index, unseen
from playlists.cap.rules import CapRule, Refused
from tests.playlists.cap.making import cap

HERE = "https://alerts.example.vn/feeds/index.atom"


def atom(*entries: str) -> bytes:
    inside = "".join(f"<entry>{one}</entry>" for one in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Cảnh báo</title>{inside}</feed>'.encode()


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{one}</item>" for one in items)
    return f'<rss version="2.0"><channel><title>x</title>{inside}</channel></rss>'.encode()


def links(content: bytes) -> list[str]:
    return [one.link for one in read_index(content, HERE).entries]


def test_an_atom_entry_leads_to_the_link_that_says_it_is_cap() -> None:
    html = '<link rel="alternate" type="text/html" href="https://alerts.example.vn/read/1"/>'
    said = '<link rel="related" type="application/cap+xml" href="../cap/1.xml"/><updated>2026-08-14T08:05:00Z</updated>'
    found = read_index(atom(html + said), HERE)
    assert found.entries == (Entry("https://alerts.example.vn/cap/1.xml", "2026-08-14T08:05:00Z"),)
    assert links(atom('<link href="/cap/2"/>')) == ["https://alerts.example.vn/cap/2"]


def test_an_rss_item_leads_to_its_link() -> None:
    item = "<guid>A-1</guid><link> https://alerts.example.vn/cap?id=1&amp;x=2 </link><pubDate>Fri, 04 Feb</pubDate>"
    found = read_index(rss(item, item), HERE)
    assert found.entries == (Entry("https://alerts.example.vn/cap?id=1&x=2", "Fri, 04 Feb"),)
    assert found.left_out == 1


def test_what_has_no_https_link_is_left_out() -> None:
    plain = ("http://alerts.example.vn/1", "ftp://x/1", "javascript:alert(1)", "https://a b/", "file:///etc/passwd", "")
    found = read_index(rss(*(f"<link>{one}</link>" for one in plain)), HERE)
    assert (found.entries, found.left_out) == ((), len(plain))
    assert links(atom(f'<link href="https://a.example/{"x" * 2000}"/>', "", '<link href="http://[::1"/>')) == []


def test_a_feed_may_be_one_alert_itself() -> None:
    assert read_index(cap(), HERE).is_alert


def test_at_most_five_hundred_entries_are_read() -> None:
    found = read_index(rss(*(f"<link>https://a.example/{number}</link>" for number in range(600))), HERE)
    assert (len(found.entries), found.left_out) == (index.MOST_ENTRIES, 100)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"x" * (index.MOST_BYTES + 1), CapRule.C1_SIZE),
        (b"<feed", CapRule.C2_XML),
        (b'<!DOCTYPE feed [<!ENTITY a "b">]><feed/>', CapRule.C3_ENTITIES),
        (b'<!DOCTYPE r SYSTEM "https://evil.example/x.dtd"><rss/>', CapRule.C3_ENTITIES),
        (b"<a>" * 40 + b"</a>" * 40, CapRule.C4_NESTING),
        (b"<html/>", CapRule.C5_NAMESPACE),
        (b'<feed xmlns="urn:other"/>', CapRule.C5_NAMESPACE),
    ],
)
def test_another_document_is_refused(content: bytes, rule: CapRule) -> None:
    with pytest.raises(Refused) as error:
        read_index(content, HERE)
    assert error.value.rule is rule


def test_only_what_is_new_or_changed_is_fetched() -> None:
    entries = [Entry("https://a.example/1", "t1"), Entry("https://a.example/2", "t2")]
    assert unseen(entries, {"https://a.example/1": "t1", "https://a.example/2": "t1"}) == entries[1:]


@given(st.binary(max_size=400) | st.text(max_size=200).map(atom))
def test_any_bytes_give_links_or_a_refusal(content: bytes) -> None:
    try:
        found = read_index(content, HERE)
    except Refused:
        return
    assert all(one.link.startswith("https://") for one in found.entries)
