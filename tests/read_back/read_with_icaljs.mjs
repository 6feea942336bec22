// Reads calendars with ical.js, the parser of Thunderbird and Nextcloud.
// In: a JSON list of calendar texts. Out: a JSON list of lists of events.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const told = (time) =>
  time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");

const read = (text) => {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      sequence: event.sequence,
      start: told(event.startDate),
      end: told(event.endDate),
      title: event.summary,
      description: event.description,
      location: event.location ?? "",
      status: component.getFirstPropertyValue("status"),
    };
  });
};

const calendars = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calendars.map(read)));
