"""Words that want to be more than words, the traps they lead to, and what shows that none snapped.

The fixtures are there for every test (``pytest_plugins`` of conftest.py).
"""

import io
import os
import socketserver
import threading
from pathlib import Path

import page
import pytest
import tinyhtml5
from pypdf import PdfReader


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.seen = []

    def verify_request(self, request, client_address):
        self.seen.append(client_address)
        return False


@pytest.fixture(scope="module")
def listener():
    server = Listener()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A file whose time of reading would show, and whose word would stand in a PDF."""
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text("CANARY-7391")
    os.utime(path, (0, path.stat().st_mtime))
    return path


@pytest.fixture(scope="module")
def traps(listener, secret):
    return listener, secret


def families(port, path):
    web, file = f"http://127.0.0.1:{port}/x", f"file://{path}"
    return {
        "file address": f'<img alt="a" src="{file}">',
        "web address": f'<img alt="a" src="{web}">',
        "data address": '<img alt="a" src="data:image/svg+xml,<svg/>">',
        "import": f'</style><style>@import url("{web}");</style>',
        "style address": f'<p style="background:url({web})">a</p>',
        "font": f"<style>@font-face{{font-family:a;src:url({file})}}p{{font-family:a}}</style>",
        "picture in a picture": f'<svg xmlns:xlink="a"><image xlink:href="{web}"/></svg>',
        "use": f'<svg><use href="{web}#a"/></svg>',
        "frame": f'<iframe src="{web}"></iframe>',
        "object": f'<object data="{file}"></object>',
        "embed": f'<embed src="{web}">',
        "attachment": f'<link rel="attachment" href="{file}">',
        "linked attachment": f'<a rel="attachment" href="{file}">a</a>',
        "sheet": f'<link rel="stylesheet" href="{web}">',
        "base and refresh": f'<base href="{web}"><meta http-equiv="refresh" content="0;{web}">',
        "script": f'<script src="{web}"></script><a href="javascript:alert(1)">a</a>',
        "entities": f'<!DOCTYPE a [<!ENTITY b SYSTEM "{file}">]><p>&b;&#60;script&#62;',
        "template syntax": "{{ 7*7 }}{% include '/etc/hostname' %}{% debug %}${7*7}",
        "content": f'"; }} @page {{ background: url({web}) }} p::before {{ content: url({file})',
        "right to left and marks": "\u202egnp.exe\u202c" + "a\u0301" * 500,
        "no character": "a\x00b\x01c\x0bd\ufffe\U0010ffff",
        "long word": "x" * 1_000,
        "unclosed": "<!-- <![CDATA[ <textarea><title><style>",
    }


FAMILIES = list(families(0, Path("/x")))


@pytest.fixture(scope="module")
def payloads(listener, secret):
    found = families(listener.server_address[1], secret)
    assert len(found) >= 20
    return found


def assert_harmless(content, listener, secret):
    reader = PdfReader(io.BytesIO(content))
    text = "".join(one.extract_text() for one in reader.pages)
    assert "CANARY" not in text
    assert not reader.attachments
    for mark in (b"/URI", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/GoToR"):
        assert mark not in content
    assert listener.seen == []
    assert secret.stat().st_atime == 0
    assert page.is_pdf_compliant_bytes(content, profile="ua1")


@pytest.fixture
def words_of(payloads):
    """As they can be kept: PostgreSQL's JSON takes no NUL."""
    return {family: words.replace("\x00", "") for family, words in payloads.items()}


def shape_of(html):
    """Every element with its attributes and what the style says: all but the words."""
    page = tinyhtml5.parse(html)
    return [
        (
            element.tag,
            element.text if str(element.tag).endswith("style") else sorted(element.attrib),
        )
        for element in page.iter()
    ]
