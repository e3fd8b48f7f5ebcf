/** What the server sends: the JSON of dashboards/preview/api.go and alerts/incident/types.go. */

/** The languages of the page. */
export type Lang = "en" | "zh";

/** One line of the list of boards. */
export interface BoardLink {
  uid: string;
  /** The same in every language. */
  id: string;
  title: string;
  lang: Lang;
}

/** A board without its data. */
export interface Board extends BoardLink {
  twin: string;
  from: string;
  to: string;
  refresh: string;
  intervals: string[] | null;
  /** "browser" or an IANA name. */
  timezone: string;
  variables: Variable[] | null;
  panels: Panel[] | null;
}

/** One value of a variable. */
export interface Option {
  value: string;
  text: string;
}

/** One choice above a board. */
export interface Variable {
  name: string;
  label: string;
  multi: boolean;
  include_all: boolean;
  current: string[] | null;
  options?: Option[];
}

/** How a panel is drawn; a row is a heading. */
export type PanelType = "row" | "timeseries" | "stat" | "gauge" | "bars" | "table" | "funnel" | "text" | "alerts";

/** A panel without its data; x and w count columns of 24, y and h rows. */
export interface Panel {
  id: number;
  type: PanelType;
  title: string;
  /** Markdown. */
  description?: string;
  x: number;
  y: number;
  w: number;
  h: number;
  links?: Link[];
}

/** A way to a board or to a page. */
export interface Link {
  title: string;
  /** uid of a board. */
  board?: string;
  set?: Record<string, string>;
  url?: string;
  /** Range and variables come along. */
  keep: boolean;
}

/** Time in milliseconds and value; null is a gap. */
export type Point = [number | null, number | null];

/** What a panel draws; which field is set follows from its type. from and to are in milliseconds. */
export interface Data {
  id: number;
  error?: string;
  from: number;
  to: number;
  series?: Series[];
  thresholds?: Threshold[];
  stats?: Stat[];
  bars?: Bar[];
  table?: Table;
  text?: string;
  message?: string;
}

/** How a value is written. */
export interface Unit {
  kind: "number" | "percent" | "duration_ms" | "duration_s" | "currency";
  prefix: string;
  suffix: string;
  /** -1: as needed. */
  decimals: number;
}

/** What a series stands for where it is no figure of its own. */
export type Role = "expected" | "yellow_low" | "yellow_high" | "orange_low" | "orange_high";

/** One line over time. */
export interface Series {
  name: string;
  role?: Role;
  color?: string;
  unit: Unit;
  points: Point[] | null;
  last?: string;
  link?: Link;
}

/** Colours values from value on; the first has none. */
export interface Threshold {
  value: number | null;
  color: string;
}

/** One big number, written out by the server. */
export interface Stat {
  name: string;
  text: string;
  value: number | null;
  color: string;
  min?: number;
  max?: number;
  spark?: Point[];
  link?: Link;
}

/** One bar, or one step of a funnel. */
export interface Bar {
  label: string;
  text: string;
  value: number;
  /** Of the longest bar, 0 to 1. */
  share: number;
  color: string;
  link?: Link;
}

/** A grid of written values. */
export interface Table {
  columns: Column[] | null;
  rows: Cell[][] | null;
}

/** The head of a column. */
export interface Column {
  title: string;
  align: "left" | "right" | "";
}

/** One value of a table. */
export interface Cell {
  text: string;
  value?: number;
  color?: string;
  share?: number;
  link?: Link;
}

/** A moment or, with end, a period on every time series, in milliseconds. */
export interface Annotation {
  time: number;
  end?: number;
  title: string;
  text: string;
  color: string;
}

/** What is mounted beside the boards. */
export interface Features {
  incidents: boolean;
  demo: boolean;
}

/** How far an incident has come. */
export type IncidentState = "open" | "acknowledged" | "handling" | "resolved" | "reviewed";
/** How bad it is; green is over. */
export type Tier = "green" | "yellow" | "orange";
/** What a review found. */
export type Verdict = "real" | "false_alarm" | "expected";
/** What a person can do with an incident. */
export type Verb = "acknowledge" | "handling" | "note" | "resolve" | "review";

/** One step in the life of an incident. */
export interface IncidentEvent {
  id: string;
  /** Milliseconds. */
  at: number;
  kind: string;
  actor: string;
  note?: string;
  verdict?: Verdict;
  actual: number;
  expected: number;
  samples: number;
}

/** A breach of one rule by one series, as it stands; times are RFC 3339. */
export interface Incident {
  id: string;
  rule: string;
  title: Record<string, string>;
  series: string;
  shop: string;
  team: string;
  owner: string;
  state: IncidentState;
  tier: Tier;
  worst_tier: Tier;
  opened_at: string;
  acknowledged_at?: string;
  acknowledged_by?: string;
  /** The tier that somebody has taken note of. */
  acknowledged_tier?: Tier;
  resolved_at?: string;
  verdict?: Verdict;
  /** "" for a count, or ratio. */
  unit: string;
  actual: number;
  expected: number;
  samples: number;
  window: string;
  sigma: number;
  basis: string;
  provisional: boolean;
  board: string;
  panel: number;
  runbook: string;
  events?: IncidentEvent[];
}

/** What goes with a verb. */
export interface Action {
  actor: string;
  note: string;
  verdict?: Verdict;
}

/** How one rule has done; precision is a share of 0 to 1. */
export interface Report {
  rule: string;
  title: Record<string, string>;
  incidents: number;
  orange: number;
  mean_seconds_to_acknowledge: number | null;
  reviewed: number;
  real: number;
  false_alarms: number;
  expected: number;
  precision: number | null;
}

/** What the demo says about itself: deploy/demo/snapshot.go. */
export interface DemoStatus {
  at: string;
  events_per_second: number;
  lag: number;
  freshness: number;
  complete_until: string;
  truth: string;
  truth_ok: boolean;
  late: number;
  duplicates: number;
  dead_letters: number;
  error?: string;
}

/** An incident that can be staged; since is in milliseconds. */
export interface DemoIncident {
  name: string;
  title: Record<string, string>;
  running: boolean;
  since: number | null;
}

/** The answer of /api/demo. */
export interface Demo {
  status: DemoStatus;
  incidents: DemoIncident[] | null;
}
