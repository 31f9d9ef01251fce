"""Somebody who fills in the forms of the preview, as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from web_preview_paper import PAGE, PORT

ORIGIN = f"http://127.0.0.1:{PORT}"
HIDDEN = re.compile(r'<input type="hidden" name="(csrf|mark|hash)" value="([^"]*)"')


def hidden(html: str) -> dict[str, str]:
    """What the forms of a page say by themselves: the token, the mark of the file, the hash of the content."""
    return {name: unescape(value) for name, value in HIDDEN.findall(html)}


def send(client: Any, page: str, **fields: str) -> Any:
    """Open a page of the edition and send its form with these fields; a field of "" is sent empty."""
    return post(client, page, **{**hidden(client.get(f"{PAGE}/{page}").text), **fields})


def post(client: Any, page: str, **fields: str) -> Any:
    """Send a form with exactly these fields."""
    path = page if page.startswith("/") else f"{PAGE}/{page}"
    return client.post(path, data=fields, headers={"origin": ORIGIN})


def done(client: Any, page: str, **fields: str) -> str:
    """Send a form that is accepted; the page that is shown afterwards."""
    return Hands(client, page).do(**fields)


class Hands:
    """Somebody at one page, whose `html` is what is in front of them."""

    def __init__(self, client: Any, page: str) -> None:
        self.client = client
        self.page = page
        self.html: str = client.get(f"{PAGE}/{page}").text

    def do(self, **fields: str) -> str:
        """Send a form that is accepted; the page that is shown afterwards."""
        answer = post(self.client, self.page, **{**hidden(self.html), **fields})
        assert answer.status_code == 303, answer.text
        self.html = self.client.get(answer.headers["location"].partition("#")[0]).text
        return self.html


def stories(html: str) -> list[str]:
    """The stories of the page of the editor's hand, in order."""
    return re.findall(r'<li id="s-([a-z0-9]+)"', html)
