"""One visit with posthog: Segment's names and properties, and PostHog's own for pages and people."""

from posthog import Posthog

from visit import anonymous_id, calls, context, failures, finish, host, user_id, utm, write_key

posthog = Posthog(write_key, host=host, on_error=lambda error, batch: failures.append(str(error)))

common = {
    "$device_id": anonymous_id,
    "$ip": context["ip"],
    "$raw_user_agent": context["userAgent"],
    "$browser_language": context["locale"],
    **utm,
}

for call in calls:
    properties = call.get("properties", {})
    if call["call"] == "identify":
        posthog.set(distinct_id=user_id, properties=call["traits"])
    elif call["call"] == "page":
        page = {"$current_url": properties["url"], "$referrer": properties["referrer"]}
        posthog.capture("$pageview", distinct_id=user_id, properties={**common, **page})
    else:
        posthog.capture(call["event"], distinct_id=user_id, properties={**common, **properties})
posthog.shutdown()
finish()
