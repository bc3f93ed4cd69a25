import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { TONES, type ReportChart, type Tone } from "./report.ts";

use([BarChart, GridComponent, SVGRenderer]);

const width = 720;
const barHeight = 26;
const margin = 8;
/** Room for the sum behind a bar. */
const right = 72;
/** Pixels of a letter of the labels; without a screen nothing can measure text. */
const letter = { latin: 7.4, wide: 13.5 };

/**
 * Colours that the library understands, each taken for a colour of the page: so one picture serves light, dark and paper.
 * They must be different and otherwise unused.
 */
const stand: Readonly<Record<Tone | "ink", string>> = { good: "#010101", ready: "#010102", look: "#010103", none: "#010104", bad: "#010105", plain: "#010106", ink: "#010107" };

/** A chart as SVG text (element `svg`), without a script, with the page's colours as CSS variables `--good` … `--ink`. */
export function renderChart({ parts, bars }: ReportChart): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height: bars.length * barHeight + 2 * margin });
  try {
    chart.setOption({
      animation: false,
      grid: { left: labelWidth(bars), right, top: margin, bottom: margin, outerBoundsMode: "none" },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: bars.map(({ name }) => name),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: stand.ink, fontSize: 13, interval: 0 },
      },
      series: parts.map(({ name, tone }, part) => ({
        type: "bar",
        name,
        stack: "all",
        silent: true,
        barWidth: 16,
        itemStyle: { color: stand[tone] },
        data: bars.map(({ values }) => values[part] ?? 0),
        ...(part === parts.length - 1 ? { label: { show: true, position: "right", color: stand.ink, fontSize: 13, textBorderWidth: 0, formatter: ({ dataIndex }: { readonly dataIndex: number }) => sumOf(bars[dataIndex]?.values ?? []) } } : {}),
      })),
    });
    return withPageColours(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

function labelWidth(bars: ReportChart["bars"]): number {
  const widths = bars.map(({ name }) => [...name].reduce((sum, sign) => sum + (sign > "\u2e7f" ? letter.wide : letter.latin), 0));
  return Math.ceil(Math.max(...widths, 0)) + 2 * margin;
}

function sumOf(values: readonly number[]): string {
  return values.reduce((sum, value) => sum + value, 0).toLocaleString("en-US");
}

function withPageColours(svg: string): string {
  const bare = svg.replace(/<style\b.*?<\/style>/gs, "").replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, "").replace(/^<svg width="\d+" height="\d+"/, "<svg");
  return [...TONES, "ink" as const].reduce((text, tone) => text.replaceAll(stand[tone], `var(--${tone})`), bare);
}
