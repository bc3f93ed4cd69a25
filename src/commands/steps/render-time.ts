/** Unix seconds in Korean time, as run ids are: `2026-11-21 02:15:00 KST`. */
export function renderTime(seconds: number): string {
  return `${new Date((seconds + 9 * 3600) * 1000).toISOString().slice(0, 19).replace("T", " ")} KST`;
}
