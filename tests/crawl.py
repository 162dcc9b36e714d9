"""Every address of the portal, with every argument that a test knows."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from uuid import UUID

from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

# For an argument that no row is known for: the page then finds nothing.
NOTHING = {"int": 0, "uuid": UUID(int=0)}


def every_page(resolver=None, space="", above=()) -> Iterator[tuple[str, Callable, dict]]:
    """The name of each page, its view, and its arguments with their converters."""
    for pattern in (resolver or get_resolver()).url_patterns:
        takes = dict(above) | arguments(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback, takes
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_page(pattern, inner, takes)


def arguments(pattern) -> dict:
    if pattern.regex.groupindex and not pattern.converters:
        return dict.fromkeys(pattern.regex.groupindex)
    return dict(pattern.converters)


def nothing(converter):
    """A value that the converter takes and no row has."""
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return NOTHING.get(kind, "0")


def addresses(known: Mapping[str, Mapping[str, list]]) -> list[tuple[str, str]]:
    """``(page, path)`` for each page and each of its arguments.

    ``known`` gives the values of arguments by the page or by its namespace.
    """
    found = []
    for name, _, takes in every_page():
        values = known.get(name) or known.get(name.split(":", maxsplit=1)[0], {})
        choices = [values.get(one) or [nothing(takes[one])] for one in takes]
        found += [
            (name, reverse(name, kwargs=dict(zip(takes, chosen, strict=True))))
            for chosen in product(*choices)
        ]
    return found


def ask(client, method: str, path: str, **data):
    """The answer with its whole body; whatever it changed is undone, a signing out included."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.generic(method, path, **data)
        response.body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return response
