// Loaded into a measured process with --import: writes its peak memory (MB) where MEASURE_FILE says.
import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.MEASURE_FILE, String(process.resourceUsage().maxRSS / 1024)));
