// Reads the facts, renders once to warm up, then once to measure: the processor time of all
// threads of the process, as one line of JSON.
import { readFileSync } from 'node:fs'

export function measure(render) {
  const facts = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  render(facts)
  const before = process.cpuUsage()
  const text = render(facts)
  const taken = process.cpuUsage(before)
  const seconds = (taken.user + taken.system) / 1e6
  console.log(JSON.stringify({ seconds, bytes: Buffer.byteLength(text) }))
}
