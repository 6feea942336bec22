// ical-generator with luxon, which its papers name for time zones.
import ical from 'ical-generator'
import { DateTime } from 'luxon'
import { measure } from './common.mjs'

measure((facts) => {
  const calendar = ical({
    name: facts.name,
    timezone: { name: 'Europe/Berlin', generator: () => facts.timezone }
  })
  for (const event of facts.events) {
    calendar.createEvent({
      id: event.uid,
      sequence: event.sequence,
      start: DateTime.fromISO(event.dtstart, { zone: event.zone }),
      end: DateTime.fromISO(event.dtend, { zone: event.zone }),
      timezone: event.zone,
      stamp: DateTime.fromISO(event.dtstamp),
      created: DateTime.fromISO(event.created),
      lastModified: DateTime.fromISO(event['last-modified']),
      summary: event.summary,
      description: event.description,
      location: event.location,
      url: event.url,
      status: event.status,
      transparency: event.transp,
      categories: [{ name: event.category }]
    })
  }
  return calendar.toString()
})
