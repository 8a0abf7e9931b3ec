/** Length of a calendar unit is that of the calendar in UTC; all others are fixed. */
export type DateUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

const spellings: Readonly<Record<DateUnit, readonly string[]>> = {
  minute: ['minute', 'minutes', 'min', 'mins'],
  hour: ['hour', 'hours', 'hr', 'hrs'],
  day: ['day', 'days'],
  week: ['week', 'weeks', 'wk', 'wks'],
  month: ['month', 'months', 'mo', 'mos'],
  year: ['year', 'years', 'yr', 'yrs'],
};
const units = new Map(
  (Object.keys(spellings) as DateUnit[]).flatMap((unit) => spellings[unit].map((word) => [word, unit] as const)),
);

/** @param word in lower case */
export const dateUnitOf = (word: string): DateUnit | undefined => units.get(word);

const minuteMs = 60_000;
const fixedMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs, week: 7 * 24 * 60 * minuteMs };

/** `start` in epoch milliseconds; months clamp to the last day of the month (31 January + 1 month is 28 or 29 February). */
export function addToDate(start: number, amount: number, unit: DateUnit): number {
  if (unit !== 'month' && unit !== 'year') return start + amount * fixedMs[unit];
  const date = new Date(start);
  const day = date.getUTCDate();
  const months = unit === 'year' ? amount * 12 : amount;
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + Math.trunc(months));
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

const isoDate =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?$/i;

/** `YYYY` to `YYYY-MM-DDThh:mm:ss.s` with an optional zone (UTC if none) as epoch milliseconds; undefined if it is no date. */
export function parseDate(text: string): number | undefined {
  const match = isoDate.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => {
    const digits = match[group];
    return digits === undefined ? undefined : Number(digits);
  });
  const ms = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1000);
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 1) - 1, day ?? 1);
  date.setUTCHours(hour ?? 0, minute ?? 0, second ?? 0, ms);
  const exact =
    date.getUTCMonth() === (month ?? 1) - 1 &&
    date.getUTCDate() === (day ?? 1) &&
    date.getUTCHours() === (hour ?? 0) &&
    date.getUTCMinutes() === (minute ?? 0) &&
    date.getUTCSeconds() === (second ?? 0);
  return exact ? date.getTime() - zoneMs(match[8]) : undefined;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))) * minuteMs;
}
