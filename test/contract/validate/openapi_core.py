"""Has openapi-core look at recorded exchanges.

Usage: openapi_core.py document.json exchanges.json

Prints what it says of each request and of each answer, as JSON; nothing where it has nothing to say.
"""

import json
import sys
from urllib.parse import parse_qsl, urlsplit

# The folder of this file would come first, and with it this file in place of the package of its name.
sys.path.pop(0)

from openapi_core import Config, OpenAPI  # noqa: E402
from openapi_core.testing import MockRequest, MockResponse  # noqa: E402

# It parses none of application/*+json unless it is told to.
PARSERS = {f"application/{name}+json": json.loads for name in ("problem", "merge-patch")}


def said(look, *what):
    try:
        look(*what)
    except Exception as error:  # Whatever it says, also in exceptions that are no subclass of its own.
        causes = [error, error.__cause__, *getattr(error.__cause__, "schema_errors", [])]
        return "; ".join(str(each) for each in causes if each) or repr(error)
    return ""


def verdict(api, exchange):
    asked, answered = exchange["request"], exchange["response"]
    url = urlsplit(asked["url"])
    request = MockRequest(
        host_url=f"{url.scheme}://{url.netloc}",
        method=asked["method"],
        path=url.path,
        args=dict(parse_qsl(url.query)),
        headers=asked["headers"],
        data=asked["body"].encode() or None,
        content_type=asked["headers"].get("content-type", ""),
    )
    response = MockResponse(
        data=answered["body"].encode(),
        status_code=answered["status"],
        headers=answered["headers"],
        content_type=answered["headers"].get("content-type", ""),
    )
    return {
        "name": exchange["name"],
        "request": said(api.validate_request, request),
        "response": said(api.validate_response, request, response),
    }


def main(document, exchanges):
    config = Config(extra_media_type_deserializers=PARSERS)
    with open(document) as file:
        api = OpenAPI.from_dict(json.load(file), config=config)
    with open(exchanges) as file:
        print(json.dumps([verdict(api, each) for each in json.load(file)]))


main(*sys.argv[1:])
