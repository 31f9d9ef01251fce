from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.xmltext import fit_for_xml


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ('<?xml version="1.0" encoding="zlib"?>\n<rss/>', "<rss/>"),
        ("<a>&#xD800;&#56320;&#x110000;</a>", "<a>\ufffd\ufffd\ufffd</a>"),
        ("<a>&#233; &#xe9; &amp;</a>", "<a>&#233; &#xe9; &amp;</a>"),
        ("<a>\x00\x0b\ud800b</a>", "<a>b</a>"),
    ],
)
def test_what_xml_does_not_know_is_taken_out(text: str, fit: str) -> None:
    assert fit_for_xml(text) == fit


@given(st.text())
def test_the_rest_can_always_be_encoded(text: str) -> None:
    assert fit_for_xml(text).encode() is not None
