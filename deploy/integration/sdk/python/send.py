"""Sends one shop visit with Segment's own Python SDK, which is told the host and the key and nothing else.

usage: python send.py visit.json, with TIDEMARK_HOST, TIDEMARK_WRITE_KEY, TIDEMARK_ANONYMOUS_ID, TIDEMARK_USER_ID and
TIDEMARK_ORDER_ID in the environment; TIDEMARK_GZIP=1 compresses the bodies.
Prints {"ids":[...]} with the message ids in the order of the calls; exits 1 if the SDK gave anything up.
"""

import json
import os
import sys

import segment.analytics as analytics


def main():
    failures = []
    analytics.host = os.environ["TIDEMARK_HOST"]
    analytics.write_key = os.environ["TIDEMARK_WRITE_KEY"]
    analytics.gzip = os.environ.get("TIDEMARK_GZIP") == "1"
    analytics.on_error = lambda error, items: failures.append(str(error))

    with open(sys.argv[1], encoding="utf-8") as file:
        calls = json.loads(file.read().replace("{order_id}", os.environ["TIDEMARK_ORDER_ID"]))
    ids = [send(call) for call in calls]
    analytics.shutdown()

    if failures:
        sys.exit("\n".join(failures))
    print(json.dumps({"ids": ids}))


def send(call):
    """Makes one SDK call and returns the message id that the SDK chose."""
    method = getattr(analytics, call.pop("call"))
    queued, message = method(
        user_id=os.environ["TIDEMARK_USER_ID"],
        anonymous_id=os.environ["TIDEMARK_ANONYMOUS_ID"],
        context={
            "campaign": {"name": "spring", "source": "newsletter", "medium": "email"},
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            "locale": "en-US",
        },
        **call,
    )
    if not queued:
        sys.exit("the SDK's queue is full")
    return message["messageId"]


main()
