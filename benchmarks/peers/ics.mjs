// ics writes all times in UTC; so it has less to do than the others.
import { createEvents } from 'ics'
import { measure } from './common.mjs'

const utc = (iso) => {
  const at = new Date(iso)
  return [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes()]
}

measure((facts) => {
  const events = facts.events.map((event) => ({
    uid: event.uid,
    sequence: event.sequence,
    start: utc(event.dtstart),
    startInputType: 'utc',
    end: utc(event.dtend),
    endInputType: 'utc',
    timestamp: utc(event.dtstamp),
    created: utc(event.created),
    lastModified: utc(event['last-modified']),
    title: event.summary,
    description: event.description,
    location: event.location,
    url: event.url,
    status: event.status,
    transp: event.transp,
    categories: [event.category],
    busyStatus: 'FREE',
    calName: facts.name
  }))
  const { error, value } = createEvents(events)
  if (error) throw error
  return value
})
