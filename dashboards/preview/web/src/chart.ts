import { CustomChart, LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { alpha, ink, mix, named, paper, type Theme } from "./color";
import { axis, time } from "./format";
import { isMidnight, timeTicks } from "./scale";
import { lonely, outlines, type Model } from "./seriesmodel";
import type { Annotation, Lang } from "./types";
import type { Zone } from "./zone";

echarts.use([LineChart, CustomChart, GridComponent, CanvasRenderer]);

/** A chart that has been drawn into an element. */
export type Chart = echarts.ECharts;

/** Makes an empty chart in an element. */
export function createChart(host: HTMLElement): Chart {
  return echarts.init(host, null, { renderer: "canvas" });
}

/** Everything that decides how a chart looks. */
export interface Look {
  model: Model;
  from: number;
  to: number;
  annotations: Annotation[];
  hidden: ReadonlySet<string>;
  colors: Map<string, string>;
  theme: Theme;
  lang: Lang;
  zone: Zone;
  /** Pixels of the page's text, and of the chart. */
  rem: number;
  width: number;
}

/** Where the plot lies inside the chart, in pixels. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const family = 'Inter, system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const ruler = document.createElement("canvas").getContext("2d")!;

/** The margins that the labels need. */
export function frame(look: Look): Frame {
  const { scale, unit } = look.model;
  const size = look.rem * 0.72;
  ruler.font = `${size}px ${family}`;
  const labels = [scale.min, scale.max, scale.max - scale.step, scale.min + scale.step];
  const widest = Math.max(...labels.map((value) => ruler.measureText(axis(value, unit, look.lang, scale.step)).width));
  return { left: Math.ceil(widest + look.rem * 0.75), right: look.rem * 0.9, top: look.rem * 0.5, bottom: look.rem * 1.5 };
}

/** Draws in place: what is there already stays and changes. */
export function drawChart(chart: Chart, look: Look): void {
  const series = [...bandAreas(look), annotationMarks(look), ...limits(look), ...thresholds(look), ...lines(look)];
  chart.setOption({ ...axes(look), series } as Parameters<Chart["setOption"]>[0], { replaceMerge: ["series"] });
}

function axes(look: Look): object {
  const { scale, unit } = look.model;
  const soft = mix(ink[look.theme], paper[look.theme], 0.35);
  const grid = alpha(ink[look.theme], look.theme === "dark" ? 0.09 : 0.08);
  const label = { color: soft, fontSize: look.rem * 0.72, fontFamily: family };
  const inner = frame(look);
  const most = Math.max(2, Math.floor((look.width - inner.left - inner.right) / (look.rem * 4.6)));
  const { step, ticks } = timeTicks(look.from, look.to, most, look.zone);
  const name = (at: number) => time(at, look.lang, look.zone, isMidnight(at, look.zone) ? "day" : step < 60_000 ? "second" : "minute");
  return {
    animation: false,
    aria: { enabled: false },
    grid: { ...inner, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      min: look.from,
      max: look.to,
      axisLine: { lineStyle: { color: grid } },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: grid } },
      axisLabel: { ...label, customValues: ticks, formatter: name, hideOverlap: true, alignMaxLabel: "right", showMinLabel: null },
      splitLine: { show: true, lineStyle: { color: grid } },
    },
    yAxis: {
      type: "value",
      min: scale.min,
      max: scale.max,
      interval: scale.step,
      axisLabel: { ...label, formatter: (value: number) => axis(value, unit, look.lang, scale.step) },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: grid } },
    },
  };
}

const quiet = { silent: true, animation: false, emphasis: { disabled: true }, tooltip: { show: false } };

function lines(look: Look): object[] {
  return look.model.lines.map((line, i) => {
    const alone = lonely(line.points);
    const color = look.colors.get(line.name)!;
    const only = look.model.lines.filter((other) => !other.expected).length === 1;
    return {
      ...quiet,
      id: `line ${line.name} ${i}`,
      type: "line",
      z: line.expected ? 3 : 4,
      data: look.hidden.has(line.name) ? [] : line.points,
      showSymbol: alone.size > 0,
      symbol: "circle",
      symbolSize: (_: unknown, at: { dataIndex: number }) => (alone.has(at.dataIndex) ? look.rem * 0.35 : 0),
      itemStyle: { color },
      lineStyle: { color, width: look.rem * (line.expected ? 0.09 : 0.11), type: line.expected ? [5, 4] : "solid" },
      areaStyle: only && !line.expected && !look.model.bands.length ? { color: alpha(color, 0.1), origin: "start" } : undefined,
    };
  });
}

