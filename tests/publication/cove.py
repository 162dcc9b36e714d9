"""The check that the Open Contracting Partnership offers, offline, with the schema in ``data``."""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from zipfile import ZipFile

import jsonref
import requests
from django.conf import settings
from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig
from ocdsextensionregistry import util
from ocdsextensionregistry.profile_builder import ProfileBuilder
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

TAG = "1__1__5"
STANDARD = Path(__file__).parent / "data" / f"ocds-standard-{TAG}.zip"
SCHEMA = f"https://standard.open-contracting.org/schema/{TAG}/"
KINDS = (
    *("validation_errors", "all_additional_fields", "deprecated_fields", "json_deref_error"),
    *("conformance_errors", "additional_checks", "additional_closed_codelist_values"),
    *("additional_open_codelist_values", "structure_warnings", "invalid_version_data"),
)


def published(url: str) -> bytes | None:
    """What the portal serves below ``/static/ocds/``, and the standard at its own address."""
    if url.startswith(SCHEMA):
        with ZipFile(STANDARD) as standard:
            return standard.read(f"standard-{TAG}/schema/{url.removeprefix(SCHEMA)}")
    file = Path(settings.BASE_DIR) / "static" / url.split(settings.STATIC_URL, 1)[1]
    return file.read_bytes() if file.is_file() else None


class Offline(HTTPAdapter):
    def send(self, request, **_):
        content = published(request.url)
        raw = HTTPResponse(
            io.BytesIO(content or b""),
            status=200 if content else 404,
            preload_content=False,
            request_url=request.url,
        )
        return self.build_response(request, raw)


def mount(session: requests.Session) -> requests.Session:
    for start in (settings.PORTAL_ORIGIN, SCHEMA):
        session.mount(start, Offline())
    return session


def faults_of(package: dict) -> dict:
    """Everything that the check found, by kind; empty where the package is as it should be."""
    mount(util.session)
    config = LibCoveOCDSConfig({"standard_zip": f"file://{STANDARD}", "context": "api"})
    # A record names the schema of another kind of record, which is fetched whatever it is told.
    offline = mock.patch.object(jsonref, "requests", mount(requests.Session()))
    with TemporaryDirectory() as folder, offline:
        found = ocds_json_output(folder, json_data=package, lib_cove_ocds_config=config)
    assert len(found["extensions"]["extensions"]) == len(package["extensions"])
    wrong = {kind: found[kind] for kind in KINDS if found.get(kind)}
    unread = found["extensions"]["invalid_extensions"]
    return wrong | ({"invalid_extensions": unread} if unread else {})


def extended_schema(extensions: list[str]) -> dict:
    """Of a release, with the fields of the extensions."""
    mount(util.session)
    builder = ProfileBuilder(TAG, extensions, standard_base_url=f"file://{STANDARD}")
    text = builder.get_standard_file_contents("release-schema.json")
    schema = json.loads(text.replace("{{lang}}", "en").replace("{{version}}", "1.1"))
    return builder.patched_release_schema(schema=schema)
