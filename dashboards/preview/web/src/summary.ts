import { time, value } from "./format";
import type { Words } from "./i18n";
import type { Model } from "./seriesmodel";
import type { Data, Lang, Table } from "./types";
import type { Zone } from "./zone";

/** What a chart shows, in a sentence for each line. */
export function summary(title: string, data: Data, model: Model, t: Words, lang: Lang, zone: Zone): string {
  const series = model.lines.map(({ name, points, series }) => {
    const values = points.map(([, amount]) => amount).filter((amount): amount is number => amount !== null);
    if (!values.length) return t("seriesEmpty", { name });
    const written = (amount: number) => value(amount, series.unit, lang);
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    return t("seriesSummary", { name, last: series.last || written(values.at(-1)!), min: written(low), max: written(high) });
  });
  return t("chartSummary", { title, from: time(data.from, lang, zone), to: time(data.to, lang, zone), series: series.join(" ") });
}

/** A chart's values as a table, newest first. */
export function seriesTable(model: Model, t: Words, lang: Lang, zone: Zone): Table {
  const values = model.lines.map((line) => new Map(line.points));
  return {
    columns: [{ title: t("time"), align: "left" }, ...model.lines.map((line) => ({ title: line.name, align: "right" as const }))],
    rows: [...model.times].reverse().map((at) => [
      { text: time(at, lang, zone), value: at },
      ...model.lines.map((line, i) => {
        const amount = values[i]!.get(at);
        return { text: value(amount, line.series.unit, lang), ...(typeof amount === "number" ? { value: amount } : {}) };
      }),
    ]),
  };
}
