"""Requests as browsers send them; answers that no shared or browser cache keeps."""

from django.core.exceptions import BadRequest
from django.http import Http404

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)


class PrivateResponses:
    """Nothing is stored unless its view calls it public (``@cache_control(public=True)``)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response


class PlainRequests:
    """What no browser sends and no database takes: a NUL in an address, a body not in UTF-8.

    Some other encodings spell lone surrogates, which could not be stored; UTF-8 cannot.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404
        if request.content_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise BadRequest("The body of a request must be UTF-8.")
        return self.get_response(request)
