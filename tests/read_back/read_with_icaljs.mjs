// Reads calendars with ical.js, the parser of Thunderbird and Nextcloud.
// In: a JSON list of calendar texts. Out: a JSON list of {method, events}.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const told = (time) =>
  time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");

const party = (property) => ({
  address: property.getFirstValue().replace("mailto:", ""),
  name: property.getFirstParameter("cn") ?? "",
});

const read = (text) => {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      told: {
        uid: event.uid,
        sequence: event.sequence,
        start: told(event.startDate),
        end: told(event.endDate),
        title: event.summary,
        description: event.description,
        location: event.location ?? "",
        status: component.getFirstPropertyValue("status") ?? "",
      },
      stamp: told(component.getFirstPropertyValue("dtstamp")),
      conference: component.getFirstPropertyValue("conference") ?? "",
      organizer: component.getAllProperties("organizer").map(party)[0],
      attendees: event.attendees.map((attendee) => ({
        ...party(attendee),
        partstat: attendee.getFirstParameter("partstat"),
        rsvp: attendee.getFirstParameter("rsvp") === "TRUE",
      })),
    };
  });
  return { method: calendar.getFirstPropertyValue("method"), events };
};

const calendars = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calendars.map(read)));
