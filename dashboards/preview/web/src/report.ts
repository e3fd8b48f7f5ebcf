import { count, duration, percent } from "./format";
import { localised, type Words } from "./i18n";
import type { Cell, Lang, Report, Table } from "./types";

/** How the rules have done, as a table. */
export function reportTable(reports: Report[], t: Words, lang: Lang): Table {
  const right = (title: string) => ({ title, align: "right" as const });
  const cell = (text: string, value: number | null): Cell => (value === null ? { text } : { text, value });
  const whole = (value: number) => cell(count(value, lang), value);
  return {
    columns: [
      { title: t("rule"), align: "left" },
      ...(["incidents", "orangeCount", "meanAck", "reviewed", "falseAlarms", "precision"] as const).map((key) => right(t(key))),
    ],
    rows: reports.map((report) => {
      const seconds = report.mean_seconds_to_acknowledge;
      return [
        { text: localised(report.title, lang) || report.rule },
        whole(report.incidents),
        whole(report.orange),
        cell(seconds === null ? "-" : duration(Math.round(seconds) * 1000, lang), seconds),
        whole(report.reviewed),
        whole(report.false_alarms),
        cell(percent(report.precision, lang, 0), report.precision),
      ];
    }),
  };
}
