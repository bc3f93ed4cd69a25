#!/usr/bin/env node
// Old syntax on purpose: an old Node must reach the message below instead of a syntax error.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 17)) {
  console.error("kakao-sync needs Node 20.17 or later; this is " + process.version + ". Install a newer Node and run it again.");
  process.exitCode = 2;
} else {
  import("../dist/main.js").then(function (program) {
    return program.run();
  }).then(function (code) {
    process.exitCode = code;
  });
}
