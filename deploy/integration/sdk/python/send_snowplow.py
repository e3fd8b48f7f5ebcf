"""One visit with snowplow-tracker and Snowplow's e-commerce entities. The emitter tries again in a thread that does not
outlive the process, so the script waits until all has arrived."""

import time

from snowplow_tracker import EmitterConfiguration, PageView, SelfDescribing, SelfDescribingJson, Snowplow, Subject

from visit import anonymous_id, calls, context, failures, finish, host, user_id, write_key

SHOP = "iglu:com.snowplowanalytics.snowplow.ecommerce"
SEARCH = "iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0"

sent = []
subject = Subject().set_user_id(user_id).set_domain_user_id(anonymous_id).set_ip_address(context["ip"])
subject.set_useragent(context["userAgent"]).set_lang(context["locale"])
tracker = Snowplow.create_tracker(
    namespace="shop",
    endpoint=host,
    app_id=write_key,
    subject=subject,
    emitter_config=EmitterConfiguration(on_success=sent.extend),
)


def entity(schema, /, **data):
    return SelfDescribingJson(f"{SHOP}/{schema}/jsonschema/1-0-0", data)


user = entity("user", id=user_id, email=calls[0]["traits"]["email"])


def product(p, currency):
    return entity(
        "product", id=p["product_id"], name=p["name"], category=p["category"], price=p["price"],
        quantity=p["quantity"], currency=currency,
    )


def action(kind, *entities):
    event = SelfDescribingJson(f"{SHOP}/snowplow_ecommerce_action/jsonschema/1-0-2", {"type": kind})
    tracker.track(SelfDescribing(event, context=[user, *entities]))


def track(call):
    """Makes one call of the visit and returns how many events that is."""
    p = call.get("properties")
    match call.get("event", call["call"]):
        case "page":
            tracker.track(PageView(p["url"], call["name"], p["referrer"], context=[user]))
        case "Products Searched":
            tracker.track(SelfDescribing(SelfDescribingJson(SEARCH, {"terms": p["query"].split()}), context=[user]))
        case "Product Viewed":
            action("product_view", product(p, p["currency"]))
        case "Product Added":
            cart = entity("cart", cart_id=p["cart_id"], total_value=p["price"] * p["quantity"], currency=p["currency"])
            action("add_to_cart", product(p, p["currency"]), cart)
        case "Checkout Started":
            action("checkout_step", entity("checkout_step", step=1))
        case "Payment Info Entered":
            step = {"delivery_method": p["shipping_method"], "payment_method": p["payment_method"]}
            action("checkout_step", entity("checkout_step", step=p["step"], **step))
        case "Order Completed":
            lines = [product(line, p["currency"]) for line in p["products"]]
            order = entity(
                "transaction", transaction_id=p["order_id"], revenue=p["total"], currency=p["currency"],
                shipping=p["shipping"], tax=p["tax"], payment_method="card",
            )
            action("transaction", order, *lines)
        case _:
            return 0
    return 1


tracked = sum(track(call) for call in calls)
tracker.flush()
deadline = time.monotonic() + 60
while len(sent) < tracked and time.monotonic() < deadline:
    time.sleep(0.05)
if len(sent) < tracked:
    failures.append(f"{tracked - len(sent)} events left")
finish()
