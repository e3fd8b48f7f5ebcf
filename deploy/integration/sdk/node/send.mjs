// Sends one shop visit with Segment's own Node.js SDK, which is told the host and the key and nothing else.
// usage: node send.mjs visit.json, with TIDEMARK_HOST, TIDEMARK_WRITE_KEY, TIDEMARK_ANONYMOUS_ID,
// TIDEMARK_USER_ID and TIDEMARK_ORDER_ID in the environment.
// Prints {"ids":[...]} with the message ids in the order of the calls; exits 1 if the SDK gave anything up.
import { readFileSync } from 'node:fs'
import { Analytics } from '@segment/analytics-node'

const env = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`set ${name}`)
  return value
}

const orderId = env('TIDEMARK_ORDER_ID')
const calls = JSON.parse(readFileSync(process.argv[2], 'utf8').replaceAll('{order_id}', orderId))
const analytics = new Analytics({ host: env('TIDEMARK_HOST'), writeKey: env('TIDEMARK_WRITE_KEY') })
const common = {
  anonymousId: env('TIDEMARK_ANONYMOUS_ID'),
  userId: env('TIDEMARK_USER_ID'),
  context: {
    campaign: { name: 'spring', source: 'newsletter', medium: 'email' },
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    locale: 'en-US',
  },
}

const failures = []
analytics.on('error', (failure) => failures.push(String(failure.reason ?? failure.code)))

const deliver = ({ call, ...fields }) =>
  new Promise((done) => analytics[call]({ ...common, ...fields }, (err, ctx) => done({ err, id: ctx?.event.messageId })))

const answers = calls.map(deliver)
await analytics.closeAndFlush({ timeout: 120_000 })
const sent = await Promise.all(answers)
for (const { err } of sent) if (err) failures.push(String(err))
if (failures.length > 0) {
  console.error(failures.join('\n'))
  process.exit(1)
}
console.log(JSON.stringify({ ids: sent.map(({ id }) => id) }))
