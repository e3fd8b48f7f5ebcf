// One visit with @segment/analytics-node.
import { Analytics } from '@segment/analytics-node'
import { anonymousId, failures, finish, host, userId, visit, writeKey } from './visit.mjs'

const analytics = new Analytics({ writeKey, host })
analytics.on('error', (failure) => failures.push(String(failure.reason ?? failure.code)))

for (const { call, ...fields } of visit.calls) {
  analytics[call]({ anonymousId, userId, context: visit.context, ...fields }, (err) => err && failures.push(String(err)))
}
await analytics.closeAndFlush({ timeout: 120_000 })
finish()
