/** What a report shows, without a word of how: sections of text, charts and tables. Values that name people come masked. */
export interface Report {
  /** Heading of the page and name of the document. */
  readonly title: string;
  /** One sentence under it. */
  readonly lead: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  /** Lower case and hyphens: the anchor of the section. */
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly chart?: ReportChart;
  readonly tables?: readonly ReportTable[];
}

/** What a part of a chart stands for; the page has one colour for each in light, dark and print. */
export const TONES = ["good", "ready", "look", "none", "bad", "plain"] as const;
export type Tone = (typeof TONES)[number];

/** Horizontal bars. In a stacked chart every bar holds a number for each part, in the order of `parts`; else one number a bar. */
export interface ReportChart {
  /** Read out instead of the picture. */
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly tone: Tone }[];
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** With a search field, and a choice among the values of this column. */
  readonly filterBy?: string;
}

/** Renders the charts as SVG; the library behind it is loaded at the first report. */
export type RenderChart = (chart: ReportChart) => string;