/** The colour of a tier's limits on the theme's paper. */
export function tierColor(tier: "yellow" | "orange", theme: Theme): string {
  const color = named(tier, theme)!;
  return theme === "light" && tier === "yellow" ? mix(color, ink[theme], 0.22) : color;
}

function limits(look: Look): object[] {
  return look.model.bands.flatMap((band) =>
    (["low", "high"] as const).map((side) => ({
      ...quiet,
      id: `limit ${band.tier} ${side}`,
      type: "line",
      z: 2,
      data: look.hidden.has(band.tier) ? [] : band[side],
      showSymbol: false,
      lineStyle: { color: alpha(tierColor(band.tier, look.theme), 0.75), width: look.rem * 0.07, type: [3, 4] },
    })),
  );
}

function thresholds(look: Look): object[] {
  return look.model.thresholds.map((mark, i) => ({
    ...quiet,
    id: `threshold ${i}`,
    type: "line",
    z: 2,
    data: [[look.from, mark.value], [look.to, mark.value]],
    showSymbol: false,
    lineStyle: { color: alpha(named(mark.color, look.theme) ?? ink[look.theme], 0.75), width: look.rem * 0.07, type: [6, 4] },
  }));
}

/** The calls that a custom series makes to draw one item. */
interface Pen {
  coord(value: [number, number]): [number, number];
  value(dimension: number): number;
}

/** What of the coordinate system a custom series needs. */
interface Plot {
  coordSys: { x: number; y: number; width: number; height: number };
  dataIndex: number;
}

function bandAreas(look: Look): object[] {
  const { scale } = look.model;
  return look.model.bands.filter((band) => band.tier === "yellow").map((band) => {
    const areas = look.hidden.has(band.tier) ? [] : outlines(band);
    return {
      ...quiet,
      id: "band",
      type: "custom",
      z: 1,
      clip: true,
      data: areas.map((_, i) => [look.from, scale.min, i]),
      encode: { x: 0, y: 1 },
      renderItem: (_: unknown, pen: Pen) => ({
        type: "polygon",
        shape: { points: areas[pen.value(2)]!.map((point) => pen.coord(point)) },
        style: { fill: alpha(mix(look.colors.get(look.model.lines[0]?.name ?? "") ?? ink[look.theme], ink[look.theme], 0.3), 0.1) },
      }),
    };
  });
}

function annotationMarks(look: Look): object {
  const shown = look.annotations.filter((mark) => (mark.end ?? mark.time) >= look.from && mark.time <= look.to);
  return {
    ...quiet,
    id: "annotations",
    type: "custom",
    z: 0,
    clip: true,
    data: shown.map((mark, i) => [Math.max(mark.time, look.from), look.model.scale.min, i]),
    encode: { x: 0, y: 1 },
    renderItem: (plot: Plot, pen: Pen) => annotation(shown[pen.value(2)]!, plot, pen, look),
  };
}

function annotation(mark: Annotation, plot: Plot, pen: Pen, look: Look): object {
  const { x: left, y, width, height } = plot.coordSys;
  const across = (at: number) => Math.min(left + width, Math.max(left, pen.coord([at, look.model.scale.min])[0]));
  const start = across(mark.time);
  const end = mark.end ? Math.max(start + 1, across(mark.end)) : start;
  const color = named(mark.color, look.theme) ?? look.colors.values().next().value ?? ink[look.theme];
  const line = { type: "line", shape: { x1: start, y1: y, x2: start, y2: y + height }, style: { stroke: alpha(color, 0.8), lineWidth: 1, lineDash: [4, 3] } };
  const foot = { type: "rect", shape: { x: start, y: y + height - 3, width: Math.max(3, end - start), height: 3 }, style: { fill: color } };
  const area = { type: "rect", shape: { x: start, y, width: end - start, height }, style: { fill: alpha(color, 0.12) } };
  return { type: "group", children: mark.end ? [area, line, foot] : [line, foot] };
}

/** The value at a time, undefined where there is no point then. */
export function valueAt(points: [number, number | null][], at: number): number | null | undefined {
  return points.find(([time]) => time === at)?.[1];
}
