"""One visit with segment-analytics-python. TIDEMARK_GZIP=1 compresses the bodies."""

import os

import segment.analytics as analytics

from visit import anonymous_id, calls, context, failures, finish, host, user_id, write_key

analytics.host = host
analytics.write_key = write_key
analytics.gzip = os.environ.get("TIDEMARK_GZIP") == "1"
analytics.on_error = lambda error, items: failures.append(str(error))

for call in calls:
    method = getattr(analytics, call.pop("call"))
    method(user_id=user_id, anonymous_id=anonymous_id, context=context, **call)
analytics.shutdown()
finish()
