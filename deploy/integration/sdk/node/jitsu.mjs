// One visit with @jitsu/js, which takes a key only in Jitsu's form name:secret. It does not try again by itself.
import { jitsuAnalytics } from '@jitsu/js'
import { anonymousId, failures, finish, host, userId, visit, writeKey } from './visit.mjs'

const jitsu = jitsuAnalytics({ host, writeKey: `tidemark:${writeKey}`, errorPolicy: (failure) => failures.push(failure) })
jitsu.setAnonymousId(anonymousId)
for (const [name, value] of Object.entries(visit.context)) jitsu.setContextProperty(name, value)

for (const { call, event, name, properties, traits } of visit.calls) {
  switch (call) {
    case 'identify':
      await jitsu.identify(userId, traits)
      break
    case 'page':
      await jitsu.page(name, properties)
      break
    default:
      await jitsu.track(event, properties)
  }
}
finish()
