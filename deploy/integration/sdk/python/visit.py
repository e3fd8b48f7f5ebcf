"""What the scripts share: the collector and the key, which is all that a client is told, the visit, and how a script ends.

usage of each script: python send_CLIENT.py visit.json, with TIDEMARK_HOST, TIDEMARK_WRITE_KEY, TIDEMARK_ANONYMOUS_ID,
TIDEMARK_USER_ID and TIDEMARK_ORDER_ID in the environment. It exits 1 if the client gave anything up.
"""

import json
import os
import sys

host = os.environ["TIDEMARK_HOST"]
write_key = os.environ["TIDEMARK_WRITE_KEY"]
anonymous_id = os.environ["TIDEMARK_ANONYMOUS_ID"]
user_id = os.environ["TIDEMARK_USER_ID"]

with open(sys.argv[1], encoding="utf-8") as file:
    visit = json.loads(file.read().replace("{order_id}", os.environ["TIDEMARK_ORDER_ID"]))
context, calls = visit["context"], visit["calls"]

# The visit's campaign as a link carries it.
utm = {"utm_" + name.replace("name", "campaign"): value for name, value in context["campaign"].items()}

# What the client has given up; scripts add to it.
failures = []


def finish():
    if failures:
        sys.exit("\n".join(failures))
