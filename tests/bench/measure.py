"""The figures of targets §1: ``python -m tests.bench FILE`` on the database of the settings.

Every page that anybody may read is asked for by the first role that may, from the web server of
production and over HTTP, at national scale and at twenty times that; between them, in the same
run, the floor page. The number of queries is counted in this process. Results go to FILE as JSON;
``tests.bench.report`` makes the table.
"""

import http.client
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dps_portal.demo.people import sign_ins
from dps_portal.json_command import Field
from placements import services
from placements.models import BudgetYear
from tenders.management.commands.score_tender import score
from tests.architecture.role_matrix import MATRIX, ROLES
from tests.demo.test_role_matrix import address, samples
from tests.portal import portal

from . import floor
from .papers import measure_pdf
from .scale import NATIONAL, Multiplier, sizes

ASKED, LEAST = 40, 5  # times each page is asked for; a floor page is asked for after each
LONG = 6  # seconds, after which a page has been asked for often enough; one that takes them, once
PATIENCE = 60  # seconds, in which a page that counts as answering has answered
WARM = 3
TWENTY = 20
OK = 200
FLOOR = f"/{floor.PATH}"
NOT_READY = "publication:ready"  # says 503 where there is no worker, as here
SESSION = str(settings.SESSION_COOKIE_NAME)
Answer = tuple[int, float]


def ninety_fifth(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 95 // 100]


def pages() -> dict[str, tuple[str, str]]:
    """Name: path, and the code of the first role that may read it."""
    people = {code: sign_ins()[role][0] for code, role in ROLES.items()}
    rows = samples(people)
    found = {}
    for name, (roles, methods) in MATRIX.items():
        if "GET" in methods:
            found[name] = (address(name, rows), roles.split()[0])
    return found


def cookies() -> dict[str, str]:
    """The session of one person of each role; of nobody for the public."""
    found = {"AN": ""}
    for code, role in ROLES.items():
        client = Client()
        client.force_login(sign_ins()[role][0])
        found[code] = f"{SESSION}={client.cookies[SESSION].value}"
    return found


class Failed(Exception):
    """A page that answers with 5xx: its time would be a figure of nothing."""


def get(server: http.client.HTTPConnection, name: str, path: str, cookie: str) -> Answer:
    """The status and the seconds that it took."""
    start = time.perf_counter()
    server.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = server.getresponse()
    response.read()
    if response.status >= 500 and name != NOT_READY:
        raise Failed(f"{name}, {path}, answered {response.status}")
    return response.status, time.perf_counter() - start


def answers(
    server: http.client.HTTPConnection, name: str, path: str, cookie: str
) -> tuple[list[float], list[float]]:
    """The seconds of each answer and of the floor's beside it; none where it is not 200.

    Raises ``TimeoutError`` where it does not come in time.
    """
    status, seconds = get(server, name, path, cookie)
    if status != OK:
        return [], []
    if seconds > LONG:
        return [seconds], least(server, cookie)
    pairs = [
        (get(server, name, path, cookie)[1], get(server, "floor", FLOOR, cookie)[1])
        for _ in range(WARM + min(ASKED, max(LEAST, int(LONG / seconds))))
    ]
    own, beside = zip(*pairs[WARM:], strict=True)
    return list(own), list(beside)


def least(server: http.client.HTTPConnection, cookie: str) -> list[float]:
    return [get(server, "floor", FLOOR, cookie)[1] for _ in range(WARM + LEAST)][WARM:]


def queries(path: str, role: str, *, is_long: bool) -> int:
    client = Client()
    if role != "AN":
        client.force_login(sign_ins()[ROLES[role]][0])
    # Once before: the first request of a session saves it, and a process keeps some of what it read.
    client.get(reverse("publication:robots") if is_long else path)
    with CaptureQueriesContext(connection) as counted:
        client.get(path)
    return len(counted)


def measure_pages(found: dict[str, tuple[str, str]]) -> dict:
    """Of each page that answers with 200: p95 in seconds, that of the floor beside it, queries.

    One that does not answer in time has no queries, and the time that it was given. Others answer
    by design with a redirect, or find nothing; one that fails ends the bench.
    """
    measured = {}
    signed_in = cookies()
    connection.close()
    with portal(prepared_by="tests.bench.floor:add") as running:
        server = http.client.HTTPConnection(running.start_web(), timeout=PATIENCE)
        for name, (path, role) in found.items():
            try:
                own, beside = answers(server, name, path, signed_in[role])
            except TimeoutError:
                running.kill("web")
                server = http.client.HTTPConnection(running.start_web(), timeout=PATIENCE)
                own, beside = [PATIENCE], least(server, signed_in[role])
            if own:
                measured[name] = {"p95": ninety_fifth(own), "floor": ninety_fifth(beside)}
    for name, figures in measured.items():
        if figures["p95"] < PATIENCE:
            figures["queries"] = queries(*found[name], is_long=figures["p95"] > LONG)
    return measured


def counted(act: Callable[[], object]) -> dict:
    start = time.process_time()
    with CaptureQueriesContext(connection) as done:
        act()
    return {"queries": len(done), "cpu": time.process_time() - start}


def measure_money() -> dict:
    """Position and headroom of a year, and its forecast (targets §1)."""
    years = BudgetYear.objects.select_related("agreement")
    year = years.filter(state="open").order_by("year").first()
    today = timezone.localdate()
    return {
        "position": counted(lambda: BudgetYear.objects.get(pk=year.pk).headroom_pence),
        "forecast": counted(lambda: services.outlook(year, today)),
    }


def measure_scoring() -> float:
    """Seconds of processor time for 1,000 bids on 50 criteria."""
    random = Random(1)  # noqa: S311
    facts = {
        "price_weight": 50,
        "criteria": [{"name": f"{number}", "weight": 1} for number in range(50)],
        "score_scale_max": 5,
        "minimum_question_score": None,
        "ceiling_price": None,
        "bids": {
            f"bid {number}": {
                "price": f"{random.randrange(60_000, 110_000) / 100:.2f}",
                "scores": [random.randrange(6) for _ in range(50)],
            }
            for number in range(1_000)
        },
    }
    start = time.process_time()
    score(Field(facts))
    return time.process_time() - start


def at_scale(multiplier: Multiplier, times: int, found) -> dict:
    start = time.monotonic()
    multiplier.grow({model: number * times for model, number in NATIONAL.items()})
    made = time.monotonic() - start
    return {"sizes": sizes(), "made": made, "pages": measure_pages(found), "money": measure_money()}


def main(out: str, largest: str = str(TWENTY)) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # as the nursery has them
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("seed_demo", "--if-empty", stdout=sys.stderr)
    with transaction.atomic():
        found = pages()
    multiplier = Multiplier()
    results = {
        "engine": connection.vendor,
        "scoring": measure_scoring(),
        "pdf": measure_pdf(),
        "scales": {},
    }
    for times in dict.fromkeys([1, int(largest)]):
        results["scales"][times] = at_scale(multiplier, times, found)
        Path(out).write_text(json.dumps(results, indent=1), encoding="utf-8")
