"""What a program does without the sandbox's long way round, it does as the sandbox would."""

from __future__ import annotations

import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from render_sample import LEAD, WORLD, edition

from digest.render.environment import environment
from digest.render.swift import SwiftSandbox, select

VALUES = {"story": LEAD, "section": WORLD, "publication": edition().publication, "none": None, "deep": {"url": "u"}}


def swift(source: str) -> str:
    """What a program gives."""
    jinja = SwiftSandbox(undefined=environment(()).undefined)
    jinja.globals = environment(()).globals
    jinja.filters = {**environment(()).filters, "select": select}
    return jinja.from_string(source).render(**VALUES)


@pytest.mark.parametrize(
    "source",
    [
        "{{ story.headline }} {{ story.image.alt }} {{ (story.image if story.url else none).credit }}",
        "{{ section.stories[0].takeaways | join('|') }} {{ section.stories | map(attribute='url') | join }}",
        "{{ story.name is defined }} {{ publication.name is defined }} {{ story.takeaways[9] is defined }}",
        "{{ deep.url }} {{ deep.headline is defined }} {{ 'abc'.upper() }}",
        "{% for each in section.stories %}{{ loop.index }}{{ loop.last }}{{ each.image.url is defined }}{% endfor %}",
        "{{ ['', 'a', 0, 'b'] | select | join }} {{ none | select | list }} {{ [1, 2] | select('odd') | list }}",
        "{% for a in range(3) %}{{ range(a) | list }}{% endfor %}",
    ],
)
def test_it_gives_the_same(source: str) -> None:
    slow = environment(()).from_string("{% autoescape false %}" + source + "{% endautoescape %}")
    assert swift(source) == slow.render(**VALUES)


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("{{ story.__class__ }}", SecurityError),
        ("{{ story.headline.__class__.__mro__ }}", SecurityError),
        ("{{ story.__class__.headline }}", SecurityError),
        ("{{ 'x'.ljust(10000000000) }}", SecurityError),
        ("{{ range(100000) }}", SecurityError),
        ("{{ story.name }}", UndefinedError),
        ("{{ none.url }}", UndefinedError),
        ("{{ missing.url }}", UndefinedError),
    ],
)
def test_it_refuses_the_same(source: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        swift(source)
