/** Command lines that the help of a command ends with, without `kakao-sync`. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  init: ["init", "init --where is_active=1 --app-id 424242   # in a script"],
  doctor: ["doctor", "doctor --json --operator cron   # exit 1: to be mended"],
  pull: ["pull", "pull --diff", "pull --refresh-after 30d"],
  "map-members": [
    "map-members",
    "map-members --decisions review.csv",
    "map-members --apply --plan 20261120-021500-k3xz",
    "map-members --apply --yes --operator kim   # without a terminal",
    "map-members --check --operator cron --json",
  ],
  "unlink-orphans": [
    "unlink-orphans --older-than 3d",
    "unlink-orphans --max-age 24h --exclude staff.csv",
    "unlink-orphans --apply --plan 20261121-031500-a7kq",
    "unlink-orphans --apply --yes --operator cron   # nightly",
    "unlink-orphans --check --operator cron --json",
  ],
  undo: ["undo 20261120-021500-k3xz", "undo 20261120-021500-k3xz --apply --by phone"],
  "audit-consent": [
    "audit-consent --init --live",
    "audit-consent --live --sample 300",
    "audit-consent --format sarif --output consent.sarif",
    "audit-consent --diff consent-2025.yaml",
  ],
  "export-channel-targets": [
    'export-channel-targets --purpose "spring sale, 3 March"',
    'export-channel-targets --segment vip --relation --purpose vips',
    'export-channel-targets --night --purpose "late show" --json',
    'export-channel-targets --upload --purpose "monthly letter"',
    "export-channel-targets --upload --apply --yes --purpose nightly",
  ],
  explain: ["explain --member 1042", "explain --kakao 2718281828"],
};
