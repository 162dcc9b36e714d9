"""The table of figures hides nothing: not a page that fails, is lost, or was never measured."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.bench import measure, report


def pages(*names, **figures):
    return {name: {"p95": 0.02, "floor": 0.01, "queries": 5} | figures for name in names}


def result(national, largest):
    money = {"position": {"queries": 2}, "forecast": {"queries": 6}}
    scales = {"1": {"sizes": {"bids": 1}, "pages": national, "money": money}}
    scales["20"] = {"pages": largest, "money": money}
    paper = {"seconds": 1, "memory": 2**20}
    pdf = {"portal": paper, "alone": paper}
    return {"engine": "sqlite", "scoring": 0.5, "pdf": pdf, "scales": scales}


@pytest.fixture
def told(tmp_path):
    """The lines of the table for these results."""

    def write(*results):
        (tmp_path / "starts").write_text(json.dumps({"cold": 9, "again": 1}))
        files = []
        for number, one in enumerate(results):
            files.append(tmp_path / f"{number}.json")
            files[-1].write_text(json.dumps(one))
        report.main(str(tmp_path / "out"), str(tmp_path / "starts"), *map(str, files))
        return (tmp_path / "out").read_text().splitlines()

    return write


def test_page_that_is_lost_at_the_largest_scale_is_missed(told):
    lines = told(result(pages("home", "spend"), pages("home")))

    assert [line for line in lines if "20 × the scale" in line] == [
        "| The same number of queries at 20 × the scale | 1 of 2 pages | **missed** |",
        "| p95 at 20 × the scale at most 1.3 × that of national scale | 1 of 2 pages"
        " | **missed** |",
    ]


def test_pages_that_stay_hold(told):
    lines = told(result(pages("home", "spend"), pages("home", "spend", p95=0.025)))

    assert [line.endswith("| holds |") for line in lines if "20 × the scale" in line] == [True] * 2


def test_page_that_does_not_answer_in_time_is_told_and_missed(told):
    late = {"spend": {"p95": 60.002, "floor": 0.01}}
    lines = told(result(pages("home", "spend"), pages("home") | late))

    assert "| `spend` | 20 ms | 2.0 | 5 | over 60 s | – |" in lines
    assert [
        line.endswith("| 1 of 2 pages | **missed** |") for line in lines if "20 × the" in line
    ] == [True] * 2


def test_engine_without_a_file_is_not_measured(told):
    lines = told(result(pages("home"), pages("home")))

    place = lines.index("## postgresql")
    assert lines[place : place + 3] == ["## postgresql", "", "Not measured."]
    assert "## sqlite" in lines


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Nothing: the test tells."""


@pytest.fixture
def server():
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield http.client.HTTPConnection(*server.server_address)
    server.shutdown()
    server.server_close()


def test_page_that_fails_ends_the_bench_by_its_name(server):
    with pytest.raises(measure.Failed, match=r"^reports:spend, /500/, answered 500$"):
        measure.get(server, "reports:spend", "/500/", "")


@pytest.mark.parametrize(
    ("name", "status"), [("home", 200), ("home", 302), ("home", 404), ("publication:ready", 503)]
)
def test_what_answers_by_design_goes_on(server, name, status):
    assert measure.get(server, name, f"/{status}/", "")[0] == status


def test_page_that_is_slow_is_asked_for_once_and_the_floor_beside_it(server, monkeypatch):
    monkeypatch.setattr(measure, "LONG", 0)
    monkeypatch.setattr(measure, "FLOOR", "/200/")
    own, beside = measure.answers(server, "home", "/200/", "")

    assert (len(own), len(beside)) == (1, measure.LEAST)


def test_what_is_no_page_is_not_timed(server):
    assert measure.answers(server, "home", "/404/", "") == ([], [])
