#!/usr/bin/env node
// Old syntax on purpose: an old Node must reach the message below instead of a syntax error.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 17)) {
  console.error("kakao-sync needs Node 20.17 or later; this is " + process.version + ". Install a newer Node and run it again.");
  process.exitCode = 2;
} else {
  // Node would end with 1, which says that a command ran to its end and found something. The error's own text might hold what must not be shown.
  process.on("uncaughtException", function (error) {
    var frames = String((error && error.stack) || "").split("\n").filter(function (line) { return /^\s+at /.test(line); });
    console.error(["kakao-sync could not be loaded, or stopped by a defect: " + String((error && (error.code || error.name)) || "no error") + ". If installing it again does not help, report this."].concat(frames.slice(0, 6)).join("\n"));
    process.exit(70);
  });
  import("../dist/main.js").then(function (program) {
    return program.run();
  }).then(function (code) {
    process.exitCode = code;
  });
}
