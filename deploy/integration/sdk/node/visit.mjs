// What the scripts share: the collector and the key, which is all that a client is told, the visit, and how a script ends.
// usage of each script: node CLIENT.mjs visit.json, with TIDEMARK_HOST, TIDEMARK_WRITE_KEY, TIDEMARK_ANONYMOUS_ID,
// TIDEMARK_USER_ID and TIDEMARK_ORDER_ID in the environment. It exits 1 if the client gave anything up.
import { readFileSync } from 'node:fs'

const env = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`set ${name}`)
  return value
}

export const host = env('TIDEMARK_HOST')
export const writeKey = env('TIDEMARK_WRITE_KEY')
export const anonymousId = env('TIDEMARK_ANONYMOUS_ID')
export const userId = env('TIDEMARK_USER_ID')
export const visit = JSON.parse(readFileSync(process.argv[2], 'utf8').replaceAll('{order_id}', env('TIDEMARK_ORDER_ID')))

// utm is the visit's campaign as a link carries it.
const { name, source, medium } = visit.context.campaign
export const utm = { utm_campaign: name, utm_source: source, utm_medium: medium }

// failures is what the client has given up; scripts add to it.
export const failures = []

export const finish = () => {
  if (failures.length === 0) return
  console.error(failures.join('\n'))
  process.exit(1)
}
