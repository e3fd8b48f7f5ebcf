// One visit with @amplitude/analytics-node: Segment's names and properties, and Amplitude's own for pages and people. The
// client sends every 10 s; flush() sends at once, but then it does not try again.
import * as amplitude from '@amplitude/analytics-node'
import { anonymousId, failures, finish, host, userId, utm, visit, writeKey } from './visit.mjs'

await amplitude.init(writeKey, { serverUrl: `${host}/2/httpapi` }).promise

const who = { user_id: userId, device_id: anonymousId, ip: visit.context.ip, language: visit.context.locale }
const send = ({ call, event, properties, traits }) => {
  switch (call) {
    case 'identify': {
      const person = new amplitude.Identify()
      for (const [name, value] of Object.entries(traits)) person.set(name, value)
      return amplitude.identify(person, who).promise
    }
    case 'page':
      return amplitude.track('[Amplitude] Page Viewed', { '[Amplitude] Page Location': properties.url, referrer: properties.referrer }, who).promise
    default:
      return amplitude.track(event, { ...utm, ...properties }, who).promise
  }
}

for (const { code, message } of await Promise.all(visit.calls.map(send))) if (code !== 200) failures.push(`${code} ${message}`)
finish()
