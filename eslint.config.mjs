import tseslint from "typescript-eslint";
import { direction } from "./lint/rooms.mjs";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "fixtures", "bench/.data"] },
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strict],
    plugins: { rooms: { rules: { direction } } },
    rules: {
      "rooms/direction": "error",
      "no-console": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "No default exports." }],
      "max-lines": ["warn", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["warn", { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/core/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "process", "setTimeout", "setInterval", "fetch", "crypto", "performance"],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "No default exports." },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Core has no clock: pass the time in." },
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: "Core has no clock: pass the time in." },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: "Core has no randomness: pass it in." },
      ],
    },
  },
  { files: ["test/**/*.ts"], extends: [tseslint.configs.recommended] },
);
