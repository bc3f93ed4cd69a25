import type { Language } from "../say.ts";

/** How many rows are shown, as an expression of the script. */
const counted: Readonly<Record<Language, string>> = {
  en: `shown.toLocaleString("en-US") + (shown === rows.length ? " rows" : " of " + rows.length.toLocaleString("en-US") + " rows")`,
  ko: `(shown === rows.length ? "행 " : "행 " + rows.length.toLocaleString("en-US") + "개 가운데 ") + shown.toLocaleString("en-US") + "개"`,
};

/** The only script of a report: a search field and a choice over the rows of a table. Without it every row is shown. */
export const filterScript = (language: Language): string => `
for (const form of document.querySelectorAll("form.filter")) {
  const rows = [...document.getElementById(form.dataset.table).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = form.querySelector("input");
  const choice = form.querySelector("select");
  const output = form.querySelector("output");
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = texts[at].includes(wanted) && (choice.value === "" || row.cells[Number(form.dataset.column)].textContent === choice.value);
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    output.textContent = ${counted[language]};
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; show(); }
  });
  choice.addEventListener("change", show);
  show();
}
`;
