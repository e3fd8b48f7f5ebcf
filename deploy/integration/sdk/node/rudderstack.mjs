// One visit with @rudderstack/rudder-sdk-node, which speaks Segment's API.
import Analytics from '@rudderstack/rudder-sdk-node'
import { anonymousId, failures, finish, host, userId, visit, writeKey } from './visit.mjs'

const analytics = new Analytics(writeKey, { dataPlaneUrl: host })

for (const { call, ...fields } of visit.calls) {
  analytics[call]({ anonymousId, userId, context: visit.context, ...fields }, (err) => err && failures.push(String(err)))
}
await analytics.flush()
finish()
