// One visit with @snowplow/node-tracker and its e-commerce entities. A failed request waits for the next event or flush.
// TIDEMARK_METHOD=get sends each event as the query of a GET.
import { setTimeout } from 'node:timers/promises'
import { buildPageView, buildSelfDescribingEvent, buildSiteSearch, newTracker } from '@snowplow/node-tracker'
import { anonymousId, failures, finish, host, userId, visit, writeKey } from './visit.mjs'

let left = 0
const tracker = newTracker(
  { namespace: 'shop', appId: writeKey, encodeBase64: false },
  {
    endpoint: host,
    eventMethod: process.env.TIDEMARK_METHOD ?? 'post',
    onRequestSuccess: (events) => (left -= events.length),
    onRequestFailure: ({ message, willRetry }) => willRetry || failures.push(message),
  },
)
tracker.setUserId(userId)
tracker.setDomainUserId(anonymousId)
tracker.setIpAddress(visit.context.ip)
tracker.setUseragent(visit.context.userAgent)
tracker.setLang(visit.context.locale)

const vendor = 'iglu:com.snowplowanalytics.snowplow.ecommerce'
const entity = (name, data) => ({ schema: `${vendor}/${name}/jsonschema/1-0-0`, data })
const product = ({ product_id, name, category, price, quantity }, currency) =>
  entity('product', { id: product_id, name, category, price, quantity, currency })
const { email } = visit.calls.find(({ call }) => call === 'identify').traits
const user = entity('user', { id: userId, email })

const track = (event, entities = []) => {
  left++
  tracker.track(event, [user, ...entities])
}
const action = (type, ...entities) =>
  track(buildSelfDescribingEvent({ event: { schema: `${vendor}/snowplow_ecommerce_action/jsonschema/1-0-2`, data: { type } } }), entities)

for (const { call, event, name, properties: p } of visit.calls) {
  switch (event ?? call) {
    case 'page':
      track(buildPageView({ pageUrl: p.url, pageTitle: name, referrer: p.referrer }))
      tracker.addPayloadPair('url', p.url) // as in a browser, where each event has it
      break
    case 'Products Searched':
      track(buildSiteSearch({ terms: p.query.split(' ') }))
      break
    case 'Product Viewed':
      action('product_view', product(p, p.currency))
      break
    case 'Product Added':
      action('add_to_cart', product(p, p.currency), entity('cart', { cart_id: p.cart_id, total_value: p.price * p.quantity, currency: p.currency }))
      break
    case 'Checkout Started':
      action('checkout_step', entity('checkout_step', { step: 1 }))
      break
    case 'Payment Info Entered':
      action('checkout_step', entity('checkout_step', { step: p.step, delivery_method: p.shipping_method, payment_method: p.payment_method }))
      break
    case 'Order Completed': {
      const { order_id, total, currency, shipping, tax } = p
      const transaction = { transaction_id: order_id, revenue: total, currency, shipping, tax, payment_method: 'card' }
      action('transaction', entity('transaction', transaction), ...p.products.map((line) => product(line, currency)))
    }
  }
}

for (let tries = 0; left > 0 && failures.length === 0; tries++) {
  if (tries === 300) failures.push(`${left} events left`)
  await tracker.flush()
  await setTimeout(100)
}
finish()
