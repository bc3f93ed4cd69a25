import { createHash } from "node:crypto";
import { say, spokenLanguage, translate } from "../say.ts";
import { filterScript } from "./filter-script.ts";
import { pageStyle } from "./page-style.ts";
import type { RenderChart, Report, ReportChart, ReportSection, ReportTable } from "./report.ts";

/**
 * The whole report as one HTML document: nothing is loaded from anywhere, and the only script is the filter of tables, allowed by its own digest.
 * Every text is escaped here; titles, texts, captions and columns that are constants are looked up in the language that is spoken.
 */
export function renderPage(report: Report, renderChart: RenderChart): string {
  const script = filterScript(spokenLanguage());
  const sections = report.sections.map((section) => renderSection(section, renderChart)).join("\n");
  const contents = report.sections.map(({ id, title }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(translate(title))}</a></li>`).join("");
  const facts = report.facts.map(([name, value]) => `<div><dt>${escapeHtml(translate(name))}</dt><dd>${escapeHtml(value)}</dd></div>`).join("");
  return `<!doctype html>
<html lang="${spokenLanguage()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${digestOf(script)}'">
<link rel="icon" href="data:,">
<title>${escapeHtml(report.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#main">${escapeHtml(say`To the contents`)}</a>
<header><h1>${escapeHtml(report.title)}</h1><p>${escapeHtml(translate(report.lead))}</p><dl class="facts">${facts}</dl></header>
<nav aria-label="${escapeHtml(say`Sections`)}"><ul>${contents}</ul></nav>
<main id="main" tabindex="-1">
${sections}
</main>
<script>${script}</script>
</body>
</html>
`;
}

function renderSection({ id, title, text, chart, tables = [] }: ReportSection, renderChart: RenderChart): string {
  const parts = [
    `<h2>${escapeHtml(translate(title))}</h2>`,
    ...(text === undefined ? [] : [`<p>${renderProse(translate(text))}</p>`]),
    ...(chart === undefined ? [] : [renderFigure(chart, renderChart)]),
    ...tables.map((table, at) => renderTable(table, `${id}-${at + 1}`)),
  ];
  return `<section id="${escapeHtml(id)}">\n${parts.join("\n")}\n</section>`;
}

function renderFigure(chart: ReportChart, renderChart: RenderChart): string {
  const legend = chart.parts.length < 2 ? "" : `<figcaption><ul class="legend">${chart.parts.map(({ name, tone }) => `<li><span class="swatch ${tone}"></span>${escapeHtml(name)}</li>`).join("")}</ul></figcaption>`;
  return `<figure role="img" aria-label="${escapeHtml(chart.label)}">${renderChart(chart)}${legend}</figure>`;
}

function renderTable({ columns, rows, filterBy, ...table }: ReportTable, id: string): string {
  const caption = escapeHtml(translate(table.caption));
  const numeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === "number"));
  const cell = (value: string | number, at: number): string => `<td${numeric[at] === true ? ' class="number"' : ""}>${typeof value === "number" ? value.toLocaleString("en-US") : renderProse(value)}</td>`;
  const head = columns.map((name, at) => `<th scope="col"${numeric[at] === true ? ' class="number"' : ""}>${escapeHtml(translate(name))}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  const filter = filterBy === undefined ? "" : renderFilter(id, rows, columns, filterBy);
  return `${filter}<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table id="${id}"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

function renderFilter(id: string, rows: ReportTable["rows"], columns: readonly string[], filterBy: string): string {
  const at = columns.indexOf(filterBy);
  const values = [...new Set(rows.map((row) => String(row[at] ?? "")))].sort();
  const options = values.map((value) => `<option>${escapeHtml(value)}</option>`).join("");
  return `<form class="filter" data-table="${id}" data-column="${at}"><label>${escapeHtml(say`Search`)} <input type="search" autocomplete="off"></label><label>${escapeHtml(translate(filterBy))} <select><option value="">${escapeHtml(say`all`)}</option>${options}</select></label><output aria-live="polite">${escapeHtml(say`${rows.length.toLocaleString("en-US")} rows`)}</output></form>`;
}

/** Words between backticks are names of the configuration and of commands. */
function renderProse(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
