// One visit with cloudevents: orders in binary mode, clickstream in structured mode. The package's transport neither tries
// again nor tells the status, so the script looks at the answer. Copies of an event have its id.
import { setTimeout } from 'node:timers/promises'
import { CloudEvent, emitterFor, httpTransport, Mode } from 'cloudevents'
import { anonymousId, failures, finish, host, userId, visit, writeKey } from './visit.mjs'

const sink = new URL('/cloudevents', host)
sink.username = writeKey
const emit = { orders: emitterFor(httpTransport(sink)), clickstream: emitterFor(httpTransport(sink), { mode: Mode.STRUCTURED }) }

const send = async (family, type, data) => {
  const event = new CloudEvent({ source: '/shop', type: `tidemark.${family}.${type}`, data })
  for (let tries = 1; ; tries++) {
    const { body } = await emit[family](event)
    if (body.includes('"success":true')) return
    if (tries === 5) return failures.push(`${event.type}: ${body}`)
    await setTimeout(100)
  }
}

const types = {
  identify: 'identify',
  page: 'page_view',
  'Products Searched': 'search',
  'Product Viewed': 'view_item',
  'Product Added': 'add_to_cart',
  'Checkout Started': 'begin_checkout',
  'Payment Info Entered': 'add_payment_info',
  'Order Completed': 'purchase',
}
const { campaign, locale, ip } = visit.context
const visitor = {
  anonymous_id: anonymousId, user_id: userId, channel: 'email', campaign: campaign.name, utm_source: campaign.source, utm_medium: campaign.medium, locale, ip,
}
const line = ({ product_id, sku, name, category, price, quantity }) => ({ product_id, sku, name, category, price: String(price), quantity })

for (const { call, event, properties: p, traits } of visit.calls) {
  const click = { ...visitor, ...traits }
  if (call === 'page') click.page = p.path
  for (const name of ['query', 'product_id', 'sku', 'category', 'quantity', 'cart_id', 'checkout_id', 'order_id', 'currency']) click[name] = p?.[name]
  if (p?.price) click.price = String(p.price)
  const value = p?.total ?? p?.value
  if (value) click.value = String(value)
  click.items = p?.products?.map(line)
  await send('clickstream', types[event ?? call], click)

  if (event === 'Order Completed') {
    const order = {
      order_id: p.order_id, buyer: userId, anonymous_id: anonymousId, campaign: campaign.name, currency: p.currency, total: String(p.total),
      shipping: String(p.shipping), tax: String(p.tax), items: p.products.map(line),
    }
    await send('orders', 'order_placed', order)
    await send('orders', 'order_paid', order)
  }
}
finish()
