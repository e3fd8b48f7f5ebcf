// One visit with posthog-node: Segment's names and properties, and PostHog's own for pages and people.
import { PostHog } from 'posthog-node'
import { anonymousId, failures, finish, host, userId, utm, visit, writeKey } from './visit.mjs'

const client = new PostHog(writeKey, { host })
client.on('error', (err) => failures.push(String(err)))

const { ip, userAgent, locale } = visit.context
const common = { $device_id: anonymousId, $ip: ip, $raw_user_agent: userAgent, $browser_language: locale, ...utm }
const capture = (event, properties) => client.capture({ distinctId: userId, event, properties: { ...common, ...properties } })

for (const { call, event, properties, traits } of visit.calls) {
  switch (call) {
    case 'identify':
      client.identify({ distinctId: userId, properties: { ...traits, $anon_distinct_id: anonymousId } })
      break
    case 'page':
      capture('$pageview', { $current_url: properties.url, $referrer: properties.referrer })
      break
    default:
      capture(event, properties)
  }
}
await client.shutdown(120_000)
finish()
