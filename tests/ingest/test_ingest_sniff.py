from __future__ import annotations

import pytest

from digest.ingest.sniff import Form, sniffed


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ('<?xml version="1.0"?>\n<!-- made by hand --><rss version="2.0">', "x", Form.FEED),
        ('<feed xmlns="http://www.w3.org/2005/Atom">', "x", Form.FEED),
        ('<?xml version="1.0"?><rdf:RDF xmlns:rdf="…">', "x", Form.FEED),
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss>', "x", Form.FEED),
        ('<?xml version="1.0"?><urlset>', "x", Form.SITEMAP),
        ("<sitemapindex>", "x", Form.SITEMAP),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>', "x.xml", Form.PAGE),
        ("<!doctype html><title>x</title>", "x", Form.PAGE),
        ("<p>one</p>", "x", Form.PAGE),
        ("words first <p>one</p><p>two</p>", "x", Form.PAGE),
        ("plain words", "page.html.gz", Form.PAGE),
        ("+++\ntitle = 'x'\n+++", "x", Form.MARKDOWN),
        ("# A story", "x.md", Form.MARKDOWN),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "x", Form.JSON),
        ('[{"title": {}}]', "x", Form.JSON),
        ("[1] A footnote in a text", "x.txt", Form.DUMP),
        ("Plain words of a saved page.\n\n  • a bullet", "x", Form.DUMP),
        ("\x01\x02\x03\x04\x05\x06" * 50, "x", None),
        ("\ufffd" * 50, "x", None),
    ],
)
def test_tells_forms_apart(text: str, name: str, form: Form | None) -> None:
    assert sniffed(text, name) is form
